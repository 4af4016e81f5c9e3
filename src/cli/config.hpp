#pragma once
// pare.toml: a project's deliverables and their budgets.

#include "cli/options.hpp"
#include "reviews/budget.hpp"

#include <string>
#include <vector>

namespace pare {

/// [[target]]: one deliverable.
struct Target {
  std::string name; ///< As it is said; without one its programs.
  ClosureArguments closure;
  Budget budget;
};

struct Config {
  std::vector<Target> targets;
};

/// Throws InputError when the file cannot be read, UsageError "FILE:LINE: …" for what is no TOML,
/// an unknown key, or a value of the wrong kind. [audit] is left to `pare audit`.
Config read_config(const std::string& file);

} // namespace pare
