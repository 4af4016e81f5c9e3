#pragma once
// Libraries that a program of Windows may load while it runs: the constants that its code hands to
// LoadLibrary and its kin, and names of libraries among its other data.

#include "base/bytes.hpp"

#include <string>
#include <vector>

namespace pare {

/// The names in calls of LoadLibraryA/W, LoadLibraryExA/W and LoadPackagedLibrary with a constant,
/// in code for x64 and x86: as they stand there, each once, in the order of the code. ASCII only.
/// Empty where the file imports none of these functions, or is for another machine: then nothing of
/// the code is read. Looks at 64 MiB of code at most. Never throws for what the file says.
std::vector<std::string> find_library_calls(const ByteSource& source);

/// Names that end in ".dll" in the data of a PE file, ASCII and UTF-16, each once, in their order:
/// of letters, digits and `_+-.`. Looks at 64 MiB at most, and gives 4096 names at most. Never
/// throws for what the file says.
std::vector<std::string> find_library_names(const ByteSource& source);

} // namespace pare
