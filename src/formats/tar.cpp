// POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header"; GNU tar manual, "Basic
// Tar Format" and "Storing Sparse Files". The counterpart that writes is outputs/tar.cpp.

#include "formats/tar.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

namespace pare {

namespace {

constexpr std::uint64_t block = 512;
constexpr std::uint64_t most_text = std::uint64_t{1} << 20;
constexpr std::size_t most_parts = std::size_t{1} << 18;

using Records = std::map<std::string, std::string>;

/// A header block and what came before it to say what it cannot.
struct Header {
  std::array<char, block> bytes;

  std::string_view field(std::size_t offset, std::size_t size) const {
    return std::string_view(bytes.data(), bytes.size()).substr(offset, size);
  }
  std::string text(std::size_t offset, std::size_t size) const {
    const std::string_view all = field(offset, size);
    return std::string(all.substr(0, all.find('\0')));
  }
  char type() const { return bytes[156]; }
  bool is_posix() const { return field(257, 6) == std::string_view("ustar\0", 6); }
  bool is_gnu() const { return field(257, 8) == std::string_view("ustar  \0", 8); }
  bool is_zero() const {
    return std::ranges::all_of(bytes, [](char c) { return c == '\0'; });
  }
};

[[noreturn]] void fail(std::string_view what) {
  throw InputError(std::string(what));
}

/// Octal digits between blanks and NULs; or, with the first bit set, a big-endian number of two's
/// complement (GNU). nullopt: neither, or larger than 63 bits.
std::optional<std::int64_t> number_in(std::string_view field) {
  if ((static_cast<unsigned char>(field[0]) & 0x80) != 0) {
    const bool is_negative = (static_cast<unsigned char>(field[0]) & 0x40) != 0;
    std::uint64_t value = is_negative ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < field.size(); ++i) {
      auto byte = static_cast<unsigned char>(field[i]);
      if (i == 0) {
        byte = static_cast<unsigned char>(is_negative ? byte : byte & 0x7f);
      }
      const auto lost = static_cast<unsigned char>(value >> 55); // these must only repeat the sign
      if (lost != (is_negative ? 0xff : 0) && i + 8 > field.size()) {
        return std::nullopt;
      }
      value = value << 8 | byte;
    }
    const auto number = static_cast<std::int64_t>(value);
    return (number < 0) == is_negative ? std::optional(number) : std::nullopt;
  }
  const std::size_t start = field.find_first_not_of(std::string_view(" \0", 2));
  if (start == std::string_view::npos) {
    return 0;
  }
  field.remove_prefix(start);
  field = field.substr(0, field.find_first_of(std::string_view(" \0", 2)));
  std::uint64_t value = 0;
  for (const char c : field) {
    if (c < '0' || c > '7' || value >> 60 != 0) {
      return std::nullopt;
    }
    value = value << 3 | static_cast<std::uint64_t>(c - '0');
  }
  return static_cast<std::int64_t>(value);
}

std::uint64_t size_in(std::string_view field) {
  const std::optional<std::int64_t> value = number_in(field);
  if (!value || *value < 0) {
    fail("a size is no number");
  }
  return static_cast<std::uint64_t>(*value);
}

std::uint64_t decimal(std::string_view text, std::string_view what) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() ||
      value > static_cast<std::uint64_t>(INT64_MAX)) {
    fail(fmt::format("{} is no number", what));
  }
  return value;
}

std::uint32_t small_number(std::optional<std::int64_t> value, std::string_view what) {
  if (!value || *value < 0 || *value > UINT32_MAX) {
    fail(fmt::format("{} is no number of 32 bits", what));
  }
  return static_cast<std::uint32_t>(*value);
}

/// Both sums have been in use: of unsigned bytes and, by some old programs, of signed ones.
bool has_check_sum(const Header& header) {
  const std::optional<std::int64_t> stored = number_in(header.field(148, 8));
  std::int64_t sum = 0, signed_sum = 0;
  for (std::size_t i = 0; i < block; ++i) {
    const char c = i >= 148 && i < 156 ? ' ' : header.bytes[i];
    sum += static_cast<unsigned char>(c);
    signed_sum += static_cast<signed char>(c);
  }
  return stored && (*stored == sum || *stored == signed_sum);
}

