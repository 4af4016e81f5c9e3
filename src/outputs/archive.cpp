#include "outputs/archive.hpp"

#include "outputs/tar.hpp"
#include "root/memory.hpp"

namespace pare {

void write_archive(const ArchiveFiles& files, std::int64_t time, const std::string& destination) {
  MemoryRoot root;
  std::map<RootPath, LayoutEntry> sorted;
  for (const auto& [path, bytes] : files) {
    root.add_file(path, bytes);
    for (RootPath folder = path.parent(); !folder.is_root(); folder = folder.parent()) {
      sorted[folder] = {
          .path = folder,
          .stat = {.type = FileType::directory, .mode = 0755, .modified = time},
      };
    }
    sorted[path] = {
        .path = path,
        .stat = {.mode = 0644, .size = bytes->size(), .modified = time},
        .source = path,
    };
  }
  std::vector<LayoutEntry> entries;
  for (const auto& [path, entry] : sorted) {
    entries.push_back(entry);
  }
  OutputFile file(destination);
  write_tar(root, entries, file);
}

} // namespace pare
