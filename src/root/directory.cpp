// A folder of the host as a root.
//
// All calls are relative to one descriptor of the folder. Opening uses openat2(2) with
// RESOLVE_NO_SYMLINKS and RESOLVE_BENEATH (Linux 5.6): the caller has resolved the folders already,
// and the kernel then makes sure that nobody put a symlink there in between. Where the call is
// refused (older kernels, seccomp), O_NOFOLLOW guards the last part.

#include "root/directory.hpp"

#include "base/descriptor.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace pare {
namespace {

class HostFile final : public ByteSource {
public:
  HostFile(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}
  std::uint64_t size() const override { return size_; }
  int descriptor() const override { return descriptor_.get(); }

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override {
    std::size_t done = 0;
    while (done < to.size()) {
      const ssize_t count = pread(
          descriptor_.get(), to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) {
        continue;
      }
      if (count < 0) {
        throw InputError(std::strerror(errno));
      }
      if (count == 0) {
        break;
      }
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

private:
  Descriptor descriptor_;
  std::uint64_t size_;
};

FileType type_of(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFDIR:
    return FileType::directory;
  case S_IFLNK:
    return FileType::symlink;
  case S_IFCHR:
    return FileType::character_device;
  case S_IFBLK:
    return FileType::block_device;
  case S_IFIFO:
    return FileType::fifo;
  case S_IFSOCK:
    return FileType::socket;
  default:
    return FileType::regular;
  }
}

Stat from_host(const struct stat& host) {
  return {
      .type = type_of(host.st_mode),
      .mode = host.st_mode & 07777,
      .uid = host.st_uid,
      .gid = host.st_gid,
      .size = static_cast<std::uint64_t>(host.st_size),
      .modified = host.st_mtim.tv_sec,
      .modified_nanoseconds = static_cast<std::uint32_t>(host.st_mtim.tv_nsec),
      .changed = host.st_ctim.tv_sec,
      .changed_nanoseconds = static_cast<std::uint32_t>(host.st_ctim.tv_nsec),
      .device = host.st_dev,
      .inode = host.st_ino,
      .links = static_cast<std::uint32_t>(host.st_nlink),
      .device_major = major(host.st_rdev),
      .device_minor = minor(host.st_rdev),
  };
}

bool is_absence(int error) {
  return error == ENOENT || error == ENOTDIR;
}

class Directory final : public Root {
public:
  Directory(std::string label, int descriptor) : label_(std::move(label)), top_(descriptor) {}

  /// As git knows whether a file of its index is as it was (git,
  /// Documentation/technical/racy-git.txt).
  std::string identity(const RootPath&, const Stat& stat) const override {
    return fmt::format("{} {} {} {}.{} {}.{}",
                       stat.device,
                       stat.inode,
                       stat.size,
                       stat.modified,
                       stat.modified_nanoseconds,
                       stat.changed,
                       stat.changed_nanoseconds);
  }

  std::string label() const override { return label_; }

  std::unique_ptr<const Root> for_another_thread() const override {
    const int number = fcntl(top_.get(), F_DUPFD_CLOEXEC, 0);
    return number < 0 ? nullptr : std::make_unique<Directory>(label_, number);
  }

  std::optional<Stat> lstat(const RootPath& path) const override {
    struct stat host;
    const Place at = place(path);
    if (fstatat(at.folder, at.name, &host, AT_SYMLINK_NOFOLLOW) != 0) {
      return absent_or_throw(path, errno);
    }
    return from_host(host);
  }

  std::optional<std::string> read_link(const RootPath& path) const override {
    std::array<char, 4096> text; // PATH_MAX: Linux stores no longer symlink
    const Place at = place(path);
    const ssize_t length = readlinkat(at.folder, at.name, text.data(), text.size());
    if (length < 0) {
      return errno == EINVAL ? std::nullopt : absent_or_throw(path, errno);
    }
    return std::string(text.data(), static_cast<std::size_t>(length));
  }

  std::optional<Opened> open(const RootPath& path) const override {
    // O_NONBLOCK: a FIFO that took the place of a file must not block; it is no regular file and is
    // let go at once.
    constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    const Place at = place(path);
    const int number =
        at.folder == top_.get() ? open_beneath(path, flags) : openat(at.folder, at.name, flags);
    if (number < 0) {
      // A symlink (ELOOP), a socket or a device without a driver (ENXIO, ENODEV): nothing to read
      // here.
      if (errno == ELOOP || errno == ENXIO || errno == ENODEV) {
        return std::nullopt;
      }
      return absent_or_throw(path, errno);
    }
    struct stat host;
    if (fstat(number, &host) != 0 || !S_ISREG(host.st_mode)) {
      close(number);
      return std::nullopt;
    }
    const Stat stat = from_host(host);
    return Opened{std::make_unique<HostFile>(number, stat.size), stat};
  }

