#pragma once
// A root that exists in memory only: the tests' roots, a line a file, and what a plan would lay
// out.

#include <pare/root.hpp>

#include <map>
#include <string>

namespace pare {

class MemoryRoot final : public Root {
public:
  explicit MemoryRoot(std::string label = "memory") : label_(std::move(label)) {}

  /// Each adds the folders above it that are not there yet (mode 0755, owner 0:0). A second entry
  /// of one path replaces it.
  void add_file(const RootPath& path, std::string bytes, std::uint32_t mode = 0644);
  void add_file(const RootPath& path,
                std::shared_ptr<const ByteSource> bytes,
                std::uint32_t mode = 0644);
  void add_link(const RootPath& path, std::string target);
  void add_folder(const RootPath& path, std::uint32_t mode = 0755);

  std::optional<Stat> lstat(const RootPath& path) const override;
  std::optional<std::string> read_link(const RootPath& path) const override;
  std::optional<Opened> open(const RootPath& path) const override;
  std::vector<std::string> list(const RootPath& folder) const override;
  std::map<std::string, std::string> xattrs(const RootPath&) const override { return {}; }
  std::string label() const override { return label_; }

private:
  struct Entry {
    Stat stat;
    std::shared_ptr<const ByteSource> bytes; ///< Of a file.
    std::string target;                      ///< Of a symlink.
  };
  Entry& put(const RootPath& path, FileType type, std::uint32_t mode);

  std::string label_;
  std::map<RootPath, Entry> entries_;
  std::uint64_t next_inode_ = 1;
};

} // namespace pare
