// dpkg's database (dpkg 1.21, deb-control(5), dpkg-query(1)): /var/lib/dpkg/status has a paragraph
// a package, info/NAME.list or info/NAME:ARCH.list the paths of it, `diversions` three lines each.
// distroless images have a file a package in status.d, with the paragraph, and NAME.md5sums beside
// it: of the paths only the regular files are known there.

#include "base/bytes.hpp"
#include "packages/database.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace pare {
namespace {

const std::string folder = "/var/lib/dpkg";

/// Calls `take` with the name and the value of each field; a value of several lines as it stands.
template <typename Take> void for_each_field(std::string_view paragraph, const Take& take) {
  while (!paragraph.empty()) {
    const std::size_t colon = paragraph.find_first_of(":\n");
    if (colon == std::string_view::npos || paragraph[colon] == '\n') {
      take_until(paragraph, '\n'); // no field
      continue;
    }
    std::size_t end = paragraph.find('\n', colon);
    while (end != std::string_view::npos && end + 1 < paragraph.size() &&
           (paragraph[end + 1] == ' ' || paragraph[end + 1] == '\t')) {
      end = paragraph.find('\n', end + 1);
    }
    end = std::min(end, paragraph.size());
    take(paragraph.substr(0, colon), trimmed(paragraph.substr(colon + 1, end - colon - 1)));
    paragraph.remove_prefix(std::min(end + 1, paragraph.size()));
  }
}

/// A relation without its version, architectures and qualifier: "libc6 (>= 2.34)", "perl:any".
std::string_view relation_name(std::string_view relation) {
  relation = trimmed(relation);
  return relation.substr(0, relation.find_first_of(" \t\n(:[<"));
}

struct Control {
  PackageRecord record;
  bool is_installed = true; ///< Its files are there.
  bool is_multi_arch_same = false;
};

/// The paragraph must outlive the record.
Control read_control(std::string_view paragraph, PackageBudget& budget) {
  Control control;
  Package& package = control.record.package;
  const auto take_names = [&](std::string_view list, char separator) {
    std::vector<std::string_view> names;
    while (!list.empty()) {
      const std::string_view name = relation_name(take_until(list, separator));
      if (!name.empty() && budget.take_name(name.size())) {
        names.push_back(name);
      }
    }
    return names;
  };
  for_each_field(paragraph, [&](std::string_view name, std::string_view value) {
    if (name == "Package") {
      package.name = value;
    } else if (name == "Version") {
      package.version = value;
    } else if (name == "Architecture") {
      package.architecture = value;
    } else if (name == "Source") { // "glibc (2.36-9)" when its version is another
      package.source = relation_name(value);
      const std::size_t open = value.find('('), close = value.find(')');
      if (open != std::string_view::npos && close != std::string_view::npos && open < close) {
        package.source_version = value.substr(open + 1, close - open - 1);
      }
    } else if (name == "Section") {
      package.section = value;
    } else if (name == "Priority") {
      package.priority = value;
    } else if (name == "Maintainer") {
      package.maintainer = value;
    } else if (name == "Essential" || name == "Protected") {
      package.essential = package.essential || value == "yes";
    } else if (name == "Multi-Arch") {
      control.is_multi_arch_same = value == "same";
    } else if (name == "Status") { // "install ok installed": want, flag, state
      const std::string_view state = value.substr(value.rfind(' ') + 1);
      control.is_installed = state != "not-installed" && state != "config-files";
    } else if (name == "Provides") {
      control.record.provides = take_names(value, ',');
    } else if (name == "Depends" || name == "Pre-Depends") {
      while (!value.empty()) {
        std::vector<std::string_view> alternatives = take_names(take_until(value, ','), '|');
        if (!alternatives.empty()) {
          control.record.needs.push_back(std::move(alternatives));
        }
      }
    }
  });
  if (package.source.empty()) {
    package.source = package.name;
  }
  if (package.source_version.empty()) {
    package.source_version = package.version;
  }
  package.record = paragraph;
  return control;
}

class Reader {
public:
  Reader(Walker& walker, std::vector<Warning>& warnings) : walker_(walker), warnings_(warnings) {}

  std::optional<Database> read() {
    const std::optional<std::string> status =
        read_database_file(walker_, folder + "/status", warnings_);
    const bool has_fragments = read_fragments();
    if (!status && !has_fragments) {
      return std::nullopt;
    }
    read_status(database_.keep(status.value_or("")));
    read_diversions();
    if (without_list_ != 0) {
      warnings_.push_back({folder + "/info",
                           fmt::format("package database: no list of files of {} package{} ({}{})",
                                       without_list_,
                                       without_list_ == 1 ? "" : "s",
                                       first_without_list_,
                                       without_list_ == 1 ? "" : ", ...")});
    }
    if (is_cut_) {
      warnings_.push_back({folder, "package database: too large, not all of it is used"});
    }
    return std::move(database_);
  }

private:
  void read_status(std::string_view text) {
    const Walk info = walker_.follow(folder + "/info");
    while (!text.empty() && !is_cut_) {
      // Paragraphs end at an empty line.
      std::size_t end = text.starts_with('\n') ? 0 : text.find("\n\n");
      end = std::min(end, text.size());
      const std::string_view paragraph = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      Control control = read_control(paragraph, budget_);
      if (control.record.package.name.empty() || !control.is_installed) {
        continue;
      }
      if (!budget_.take_package()) {
        is_cut_ = true;
        return;
      }
      read_list(info, control);
      database_.records.push_back(std::move(control.record));
    }
  }

