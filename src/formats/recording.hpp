#pragma once
// What a run used: recordings of `pare trace` (JSON lines, as the contract has them) and logs of
// strace(1).

#include <pare/resolve.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

struct Recording {
  std::vector<TracedUse>
      uses; ///< In order, each (path, operation) once. Paths are absolute in the root.
  std::vector<std::string> faults; ///< "line 7: …": what could not be understood, the first ten.
};

/// How a recording names it: "open", "missing".
std::string_view word_of(TracedOperation operation);

/// Either kind, told apart by the first line. Logs of strace may come from `strace -f -o` or one of
/// `-ff -o`, with -y or not, with time stamps or not; `working_folder` is where the run began.
/// Throws InputError (without the file's name) for a text that is neither.
Recording read_recording(std::string_view text, const std::string& working_folder);

} // namespace pare
