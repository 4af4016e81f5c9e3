#include "root/memory.hpp"

#include "base/bytes.hpp"

namespace pare {

void MemoryRoot::put(const RootPath& path, FileType type, std::string bytes, std::uint32_t mode) {
  if (!path.is_root() && !entries_.contains(path.parent())) {
    put(path.parent(), FileType::directory, {}, 0755);
  }
  Entry& entry = entries_[path];
  entry.stat = {.type = type, .mode = mode, .size = bytes.size(), .device = 1, .inode = next_inode_++};
  entry.bytes = std::move(bytes);
}

void MemoryRoot::add_file(const RootPath& path, std::string bytes, std::uint32_t mode) {
  put(path, FileType::regular, std::move(bytes), mode);
}

void MemoryRoot::add_link(const RootPath& path, std::string target) {
  put(path, FileType::symlink, std::move(target), 0777);
}

void MemoryRoot::add_folder(const RootPath& path, std::uint32_t mode) {
  put(path, FileType::directory, {}, mode);
}

std::optional<Stat> MemoryRoot::lstat(const RootPath& path) const {
  const auto found = entries_.find(path);
  if (found == entries_.end()) {
    return path.is_root() ? std::optional(Stat{.type = FileType::directory, .mode = 0755, .device = 1})
                          : std::nullopt;
  }
  return found->second.stat;
}

std::optional<std::string> MemoryRoot::read_link(const RootPath& path) const {
  const auto found = entries_.find(path);
  if (found == entries_.end() || found->second.stat.type != FileType::symlink) {
    return std::nullopt;
  }
  return found->second.bytes;
}

std::optional<Root::Opened> MemoryRoot::open(const RootPath& path) const {
  const auto found = entries_.find(path);
  if (found == entries_.end() || found->second.stat.type != FileType::regular) {
    return std::nullopt;
  }
  return Opened{std::make_unique<MemoryBytes>(found->second.bytes), found->second.stat};
}

std::vector<std::string> MemoryRoot::list(const RootPath& folder) const {
  std::vector<std::string> names;
  for (const auto& [path, entry] : entries_) {
    if (!path.is_root() && path.parent() == folder) {
      names.emplace_back(path.name());
    }
  }
  return names;
}

} // namespace pare
