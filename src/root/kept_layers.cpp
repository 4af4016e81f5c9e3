#include "root/kept_layers.hpp"

#include "base/file_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <vector>

namespace pare {

namespace {

constexpr const char* version = "image 1"; ///< Of what the entries mean.

/// All that changes when a file's bytes do; empty: it is no file of the host.
std::string identity(const ByteSource& source) {
  const std::optional<ByteSource::FilePlace> place = source.place();
  struct stat file = {};
  if (!place || fstat(place->descriptor, &file) != 0) {
    return {};
  }
  return fmt::format("{}:{} {} {}.{} {}.{} at {} {}",
                     file.st_dev,
                     file.st_ino,
                     file.st_size,
                     file.st_mtim.tv_sec,
                     file.st_mtim.tv_nsec,
                     file.st_ctim.tv_sec,
                     file.st_ctim.tv_nsec,
                     place->offset,
                     source.size());
}

std::string key_of(std::string_view what, const std::string& who, const std::string& digest) {
  return fmt::format("{} {} {} {}", version, what, who, digest);
}

} // namespace

KeptLayers::KeptLayers(std::string folder, std::uint64_t limit)
    : cache_(folder), folder_(folder.empty() ? "" : folder + "/layers"), limit_(limit) {}

bool KeptLayers::was_checked(const ByteSource& source, const std::string& digest) const {
  const std::string who = identity(source);
  return !who.empty() && cache_.get(key_of("hashes to", who, digest)).has_value();
}

void KeptLayers::note_checked(const ByteSource& source, const std::string& digest) {
  if (const std::string who = identity(source); !who.empty()) {
    cache_.put(key_of("hashes to", who, digest), "yes");
  }
}

bool KeptLayers::unpacks_to(const ByteSource& blob,
                            const std::string& digest,
                            const std::string& diff_id) const {
  const std::string who = digest.empty() ? identity(blob) : digest;
  return !who.empty() && cache_.get(key_of("unpacks to", who, diff_id)).has_value();
}

void KeptLayers::note_unpacks_to(const ByteSource& blob,
                                 const std::string& digest,
                                 const std::string& diff_id) {
  if (const std::string who = digest.empty() ? identity(blob) : digest; !who.empty()) {
    cache_.put(key_of("unpacks to", who, diff_id), "yes");
  }
}

std::string KeptLayers::path_of(const std::string& diff_id) const {
  return fmt::format("{}/{}.tar", folder_, diff_id.substr(7));
}

std::shared_ptr<const ByteSource> KeptLayers::find(const std::string& diff_id) const {
  if (folder_.empty()) {
    return nullptr;
  }
  auto file = std::make_shared<const Descriptor>(
      open(path_of(diff_id).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat there = {};
  if (!*file || fstat(file->get(), &there) != 0 || !S_ISREG(there.st_mode)) {
    return nullptr;
  }
  auto tar =
      std::make_shared<FileBytes>(std::move(file), 0, static_cast<std::uint64_t>(there.st_size));
  return was_checked(*tar, diff_id) ? tar : nullptr;
}

Descriptor KeptLayers::make_file() const {
  if (folder_.empty()) {
    return Descriptor();
  }
  std::error_code ignored;
  std::filesystem::create_directories(folder_, ignored);
  // No O_TMPFILE, no cache: a file with a name would be left by whoever is killed.
  return Descriptor(open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

void KeptLayers::keep(const Descriptor& file, std::uint64_t size, const std::string& diff_id) {
  if (size > limit_ / 2) {
    return;
  }
  const std::string path = path_of(diff_id);
  unlink(path.c_str()); // one that was changed
  const std::string name = fmt::format("/proc/self/fd/{}", file.get());
  if (linkat(AT_FDCWD, name.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    return; // no /proc, or another run was faster
  }
  const auto named =
      std::make_shared<const Descriptor>(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (*named) {
    note_checked(FileBytes(named, 0, size), diff_id);
  }
  trim();
}

/// By the time of the last reading, as far as the file system keeps it. That of the inode's change
/// must stay: it says that nobody wrote to it.
void KeptLayers::trim() const {
  struct Layer {
    std::int64_t used;
    std::uint64_t size;
    std::string path;
  };
  std::vector<Layer> layers;
  std::uint64_t total = 0;
  std::error_code error;
  for (auto at = std::filesystem::directory_iterator(folder_, error);
       !error && at != std::filesystem::directory_iterator();
       at.increment(error)) {
    struct stat file = {};
    if (lstat(at->path().c_str(), &file) == 0 && S_ISREG(file.st_mode)) {
      const auto size = static_cast<std::uint64_t>(file.st_size);
      layers.push_back(
          {std::max(file.st_atim.tv_sec, file.st_mtim.tv_sec), size, at->path().string()});
      total += size;
    }
  }
  std::ranges::sort(layers, {}, &Layer::used);
  for (const Layer& layer : layers) {
    if (total <= limit_) {
      return;
    }
    unlink(layer.path.c_str());
    total -= layer.size;
  }
}

} // namespace pare
