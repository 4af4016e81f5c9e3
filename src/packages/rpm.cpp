// rpm's database (rpm 4.16 and later): rpmdb.sqlite, whose table Packages has two columns, a number
// and a header, a row a package. The older forms, Berkeley DB and ndb, are not read.
//
// A header is big-endian: the number of entries, the size of the data, an entry of four numbers
// each (tag, type, offset in the data, count), the data (rpm, docs/manual/format_header.md).

#include "base/bytes.hpp"
#include "formats/sqlite_table.hpp"
#include "packages/database.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace pare {
namespace {

// rpm, docs/manual/tags.md
enum Tag : std::uint32_t {
  tag_name = 1000,
  tag_version = 1001,
  tag_release = 1002,
  tag_epoch = 1003,
  tag_vendor = 1011,
  tag_license = 1014,
  tag_group = 1016,
  tag_architecture = 1022,
  tag_file_states = 1029,
  tag_source_rpm = 1044,
  tag_provides = 1047,
  tag_requires = 1049,
  tag_folder_numbers = 1116,
  tag_base_names = 1117,
  tag_folders = 1118,
};

enum Type : std::uint32_t {
  type_int8 = 2,
  type_char = 1,
  type_int32 = 4,
  type_string = 6,
  type_string_array = 8,
  type_translated = 9,
};

// rpm allows 256 MiB of data (lib/header.c); the largest headers of Fedora have 20 MiB.
constexpr std::uint64_t most_entries = 65535, most_data = 64u << 20;

class Header {
public:
  explicit Header(std::string_view bytes) {
    if (bytes.size() < 8) {
      throw InputError("an rpm header is cut short");
    }
    entries_ = number(bytes, 0);
    const std::uint64_t data = number(bytes, 4);
    if (entries_ > most_entries || data > most_data || 8 + entries_ * 16 + data > bytes.size()) {
      throw InputError("the tables of an rpm header lie outside of it");
    }
    index_ = bytes.substr(8, entries_ * 16);
    data_ = bytes.substr(8 + entries_ * 16, data);
  }

  /// Of a string or the first of several; empty: no such entry.
  std::string_view text(Tag tag) const {
    std::vector<std::string_view> all = texts(tag, 1);
    return all.empty() ? std::string_view() : all.front();
  }

