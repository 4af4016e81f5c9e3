// apk's database (apk-tools 2.14, src/database.c and src/package.c): one text, a paragraph a
// package, a letter and a colon a field. F: names a folder, R: a file in the last folder named.
// /lib/apk/db, or /usr/lib/apk/db where /usr is merged.

#include "packages/database.hpp"

#include <algorithm>

namespace pare {
namespace {

/// A dependency without its version: "so:libz.so.1", "musl>=1.2", "busybox=1.36.1-r5". A conflict
/// ("!name") and a repository's tag ("name@edge") are no part of the name.
std::string_view dependency_name(std::string_view dependency) {
  return dependency.substr(0, dependency.find_first_of("=<>~@"));
}

class Reader {
public:
  std::optional<Database> read(Walker& walker, std::vector<Warning>& warnings) {
    for (const char* const path : {"/lib/apk/db/installed", "/usr/lib/apk/db/installed"}) {
      std::optional<std::string> text = read_database_file(walker, path, warnings);
      if (text) {
        read_text(database_.keep(*std::move(text)));
        if (is_cut_) {
          warnings.push_back({path, "package database: too large, not all of it is used"});
        }
        return std::move(database_);
      }
    }
    return std::nullopt;
  }

private:
  void read_text(std::string_view text) {
    while (!text.empty() && !is_cut_) {
      const std::size_t end = text.starts_with('\n') ? 0 : std::min(text.find("\n\n"), text.size());
      add_package(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  void add_package(std::string_view paragraph) {
    PackageRecord record;
    Package& package = record.package;
    std::string_view folder;
    std::string list;
    for (std::string_view rest = paragraph; !rest.empty();) {
      const std::string_view line = take_until(rest, '\n');
      if (line.size() < 2 || line[1] != ':') {
        continue;
      }
      const std::string_view value = line.substr(2);
      switch (line[0]) {
      case 'P':
        package.name = value;
        break;
      case 'V':
        package.version = value;
        break;
      case 'A':
        package.architecture = value;
        break;
      case 'o':
        package.source = value;
        break;
      case 'L':
        package.license = value;
        break;
      case 'm':
        package.maintainer = value;
        break;
      case 'p':
        for_each_name(value, [&](std::string_view name) { record.provides.push_back(name); });
        break;
      case 'D':
        for_each_name(value, [&](std::string_view name) { record.needs.push_back({name}); });
        break;
      case 'F':
        folder = value;
        add_path(list, {}, folder);
        break;
      case 'R':
        add_path(list, folder, value);
        break;
      default:
        break;
      }
    }
    if (package.name.empty()) {
      return;
    }
    if (!budget_.take_package()) {
      is_cut_ = true;
      return;
    }
    if (package.source.empty()) {
      package.source = package.name;
    }
    package.source_version = package.version;
    package.record = paragraph;
    for (std::string_view text = database_.keep(std::move(list)); !text.empty();) {
      record.paths.push_back(take_until(text, '\n'));
    }
    database_.records.push_back(std::move(record));
  }

  template <typename Take> void for_each_name(std::string_view list, const Take& take) {
    while (!list.empty()) {
      const std::string_view word = take_until(list, ' ');
      if (!word.empty() && word.front() != '!' && budget_.take_name(word.size())) {
        take(dependency_name(word));
      }
    }
  }

  void add_path(std::string& list, std::string_view folder, std::string_view name) {
    std::string path;
    for (const std::string_view part : {folder, name}) {
      if (!part.empty()) {
        path += '/';
        path += part;
      }
    }
    if (!is_path(path)) {
      return;
    }
    if (!budget_.take_name(path.size())) {
      is_cut_ = true;
      return;
    }
    list += path;
    list += '\n';
  }

  Database database_{.format = PackageFormat::apk, .texts = {}, .records = {}, .diversions = {}};
  PackageBudget budget_;
  bool is_cut_ = false;
};

} // namespace

std::optional<Database> read_apk(Walker& walker, std::vector<Warning>& warnings) {
  return Reader().read(walker, warnings);
}

} // namespace pare