/// "-1.25" is a second and a quarter before the epoch: -2 s and 750,000,000 ns.
void set_time(Stat& stat, std::string_view text) {
  const bool is_negative = text.starts_with('-');
  text.remove_prefix(is_negative ? 1 : 0);
  const std::size_t dot = std::min(text.find('.'), text.size());
  auto seconds = static_cast<std::int64_t>(decimal(text.substr(0, dot), "mtime"));
  std::string digits(text.substr(std::min(dot + 1, text.size())));
  digits.resize(9, '0');
  auto nanoseconds = static_cast<std::uint32_t>(decimal(digits, "mtime"));
  if (is_negative) {
    seconds = -seconds;
    if (nanoseconds != 0) {
      --seconds;
      nanoseconds = 1'000'000'000 - nanoseconds;
    }
  }
  stat.modified = seconds;
  stat.modified_nanoseconds = nanoseconds;
}

/// What an extended header says. The sparse map of format 0.0 is a sequence of records with the
/// same two keys: it becomes that of format 0.1.
Records read_records(std::string_view text) {
  Records records;
  std::string map;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const std::uint64_t length =
        blank == std::string_view::npos ? 0 : decimal(text.substr(0, blank), "a record's length");
    if (length < blank + 2 || length > text.size() || text[length - 1] != '\n') {
      fail("its extended header is damaged");
    }
    const std::string_view record = text.substr(blank + 1, length - blank - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos) {
      fail("its extended header is damaged");
    }
    const std::string key(record.substr(0, equals));
    const std::string_view value = record.substr(equals + 1);
    if (key == "GNU.sparse.offset" || key == "GNU.sparse.numbytes") {
      map += map.empty() ? "" : ",";
      map += value;
    } else {
      records.insert_or_assign(key, value);
    }
    text.remove_prefix(length);
  }
  if (!map.empty()) {
    records.insert_or_assign("GNU.sparse.map", std::move(map));
  }
  return records;
}

/// Reads one entry, with all the headers before it.
class EntryReader {
public:
  EntryReader(const ByteSource& archive, std::uint64_t& at) : archive_(archive), at_(at) {}

  std::optional<TarEntry> read() {
    while (true) {
      Header header;
      const std::size_t count =
          archive_.read_at(at_, std::as_writable_bytes(std::span(header.bytes)));
      if (count == 0) {
        return std::nullopt;
      }
      if (count < block) {
        fail("is cut short");
      }
      if (header.is_zero()) {
        return std::nullopt;
      }
      if (!has_check_sum(header)) {
        fail("its check sum is wrong");
      }
      at_ += block;
      const std::uint64_t size = size_in(header.field(124, 12));
      switch (header.type()) {
      case 'x':
        records_ = read_records(read_text(size));
        break;
      case 'L':
        long_name_ = read_name(size);
        break;
      case 'K':
        long_link_ = read_name(size);
        break;
      case 'g': // of the whole archive
      case 'V': // a tape's name
        skip(size);
        break;
      default:
        return entry_of(header, size);
      }
    }
  }

private:
  TarEntry entry_of(const Header& header, std::uint64_t size) {
    TarEntry entry;
    entry.name = name_of(header);
    entry.link = long_link_ ? *long_link_ : header.text(157, 100);
    set_numbers(entry.stat, header);
    if (const auto record = records_.find("size"); record != records_.end()) {
      size = decimal(record->second, "its size");
    }
    for (const auto& [key, value] : records_) {
      apply(entry, key, value);
    }
    if (!record("GNU.sparse.name").empty()) { // then `path` is for programs that know no holes
      entry.name = record("GNU.sparse.name");
    }
    set_type(entry, header.type());
    if (entry.name.empty() || entry.name.find('\0') != std::string::npos ||
        entry.link.find('\0') != std::string::npos) {
      fail("its name is empty, or holds a NUL");
    }
    if (entry.stat.type != FileType::regular || entry.is_hard_link) {
      if (entry.stat.type != FileType::symlink && !entry.is_hard_link) {
        entry.link.clear();
      }
      entry.stat.size = entry.stat.type == FileType::symlink ? entry.link.size() : 0;
      return entry;
    }
    entry.link.clear();
    place_bytes(entry, header, size);
    return entry;
  }

  std::string name_of(const Header& header) const {
    if (long_name_) {
      return *long_name_;
    }
    const std::string name = header.text(0, 100);
    const std::string prefix = header.is_posix() ? header.text(345, 155) : std::string();
    return prefix.empty() ? name : fmt::format("{}/{}", prefix, name);
  }

