#pragma once
// The file system in which programs and libraries are looked up, as if it were `/`. Nothing of it
// is ever executed.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// A place inside a root: absolute; no empty, `.` or `..` part; no slash at the end. Never a host
/// path: those are std::filesystem::path or plain strings, so that the compiler keeps the two
/// apart. Names are bytes, of any encoding.
class RootPath {
public:
  /// The root itself, "/".
  RootPath() : text_("/") {}

  /// `text` must already have the form above (it is not checked: for what a user or a file says,
  /// use parse() or a walk).
  static RootPath trusted(std::string text);

  /// Drops empty and `.` parts and resolves `..` by the text alone, as if no part were a symlink;
  /// `text` may lack its leading slash. For names that a person typed as a place in the root; what
  /// the kernel would open is found by walking.
  static RootPath lexical(std::string_view text);

  const std::string& text() const { return text_; }
  bool is_root() const { return text_.size() == 1; }

  /// The last part; empty for the root.
  std::string_view name() const;

  /// The folder that holds it; the root's parent is the root.
  RootPath parent() const;

  /// `name` is one part: no slash, not empty, not `.` or `..`.
  RootPath operator/(std::string_view name) const;

  /// Whether `this` is `other` or lies below it.
  bool is_in(const RootPath& other) const;

  auto operator<=>(const RootPath&) const = default;
  bool operator==(const RootPath&) const = default;

private:
  std::string text_;
};

enum class FileType : std::uint8_t {
  regular,
  directory,
  symlink,
  character_device,
  block_device,
  fifo,
  socket
};

/// What lstat(2) says of a file, as far as it matters for a root.
struct Stat {
  FileType type = FileType::regular;
  std::uint32_t mode =
      0; ///< The permission bits of st_mode, with set-id and sticky (07777); not the type.
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;    ///< In bytes; of a symlink: of its text.
  std::int64_t modified = 0; ///< Seconds since the epoch.
  std::uint32_t modified_nanoseconds = 0;
  std::int64_t changed = 0; ///< Of the inode (st_ctime), which nobody can set. 0: not known.
  std::uint32_t changed_nanoseconds = 0;
  std::uint64_t device =
      0; ///< With inode: the identity of the file inside this root. Equal pairs are hard links.
  std::uint64_t inode = 0;
  std::uint32_t links = 1; ///< How many names the file has; some may lie outside of the closure.
  std::uint32_t device_major = 0; ///< Of a device node.
  std::uint32_t device_minor = 0;

  bool operator==(const Stat&) const = default;
};

/// A part of a file.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0; ///< Not 0.

  bool operator==(const Extent&) const = default;
};

/// Random access to the bytes of one file.
class ByteSource {
public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;

  /// Reads up to to.size() bytes from `offset`; less only at the end of the file. Throws InputError
  /// (without the file's name: whoever knows it puts it in front) when the file cannot be read.
  virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const = 0;

  /// A file descriptor with the very same bytes, or -1. It stays this object's. For
  /// copy_file_range(2) and SEEK_HOLE.
  virtual int descriptor() const { return -1; }

  struct FilePlace {
    int descriptor; ///< Of a host file; it stays the source's.
    std::uint64_t offset;
  };
  /// Where in a host file all bytes of this one stand in a row; nullopt: nowhere.
  virtual std::optional<FilePlace> place() const {
    return descriptor() < 0 ? std::nullopt : std::optional(FilePlace{descriptor(), 0});
  }

  /// The parts that are no hole, in order, where the source itself knows them; nullopt: it does
  /// not, and a descriptor() may (SEEK_HOLE).
  virtual std::optional<std::vector<Extent>> data() const { return std::nullopt; }
};

/// Read-only. No method follows a symlink or leaves the root: the walk in root/follow.hpp is the
/// one that follows. A path given to a method has no symlink among its folders (the walk sees to
/// that).
class Root {
public:
  virtual ~Root() = default;

  /// nullopt: not there (ENOENT, ENOTDIR). Throws InputError for any other failure (EACCES,
  /// EIO...).
  virtual std::optional<Stat> lstat(const RootPath& path) const = 0;

  /// The text of a symlink, as stored; nullopt: not there, or no symlink.
  virtual std::optional<std::string> read_link(const RootPath& path) const = 0;

  struct Opened {
    std::shared_ptr<const ByteSource> bytes;
    Stat stat;
  };
  /// A regular file's bytes and its lstat(), with one open(2); nullopt: not there, a symlink, or no
  /// regular file (which is never opened: a FIFO would block). Throws InputError when it is there
  /// and may not be read.
  virtual std::optional<Opened> open(const RootPath& path) const = 0;

  /// The names in a folder, in the order of their bytes, without `.` and `..`. Throws InputError.
  virtual std::vector<std::string> list(const RootPath& folder) const = 0;

  /// Extended attributes, file capabilities (security.capability) among them; empty where there are
  /// none.
  virtual std::map<std::string, std::string> xattrs(const RootPath& path) const = 0;

  /// A text that is another one whenever the bytes of this regular file, or the names in this
  /// folder, may have changed since; `stat` is its lstat(). Empty: nothing can be said, so nothing
  /// about the file is kept between runs.
  virtual std::string identity(const RootPath&, const Stat&) const { return {}; }
  /// The same root, for another thread to ask while this one is asked too; it may outlive this.
  /// Null: there can be none.
  virtual std::unique_ptr<const Root> for_another_thread() const { return nullptr; }

  /// How the user named this root, for messages: "/", "oci:build:latest".
  virtual std::string label() const = 0;
};

} // namespace pare

template <> struct std::hash<pare::RootPath> {
  std::size_t operator()(const pare::RootPath& path) const noexcept {
    return std::hash<std::string>()(path.text());
  }
};
