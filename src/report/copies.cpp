#include "report/copies.hpp"

#include "base/names.hpp"
#include "base/sizes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace pare {
namespace {

bool was_included(const ReportFile& file) {
  return std::ranges::any_of(
      file.reasons, [](const Reason& reason) { return reason.kind == ReasonKind::include; });
}

class Planner {
public:
  Planner(const Report& report, const Root& root) : report_(report), root_(root) {}

  CopyPlan plan() {
    for (std::size_t i = 0; i < report_.files.size(); ++i) {
      const ReportFile& file = report_.files[i];
      if (file.kind == FileKind::directory && !whole_above(file.path) && was_included(file) &&
          is_whole(file.path)) {
        wholes_.insert(file.path);
        add(file.path, file.destination(), i, true);
        for (const FileName& name : file.names) {
          add(name.entry, name.asked, i, true);
        }
      }
    }
    for (std::size_t i = 0; i < report_.files.size(); ++i) {
      if (report_.files[i].is_regular()) {
        add_file(i);
      }
    }
    say_what_is_lost();
    for (auto& [destination, item] : items_) {
      plan_.items.push_back(std::move(item));
    }
    return std::move(plan_);
  }

private:
  void add(const RootPath& source, const RootPath& destination, std::size_t file, bool is_folder) {
    items_.try_emplace(destination, CopyItem{source, destination, file, is_folder});
  }

  bool whole_above(const RootPath& path) const {
    return std::ranges::any_of(wholes_, [&](const RootPath& folder) { return path.is_in(folder); });
  }

  bool is_whole(const RootPath& folder) const {
    return std::ranges::all_of(root_.list(folder), [&](const std::string& name) {
      const ReportFile* entry = report_.find(folder / name);
      return entry != nullptr && (entry->kind != FileKind::directory || is_whole(entry->path));
    });
  }

  void add_file(std::size_t index) {
    const ReportFile& file = report_.files[index];
    const bool is_in_whole = whole_above(file.path);
    if (file.lay_at) {
      if (!is_in_whole) {
        add(file.path, *file.lay_at, index, false);
      }
      return;
    }
    bool has_own_folder = false; // some name lies beside the file itself: $ORIGIN stays what it is
    for (const FileName& name : file.names) {
      has_own_folder = has_own_folder || name.entry.parent() == file.path.parent();
      if (!whole_above(name.asked)) {
        add(name.entry, name.asked, index, false);
      }
    }
    if (!is_in_whole &&
        (file.names.empty() || (file.kind == FileKind::program && !has_own_folder))) {
      add(file.path, file.path, index, false);
    }
  }

  void say_what_is_lost() {
    std::uint64_t links = 0, owners = 0, odd = 0, again = 0;
    std::string first_owner, first_odd, first_empty, first_again;
    std::set<RootPath> filled;
    std::set<std::size_t> seen;
    for (const auto& [destination, item] : items_) {
      if (!item.is_folder && !seen.insert(item.file).second && again++ == 0) {
        first_again = report_.files[item.file].path.text();
      }
    }
    for (const ReportFile& file : report_.files) {
      if (!file.path.is_root()) {
        filled.insert(file.path.parent());
      }
      const bool is_in_whole = whole_above(file.path);
      links += file.kind == FileKind::symlink && !is_in_whole ? 1 : 0;
      if ((file.stat.uid != 0 || file.stat.gid != 0) && owners++ == 0) {
        first_owner = file.path.text();
      }
      if (file.is_regular() && !is_in_whole &&
          file.path.text().find_first_of("*?[\n\r") != std::string::npos && odd++ == 0) {
        first_odd = file.path.text();
      }
    }
    std::uint64_t empty = 0;
    for (const ReportFile& file : report_.files) {
      if (file.kind == FileKind::directory && !filled.contains(file.path) &&
          !whole_above(file.path) && empty++ == 0) {
        first_empty = file.path.text();
      }
    }
    const auto say = [&](std::uint64_t count,
                         std::string_view one,
                         std::string_view many,
                         std::string_view more) {
      if (count > 0) {
        plan_.cannot.push_back(counted(count, one, many) + std::string(more));
      }
    };
    say(links, "symlink", "symlinks", " (COPY follows them: they become files)");
    say(again,
        "second name of a file",
        "second names of files",
        fmt::format(" (each becomes a copy: {})", first_again));
    say(owners, "owner", "owners", fmt::format(" other than 0:0 ({})", first_owner));
    say(empty, "empty folder", "empty folders", fmt::format(" ({})", first_empty));
    say(odd, "name", "names", fmt::format(" that COPY takes for a pattern ({})", shown(first_odd)));
  }

  const Report& report_;
  const Root& root_;
  CopyPlan plan_;
  std::set<RootPath> wholes_;
  std::map<RootPath, CopyItem> items_;
};

} // namespace

CopyPlan plan_copies(const Report& report, const Root& root) {
  return Planner(report, root).plan();
}

} // namespace pare
