#pragma once
// What a bill of materials lists: the packages that the closure's files came from, and who needs
// whom.

#include <pare/report.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace pare {

struct BillPackage {
  std::string name;
  std::string version;
  std::string
      purl; ///< "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12" (package-url spec).
  std::string supplier; ///< Maintainer or vendor; empty: not known.
  std::vector<std::string>
      licenses; ///< Sorted, as SPDX names them, or "LicenseRef-…" where it has no name for it.
  std::vector<std::uint32_t> files; ///< Regular files of the report, by their places.
  std::set<std::size_t>
      needs; ///< Other packages of the bill: their files are asked for by files of this one.
};

struct Bill {
  std::string name;                  ///< Of the whole: its programs.
  std::vector<BillPackage> packages; ///< Sorted by purl.
  std::vector<std::uint32_t> loose;  ///< Regular files that no package owns.
  std::map<std::string, std::string>
      license_texts;       ///< Of each "LicenseRef-…": the name that stands in the package.
  std::int64_t newest = 0; ///< When the newest file was modified: seconds since the epoch.
};

/// `report` must have packages and digests. Packages of dpkg, apk and rpm by the root's database;
/// Python's and npm's, where no system package owns their files, by the metadata beside them. What
/// cannot be read of these is a warning.
Bill make_bill(const Report& report, const Root& root, std::vector<Warning>& warnings);

} // namespace pare
