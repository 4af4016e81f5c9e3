// POSIX ustar headers, each with a pax extended header before it only where it says what the ustar
// header cannot (POSIX.1-2017, pax, "pax Interchange Format"): a fraction of a second, a long name,
// a large number, an extended attribute, holes.
//
// libarchive's writer was the other choice. Its restricted pax drops the fractions of seconds, its
// full pax writes device and inode numbers, and both store each attribute twice (3.6.2,
// archive_write_set_format_pax.c); names pass through iconv, which a static program must not call.
// The format is small enough to be written out.
//
// - Attributes are `SCHILY.xattr.NAME` (star's; GNU tar, bsdtar and Docker read it).
// - Holes are GNU's sparse format 1.0: the map stands before the data (GNU tar manual, appendix
// E.2). Formats 0.x and the type
//   `S` are not read by all who unpack images (umoci 0.4.7).
// - Names that are not UTF-8 get `hdrcharset=BINARY` where there is an extended header: without it
// bsdtar fails to convert
//   them, and GNU tar only remarks that it does not know it.
// - Owners have no names: they would be those of this machine.
// The counterpart that writes the same entries to a folder is minimal_root.cpp.

#include "outputs/tar.hpp"

#include "base/interrupt.hpp"
#include "base/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

namespace pare {

namespace {

constexpr std::size_t block = 512;
constexpr std::size_t piece = std::size_t{1} << 20; ///< What the sink gets at once.

/// Holes of less than this in all are filled with zeros: a small file is not worth the format that
/// fewer programs read.
constexpr std::uint64_t smallest_saving = 64 * 1024;

struct Header { ///< (POSIX.1-2017, pax, "ustar Header Block")
  char name[100];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char link[100];
  char magic[6];
  char version[2];
  char user[32];
  char group[32];
  char device_major[8];
  char device_minor[8];
  char prefix[155];
  char rest[12];
};
static_assert(sizeof(Header) == block);

template <std::size_t size> bool fits(const char (&)[size], std::int64_t value) {
  return value >= 0 && value < std::int64_t{1} << (3 * (size - 1));
}

/// Octal digits and a NUL. What does not fit has a record in the extended header, which wins; then
/// 0.
template <std::size_t size> void put_number(char (&field)[size], std::int64_t value) {
  value = fits(field, value) ? value : 0;
  field[size - 1] = '\0';
  for (std::size_t at = size - 1; at-- > 0; value >>= 3) {
    field[at] = static_cast<char>('0' + (value & 7));
  }
}

/// A text that fills its field has no NUL.
template <std::size_t size> void put_text(char (&field)[size], std::string_view text) {
  std::memcpy(field, text.data(), std::min(size, text.size()));
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

/// Splits a name over `prefix` and `name` at a slash. nullopt: it does not fit.
std::optional<std::size_t> split_name(std::string_view name) {
  Header header;
  if (name.size() <= sizeof header.name) {
    return 0;
  }
  // The last slash that the prefix can end before; one at the very end (of a folder) would leave no
  // name.
  const std::size_t slash =
      name.substr(0, std::min(name.size() - 1, sizeof header.prefix + 1)).rfind('/');
  if (slash == std::string_view::npos || slash == 0 ||
      name.size() - slash - 1 > sizeof header.name) {
    return std::nullopt;
  }
  return slash;
}

/// The records of one extended header.
class Records {
public:
  void add(std::string_view key, std::string_view value) {
    // "LENGTH KEY=VALUE\n", where LENGTH counts its own digits.
    const std::size_t rest = key.size() + value.size() + 3;
    std::size_t length = rest + 1;
    while (length != rest + fmt::formatted_size("{}", length)) {
      length = rest + fmt::formatted_size("{}", length);
    }
    text_ += fmt::format("{} {}=", length, key);
    text_ += value;
    text_ += '\n';
  }

  /// hdrcharset holds for what follows it.
  void put_first(const Records& records) { text_.insert(0, records.text_); }

  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; }

private:
  std::string text_;
};

/// "-1.5" is a second and a half before the epoch; a Stat has -2 s and 500,000,000 ns for it.
std::string decimal_time(const Stat& stat) {
  std::int64_t seconds = stat.modified;
  std::uint32_t nanoseconds = stat.modified_nanoseconds;
  const char* sign = "";
  if (seconds < 0) {
    sign = "-";
    seconds = -seconds;
    if (nanoseconds != 0) {
      --seconds;
      nanoseconds = 1'000'000'000 - nanoseconds;
    }
  }
  std::string text = fmt::format("{}{}.{:09}", sign, seconds, nanoseconds);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') {
    text.pop_back();
  }
  return text;
}

char type_flag(FileType type) {
  switch (type) {
  case FileType::symlink:
    return '2';
  case FileType::character_device:
    return '3';
  case FileType::block_device:
    return '4';
  case FileType::directory:
    return '5';
  case FileType::fifo:
    return '6';
  default:
    return '0';
  }
}

/// "usr/bin/x", "usr/bin/" for a folder, "./" for the root.
std::string name_in_tar(const LayoutEntry& entry) {
  if (entry.path.is_root()) {
    return "./";
  }
  return entry.path.text().substr(1) + (entry.stat.type == FileType::directory ? "/" : "");
}

/// Which parts of a file are stored. As GNU tar starts each part at a new block when it unpacks
/// (1.34, sparse.c, sparse_extract_region), so they are cut at blocks, and the last at the end of
/// the file.
std::vector<Extent> stored_extents(const ByteSource& bytes, std::uint64_t size) {
  if (size == 0) {
    return {};
  }
  std::vector<Extent> whole = {{0, size}};
  if (size < smallest_saving) {
    return whole;
  }
  std::vector<Extent> extents;
  std::uint64_t stored = 0;
  for (const Extent& extent : data_extents(bytes, size)) {
    const std::uint64_t start = extent.offset / block * block;
    const std::uint64_t end =
        std::min(size, (extent.offset + extent.length + block - 1) / block * block);
    extents.push_back({start, end - start});
    stored += end - start;
  }
  return size - stored < smallest_saving ? whole : extents;
}

/// "2\n0\n512\n1048576\n0\n": how many parts, and offset and length of each, filled up to whole
/// blocks. An empty part at the end stands for the hole there.
std::string sparse_map(const std::vector<Extent>& extents, std::uint64_t size) {
  std::string text;
  const bool ends_in_hole = extents.empty() || extents.back().offset + extents.back().length < size;
  text += fmt::format("{}\n", extents.size() + (ends_in_hole ? 1 : 0));
  for (const Extent& extent : extents) {
    text += fmt::format("{}\n{}\n", extent.offset, extent.length);
  }
  if (ends_in_hole) {
    text += fmt::format("{}\n0\n", size);
  }
  text.resize((text.size() + block - 1) / block * block, '\0');
  return text;
}

class TarWriter {
public:
  TarWriter(const Root& root, const std::vector<LayoutEntry>& entries, ByteSink& sink)
      : root_(root), entries_(entries), sink_(sink),
        buffer_(std::make_unique_for_overwrite<std::byte[]>(piece)) {}

