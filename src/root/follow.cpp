#include "root/follow.hpp"

#include <utility>

#include <pare/error.hpp>

namespace pare {

namespace {
constexpr std::size_t most_hops = 40; // Linux, include/linux/namei.h, MAXSYMLINKS
constexpr std::size_t longest_path = 4095; // PATH_MAX less its NUL: beyond it the kernel says ENAMETOOLONG
} // namespace

SplitPath split_path(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) {
    return {"/", text};
  }
  const std::string_view name = text.substr(slash + 1);
  return {slash == 0 ? "/" : text.substr(0, slash), name.empty() ? "." : name};
}

/// The entry's name in walk.path, or nullopt when the walk ended: walk.end says how. "." and ".." have been walked: then the
/// entry's name is empty, and walk.path itself is what was asked for.
std::optional<std::string> Walker::step_to_last(Walk& walk, std::string_view name) {
  std::string last(name);
  while (walk.end == WalkEnd::found) {
    if (last == "." || last.empty()) {
      return std::string();
    }
    if (last == "..") {
      if (!walk.path.is_root()) {
        walk.passed.push_back(walk.path);
        walk.path = walk.path.parent();
      }
      return std::string();
    }
    RootPath entry = walk.path / last;
    std::optional<std::string> target = root_.read_link(entry);
    if (!target) {
      return last; // no link, or not there
    }
    if (walk.hops.size() == most_hops || depth_ == most_hops) {
      walk.end = WalkEnd::loop;
      break;
    }
    walk.hops.push_back({std::move(entry), *target});
    if (target->empty()) {
      walk.end = WalkEnd::absent;
      break;
    }
    const SplitPath parts = split_path(*target);
    last = parts.name;
    if (target->find('/') == std::string::npos) {
      continue;
    }
    ++depth_;
    const Walk& next = folder(target->front() == '/' ? std::string(parts.folder)
                                                     : walk.path.text() + "/" + std::string(parts.folder));
    --depth_;
    walk.hops.insert(walk.hops.end(), next.hops.begin(), next.hops.end());
    walk.passed.insert(walk.passed.end(), next.passed.begin(), next.passed.end());
    walk.path = next.path;
    walk.end = walk.hops.size() > most_hops ? WalkEnd::loop : next.end;
  }
  return std::nullopt;
}

const Walk& Walker::folder(std::string_view text) {
  static const Walk too_long;
  if (text.size() > longest_path) {
    return too_long;
  }
  const Walk* walk = &known_folder("", [] { return Walk{.end = WalkEnd::found}; });
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('/', at), text.size());
    if (const std::string_view part = text.substr(at, end - at); !part.empty() && part != ".") {
      walk = &known_folder(text.substr(0, end), [&] { return follow_in(*walk, part); });
    }
    at = end + 1;
  }
  return *walk;
}

template <typename Compute>
const Walk& Walker::known_folder(std::string_view text, const Compute& compute) {
  // A folder whose links lead back to itself is met again while it is walked: then it is "loop" that is found.
  const auto [entry, is_new] = folders_.try_emplace(std::string(text), Walk{.end = WalkEnd::loop});
  Walk& walk = entry->second;
  if (!is_new) {
    return walk;
  }
  Walk fresh = compute();
  try {
    const std::optional<Stat> stat = fresh.end == WalkEnd::found ? root_.lstat(fresh.path) : std::nullopt;
    if (fresh.end == WalkEnd::found && (!stat || stat->type != FileType::directory)) {
      fresh.end = WalkEnd::absent; // a file where a folder should be
    }
  } catch (const InputError&) {
    fresh.end = WalkEnd::unreadable;
  }
  if (fresh.end == WalkEnd::loop && depth_ > 0) {
    // Too many links from where the walk began; from here on they may be few enough.
    static const Walk too_many{.end = WalkEnd::loop};
    folders_.erase(std::string(text));
    return too_many;
  }
  walk = std::move(fresh);
  return walk;
}

Walk Walker::follow_in(const Walk& folder, std::string_view name) {
  Walk walk = folder;
  try {
    const std::optional<std::string> last = step_to_last(walk, name);
    if (last && !last->empty()) {
      walk.path = walk.path / *last;
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
  try {
    const std::optional<std::string> last = step_to_last(walk, name);
    if (!last || last->empty()) {
      return std::nullopt;
    }
    walk.path = walk.path / *last;
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
