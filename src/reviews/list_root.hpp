#pragma once
// All that a root holds, in the form of a report.

#include <pare/report.hpp>

namespace pare {

/// Every file, link and folder, with the package that it came from and the digest of regular files
/// of at most 64 MiB; nobody asks for any of them, so there are no reasons. A folder that may not
/// be read is a warning. At most 2,000,000 entries: InputError.
Report list_root(const Root& root);

} // namespace pare
