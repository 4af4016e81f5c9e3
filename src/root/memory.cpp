#include "root/memory.hpp"

#include "base/bytes.hpp"

namespace pare {

MemoryRoot::Entry& MemoryRoot::put(const RootPath& path, FileType type, std::uint32_t mode) {
  if (!path.is_root() && !entries_.contains(path.parent())) {
    add_folder(path.parent());
  }
  Entry& entry = entries_[path];
  entry = {};
  entry.stat = {.type = type, .mode = mode, .device = 1, .inode = next_inode_++};
  return entry;
}

void MemoryRoot::add_file(const RootPath& path, std::string bytes, std::uint32_t mode) {
  add_file(path, std::make_shared<MemoryBytes>(std::move(bytes)), mode);
}

void MemoryRoot::add_file(const RootPath& path,
                          std::shared_ptr<const ByteSource> bytes,
                          std::uint32_t mode) {
  Entry& entry = put(path, FileType::regular, mode);
  entry.stat.size = bytes->size();
  entry.bytes = std::move(bytes);
}

void MemoryRoot::add_link(const RootPath& path, std::string target) {
  Entry& entry = put(path, FileType::symlink, 0777);
  entry.stat.size = target.size();
  entry.target = std::move(target);
}

void MemoryRoot::add_folder(const RootPath& path, std::uint32_t mode) {
  put(path, FileType::directory, mode);
}

std::optional<Stat> MemoryRoot::lstat(const RootPath& path) const {
  const auto found = entries_.find(path);
  if (found == entries_.end()) {
    return path.is_root()
               ? std::optional(Stat{.type = FileType::directory, .mode = 0755, .device = 1})
               : std::nullopt;
  }
  return found->second.stat;
}

std::optional<std::string> MemoryRoot::read_link(const RootPath& path) const {
  const auto found = entries_.find(path);
  if (found == entries_.end() || found->second.stat.type != FileType::symlink) {
    return std::nullopt;
  }
  return found->second.target;
}

std::optional<Root::Opened> MemoryRoot::open(const RootPath& path) const {
  const auto found = entries_.find(path);
  if (found == entries_.end() || found->second.stat.type != FileType::regular) {
    return std::nullopt;
  }
  return Opened{found->second.bytes, found->second.stat};
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
