#pragma once
// The minimal root as a folder of the host.

#include "outputs/layout.hpp"

#include <string>
#include <vector>

namespace pare {

/// Writes all that the layout holds to `destination`, a host path: not there yet, or an empty
/// folder (or a symlink to one).
///
/// Owners, modes, extended attributes and capabilities, times to the nanosecond, hard links and
/// holes are kept; what may not be set (owners without root's rights, trusted attributes...) is
/// left, and said once. Bytes are shared with the source where the file system can.
///
/// It is written beside its place and moved there whole. An empty folder that cannot be replaced (a
/// mount point, the working folder, a parent that may not be written) is filled in place, and
/// emptied again on a failure. Throws OutputError, InputError, Interrupted; then `destination` is
/// as before.
void write_minimal_root(const RootContents& contents,
                        const std::string& destination,
                        const WriteOptions& options,
                        std::vector<Warning>& said);

} // namespace pare
