#include "base/cache.hpp"

#include "base/descriptor.hpp"
#include "base/digest.hpp"
#include "base/output_file.hpp"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace pare {
namespace {

constexpr std::string_view mark = "pare cache 1\n";
constexpr std::size_t digest_size = 64;
constexpr std::uint64_t trim_every = std::uint64_t{16} << 20; ///< Bytes written by one run.

bool read_whole(int file, std::string& to) {
  std::size_t done = 0;
  while (done < to.size()) {
    const ssize_t count = read(file, to.data() + done, to.size() - done);
    if (count <= 0) {
      return false;
    }
    done += static_cast<std::size_t>(count);
  }
  return true;
}

bool write_whole(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(file, bytes.data(), bytes.size());
    if (count <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

} // namespace

Cache::Cache(std::string folder, std::uint64_t limit) : folder_(std::move(folder)), limit_(limit) {}

std::string Cache::path_of(std::string_view key) const {
  return folder_ + "/" + sha256(key).substr(0, 40);
}

std::optional<std::string> Cache::get(std::string_view key) const {
  if (!is_on()) {
    return std::nullopt;
  }
  const Descriptor file(open(path_of(key).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat stat;
  if (!file || fstat(file.get(), &stat) != 0 || !S_ISREG(stat.st_mode) ||
      static_cast<std::uint64_t>(stat.st_size) > limit_) {
    return std::nullopt;
  }
  std::string bytes(static_cast<std::size_t>(stat.st_size), '\0');
  const std::size_t head = mark.size() + digest_size;
  if (bytes.size() < head || !read_whole(file.get(), bytes) || !bytes.starts_with(mark)) {
    return std::nullopt;
  }
  const std::string_view value = std::string_view(bytes).substr(head);
  if (sha256(value) != std::string_view(bytes).substr(mark.size(), digest_size)) {
    return std::nullopt;
  }
  // So that trim() knows what is used. Once a minute is exact enough.
  if (struct timespec now;
      clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec - stat.st_mtim.tv_sec > 60) {
    futimens(file.get(), nullptr);
  }
  return bytes.substr(head);
}

void Cache::put(std::string_view key, std::string_view value) {
  if (!is_on() || value.size() > limit_ / 4) {
    return;
  }
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  const std::string temporary = folder_ + "/" + temporary_name();
  {
    const Descriptor file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) {
      return;
    }
    if (!write_whole(file.get(), mark) || !write_whole(file.get(), sha256(value)) ||
        !write_whole(file.get(), value)) {
      unlink(temporary.c_str());
      return;
    }
  }
  if (rename(temporary.c_str(), path_of(key).c_str()) != 0) {
    unlink(temporary.c_str());
    return;
  }
  if (written_ == 0 || written_ / trim_every != (written_ + value.size()) / trim_every) {
    trim();
  }
  written_ += value.size();
}

/// Down to three quarters of the limit, so that it is not done again at once.
void Cache::trim() const {
  struct Entry {
    std::filesystem::file_time_type used;
    std::uint64_t size = 0;
    std::filesystem::path path;
  };
  std::vector<Entry> entries;
  std::uint64_t total = 0;
  std::error_code error;
  for (auto at = std::filesystem::directory_iterator(folder_, error);
       !error && at != std::filesystem::directory_iterator();
       at.increment(error)) {
    std::error_code gone; // another run trims too
    if (!at->is_regular_file(gone)) {
      continue;
    }
    const std::uint64_t size = at->file_size(gone);
    const std::filesystem::file_time_type used = at->last_write_time(gone);
    if (!gone) {
      entries.push_back({used, size, at->path()});
      total += size;
    }
  }
  if (total <= limit_) {
    return;
  }
  std::ranges::sort(entries, {}, &Entry::used);
  for (const Entry& entry : entries) {
    if (total <= limit_ / 4 * 3) {
      return;
    }
    std::filesystem::remove(entry.path, error);
    total -= entry.size;
  }
}

} // namespace pare