  void write_all() {
    for (const LayoutEntry& entry : entries_) {
      check_interrupt();
      if (entry.stat.type == FileType::regular && !entry.first) {
        write_regular(entry);
      } else {
        write_header(entry, 0, {});
      }
    }
    put_zeros(2 * block); // the end of the archive
    sink_.write(std::span(buffer_.get(), used_));
    sink_.finish();
  }

private:
  void write_regular(const LayoutEntry& entry) {
    const LayoutSource source(root_, entry);
    const std::uint64_t size = entry.stat.size;
    const std::vector<Extent> extents = stored_extents(source.bytes(), size);
    std::uint64_t stored = 0;
    for (const Extent& extent : extents) {
      stored += extent.length;
    }
    if (stored == size) {
      write_header(entry, size, {});
    } else {
      const std::string map = sparse_map(extents, size);
      Records sparse;
      sparse.add("GNU.sparse.major", "1");
      sparse.add("GNU.sparse.minor", "0");
      sparse.add("GNU.sparse.name", name_in_tar(entry));
      sparse.add("GNU.sparse.realsize", fmt::format("{}", size));
      write_header(entry, map.size() + stored, sparse);
      put(std::as_bytes(std::span(map)));
    }
    for (const Extent& extent : extents) {
      for (std::uint64_t done = 0; done < extent.length;) {
        const std::span<std::byte> free = space();
        const std::span<std::byte> to =
            free.first(std::min<std::uint64_t>(free.size(), extent.length - done));
        source.read(extent.offset + done, to);
        used_ += to.size();
        done += to.size();
      }
    }
    source.expect_end();
    fill_block(stored);
  }

