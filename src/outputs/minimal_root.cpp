// A folder is filled from the top, each entry by its name in the opened folder that holds it
// (openat, O_NOFOLLOW), so that no name and no symlink of the closure, nor of anybody who meddles
// with the folder meanwhile, leads a write out of it. Folders stay 0700 until all is in them; then,
// from the bottom up, each gets its own mode, and its time last of all.
//
// The order for one file matters: chown(2) takes set-id bits and capabilities away, write(2)
// capabilities, and both the time.
//
// Bytes go by copy_file_range(2), which shares the blocks where the file system can (btrfs, XFS:
// Linux, fs/read_write.c, vfs_copy_file_range tries to clone first), so that FICLONE would only be
// one more call; what it refuses is read and written. The counterpart that writes the same entries
// as a tar is tar.cpp.

#include "outputs/minimal_root.hpp"

#include "base/descriptor.hpp"
#include "base/interrupt.hpp"
#include "base/output_file.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace pare {

namespace {

constexpr std::size_t piece = std::size_t{1} << 20; ///< Read and written at once.
constexpr std::uint64_t kernel_piece =
    std::uint64_t{64} << 20; ///< Copied by the kernel at once: Ctrl-C waits for it.

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

timespec time_of(const Stat& stat) {
  return {.tv_sec = stat.modified, .tv_nsec = static_cast<long>(stat.modified_nanoseconds)};
}

/// What could not be kept, to be said once for all files.
class Losses {
public:
  void lose_owner(int error) {
    ++owners_;
    owner_error_ = error;
  }
  void lose_attribute(const std::string& name, const RootPath& path, int error) {
    attributes_.try_emplace(name, Attribute{path, error, 0}).first->second.files++;
  }
  void lose_node(const RootPath& path, int error) {
    nodes_.push_back({path.text(), fmt::format("device left out: {}", std::strerror(error))});
  }

  void say(std::vector<Warning>& said) const {
    if (owners_ != 0) {
      said.push_back(
          {"",
           fmt::format(
               "owners are not kept ({}): {} files and folders belong to you, without set-id bits; "
               "a .tar keeps both",
               std::strerror(owner_error_),
               owners_)});
    }
    for (const auto& [name, lost] : attributes_) {
      const std::string others =
          lost.files == 1 ? "" : fmt::format(", nor that of {} more", lost.files - 1);
      said.push_back(
          {lost.path.text(),
           fmt::format("attribute {} is not kept{}: {}", name, others, std::strerror(lost.error))});
    }
    said.insert(said.end(), nodes_.begin(), nodes_.end());
  }

private:
  struct Attribute {
    RootPath path; ///< The first file that loses it.
    int error;
    std::size_t files;
  };
  std::size_t owners_ = 0;
  int owner_error_ = 0;
  std::map<std::string, Attribute> attributes_;
  std::vector<Warning> nodes_;
};

/// Fills one folder.
class FolderWriter {
public:
  /// `top` becomes the root; `label` is what the user calls it.
  FolderWriter(const Root& root,
               const std::vector<LayoutEntry>& entries,
               int top,
               const std::string& label)
      : root_(root), entries_(entries), top_(top), label_(label),
        buffer_(std::make_unique_for_overwrite<std::byte[]>(piece)) {}

  /// Everything, or on a failure nothing. `with_top`: the top itself gets the owner, mode and time
  /// that the layout has for
  /// "/".
  void write_all(bool with_top) {
    try {
      for (const LayoutEntry& entry : entries_) {
        check_interrupt();
        if (!entry.path.is_root()) {
          write(entry);
        }
      }
      // From here on, nothing is added: folders get the mode and the time that they could not have
      // while they were filled.
      for (auto at = entries_.rbegin(); at != entries_.rend(); ++at) {
        const LayoutEntry& entry = *at;
        if (entry.stat.type == FileType::directory && (with_top || !entry.path.is_root())) {
          check_interrupt();
          finish(folder(entry.path), entry);
        }
      }
    } catch (...) {
      take_back();
      throw;
    }
  }

