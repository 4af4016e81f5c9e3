#pragma once
// What lies in a folder of a program and is for people, builders or debuggers.

#include <string_view>

namespace pare {

/// Whether a running program has no use for the file at this path: static archives, headers,
/// pkg-config and libtool files, manual pages, documentation, message catalogues, separate debug
/// files, LLVM bitcode. Only for files that a folder brings: one that is named by itself is always
/// taken.
bool never_runs(std::string_view path);

} // namespace pare