  /// The header of an entry with `size` bytes after it, and before it the extended header if it
  /// needs one. `sparse` is empty unless what follows is a map and parts of a file.
  void write_header(const LayoutEntry& entry, std::uint64_t size, const Records& sparse) {
    const Stat& stat = entry.stat;
    Header header = {};
    Records records;

    // A program that does not know the sparse format unpacks a file of this name, not a damaged one
    // of the true name.
    const std::string name =
        sparse.empty() ? name_in_tar(entry) : "GNUSparseFile.0/" + std::string(entry.path.name());
    if (const std::optional<std::size_t> prefix = split_name(name)) {
      put_text(header.prefix, std::string_view(name).substr(0, *prefix));
      put_text(header.name, std::string_view(name).substr(*prefix == 0 ? 0 : *prefix + 1));
    } else {
      put_text(header.name, name);
      if (sparse.empty()) {
        records.add("path", name);
      }
    }

    const std::string link = link_of(entry);
    put_text(header.link, link);
    if (link.size() > sizeof header.link) {
      records.add("linkpath", link);
    }

    put_number(header.mode, stat.mode);
    put_number(header.uid, stat.uid);
    put_number(header.gid, stat.gid);
    put_number(header.size, static_cast<std::int64_t>(size));
    put_number(header.mtime, stat.modified);
    put_number(header.device_major, stat.device_major);
    put_number(header.device_minor, stat.device_minor);
    if (!fits(header.uid, stat.uid)) {
      records.add("uid", fmt::format("{}", stat.uid));
    }
    if (!fits(header.gid, stat.gid)) {
      records.add("gid", fmt::format("{}", stat.gid));
    }
    if (!fits(header.size, static_cast<std::int64_t>(size))) {
      records.add("size", fmt::format("{}", size));
    }
    if (!fits(header.mtime, stat.modified) || stat.modified_nanoseconds != 0) {
      records.add("mtime", decimal_time(stat));
    }
    if (entry.source && !entry.first) {
      for (const auto& [attribute, value] : root_.xattrs(*entry.source)) {
        records.add("SCHILY.xattr." + attribute, value);
      }
    }
    header.type = entry.first ? '1' : type_flag(stat.type);

    records.put_first(sparse);
    if (!records.empty()) {
      if (!is_utf8(entry.path.text()) || !is_utf8(link)) {
        Records charset;
        charset.add("hdrcharset", "BINARY");
        records.put_first(charset);
      }
      write_records(records, entry);
    }
    finish_header(header);
  }

  /// The name that a hard link or a symlink leads to; else empty.
  std::string link_of(const LayoutEntry& entry) const {
    if (entry.first) {
      return name_in_tar(entries_[*entry.first]);
    }
    return entry.stat.type == FileType::symlink ? std::string(entry.text) : std::string();
  }

  void write_records(const Records& records, const LayoutEntry& entry) {
    Header header = {};
    // Seen only by programs that do not know extended headers; they unpack it as a file.
    put_text(header.name, "PaxHeaders/" + std::string(entry.path.name().substr(0, 80)));
    put_number(header.mode, 0644);
    put_number(header.uid, 0);
    put_number(header.gid, 0);
    put_number(header.size, static_cast<std::int64_t>(records.text().size()));
    put_number(header.mtime, entry.stat.modified);
    put_number(header.device_major, 0);
    put_number(header.device_minor, 0);
    header.type = 'x';
    finish_header(header);
    put(std::as_bytes(std::span(records.text())));
    fill_block(records.text().size());
  }

  void finish_header(Header& header) {
    std::memcpy(header.magic, "ustar", 6);
    std::memcpy(header.version, "00", 2);
    std::memset(header.checksum, ' ', sizeof header.checksum);
    const auto bytes = std::as_bytes(std::span(&header, 1));
    unsigned sum = 0;
    for (const std::byte byte : bytes) {
      sum += std::to_integer<unsigned>(byte);
    }
    fmt::format_to_n(header.checksum, 6, "{:06o}", sum);
    header.checksum[6] = '\0'; // then the space: as everybody writes it
    put(bytes);
  }

  /// What is free of the buffer, never empty.
  std::span<std::byte> space() {
    if (used_ == piece) {
      sink_.write(std::span(buffer_.get(), piece));
      used_ = 0;
    }
    return std::span(buffer_.get(), piece).subspan(used_);
  }

  void put(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const std::span<std::byte> free = space();
      const std::size_t count = std::min(free.size(), bytes.size());
      std::memcpy(free.data(), bytes.data(), count);
      used_ += count;
      bytes = bytes.subspan(count);
    }
  }

  void put_zeros(std::size_t count) {
    static constexpr std::byte zeros[2 * block] = {};
    put(std::span(zeros).first(count));
  }

  /// After `size` bytes, up to a whole block.
  void fill_block(std::uint64_t size) { put_zeros((block - size % block) % block); }

  const Root& root_;
  const std::vector<LayoutEntry>& entries_;
  ByteSink& sink_;
  std::unique_ptr<std::byte[]> buffer_;
  std::size_t used_ = 0;
};

} // namespace

Compression compression_by_name(std::string_view name) {
  if (name.ends_with(".gz") || name.ends_with(".tgz")) {
    return Compression::gzip;
  }
  if (name.ends_with(".zst") || name.ends_with(".tzst")) {
    return Compression::zstd;
  }
  return Compression::none;
}

void write_tar(const RootContents& contents,
               ByteSink& sink,
               const WriteOptions& options,
               std::vector<Warning>& said) {
  write_tar(contents.root, lay_out(contents, options, said), sink);
}

void write_tar(const Root& root, const std::vector<LayoutEntry>& entries, ByteSink& sink) {
  TarWriter(root, entries, sink).write_all();
}

void write_tar(const RootContents& contents,
               const std::string& destination,
               Compression compression,
               const WriteOptions& options,
               std::vector<Warning>& said) {
  OutputFile file(destination);
  const std::unique_ptr<ByteSink> compressed = compress_to(file, compression);
  write_tar(contents, compressed ? *compressed : file, options, said);
}

} // namespace pare
