#pragma once
// Reading numbers and strings at places that the file itself names. Every read is checked against
// the end of the file, with arithmetic that cannot wrap; only the pages that are asked for are
// read, however large the file is.

#include <pare/error.hpp>
#include <pare/root.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// A whole file in memory: for tests, fuzzing and roots that exist in memory only.
class MemoryBytes final : public ByteSource {
public:
  explicit MemoryBytes(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override;

private:
  std::string bytes_;
};

/// Reads a file by pages and keeps them. Views stay valid as long as the reader. Not for two
/// threads at a time.
class PageReader {
public:
  /// `source` must outlive the reader.
  explicit PageReader(const ByteSource& source) : source_(source), size_(source.size()) {}
  ~PageReader();
  PageReader(const PageReader&) = delete;
  PageReader& operator=(const PageReader&) = delete;

  std::uint64_t size() const { return size_; }
  const ByteSource& source() const { return source_; } ///< For what is read once, and not kept.

  /// How often the source was asked.
  std::size_t read_count() const { return windows_.size(); }

  /// Whether [offset, offset + length) lies in the file.
  bool contains(std::uint64_t offset, std::uint64_t length) const {
    return offset <= size_ && length <= size_ - offset;
  }

  /// Exactly `length` bytes. Throws InputError "`what` at offset N lies outside of the file".
  std::string_view view(std::uint64_t offset, std::uint64_t length, std::string_view what) {
    const std::string_view rest = rest_of_last(offset);
    return length != 0 && length <= rest.size() ? rest.substr(0, length)
                                                : view_elsewhere(offset, length, what);
  }

  /// Reads [offset, end), or what the file has of it, in one call: what is asked of it later costs
  /// none.
  void read_ahead(std::uint64_t offset, std::uint64_t end);

  /// The bytes up to the next NUL, which must come before `end` (an offset in the file) and within
  /// `limit` bytes. Throws InputError.
  std::string_view c_string(std::uint64_t offset,
                            std::uint64_t end,
                            std::string_view what,
                            std::uint64_t limit = 65536);

private:
  struct Window {
    std::uint64_t offset;
    std::uint64_t size;
    std::unique_ptr<char[]> bytes;
  };
  const Window& window(std::uint64_t offset, std::uint64_t length);
  std::string_view
  view_elsewhere(std::uint64_t offset, std::uint64_t length, std::string_view what);

  /// From an offset to the end of the window that served last; empty: it is not there.
  std::string_view rest_of_last(std::uint64_t offset) const {
    if (last_ >= windows_.size() || offset < windows_[last_].offset ||
        offset - windows_[last_].offset > windows_[last_].size) {
      return {};
    }
    const Window& last = windows_[last_];
    return {last.bytes.get() + (offset - last.offset), last.size - (offset - last.offset)};
  }

  const ByteSource& source_;
  std::uint64_t size_;
  std::size_t last_ = 0;        ///< The window that served last: it serves next, mostly.
  std::vector<Window> windows_; ///< The bytes of each stay where they are.
};

/// An unsigned number of `width` bytes (1, 2, 4, 8) at the start of `bytes`, which must be as long.
inline std::uint64_t load_unsigned(std::string_view bytes, unsigned width, bool big_endian) {
  const auto load = [&]<typename Number>(Number value) -> std::uint64_t {
    std::memcpy(&value, bytes.data(), sizeof value);
    if (big_endian != (std::endian::native == std::endian::big)) {
      std::uint64_t swapped = 0;
      for (std::size_t i = 0; i < sizeof value; ++i) {
        swapped = swapped << 8 | (static_cast<std::uint64_t>(value) >> (8 * i) & 0xff);
      }
      return swapped;
    }
    return value;
  };
  switch (width) {
  case 1:
    return load(std::uint8_t{});
  case 2:
    return load(std::uint16_t{});
  case 4:
    return load(std::uint32_t{});
  default:
    return load(std::uint64_t{});
  }
}

/// Bytes in memory that nobody zeroed before they were read.
class Bytes {
public:
  Bytes() = default;
  explicit Bytes(std::size_t size)
      : bytes_(std::make_unique_for_overwrite<char[]>(size)), size_(size) {}
  std::string_view view() const { return {bytes_.get(), size_}; }
  std::span<std::byte> writable() { return std::as_writable_bytes(std::span(bytes_.get(), size_)); }
  void shrink(std::size_t size) { size_ = size; }

private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

/// As many of `length` bytes as there are.
Bytes read_bytes(const ByteSource& source, std::uint64_t offset, std::size_t length);

/// The whole file. Throws InputError when it is larger than `limit`.
std::string read_all(const ByteSource& source, std::uint64_t limit);

} // namespace pare