  void set_numbers(Stat& stat, const Header& header) const {
    stat.mode = small_number(number_in(header.field(100, 8)), "its mode") & 07777;
    // A number that the field has no room for has a record, and the field may hold anything.
    const auto id = [&](const char* key, std::size_t offset) {
      return records_.contains(key) ? 0 : small_number(number_in(header.field(offset, 8)), key);
    };
    stat.uid = id("uid", 108);
    stat.gid = id("gid", 116);
    if (!records_.contains("mtime")) {
      const std::optional<std::int64_t> time = number_in(header.field(136, 12));
      if (!time) {
        fail("its time is no number");
      }
      stat.modified = *time;
    }
    if (header.is_posix() || header.is_gnu()) {
      stat.device_major = small_number(number_in(header.field(329, 8)), "a device number");
      stat.device_minor = small_number(number_in(header.field(337, 8)), "a device number");
    }
  }

  /// An empty value takes a record back, as if it were not there.
  static void apply(TarEntry& entry, const std::string& key, const std::string& value) {
    constexpr std::string_view xattr = "SCHILY.xattr.";
    if (key.starts_with(xattr)) {
      entry.xattrs.insert_or_assign(key.substr(xattr.size()), value);
    } else if (value.empty()) {
      return;
    } else if (key == "path") {
      entry.name = value;
    } else if (key == "linkpath") {
      entry.link = value;
    } else if (key == "uid") {
      entry.stat.uid = small_number(static_cast<std::int64_t>(decimal(value, key)), key);
    } else if (key == "gid") {
      entry.stat.gid = small_number(static_cast<std::int64_t>(decimal(value, key)), key);
    } else if (key == "mtime") {
      set_time(entry.stat, value);
    }
  }

  static void set_type(TarEntry& entry, char type) {
    switch (type) {
    case '0':
    case '7': // a "contiguous" file
    case 'S':
      break;
    case '\0': // before POSIX, a folder was a file of such a name
      entry.stat.type = entry.name.ends_with('/') ? FileType::directory : FileType::regular;
      break;
    case '1':
      entry.is_hard_link = true;
      break;
    case '2':
      entry.stat.type = FileType::symlink;
      break;
    case '3':
      entry.stat.type = FileType::character_device;
      break;
    case '4':
      entry.stat.type = FileType::block_device;
      break;
    case '5':
    case 'D': // GNU: a folder with a list of what it held
      entry.stat.type = FileType::directory;
      break;
    case '6':
      entry.stat.type = FileType::fifo;
      break;
    default:
      fail(fmt::format("is of an unknown type, {:?}", std::string(1, type)));
    }
  }

  /// Where a regular file's `size` bytes of the archive belong in the file.
  void place_bytes(TarEntry& entry, const Header& header, std::uint64_t size) {
    std::vector<Extent> extents;
    entry.stat.size = size;
    if (header.type() == 'S') {
      entry.stat.size = size_in(header.field(483, 12));
      extents = read_old_sparse_map(header);
    }
    std::uint64_t data = at_;
    const std::uint64_t end = data + size;
    skip(size); // checks that it is there
    if (header.type() != 'S') {
      if (record("GNU.sparse.major") == "1" && record("GNU.sparse.minor") == "0") {
        entry.stat.size = decimal(record("GNU.sparse.realsize"), "its real size");
        extents = sparse_map_in_data(data, size);
      } else if (records_.contains("GNU.sparse.map")) {
        entry.stat.size = decimal(record("GNU.sparse.size"), "its real size");
        extents = sparse_map(record("GNU.sparse.map"));
      } else if (size != 0) {
        extents = {{0, size}};
      }
    }
    add_parts(entry, extents, data, end);
  }

  /// The bytes of the parts stand one after another from `data` on, and must end by `end`.
  static void add_parts(TarEntry& entry,
                        const std::vector<Extent>& extents,
                        std::uint64_t data,
                        std::uint64_t end) {
    std::uint64_t before = 0;
    for (const Extent& extent : extents) {
      if (extent.offset < before || extent.offset > entry.stat.size ||
          extent.length > entry.stat.size - extent.offset || extent.length > end - data) {
        fail("its sparse map is damaged");
      }
      if (extent.length != 0) {
        entry.parts.push_back({extent, data});
      }
      data += extent.length;
      before = extent.offset + extent.length;
    }
  }