  /// Takes away what was made, and nothing else that came into the folder meanwhile.
  void take_back() {
    const auto by_name = [this](const LayoutEntry& entry, const auto& act) {
      try {
        act(folder(entry.path.parent()), std::string(entry.path.name()));
      } catch (const OutputError&) { // it cannot be entered any more; the failure that led here is
                                     // the one to tell
      }
    };
    for (const LayoutEntry* entry : made_) {
      if (entry->stat.type == FileType::directory) { // it may have its final mode already
        by_name(*entry, [](int parent, const std::string& name) {
          fchmodat(parent, name.c_str(), 0700, AT_SYMLINK_NOFOLLOW);
        });
      }
    }
    for (auto at = made_.rbegin(); at != made_.rend(); ++at) {
      const LayoutEntry* entry = *at;
      by_name(*entry, [entry](int parent, const std::string& name) {
        unlinkat(parent, name.c_str(), entry->stat.type == FileType::directory ? AT_REMOVEDIR : 0);
      });
    }
    made_.clear();
  }

  const Losses& losses() const { return losses_; }

private:
  void write(const LayoutEntry& entry) {
    const int parent = folder(entry.path.parent());
    const std::string name(entry.path.name());
    if (entry.first) {
      write_link(parent, name, entry);
      return;
    }
    switch (entry.stat.type) {
    case FileType::directory:
      made(mkdirat(parent, name.c_str(), 0700), entry);
      break;
    case FileType::regular:
      write_regular(parent, name, entry);
      break;
    case FileType::symlink:
      made(symlinkat(std::string(entry.text).c_str(), parent, name.c_str()), entry);
      finish_by_name(parent, name, entry);
      break;
    default:
      write_node(parent, name, entry);
    }
  }

  void write_link(int parent, const std::string& name, const LayoutEntry& entry) {
    const LayoutEntry& first = entries_[*entry.first];
    if (left_out_.contains(first.path)) {
      return;
    }
    // folder() would close `parent`, so this walk is its own.
    Descriptor holder{openat(top_, ".", folder_flags)};
    const std::string& text = first.path.text();
    for (std::size_t at = 1, slash; (slash = text.find('/', at)) != std::string::npos;
         at = slash + 1) {
      holder = open_folder(
          holder.get(), text.substr(at, slash - at), RootPath::trusted(text.substr(0, slash)));
    }
    made(linkat(holder.get(), std::string(first.path.name()).c_str(), parent, name.c_str(), 0),
         entry);
  }

  void write_regular(int parent, const std::string& name, const LayoutEntry& entry) {
    const LayoutSource source(root_, entry);
    const Descriptor file{
        openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    made(file.get(), entry);
    std::uint64_t end = 0;
    for (const Extent& extent : data_extents(source.bytes(), entry.stat.size)) {
      copy(source, extent, file.get(), entry);
      end = extent.offset + extent.length;
    }
    if (end < entry.stat.size) {
      check(ftruncate(file.get(), static_cast<off_t>(entry.stat.size)), entry);
    }
    source.expect_end();
    finish(file.get(), entry);
  }

  void copy(const LayoutSource& source, Extent extent, int file, const LayoutEntry& entry) {
    auto from = static_cast<off_t>(extent.offset);
    off_t to = from;
    const off_t end = from + static_cast<off_t>(extent.length);
    while (source.bytes().descriptor() >= 0 && to < end) {
      check_interrupt();
      if (copy_file_range(source.bytes().descriptor(),
                          &from,
                          file,
                          &to,
                          std::min(static_cast<std::uint64_t>(end - to), kernel_piece),
                          0) <= 0) {
        break; // whatever the reason is, read(2) and write(2) do it, or tell why not
      }
    }
    while (to < end) {
      check_interrupt();
      const std::span bytes(buffer_.get(), std::min(static_cast<std::size_t>(end - to), piece));
      source.read(static_cast<std::uint64_t>(to), bytes);
      for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t count =
            pwrite(file, bytes.data() + done, bytes.size() - done, to + static_cast<off_t>(done));
        if (count < 0 && errno == EINTR) {
          check_interrupt();
          continue;
        }
        check(count, entry);
        done += static_cast<std::size_t>(count);
      }
      to += static_cast<off_t>(bytes.size());
    }
  }

  /// FIFOs anybody may make, devices only root.
  void write_node(int parent, const std::string& name, const LayoutEntry& entry) {
    const mode_t type = entry.stat.type == FileType::fifo               ? S_IFIFO
                        : entry.stat.type == FileType::character_device ? S_IFCHR
                                                                        : S_IFBLK;
    if (mknodat(parent,
                name.c_str(),
                type | 0600,
                makedev(entry.stat.device_major, entry.stat.device_minor)) != 0) {
      if (errno != EPERM) {
        throw output_failure(label_ + entry.path.text(), errno);
      }
      losses_.lose_node(entry.path, errno);
      left_out_.insert(entry.path);
      return;
    }
    made(0, entry);
    finish_by_name(parent, name, entry);
  }

