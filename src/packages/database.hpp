#pragma once
// What the readers of the formats give: records with views into texts that they keep.

#include "packages/packages.hpp"
#include "root/follow.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pare {

/// One package as its database describes it. Views are into Database::texts.
struct PackageRecord {
  Package package;                                  ///< Without `depends`.
  std::vector<std::string_view> provides;           ///< Names, beside its own.
  std::vector<std::vector<std::string_view>> needs; ///< Each is one need: names, any of which will
                                                    ///< do; or an absolute path.
  std::vector<std::string_view> paths;              ///< In the list's order; each passed is_path().
};

/// Where dpkg put the files that other packages than `by` have at some path.
struct Diversion {
  std::string_view to;
  std::string_view by; ///< A package's name; ":" for one that the administrator made.
};

struct Database {
  PackageFormat format = PackageFormat::dpkg;
  std::deque<std::string> texts;
  std::vector<PackageRecord> records;
  std::unordered_map<std::string_view, Diversion> diversions; ///< By the path that is diverted.

  /// Keeps a text; the view stays valid as long as the database.
  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
};

/// What is read of a database before a reader stops.
class PackageBudget {
public:
  bool take_package() {
    if (packages_ == 0) {
      return false;
    }
    --packages_;
    return true;
  }

  /// A path, or the name of a dependency, of so many bytes.
  bool take_name(std::size_t size) {
    if (names_ == 0 || size > bytes_) {
      return false;
    }
    --names_;
    bytes_ -= size;
    return true;
  }

private:
  std::size_t packages_ = 100'000;
  std::size_t names_ = 4'000'000;
  std::size_t bytes_ = 256u << 20;
};

constexpr std::uint64_t largest_database_file = 256u << 20;

/// Whether a listed path has the form of a RootPath, and is no longer than PATH_MAX. Package
/// managers write no others; one that is not is passed over.
bool is_path(std::string_view text);

/// The whole of a file, symlinks followed; nullopt: not there, or a warning says why it could not
/// be read.
std::optional<std::string>
read_database_file(Walker& walker, const std::string& path, std::vector<Warning>& warnings);

/// Cuts the front of `text` off, up to `separator`, which belongs to neither.
std::string_view take_until(std::string_view& text, char separator);

std::string_view trimmed(std::string_view text); ///< Of spaces, tabs and newlines.

/// Each nullopt: the root has no database of the format.
std::optional<Database> read_dpkg(Walker& walker, std::vector<Warning>& warnings);
std::optional<Database> read_apk(Walker& walker, std::vector<Warning>& warnings);
std::optional<Database> read_rpm(Walker& walker, std::vector<Warning>& warnings);

/// One header as rpm stores it in its database, without the lead and magic of a package file (rpm,
/// docs/manual/format_header.md). Appends to the database. Throws InputError for what is no header;
/// false: the budget is used up.
bool add_rpm_header(std::string_view header, Database& database, PackageBudget& budget);

} // namespace pare