  /// GNU's own: four parts in the header, more in blocks that follow it.
  std::vector<Extent> read_old_sparse_map(const Header& header) {
    std::vector<Extent> extents;
    const auto add = [&extents](const Header& from, std::size_t offset, std::size_t count) {
      for (std::size_t i = 0; i < count && from.bytes[offset] != '\0'; ++i, offset += 24) {
        extents.push_back({size_in(from.field(offset, 12)), size_in(from.field(offset + 12, 12))});
      }
    };
    add(header, 386, 4);
    for (bool goes_on = header.bytes[482] != '\0'; goes_on;) {
      Header extension;
      if (extents.size() > most_parts ||
          archive_.read_at(at_, std::as_writable_bytes(std::span(extension.bytes))) < block) {
        fail("its sparse map is damaged");
      }
      at_ += block;
      add(extension, 0, 21);
      goes_on = extension.bytes[504] != '\0';
    }
    return extents;
  }

  /// "0,512,4096,512": format 0.1.
  static std::vector<Extent> sparse_map(std::string_view text) {
    std::vector<Extent> extents;
    const auto number = [&text] {
      const std::size_t comma = std::min(text.find(','), text.size());
      const std::uint64_t value = decimal(text.substr(0, comma), "its sparse map");
      text.remove_prefix(std::min(comma + 1, text.size()));
      return value;
    };
    while (!text.empty() && extents.size() <= most_parts) {
      const std::uint64_t offset = number();
      extents.push_back({offset, number()});
    }
    if (!text.empty()) {
      fail("its sparse map is too long");
    }
    return extents;
  }

  /// Format 1.0: decimal lines at the start of the data, filled up to whole blocks.
  std::vector<Extent> sparse_map_in_data(std::uint64_t& data, std::uint64_t size) const {
    const std::uint64_t start = data;
    std::string text;
    std::size_t at = 0;
    const auto number = [&] {
      std::size_t end = text.find('\n', at);
      while (end == std::string::npos) {
        const std::size_t had = text.size();
        if (size - had < block || had - at > 64) {
          fail("its sparse map is damaged");
        }
        text.resize(had + block);
        if (archive_.read_at(start + had, std::as_writable_bytes(std::span(text)).subspan(had)) <
            block) {
          fail("its sparse map is damaged");
        }
        end = text.find('\n', at);
      }
      const std::uint64_t value =
          decimal(std::string_view(text).substr(at, end - at), "its sparse map");
      at = end + 1;
      return value;
    };
    const std::uint64_t count = number();
    if (count > most_parts) {
      fail("its sparse map is too long");
    }
    std::vector<Extent> extents;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t offset = number();
      extents.push_back({offset, number()});
    }
    data = start + text.size();
    return extents;
  }

  const std::string& record(const std::string& key) const {
    static const std::string none;
    const auto found = records_.find(key);
    return found == records_.end() ? none : found->second;
  }

  std::string read_name(std::uint64_t size) {
    std::string name = read_text(size);
    name.resize(std::min(name.find('\0'), name.size()));
    return name;
  }

  /// The text after a header.
  std::string read_text(std::uint64_t size) {
    if (size > most_text) {
      fail("an extended header or name is longer than 1 MiB");
    }
    std::string text(size, '\0');
    if (archive_.read_at(at_, std::as_writable_bytes(std::span(text))) < size) {
      fail("is cut short");
    }
    skip(size);
    return text;
  }

  /// The bytes after a header, with what fills their last block. At the very end of an archive some
  /// programs leave that out.
  void skip(std::uint64_t size) {
    if (size > archive_.size() || at_ > archive_.size() - size) {
      fail("is cut short");
    }
    at_ = std::min(archive_.size(), at_ + (size + block - 1) / block * block);
  }

  const ByteSource& archive_;
  std::uint64_t& at_;
  Records records_;
  std::optional<std::string> long_name_;
  std::optional<std::string> long_link_;
};

} // namespace

std::optional<TarEntry> TarReader::next() {
  const std::uint64_t start = at_;
  try {
    return EntryReader(archive_, at_).read();
  } catch (const InputError& error) {
    throw InputError(fmt::format("tar entry at offset {}: {}", start, error.what()));
  }
}

} // namespace pare
