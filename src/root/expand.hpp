#pragma once
// Patterns over the paths that exist in a root, as glob(3) expands them.

#include "root/follow.hpp"

#include <string>
#include <vector>

namespace pare {

/// The paths that match, as they are named (folders' symlinks are followed on the way and stay in
/// the path), in the order of their bytes. `*`, `?` and `[…]` match within a part, a hidden name
/// only where the part starts with a dot; a part `**` matches any number of folders, none too, and
/// goes through no symlink. `pattern` is absolute. At most `limit` paths, and 40 levels of folders.
std::vector<std::string>
expand(Walker& walker, std::string_view pattern, std::size_t limit = 100'000);

} // namespace pare