  /// info/NAME:ARCH.list of packages that may be installed for several architectures.
  void read_list(const Walk& info, Control& control) {
    const Package& package = control.record.package;
    const std::string stem = package.name + ":" + package.architecture;
    std::optional<std::string> list;
    if (info.end == WalkEnd::found && stem.find('/') == std::string::npos) {
      if (control.is_multi_arch_same) {
        list = open_list(info.path / (stem + ".list"));
      }
      if (!list) {
        list = open_list(info.path / (package.name + ".list"));
      }
    }
    if (!list) {
      first_without_list_ = without_list_++ == 0 ? package.name : first_without_list_;
      return;
    }
    for (std::string_view text = database_.keep(*std::move(list)); !text.empty();) {
      add_path(control.record, take_until(text, '\n'));
    }
  }

  std::optional<std::string> open_list(const RootPath& path) {
    try {
      if (const std::optional<Root::Opened> opened = walker_.root().open(path)) {
        return read_all(*opened->bytes, largest_database_file);
      }
    } catch (const InputError& error) {
      warnings_.push_back({path.text(), fmt::format("package database: {}", error.what())});
    }
    return std::nullopt;
  }

  /// `path` must be kept.
  void add_path(PackageRecord& record, std::string_view path) {
    if (is_path(path)) {
      if (budget_.take_name(path.size())) {
        record.paths.push_back(path);
      } else {
        is_cut_ = true;
      }
    }
  }

  /// status.d: whether it is there.
  bool read_fragments() {
    const Walk fragments = walker_.follow(folder + "/status.d");
    if (fragments.end != WalkEnd::found) {
      return false;
    }
    std::vector<std::string> names;
    try {
      names = walker_.root().list(fragments.path);
    } catch (const InputError& error) {
      warnings_.push_back(
          {folder + "/status.d", fmt::format("package database: {}", error.what())});
      return false;
    }
    for (const std::string& name : names) {
      if (is_cut_ || name.ends_with(".md5sums")) {
        continue;
      }
      std::optional<std::string> text = open_list(fragments.path / name);
      if (!text) {
        continue;
      }
      std::string_view paragraph = database_.keep(*std::move(text));
      paragraph = paragraph.substr(0, paragraph.find("\n\n"));
      Control control = read_control(trimmed(paragraph), budget_);
      if (control.record.package.name.empty()) {
        continue;
      }
      if (!budget_.take_package()) {
        is_cut_ = true;
        break;
      }
      read_sums(fragments.path / (name + ".md5sums"), control.record);
      database_.records.push_back(std::move(control.record));
    }
    return true;
  }

  /// Lines of md5sum(1): 32 digits, two characters, a path below the root.
  void read_sums(const RootPath& path, PackageRecord& record) {
    std::string list;
    const std::optional<std::string> sums = open_list(path);
    for (std::string_view text = sums ? *sums : std::string_view(); !text.empty();) {
      std::string_view line = take_until(text, '\n');
      if (line.size() > 34) {
        line.remove_prefix(34);
        line.remove_prefix(line.starts_with("./") ? 2 : line.starts_with('/') ? 1 : 0);
        list += '/';
        list += line;
        list += '\n';
      }
    }
    for (std::string_view text = database_.keep(std::move(list)); !text.empty();) {
      add_path(record, take_until(text, '\n'));
    }
  }

  void read_diversions() {
    std::optional<std::string> text =
        read_database_file(walker_, folder + "/diversions", warnings_);
    for (std::string_view rest = text ? database_.keep(*std::move(text)) : std::string_view();
         !rest.empty();) {
      const std::string_view from = take_until(rest, '\n'), to = take_until(rest, '\n');
      const std::string_view by = take_until(rest, '\n');
      if (is_path(from) && is_path(to)) {
        database_.diversions.emplace(from, Diversion{to, by});
      }
    }
  }

  Walker& walker_;
  std::vector<Warning>& warnings_;
  Database database_{.format = PackageFormat::dpkg, .texts = {}, .records = {}, .diversions = {}};
  PackageBudget budget_;
  std::size_t without_list_ = 0;
  std::string first_without_list_;
  bool is_cut_ = false;
};

} // namespace

std::optional<Database> read_dpkg(Walker& walker, std::vector<Warning>& warnings) {
  return Reader(walker, warnings).read();
}

} // namespace pare
