#pragma once
// Absolute paths among the quoted constants of scripts that are programs, whatever their language:
// what paths.hpp is for machine code. Shell scripts are left to modules/shell.hpp, which knows
// their words.

#include "finders/finder.hpp"
#include "finders/paths.hpp"

namespace pare {

/// Looks at the first 1,000 paths of a script. A regular file that the user's own code names is
/// likely; else PathsFinder judges: what is the script's package's own is likely.
class ScriptPathsFinder final : public Finder {
public:
  /// `paths` must live as long.
  ScriptPathsFinder(const FinderContext& context, PathsFinder& paths)
      : context_(context), paths_(paths) {}

  void examine(const Subject& subject,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

private:
  FinderContext context_;
  PathsFinder& paths_;
};

} // namespace pare