  std::vector<std::string_view> texts(Tag tag, std::size_t most = SIZE_MAX) const {
    std::vector<std::string_view> found;
    const std::optional<Entry> entry = find(tag);
    if (!entry || (entry->type != type_string && entry->type != type_string_array &&
                   entry->type != type_translated)) {
      return found;
    }
    std::string_view rest = data_.substr(entry->offset);
    const std::size_t count =
        std::min<std::size_t>({entry->count, most, entry->type == type_string ? 1 : SIZE_MAX});
    while (found.size() < count) {
      const std::size_t end = rest.find('\0');
      if (end == std::string_view::npos) {
        throw InputError(fmt::format("the strings of tag {} of an rpm header have no end", +tag));
      }
      found.push_back(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    return found;
  }

  std::vector<std::uint32_t> numbers(Tag tag) const {
    std::vector<std::uint32_t> found;
    const std::optional<Entry> entry = find(tag);
    if (!entry) {
      return found;
    }
    const std::uint64_t width = entry->type == type_int32                              ? 4
                                : entry->type == type_int8 || entry->type == type_char ? 1
                                                                                       : 0;
    if (width == 0 || entry->count * width > data_.size() - entry->offset) {
      throw InputError(fmt::format("the numbers of tag {} of an rpm header lie outside", +tag));
    }
    found.reserve(entry->count);
    for (std::uint64_t i = 0; i < entry->count; ++i) {
      const std::string_view bytes = data_.substr(entry->offset + i * width, width);
      found.push_back(
          static_cast<std::uint32_t>(load_unsigned(bytes, static_cast<unsigned>(width), true)));
    }
    return found;
  }

private:
  struct Entry {
    std::uint32_t type;
    std::uint64_t offset, count;
  };

  static std::uint64_t number(std::string_view bytes, std::uint64_t offset) {
    return load_unsigned(bytes.substr(offset, 4), 4, true);
  }

  std::optional<Entry> find(Tag tag) const {
    for (std::uint64_t at = 0; at < index_.size(); at += 16) {
      if (number(index_, at) == tag) {
        const Entry entry = {static_cast<std::uint32_t>(number(index_, at + 4)),
                             number(index_, at + 8),
                             number(index_, at + 12)};
        if (entry.offset > data_.size()) {
          throw InputError(fmt::format("tag {} of an rpm header lies outside of it", +tag));
        }
        return entry;
      }
    }
    return std::nullopt;
  }

  std::uint64_t entries_ = 0;
  std::string_view index_, data_;
};

/// "bash-5.1.8-9.el9.src.rpm": the name, and "5.1.8-9.el9".
void read_source(std::string_view source_rpm, Package& package) {
  for (const std::string_view end : {".src.rpm", ".nosrc.rpm"}) {
    if (source_rpm.ends_with(end)) {
      source_rpm.remove_suffix(end.size());
      const std::size_t release = source_rpm.rfind('-');
      const std::size_t version = release == 0 || release == std::string_view::npos
                                      ? release
                                      : source_rpm.rfind('-', release - 1);
      if (version != std::string_view::npos && version != 0) {
        package.source = source_rpm.substr(0, version);
        package.source_version = source_rpm.substr(version + 1);
        return;
      }
    }
  }
  package.source = package.name;
  package.source_version = package.version;
}

/// Paths are stored as names and the numbers of their folders (rpm, lib/rpmfi.c). False: the budget
/// is used up.
bool add_paths(const Header& header,
               PackageRecord& record,
               Database& database,
               PackageBudget& budget) {
  const std::vector<std::string_view> names = header.texts(tag_base_names);
  const std::vector<std::string_view> folders = header.texts(tag_folders);
  const std::vector<std::uint32_t> numbers = header.numbers(tag_folder_numbers);
  const std::vector<std::uint32_t> states = header.numbers(tag_file_states);
  std::string list;
  bool fits = true;
  for (std::size_t i = 0; fits && i < names.size(); ++i) {
    // A state other than 0 (RPMFILE_STATE_NORMAL): it was replaced, or left out at installation.
    if (i >= numbers.size() || numbers[i] >= folders.size() ||
        (i < states.size() && states[i] != 0)) {
      continue;
    }
    const std::string_view folder = folders[numbers[i]];
    if (folder.size() + names[i].size() < 4096) {
      const std::string path = fmt::format("{}{}", folder, names[i]);
      if (is_path(path)) {
        fits = budget.take_name(path.size());
        if (fits) {
          list += path;
          list += '\0';
        }
      }
    }
  }
  for (std::string_view text = database.keep(std::move(list)); !text.empty();) {
    record.paths.push_back(take_until(text, '\0'));
  }
  return fits;
}

} // namespace

bool add_rpm_header(std::string_view bytes, Database& database, PackageBudget& budget) {
  const Header header(bytes);
  PackageRecord record;
  Package& package = record.package;
  package.name = header.text(tag_name);
  package.architecture = header.text(tag_architecture);
  if (package.name.empty() || package.name == "gpg-pubkey") { // a key that is kept as a package
    return true;
  }
  if (!budget.take_package()) {
    return false;
  }
  const std::vector<std::uint32_t> epoch = header.numbers(tag_epoch);
  package.version = fmt::format("{}{}-{}",
                                epoch.empty() ? "" : fmt::format("{}:", epoch.front()),
                                header.text(tag_version),
                                header.text(tag_release));
  package.section = header.text(tag_group);
  package.license = header.text(tag_license);
  package.maintainer = header.text(tag_vendor);
  read_source(header.text(tag_source_rpm), package);
  const auto keep_all = [&](Tag tag, const auto& take) {
    std::string all;
    for (const std::string_view name : header.texts(tag)) {
      if (!name.empty() && budget.take_name(name.size())) {
        all += name;
        all += '\0';
      }
    }
    for (std::string_view text = database.keep(std::move(all)); !text.empty();) {
      take(take_until(text, '\0'));
    }
  };
  keep_all(tag_provides, [&](std::string_view name) { record.provides.push_back(name); });
  keep_all(tag_requires, [&](std::string_view name) { record.needs.push_back({name}); });
  const bool fits = add_paths(header, record, database, budget);
  database.records.push_back(std::move(record));
  return fits;
}

std::optional<Database> read_rpm(Walker& walker, std::vector<Warning>& warnings) {
  // rpm's %_dbpath: Fedora 36 and openSUSE moved it; rpm-ostree has its own.
  for (const std::string folder : {"/usr/lib/sysimage/rpm", "/var/lib/rpm", "/usr/share/rpm"}) {
    const std::string path = folder + "/rpmdb.sqlite";
    std::optional<std::string> file = read_database_file(walker, path, warnings);
    if (!file) {
      for (const char* const older : {"/Packages.db", "/Packages"}) {
        if (walker.follow(folder + older).end == WalkEnd::found) {
          warnings.push_back(
              {folder + older,
               fmt::format("package database: the {} form of rpm's is not read; "
                           "packages are not known",
                           older == std::string_view("/Packages") ? "Berkeley DB" : "ndb")});
          return std::nullopt;
        }
      }
      continue;
    }
    Database database{.format = PackageFormat::rpm, .texts = {}, .records = {}, .diversions = {}};
    PackageBudget budget;
    std::string damage; ///< The first: one header that is damaged does not hide the others.
    try {
      const Walk log = walker.follow(path + "-wal");
      const std::optional<Stat> stat =
          log.end == WalkEnd::found ? walker.root().lstat(log.path) : std::nullopt;
      if (stat && stat->size != 0) {
        warnings.push_back({path + "-wal",
                            "package database: a log of changes that are not in the database yet; "
                            "it is not read"});
      }
      read_sqlite_table(*file, "Packages", [&](const std::vector<SqliteValue>& row) {
        try {
          if (row.size() >= 2 && !add_rpm_header(row[1].bytes, database, budget)) {
            warnings.push_back({path, "package database: too large, not all of it is used"});
            return false;
          }
        } catch (const InputError& error) {
          damage = damage.empty() ? error.what() : damage;
        }
        return true;
      });
    } catch (const InputError& error) {
      damage = damage.empty() ? error.what() : damage;
    }
    if (!damage.empty()) {
      warnings.push_back({path, fmt::format("package database: {}", damage)});
    }
    return database;
  }
  return std::nullopt;
}

} // namespace pare
