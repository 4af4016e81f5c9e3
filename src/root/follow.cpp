#include "root/follow.hpp"

#include <utility>

#include <pare/error.hpp>

namespace pare {

namespace {
constexpr std::size_t most_hops = 40; // Linux, include/linux/namei.h, MAXSYMLINKS
} // namespace

SplitPath split_path(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) {
    return {"/", text};
  }
  const std::string_view name = text.substr(slash + 1);
  return {slash == 0 ? "/" : text.substr(0, slash), name.empty() ? "." : name};
}

void Walker::follow_from(Walk& walk, std::string_view rest) {
  // What is still to be walked, the next part at its front. A link's text is put before the rest.
  std::string ahead(rest);
  std::size_t at = 0;
  bool here_is_folder = true;
  walk.end = WalkEnd::found;
  while (at < ahead.size()) {
    const std::size_t slash = std::min(ahead.find('/', at), ahead.size());
    const bool more = slash < ahead.size();
    const std::string part = ahead.substr(at, slash - at);
    at = slash + 1;
    if (!here_is_folder) { // a file where a folder should be
      walk.end = WalkEnd::absent;
      return;
    }
    if (part.empty() || part == ".") {
      continue;
    }
    if (part == "..") {
      if (!walk.path.is_root()) {
        walk.passed.push_back(walk.path);
        walk.path = walk.path.parent();
      }
      continue;
    }
    RootPath next = walk.path / part;
    try {
      const std::optional<Stat> stat = root_.lstat(next);
      if (!stat) {
        walk.end = WalkEnd::absent;
        return;
      }
      if (stat->type == FileType::symlink) {
        const std::optional<std::string> target = root_.read_link(next);
        walk.hops.push_back(next);
        if (walk.hops.size() > most_hops) {
          walk.end = WalkEnd::loop;
          return;
        }
        if (!target || target->empty()) {
          walk.end = WalkEnd::absent;
          return;
        }
        ahead = more ? *target + "/" + ahead.substr(at) : *target;
        at = 0;
        if (target->front() == '/') {
          walk.path = RootPath();
        }
        continue;
      }
      here_is_folder = stat->type == FileType::directory;
    } catch (const InputError&) {
      walk.end = WalkEnd::unreadable;
      return;
    }
    walk.path = std::move(next);
  }
  if (!here_is_folder && ahead.ends_with('/')) {
    walk.end = WalkEnd::absent;
  }
}

const Walk& Walker::folder(std::string_view text) {
  const auto [entry, fresh] = folders_.try_emplace(std::string(text));
  if (fresh) {
    follow_from(entry->second, std::string(text) + "/."); // "/.": a file is no folder
  }
  return entry->second;
}

Walk Walker::follow_in(const Walk& folder, std::string_view name) {
  Walk walk = folder;
  if (walk.end == WalkEnd::found) {
    follow_from(walk, name);
  }
  return walk;
}

std::optional<Root::Opened> Walker::open_in(const Walk& folder, std::string_view name, Walk& walk) {
  walk = folder;
  if (walk.end != WalkEnd::found) {
    return std::nullopt;
  }
  try {
    // Nearly every library is a file, or a link to a file beside it: these two need no lstat(2).
    RootPath path = walk.path / name;
    std::optional<Root::Opened> opened = root_.open(path);
    if (!opened) {
      const std::optional<std::string> target = root_.read_link(path);
      if (target && !target->empty() && target->find('/') == std::string::npos && *target != "." && *target != "..") {
        RootPath beside = walk.path / *target;
        opened = root_.open(beside);
        if (opened) {
          walk.hops.push_back(std::exchange(path, std::move(beside)));
        }
      }
    }
    if (opened) {
      walk.path = std::move(path);
      return opened;
    }
    follow_from(walk, name);
    return walk.end == WalkEnd::found ? root_.open(walk.path) : std::nullopt;
  } catch (const InputError&) {
    walk.end = WalkEnd::unreadable;
    return std::nullopt;
  }
}

Walk Walker::follow(std::string_view text) {
  const SplitPath parts = split_path(text);
  return follow_in(folder(parts.folder), parts.name);
}

} // namespace pare
