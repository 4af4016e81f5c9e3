#pragma once
// As much of the shell's grammar as it takes to see which commands a command line, or an entry
// script, runs (POSIX.1-2017, Shell Command Language, 2.2 to 2.9). What is computed at run time is
// not computed here: such words are marked.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

struct ShellWord {
  std::string text;          ///< Quotes taken out, known variables put in.
  bool is_known = true;      ///< False: some of it is known at run time only.
  bool is_arguments = false; ///< "$@" or $*: all arguments that the script got.

  bool operator==(const ShellWord&) const = default;
};

using ShellCommand = std::vector<ShellWord>;

/// The simple commands of a text, in order, whatever the condition under which they run: reserved
/// words, redirections, assignments in front, comments and here-documents are left out, command
/// substitutions are passed over. `variables`: what is known of the environment; assignments of
/// constants add to it as they are met. Bounds: 1 MiB of text, 20000 commands; what lies beyond is
/// left out. Throws nothing: a text that is no shell's gives whatever comes out.
std::vector<ShellCommand> shell_commands(std::string_view text,
                                         std::map<std::string, std::string> variables);

} // namespace pare
