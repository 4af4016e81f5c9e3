#pragma once
// What shell scripts start and read: each command that a script names and that is neither a
// builtin, nor a function, nor an alias, in whatever branch it stands; the scripts that it sources;
// files that are read by a constant name.

#include "finders/finder.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// The programs that a command line given to `sh -c`, system(3) or popen(3) starts, in order, no
/// doubles: names for PATH, or paths. The shell itself is not among them. Empty too when the line
/// cannot be understood.
std::vector<std::string> commands_of(std::string_view line);

/// Scripts by their `#!` line (sh, dash, bash, ksh, zsh, busybox…), programs without one that hold
/// text (execvp(3) and every shell give such a file to sh), and scripts of the program's own that
/// are named *.sh. What a script sources is read along with it: its variables and functions are the
/// script's. At most 64 sourced files a script, 16 MiB each.
class ShellModules final : public Finder {
public:
  explicit ShellModules(FinderContext& context) : context_(context) {}
  void examine(const Subject& subject,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

private:
  FinderContext& context_;
  std::set<const Examined*> given_to_shells_; ///< `sh FILE`: scripts, whatever they look like.
};

} // namespace pare
