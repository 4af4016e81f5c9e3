#pragma once
// Reading numbers and strings at places that the file itself names. Every read is checked against the end of the file, with
// arithmetic that cannot wrap; only the pages that are asked for are read, however large the file is.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <pare/error.hpp>
#include <pare/root.hpp>

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

/// Reads a file by pages and keeps them. Views stay valid as long as the reader. Not for two threads at a time.
class PageReader {
public:
  /// `source` must outlive the reader.
  explicit PageReader(const ByteSource& source) : source_(source), size_(source.size()) {}

  std::uint64_t size() const { return size_; }

  /// Whether [offset, offset + length) lies in the file.
  bool contains(std::uint64_t offset, std::uint64_t length) const {
    return offset <= size_ && length <= size_ - offset;
  }

  /// Exactly `length` bytes. Throws InputError "`what` at offset N lies outside of the file".
  std::string_view view(std::uint64_t offset, std::uint64_t length, std::string_view what);

  /// The bytes up to the next NUL, which must come before `end` (an offset in the file) and within `limit` bytes.
  /// Throws InputError.
  std::string_view c_string(std::uint64_t offset, std::uint64_t end, std::string_view what,
                            std::uint64_t limit = 65536);

private:
  struct Window {
    std::uint64_t offset;
    std::uint64_t size;
    std::unique_ptr<char[]> bytes;
  };
  const Window& window(std::uint64_t offset, std::uint64_t length);

  const ByteSource& source_;
  std::uint64_t size_;
  std::vector<Window> windows_; ///< The bytes of each stay where they are.
};

/// An unsigned number of `width` bytes (1, 2, 4, 8) at the start of `bytes`, which must be as long.
std::uint64_t load_unsigned(std::string_view bytes, unsigned width, bool big_endian);

/// The whole file. Throws InputError when it is larger than `limit`.
std::string read_all(const ByteSource& source, std::uint64_t limit);

} // namespace pare
