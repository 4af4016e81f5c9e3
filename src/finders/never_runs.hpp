#pragma once
// What lies in a folder of a program and is for people, builders or debuggers.

#include <string_view>

namespace pare {

/// Whether a running program has no use for the file at this path: static archives, headers and
/// sources in C, pkg-config and libtool files, manual pages, documentation, message catalogues,
/// separate debug files, LLVM bitcode, samples. Only for files that a folder brings: one that is
/// named by itself is always taken.
bool never_runs(std::string_view path);

/// Whether a program, by its path or name, serves only the person at a terminal: readers of
/// manuals, which are never taken, and the system's editor, pager and browser (Debian policy 11.4;
/// xdg-open(1)). That code can start one is no sign that it will.
bool is_for_people(std::string_view program);

} // namespace pare
