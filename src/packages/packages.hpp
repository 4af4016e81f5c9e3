#pragma once
// Which package a file of a root came from, by the database that the root's package manager keeps:
// dpkg, its form in images without dpkg (distroless: status.d), apk, rpm.

#include <pare/report.hpp>
#include <pare/root.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

enum class PackageFormat : std::uint8_t { dpkg, apk, rpm };

using PackageId = std::uint32_t; ///< A package's place in Packages::all().

struct Package {
  std::string name;
  std::string version;      ///< As the database has it; of rpm [EPOCH:]VERSION-RELEASE.
  std::string architecture; ///< "amd64", "x86_64", "all", "noarch".
  std::string source;       ///< The source package's name; `name` where the database says no other.
  std::string source_version;     ///< `version` where the database says no other.
  std::string section;            ///< dpkg: "libs"; rpm: its Group. Else empty.
  std::string priority;           ///< dpkg: "required", "optional". Else empty.
  bool essential = false;         ///< dpkg: Essential or Protected is yes.
  std::string license;            ///< apk, rpm; dpkg keeps it in /usr/share/doc/NAME/copyright.
  std::string maintainer;         ///< Of rpm the vendor.
  std::vector<PackageId> depends; ///< Those of its dependencies that are installed: of alternatives
                                  ///< the first that is. Sorted, no doubles, not itself.
  std::string record; ///< Its paragraph in dpkg's or apk's database, without the empty line behind
                      ///< it. Of rpm empty.

  bool operator==(const Package&) const = default;
};

struct Database; ///< What one format's reader found (database.hpp).

/// A root's packages and their files, read once. Not for two threads at a time.
class Packages {
public:
  /// `root` only to learn which folders at its top are symlinks.
  Packages(Database database, const Root& root);
  ~Packages();
  Packages(const Packages&) = delete;
  Packages& operator=(const Packages&) = delete;

  PackageFormat format() const;

  /// Sorted by name, architecture and version.
  const std::vector<Package>& all() const { return packages_; }

  /// Of the package that put a file at this real path. A list that names it by a folder that is a
  /// symlink today counts too: /lib/x of a root whose /lib leads to usr/lib. A file that was
  /// diverted is its package's at the place it was moved to (dpkg-divert(1)). What no list names
  /// has no owner: an alternative's symlinks, what scripts made, the links that merge folders. Of
  /// several owners (folders, files that two architectures share) it is the first.
  std::optional<PackageId> owner(const RootPath& path) const;

  /// The packages that have files below this folder, if all of them were built from one source
  /// package; empty: there are none, or they are from several.
  std::vector<PackageId> owners_below(const RootPath& folder) const;

  /// As its list names them, diverted ones at their new places, in the list's order: folders and
  /// symlinks too where the format lists them (distroless's does not).
  std::vector<RootPath> files_of(PackageId package) const;

  /// The packages of this name, or of this label.
  std::vector<PackageId> find(std::string_view name) const;

  /// Its name; where another package has the same name, with the architecture as its manager
  /// writes it: "libc6:amd64", "glibc.i686".
  std::string label(PackageId package) const;

private:
  struct Index;
  std::unique_ptr<Database> database_;
  std::vector<Package> packages_;
  std::unique_ptr<Index> index_;
};

/// A text that is another one whenever a root's database may have changed; empty: it has none, or
/// nothing can be said (Root::identity).
std::string packages_identity(const Root& root);

/// Reads the database that the root has, of several the first that lists a package, in the order of
/// PackageFormat; null: none does. What cannot be read of it is a warning; nothing is thrown.
///
/// Bounds: a file of the database 256 MiB, the paths and dependencies of all packages 256 MiB and
/// 4 million, 100,000 packages, a path 4096 bytes. What is beyond them is left out, with a warning.
std::unique_ptr<Packages> read_packages(const Root& root, std::vector<Warning>& warnings);

} // namespace pare
