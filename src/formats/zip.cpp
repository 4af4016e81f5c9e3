#include "formats/zip.hpp"

#include "base/bytes.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <libdeflate.h>
#include <string_view>

namespace pare {
namespace {

constexpr std::uint64_t most_directory_bytes = 64 << 20;
constexpr std::size_t most_entries = 500'000;
constexpr std::size_t end_size = 22, end64_size = 56, locator_size = 20, header_size = 46,
                      local_size = 30;

/// The numbers of a record, little-endian.
class Record {
public:
  explicit Record(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t number(std::size_t at, unsigned width) const {
    return load_unsigned(bytes_.substr(at, width), width, false);
  }

private:
  std::string_view bytes_;
};

std::string
exactly(const ByteSource& source, std::uint64_t offset, std::uint64_t size, const char* what) {
  if (offset > source.size() || size > source.size() - offset) {
    throw InputError(fmt::format("{} at offset {} lies outside of the file", what, offset));
  }
  const Bytes bytes = read_bytes(source, offset, size);
  if (bytes.view().size() != size) {
    throw InputError(fmt::format("{} at offset {} cannot be read", what, offset));
  }
  return std::string(bytes.view());
}

struct Directory {
  std::uint64_t offset = 0, size = 0;
  std::uint64_t before = 0; ///< What stands in front of the archive; offsets do not count it.
};

Directory find_directory(const ByteSource& source) {
  if (source.size() < end_size) {
    throw InputError("is no zip archive");
  }
  // The end record may be followed by a comment of up to 65,535 bytes.
  const std::uint64_t tail_size = std::min<std::uint64_t>(source.size(), 65535 + end_size);
  const std::uint64_t tail_offset = source.size() - tail_size;
  const std::string tail = exactly(source, tail_offset, tail_size, "the end of the archive");
  const std::size_t at = tail.rfind("PK\5\6", tail.size() - end_size);
  if (at == std::string::npos) {
    throw InputError("is no zip archive, or is cut short");
  }
  const Record end(std::string_view(tail).substr(at));
  Directory directory = {.offset = end.number(16, 4), .size = end.number(12, 4)};
  std::uint64_t stop = tail_offset + at;
  if (directory.offset == 0xffffffff || directory.size == 0xffffffff ||
      end.number(10, 2) == 0xffff) {
    if (at >= locator_size &&
        std::string_view(tail).substr(at - locator_size).starts_with("PK\6\7")) {
      // The locator's offset does not count what stands before the archive either; the record lies
      // right before it.
      const std::uint64_t record_offset =
          stop - locator_size - std::min<std::uint64_t>(end64_size, stop - locator_size);
      const std::string record = exactly(source, record_offset, end64_size, "the zip64 record");
      if (record.starts_with("PK\6\6")) {
        directory = {.offset = Record(record).number(48, 8), .size = Record(record).number(40, 8)};
        stop = record_offset;
      }
    }
  }
  if (directory.size > stop || directory.offset > stop - directory.size) {
    throw InputError("the directory of the archive lies outside of the file");
  }
  directory.before = stop - directory.size - directory.offset;
  directory.offset += directory.before;
  return directory;
}

/// The bytes of one part of a file.
class PartOfFile final : public ByteSource {
public:
  PartOfFile(const ByteSource& source, std::uint64_t offset, std::uint64_t size)
      : source_(source), offset_(offset), size_(size) {}
  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override {
    if (offset >= size_) {
      return 0;
    }
    return source_.read_at(offset_ + offset,
                           to.first(std::min<std::uint64_t>(to.size(), size_ - offset)));
  }

private:
  const ByteSource& source_;
  std::uint64_t offset_, size_;
};

/// Where the bytes of an entry begin: behind a header whose lengths may differ from the
/// directory's.
std::uint64_t content_of(const ByteSource& source, const ZipEntry& entry) {
  const std::string local = exactly(source, entry.offset, local_size, "the header of an entry");
  if (!local.starts_with("PK\3\4")) {
    throw InputError(fmt::format("no entry begins at offset {}", entry.offset));
  }
  const Record record(local);
  const std::uint64_t content =
      entry.offset + local_size + record.number(26, 2) + record.number(28, 2);
  if (content > source.size() || entry.stored > source.size() - content) {
    throw InputError(fmt::format("the entry at offset {} lies outside of the file", entry.offset));
  }
  return content;
}

} // namespace

std::vector<ZipEntry> read_zip(const ByteSource& source) {
  const Directory directory = find_directory(source);
  if (directory.size > most_directory_bytes) {
    throw InputError(fmt::format("its directory is larger than {} bytes", most_directory_bytes));
  }
  const std::string bytes =
      exactly(source, directory.offset, directory.size, "the directory of the archive");
  std::vector<ZipEntry> entries;
  for (std::size_t at = 0; at + header_size <= bytes.size();) {
    const std::string_view rest = std::string_view(bytes).substr(at);
    if (!rest.starts_with("PK\1\2")) {
      break;
    }
    const Record record(rest);
    const std::size_t name_size = record.number(28, 2), extra_size = record.number(30, 2);
    const std::size_t whole = header_size + name_size + extra_size + record.number(32, 2);
    if (whole > rest.size()) {
      throw InputError("the directory of the archive is cut short");
    }
    if (entries.size() == most_entries) {
      throw InputError(fmt::format("has more than {} entries", most_entries));
    }
    ZipEntry entry = {.name = std::string(rest.substr(header_size, name_size)),
                      .offset = record.number(42, 4),
                      .stored = record.number(20, 4),
                      .size = record.number(24, 4),
                      .method = static_cast<std::uint16_t>(record.number(10, 2)),
                      .is_encrypted = (record.number(8, 2) & 1) != 0};
    // The extra field 1 has those numbers that do not fit into 32 bits, in this order.
    std::string_view extra = rest.substr(header_size + name_size, extra_size);
    while (extra.size() >= 4) {
      const std::size_t size = Record(extra).number(2, 2);
      if (size > extra.size() - 4) {
        break;
      }
      if (Record(extra).number(0, 2) == 1) {
        std::string_view wide = extra.substr(4, size);
        for (std::uint64_t* number : {&entry.size, &entry.stored, &entry.offset}) {
          if (*number == 0xffffffff && wide.size() >= 8) {
            *number = Record(wide).number(0, 8);
            wide.remove_prefix(8);
          }
        }
      }
      extra.remove_prefix(4 + size);
    }
    if (entry.offset > source.size() - directory.before) {
      throw InputError(fmt::format("the entry {} lies outside of the file", entries.size()));
    }
    entry.offset += directory.before;
    entries.push_back(std::move(entry));
    at += whole;
  }
  return entries;
}

std::string read_zip_entry(const ByteSource& source, const ZipEntry& entry, std::uint64_t most) {
  if (entry.is_encrypted || (entry.method != 0 && entry.method != 8)) {
    throw InputError(
        fmt::format("the entry at offset {} is packed in a way that is not known", entry.offset));
  }
  if (entry.size > most || entry.stored > most) {
    throw InputError(
        fmt::format("the entry at offset {} is larger than {} bytes", entry.offset, most));
  }
  std::string bytes = exactly(source, content_of(source, entry), entry.stored, "an entry");
  if (entry.method == 0) {
    return bytes;
  }
  struct Free {
    void operator()(libdeflate_decompressor* decompressor) const {
      libdeflate_free_decompressor(decompressor);
    }
  };
  static thread_local const std::unique_ptr<libdeflate_decompressor, Free> decompressor(
      libdeflate_alloc_decompressor());
  std::string out(entry.size, '\0');
  std::size_t size = 0;
  if (libdeflate_deflate_decompress(
          decompressor.get(), bytes.data(), bytes.size(), out.data(), out.size(), &size) !=
          LIBDEFLATE_SUCCESS ||
      size != out.size()) {
    throw InputError(fmt::format("the entry at offset {} is damaged", entry.offset));
  }
  return out;
}

std::unique_ptr<ByteSource>
open_zip_entry(const ByteSource& source, const ZipEntry& entry, std::uint64_t most) {
  if (entry.method == 0 && !entry.is_encrypted) {
    return std::make_unique<PartOfFile>(source, content_of(source, entry), entry.stored);
  }
  return std::make_unique<MemoryBytes>(read_zip_entry(source, entry, most));
}

} // namespace pare
