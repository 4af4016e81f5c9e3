#pragma once
// The closure as a plain list, for tar -T, rsync --files-from, xargs.

#include <pare/report.hpp>

#include <string>

namespace pare {

/// All files, links and folders at their places in the minimal root, sorted, so parents come first.
/// With NUL as `separator` the names are raw bytes; with a newline they are escaped where they have
/// to be.
std::string path_list(const Report& report, char separator);

} // namespace pare