  std::vector<std::string> list(const RootPath& folder) const override {
    const int number = open_beneath(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR* stream = number < 0 ? nullptr : fdopendir(number);
    if (stream == nullptr) {
      throw InputError(fmt::format("{}: {}", folder.text(), std::strerror(errno)));
    }
    std::vector<std::string> names;
    while (const dirent* entry = readdir(stream)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") {
        names.emplace_back(name);
      }
    }
    closedir(stream);
    std::ranges::sort(names);
    return names;
  }

  std::map<std::string, std::string> xattrs(const RootPath& path) const override {
    // There is no llistxattrat(2) before Linux 6.13: go by way of the descriptor's own name in
    // /proc.
    std::string host = fmt::format("/proc/self/fd/{}/{}", top_.get(), relative(path));
    std::map<std::string, std::string> found;
    std::array<char, 65536> names; // XATTR_LIST_MAX, and XATTR_SIZE_MAX below (xattr(7))
    ssize_t length = llistxattr(host.c_str(), names.data(), names.size());
    if (length < 0 && errno == ENOENT) { // an empty root has no /proc
      host = fmt::format("{}/{}", label_, relative(path));
      length = llistxattr(host.c_str(), names.data(), names.size());
    }
    for (ssize_t at = 0; at < length;
         at += static_cast<ssize_t>(std::strlen(&names[static_cast<std::size_t>(at)])) + 1) {
      const char* name = &names[static_cast<std::size_t>(at)];
      std::string value(65536, '\0');
      const ssize_t size = lgetxattr(host.c_str(), name, value.data(), value.size());
      if (size >= 0) {
        found.emplace(name, value.substr(0, static_cast<std::size_t>(size)));
      }
    }
    return found;
  }

private:
  static const char* relative(const RootPath& path) {
    return path.is_root() ? "." : path.text().c_str() + 1;
  }

  static std::nullopt_t absent_or_throw(const RootPath& path, int error) {
    if (is_absence(error)) {
      return std::nullopt;
    }
    throw InputError(fmt::format("{}: {}", path.text(), std::strerror(error)));
  }

  struct Place {
    int folder;
    const char* name;
  };

  /// Where to ask for a path: in its folder, once that has been asked for often enough to be worth
  /// a descriptor of its own, which spares the kernel the walk.
  Place place(const RootPath& path) const {
    constexpr unsigned often = 4;
    const std::string& text = path.text();
    const std::size_t slash = text.rfind('/');
    const std::string_view folder = std::string_view(text).substr(0, slash);
    if (folder.empty()) {
      return {top_.get(), relative(path)};
    }
    auto known = std::ranges::find(folders_, folder, &Folder::path);
    if (known == folders_.end()) {
      folders_[next_folder_] = {std::string(folder), Descriptor(), 0};
      known = folders_.begin() + next_folder_;
      next_folder_ = (next_folder_ + 1) % static_cast<std::ptrdiff_t>(folders_.size());
    }
    if (++known->asked == often) {
      known->descriptor = Descriptor(open_beneath(RootPath::trusted(known->path),
                                                  O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    }
    return known->descriptor ? Place{known->descriptor.get(), text.c_str() + slash + 1}
                             : Place{top_.get(), relative(path)};
  }

  int open_beneath(const RootPath& path, int flags) const {
    if (has_openat2_) {
      open_how how = {};
      how.flags = static_cast<std::uint64_t>(flags);
      how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
      const long number = syscall(SYS_openat2, top_.get(), relative(path), &how, sizeof how);
      if (number >= 0 || (errno != ENOSYS && errno != EPERM)) {
        return static_cast<int>(number);
      }
      has_openat2_ = errno != ENOSYS;
    }
    return openat(top_.get(), relative(path), flags);
  }

  struct Folder {
    std::string path;
    Descriptor descriptor;
    unsigned asked = 0;
  };

  std::string label_;
  Descriptor top_;
  mutable std::array<Folder, 8> folders_; ///< Those that were asked for last.
  mutable std::ptrdiff_t next_folder_ = 0;
  mutable bool has_openat2_ = true;
};

} // namespace

std::unique_ptr<Root> open_directory(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    throw InputError(fmt::format("{}: {}", folder, std::strerror(errno)));
  }
  if (faccessat(descriptor, ".", X_OK, 0) != 0) {
    const int error = errno;
    close(descriptor);
    throw InputError(fmt::format("{}: {}", folder, std::strerror(error)));
  }
  return std::make_unique<Directory>(folder, descriptor);
}

} // namespace pare
