#pragma once
// What a minimal root consists of, entry by entry: the one list from which a folder, a tar and an
// image layer are written.

#include <pare/report.hpp>
#include <pare/root.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// Something that no root has: the folder of --mkdir, a file of --with.
struct MadeEntry {
  RootPath path;                       ///< Where it is laid.
  FileType type = FileType::directory; ///< Or regular, or symlink.
  std::uint32_t mode = 0755;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string text; ///< A file's bytes, a symlink's target.
};

/// What is to be laid out. What it refers to must outlive it.
struct RootContents {
  const Report& report;
  const Root& root; ///< The one of which the report tells.
  std::vector<MadeEntry> made;
};

struct WriteOptions {
  /// SOURCE_DATE_EPOCH: a later time of change becomes this one, an earlier one stays (as tar
  /// --clamp-mtime has it; reproducible-builds.org/specs/source-date-epoch). It is also the time of
  /// what is made up; else that is 0.
  std::optional<std::int64_t> source_date_epoch;
};

struct LayoutEntry {
  /// Where it is laid.
  RootPath path;
  /// With the time that is to be written.
  Stat stat;
  /// Where the root has its bytes and attributes; nullopt: made up.
  std::optional<RootPath> source;
  /// A symlink's target; the bytes of a made-up file.
  std::string_view text;
  /// Another name of a file that comes earlier: that one's place in the list.
  std::optional<std::size_t> first;
};

/// Sorted by path, so that folders come before what they hold; each path once; "/" and all other
/// parents are there (0755 and root's where neither the report nor the caller has them), and each
/// is a folder: nothing that is written along these paths can pass through a symlink. What is made
/// up, or laid elsewhere by --include, goes where the symlinks of the closure lead. Where several
/// claim one path, what is made up wins, then what --include laid there. Sockets are left out,
/// which is said. Throws OutputError when something would lie below a file, or a folder in a
/// file's place. The entries refer to `contents`.
std::vector<LayoutEntry>
lay_out(const RootContents& contents, const WriteOptions& options, std::vector<Warning>& said);

/// The parts of the first `size` bytes that are no hole, in order: as the source says, or lseek(2)
/// with SEEK_HOLE where there is a descriptor.
std::vector<Extent> data_extents(const ByteSource& bytes, std::uint64_t size);

/// A regular file of the layout, opened to be copied.
class LayoutSource {
public:
  /// Throws InputError, which names the file, when it cannot be read or is no longer as the entry
  /// says.
  LayoutSource(const Root& root, const LayoutEntry& entry);

  const ByteSource& bytes() const { return *bytes_; }

  /// Fills `to`. Throws InputError when the file became shorter, or cannot be read.
  void read(std::uint64_t offset, std::span<std::byte> to) const;

  /// Throws InputError when the file became longer.
  void expect_end() const;

private:
  [[noreturn]] void changed() const;

  const LayoutEntry& entry_;
  std::shared_ptr<const ByteSource> bytes_;
};

} // namespace pare
