#pragma once
// What scanners (syft, trivy, grype) know packages by, for a root that has no package manager: the
// records of the packages that files came from, in the form of distroless' images.

#include "outputs/layout.hpp"

#include <pare/report.hpp>
#include <pare/root.hpp>

#include <vector>

namespace pare {

/// dpkg: /var/lib/dpkg/status.d/NAME, a package's paragraph of the status file, and beside it
/// NAME.md5sums with the lines of the files that are kept. apk: /lib/apk/db/installed. rpm keeps a
/// database, which is not written: a warning. With them os-release, the release files of Debian
/// and Alpine, and each package's copyright file. What the closure has is left out. All is root's,
/// 0644. A root without a package database gives nothing.
std::vector<MadeEntry>
package_records(const Report& report, const Root& root, std::vector<Warning>& said);

} // namespace pare
