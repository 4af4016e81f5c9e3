#pragma once
// A shell script taken apart: the simple commands that it holds, wherever they stand, and what its
// variables are set to. The grammar is that of POSIX (Shell Command Language, 2.10) with what bash,
// ksh and zsh add; which branch is taken is not asked.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

struct ShellPart;
using ShellWord = std::vector<ShellPart>; ///< In order; quotes are gone. Empty: the empty word.

/// A piece of a word.
struct ShellPart {
  enum class Kind : std::uint8_t {
    text,     ///< `value` as it is.
    variable, ///< What the variable `value` holds: "$x", "${x:-fallback}"; positional parameters
              ///< are "0", "1"…
    substitution, ///< What the commands [first, last) of ShellScript::commands write.
    computed,     ///< Nothing is known of it.
  };
  /// What of a variable is taken: `${x%/*}` its folder, `${x##*/}` its last part.
  enum class Cut : std::uint8_t { none, folder, base };

  Kind kind = Kind::text;
  bool is_quoted = false;
  Cut cut = Cut::none;
  std::string value;
  ShellWord fallback; ///< Of a variable: what stands for it when it is not set. Empty: none.
  std::size_t first = 0, last = 0;
};

struct ShellCommand {
  std::vector<ShellWord> words; ///< The command's name and its arguments; empty: redirections only.
  std::vector<ShellWord> inputs; ///< Files that `<` reads from.
  std::size_t line = 1;
};

struct ShellAssignment {
  std::string name;
  ShellWord value;
  std::size_t place = 0; ///< Of an array's element: its place in the list.
};

struct ShellScript {
  std::vector<ShellCommand>
      commands; ///< In the order in which they end: one inside of a word comes before the word's.
  std::vector<ShellAssignment> assignments; ///< `for` loops too: a value each. In order.
  std::vector<std::string> functions;       ///< Functions and aliases that it defines.
  std::string damage; ///< Not empty: "line 7: a quote has no end". What was understood is there all
                      ///< the same.
};

/// At most 200 levels of nesting are entered; a script of `text.size()` bytes takes time in
/// proportion to that.
ShellScript read_shell(std::string_view text);

} // namespace pare
