#pragma once
// Other programs of the host.

#include <optional>
#include <string>
#include <vector>

namespace pare {

struct Ran {
  int code = 0;     ///< As a shell has it: 128 + N for a signal.
  std::string said; ///< Its standard error, the last 64 KiB.
};

/// Runs a program, found in PATH, with nothing to read and its standard output thrown away;
/// nullopt: there is no such program. Ctrl-C ends it too: then Interrupted is thrown once it has
/// ended.
std::optional<Ran> run_program(const std::vector<std::string>& command);

} // namespace pare