  /// Owner, mode, attributes and time of an opened file or folder.
  void finish(int file, const LayoutEntry& entry) {
    const bool is_owned = set_owner(fchown(file, entry.stat.uid, entry.stat.gid), entry);
    check(fchmod(file, mode_of(entry, is_owned)), entry);
    for (const auto& [name, value] : attributes_of(entry)) {
      if (fsetxattr(file, name.c_str(), value.data(), value.size(), 0) != 0) {
        losses_.lose_attribute(name, entry.path, errno);
      }
    }
    const timespec times[] = {time_of(entry.stat), time_of(entry.stat)};
    check(futimens(file, times), entry);
  }

  /// The same of what is not opened: a symlink, a FIFO, a device.
  void finish_by_name(int parent, const std::string& name, const LayoutEntry& entry) {
    const bool is_owned = set_owner(
        fchownat(parent, name.c_str(), entry.stat.uid, entry.stat.gid, AT_SYMLINK_NOFOLLOW), entry);
    if (entry.stat.type != FileType::symlink) {
      check(fchmodat(parent, name.c_str(), mode_of(entry, is_owned), AT_SYMLINK_NOFOLLOW), entry);
    }
    // There is no setxattrat(2) before Linux 6.13: go by way of the descriptor's own name in /proc.
    const std::string path = fmt::format("/proc/self/fd/{}/{}", parent, name);
    for (const auto& [attribute, value] : attributes_of(entry)) {
      if (lsetxattr(path.c_str(), attribute.c_str(), value.data(), value.size(), 0) != 0) {
        losses_.lose_attribute(attribute, entry.path, errno);
      }
    }
    const timespec times[] = {time_of(entry.stat), time_of(entry.stat)};
    check(utimensat(parent, name.c_str(), times, AT_SYMLINK_NOFOLLOW), entry);
  }

  /// EPERM: only root gives files away. EINVAL: no such user in this user namespace.
  bool set_owner(int result, const LayoutEntry& entry) {
    if (result != 0 && errno != EPERM && errno != EINVAL) {
      throw output_failure(label_ + entry.path.text(), errno);
    }
    if (result != 0) {
      losses_.lose_owner(errno);
    }
    return result == 0;
  }

  /// A set-user-id program of somebody else than the one meant is a hole, as cp(1) -p has it too.
  static mode_t mode_of(const LayoutEntry& entry, bool is_owned) {
    return is_owned ? entry.stat.mode : entry.stat.mode & ~mode_t{S_ISUID | S_ISGID};
  }

  std::map<std::string, std::string> attributes_of(const LayoutEntry& entry) const {
    return entry.source ? root_.xattrs(*entry.source) : std::map<std::string, std::string>();
  }

  /// The opened folder of the minimal root; good until the next call. It was made already: parents
  /// come first.
  int folder(const RootPath& path) {
    while (!open_.empty() && !path.is_in(open_.back().path)) {
      open_.pop_back();
    }
    while (true) {
      const RootPath at = open_.empty() ? RootPath() : open_.back().path;
      const int number = open_.empty() ? top_ : open_.back().descriptor.get();
      if (at == path) {
        return number;
      }
      const std::string_view rest =
          std::string_view(path.text()).substr(at.is_root() ? 1 : at.text().size() + 1);
      const std::string name(rest.substr(0, rest.find('/')));
      open_.push_back({at / name, open_folder(number, name, at / name)});
    }
  }

  Descriptor open_folder(int parent, const std::string& name, const RootPath& path) const {
    Descriptor opened{openat(parent, name.c_str(), folder_flags)};
    if (!opened) {
      throw output_failure(label_ + path.text(), errno);
    }
    return opened;
  }

  void check(ssize_t result, const LayoutEntry& entry) const {
    if (result < 0) {
      throw output_failure(label_ + entry.path.text(), errno);
    }
  }

  /// The same of a call that makes the entry.
  void made(int result, const LayoutEntry& entry) {
    check(result, entry);
    made_.push_back(&entry);
  }

  struct OpenFolder {
    RootPath path;
    Descriptor descriptor;
  };

