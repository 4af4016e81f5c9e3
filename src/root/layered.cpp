#include "root/layered.hpp"

namespace pare {

void LayeredRoot::put(const Root& from, const RootPath& source, const RootPath& destination) {
  const RootPath place = folder_of(destination) / destination.name();
  const std::optional<Stat> stat = from.lstat(source);
  if (stat && stat->type == FileType::directory) {
    folders_.insert(place);
    for (const std::string& name : from.list(source)) {
      put(from, source / name, place / name);
    }
  } else {
    files_.insert_or_assign(place, Entry{&from, source});
  }
  for (RootPath parent = place.parent(); !parent.is_root(); parent = parent.parent()) {
    folders_.insert(parent);
  }
}

/// A folder that is not there yet is made, also where a symlink of the base leads: `/lib ->
/// usr/lib` without `/usr/lib`.
RootPath LayeredRoot::folder_of(const RootPath& destination) const {
  RootPath place;
  std::string ahead = destination.parent().text();
  int hops = 0;
  while (!ahead.empty()) {
    const std::size_t slash = std::min(ahead.find('/'), ahead.size());
    const std::string part = ahead.substr(0, slash);
    ahead.erase(0, slash + 1);
    if (part == "..") {
      place = place.parent();
    } else if (!part.empty() && part != ".") {
      const std::optional<std::string> target = base_.read_link(place / part);
      if (!target) {
        place = place / part;
      } else if (++hops <= 40) {
        place = target->starts_with('/') ? RootPath() : place;
        ahead = *target + "/" + ahead;
      }
    }
  }
  return place;
}

const LayeredRoot::Entry* LayeredRoot::find(const RootPath& path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

std::optional<Stat> LayeredRoot::lstat(const RootPath& path) const {
  if (const Entry* entry = find(path)) {
    return entry->from->lstat(entry->source);
  }
  if (std::optional<Stat> stat = base_.lstat(path); stat || !folders_.contains(path)) {
    return stat;
  }
  return Stat{.type = FileType::directory, .mode = 0755};
}

std::optional<std::string> LayeredRoot::read_link(const RootPath& path) const {
  const Entry* entry = find(path);
  return entry != nullptr ? entry->from->read_link(entry->source) : base_.read_link(path);
}

std::optional<Root::Opened> LayeredRoot::open(const RootPath& path) const {
  const Entry* entry = find(path);
  return entry != nullptr ? entry->from->open(entry->source) : base_.open(path);
}

std::vector<std::string> LayeredRoot::list(const RootPath& folder) const {
  std::set<std::string> names;
  if (const std::optional<Stat> stat = base_.lstat(folder);
      stat && stat->type == FileType::directory) {
    const std::vector<std::string> below = base_.list(folder);
    names.insert(below.begin(), below.end());
  }
  for (const auto& [path, entry] : files_) {
    if (!path.is_root() && path.parent() == folder) {
      names.emplace(path.name());
    }
  }
  for (const RootPath& path : folders_) {
    if (path.parent() == folder) {
      names.emplace(path.name());
    }
  }
  return {names.begin(), names.end()};
}

std::map<std::string, std::string> LayeredRoot::xattrs(const RootPath& path) const {
  const Entry* entry = find(path);
  return entry != nullptr ? entry->from->xattrs(entry->source) : base_.xattrs(path);
}

} // namespace pare
