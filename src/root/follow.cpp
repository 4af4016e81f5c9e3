#include "root/follow.hpp"

#include <pare/error.hpp>

#include <utility>

namespace pare {

namespace {
constexpr std::size_t most_hops = 40; // Linux, include/linux/namei.h, MAXSYMLINKS
constexpr std::size_t longest_path =
    4095; // PATH_MAX less its NUL: beyond it the kernel says ENAMETOOLONG
} // namespace

SplitPath split_path(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) {
    return {"/", text};
  }
  const std::string_view name = text.substr(slash + 1);
  return {slash == 0 ? "/" : text.substr(0, slash), name.empty() ? "." : name};
}

/// One step towards the entry `last` of walk.path.
Walker::Step Walker::step(Walk& walk, std::string& last) {
  if (walk.end != WalkEnd::found) {
    return Step::ended;
  }
  if (last == ".." && !walk.path.is_root()) {
    walk.passed.push_back(walk.path);
    walk.path = walk.path.parent();
  }
  if (last.empty() || last == "." || last == "..") {
    return Step::at_folder;
  }
  RootPath entry = walk.path / last;
  std::optional<std::string> target = root_.read_link(entry);
  if (!target) {
    return Step::at_entry; // no link, or not there
  }
  if (walk.hops.size() == most_hops || depth_ == most_hops) {
    walk.end = WalkEnd::loop;
    return Step::ended;
  }
  const SplitPath parts = split_path(*target);
  last = parts.name;
  const bool is_plain = target->find('/') == std::string::npos;
  const std::string folder_text = is_plain ? std::string()
                                  : target->front() == '/'
                                      ? std::string(parts.folder)
                                      : walk.path.text() + "/" + std::string(parts.folder);
  const bool is_empty = target->empty();
  walk.hops.push_back({std::move(entry), *std::move(target)});
  if (is_empty) {
    walk.end = WalkEnd::absent;
    return Step::ended;
  }
  if (is_plain) {
    return Step::hopped;
  }
  ++depth_;
  const Walk& next = folder(folder_text);
  --depth_;
  walk.hops.insert(walk.hops.end(), next.hops.begin(), next.hops.end());
  walk.passed.insert(walk.passed.end(), next.passed.begin(), next.passed.end());
  walk.path = next.path;
  walk.end = walk.hops.size() > most_hops ? WalkEnd::loop : next.end;
  return Step::hopped;
}

const Walk& Walker::folder(std::string_view text) {
  static const Walk too_long;
  if (text.size() > longest_path) {
    return too_long;
  }
  if (last_ != nullptr && text == last_text_) {
    return *last_;
  }
  const Walk* walk = &top_;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('/', at), text.size());
    if (const std::string_view part = text.substr(at, end - at); !part.empty() && part != ".") {
      // A folder whose links lead back to itself is met again while it is walked: then it is "loop"
      // that is found.
      const auto [entry, is_new] =
          folders_.try_emplace(std::string(text.substr(0, end)), Walk{.end = WalkEnd::loop});
      if (is_new) {
        Walk entered = enter(*walk, part);
        if (entered.end == WalkEnd::loop && depth_ > 0) {
          // Too many links from where the walk began; from this folder on they may be few enough.
          static const Walk too_many{.end = WalkEnd::loop};
          folders_.erase(std::string(text.substr(0, end)));
          return too_many;
        }
        entry->second = std::move(entered);
      }
      walk = &entry->second;
    }
    at = end + 1;
  }
  if (depth_ == 0) { // while links are followed, folders may be taken back
    last_text_ = text;
    last_ = walk;
  }
  return *walk;
}

/// The folder `part` of a folder.
Walk Walker::enter(const Walk& folder, std::string_view part) {
  if (folder.end != WalkEnd::found || part == "..") {
    return follow_in(folder, part);
  }
  Walk walk = folder;
  walk.path = folder.path / part;
  try {
    std::optional<Stat> stat = root_.lstat(walk.path);
    if (stat && stat->type == FileType::symlink) {
      walk = follow_in(folder, part);
      stat = walk.end == WalkEnd::found ? root_.lstat(walk.path) : std::nullopt;
    }
    if (stat && stat->type == FileType::directory) {
      folder_stats_.emplace(walk.path, *stat);
    } else if (walk.end == WalkEnd::found) {
      walk.end = WalkEnd::absent; // also a file where a folder should be
    }
  } catch (const InputError&) {
    walk.end = WalkEnd::unreadable;
  }
  return walk;
}

std::optional<Stat> Walker::lstat(const RootPath& path) const {
  const auto known = folder_stats_.find(path);
  return known != folder_stats_.end() ? known->second : root_.lstat(path);
}

Walk Walker::follow_in(const Walk& folder, std::string_view name) {
  Walk walk = folder;
  std::string last(name);
  try {
    Step at = Step::hopped;
    while (at == Step::hopped) {
      at = step(walk, last);
    }
    if (at == Step::at_entry) {
      walk.path = walk.path / last;
      if (!root_.lstat(walk.path)) {
        walk.end = WalkEnd::absent;
      }
    }
  } catch (const InputError&) {
    walk.end = WalkEnd::unreadable;
  }
  return walk;
}

std::optional<Root::Opened> Walker::open_in(const Walk& folder, std::string_view name, Walk& walk) {
  walk = folder;
  std::string last(name);
  try {
    Step at = step(walk, last);
    while (at == Step::hopped) {
      // Where a link leads there is a file, nearly always: it is opened without asking whether it
      // is a link again.
      if (walk.end == WalkEnd::found && last != "." && last != "..") {
        RootPath entry = walk.path / last;
        if (std::optional<Root::Opened> opened = root_.open(entry)) {
          walk.path = std::move(entry);
          return opened;
        }
      }
      at = step(walk, last);
    }
    if (at != Step::at_entry) {
      return std::nullopt;
    }
    walk.path = walk.path / last;
    std::optional<Root::Opened> opened = root_.open(walk.path);
    if (!opened && !root_.lstat(walk.path)) {
      walk.end = WalkEnd::absent;
    }
    return opened;
  } catch (const InputError&) {
    walk.end = WalkEnd::unreadable;
    return std::nullopt;
  }
}

} // namespace pare