  const Root& root_;
  const std::vector<LayoutEntry>& entries_;
  int top_;
  const std::string& label_;
  std::vector<OpenFolder> open_; ///< Each inside the one before; the top is not among them.
  std::vector<const LayoutEntry*> made_;
  std::set<RootPath> left_out_; ///< Devices that could not be made.
  std::unique_ptr<std::byte[]> buffer_;
  Losses losses_;
};

/// A new, empty folder beside the destination; it goes away again unless it is moved there. Whoever
/// fills it empties it.
class Sibling {
public:
  explicit Sibling(const OutputPlace& place) : place_(place), name_(temporary_name()) {
    if (mkdirat(place.folder.get(), name_.c_str(), 0700) != 0) {
      error_ = errno;
      return;
    }
    opened_ = Descriptor{openat(place.folder.get(), name_.c_str(), folder_flags)};
    // What the folder above hands down to all that is made in it: its group, its default access
    // list (acl(5)).
    fchmod(opened_.get(), 0700);
    fremovexattr(opened_.get(), "system.posix_acl_default");
  }
  Sibling(const Sibling&) = delete;
  Sibling& operator=(const Sibling&) = delete;
  ~Sibling() {
    if (opened_) {
      unlinkat(place_.folder.get(), name_.c_str(), AT_REMOVEDIR);
    }
  }

  int error() const { return error_; } ///< Why it could not be made; 0: it is there.
  int descriptor() const { return opened_.get(); }

  /// Gives 0, or an errno value.
  int move_to_place() {
    if (renameat(place_.folder.get(), name_.c_str(), place_.folder.get(), place_.name.c_str()) !=
        0) {
      return errno;
    }
    opened_ = Descriptor();
    return 0;
  }

private:
  const OutputPlace& place_;
  std::string name_;
  Descriptor opened_;
  int error_ = 0;
};

/// The destination, when it is there already; none: it is new. Throws OutputError when it is no
/// empty folder.
Descriptor open_empty(const OutputPlace& place, const std::string& destination) {
  Descriptor opened{
      openat(place.folder.get(), place.name.empty() ? "." : place.name.c_str(), folder_flags)};
  if (!opened && errno == ENOENT) {
    return opened;
  }
  if (!opened && errno == ENOTDIR) {
    throw OutputError(destination + ": is there already, and is no folder");
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> stream{opened ? fdopendir(dup(opened.get())) : nullptr,
                                                   closedir};
  if (!stream) {
    throw output_failure(destination, errno);
  }
  errno = 0;
  while (const dirent* const entry = readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      throw OutputError(destination + ": is not empty");
    }
  }
  if (errno != 0) {
    throw output_failure(destination, errno);
  }
  return opened;
}

/// A mount point cannot be replaced, and the working folder should not be: a shell would go on in
/// the old one.
bool must_stay(int folder) {
  struct statx mounted = {};
  struct stat there = {};
  struct stat working = {};
  if (statx(folder, "", AT_EMPTY_PATH, 0, &mounted) == 0 &&
      (mounted.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0) {
    return true;
  }
  return fstat(folder, &there) == 0 && stat(".", &working) == 0 && there.st_dev == working.st_dev &&
         there.st_ino == working.st_ino;
}

} // namespace

void write_minimal_root(const RootContents& contents,
                        const std::string& destination,
                        const WriteOptions& options,
                        std::vector<Warning>& said) {
  const OutputPlace place = locate_output(destination);
  const Descriptor existing = open_empty(place, destination);
  const std::vector<LayoutEntry> entries = lay_out(contents, options, said);

  if (!existing || !must_stay(existing.get())) {
    Sibling sibling(place);
    int error = sibling.error();
    if (error == 0) {
      FolderWriter writer(contents.root, entries, sibling.descriptor(), destination);
      writer.write_all(true);
      error = sibling.move_to_place();
      if (error == 0) {
        writer.losses().say(said);
        return;
      }
      writer.take_back();
    }
    if (error == ENOTEMPTY || error == EEXIST) { // somebody was faster
      throw OutputError(destination + ": is not empty");
    }
    if (!existing) {
      throw output_failure(destination, error);
    }
  }
  // What is there cannot be replaced: it keeps its own owner, mode and time.
  FolderWriter writer(contents.root, entries, existing.get(), destination);
  writer.write_all(false);
  writer.losses().say(said);
}

} // namespace pare
