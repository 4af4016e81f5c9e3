#include "base/bytes.hpp"

#include <doctest/doctest.h>

using namespace pare;

TEST_SUITE_BEGIN("base");

namespace {

/// Counts what is asked of it, and may be shorter than it says.
class Watched final : public ByteSource {
public:
  Watched(std::string bytes, std::uint64_t claimed) : bytes_(std::move(bytes)), claimed_(claimed) {}
  std::uint64_t size() const override { return claimed_; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override {
    read += to.size();
    return bytes_.read_at(offset, to);
  }

  mutable std::uint64_t read = 0;

private:
  MemoryBytes bytes_;
  std::uint64_t claimed_;
};

} // namespace

TEST_CASE("a view is exactly what was asked for") {
  const MemoryBytes source("abcdef");
  PageReader reader(source);
  CHECK(reader.view(0, 6, "it") == "abcdef");
  CHECK(reader.view(2, 3, "it") == "cde");
  CHECK(reader.view(6, 0, "it").empty());
}

TEST_CASE("a view beyond the end names what and where, however large the numbers") {
  const MemoryBytes source("abcdef");
  PageReader reader(source);
  CHECK_THROWS_WITH_AS(
      reader.view(6, 1, "the table"), "the table at offset 6 lies outside of the file", InputError);
  CHECK_THROWS_AS(reader.view(0, 7, "it"), InputError);
  CHECK_THROWS_AS(reader.view(7, 0, "it"), InputError);
  CHECK_THROWS_AS(reader.view(~0ull, 2, "it"), InputError); // the sum wraps to 1
  CHECK_THROWS_AS(reader.view(2, ~0ull, "it"), InputError);
  CHECK_FALSE(reader.contains(~0ull, ~0ull));
}

TEST_CASE("views stay valid while more is read, across pages") {
  std::string bytes(3 * 4096, '.');
  bytes.replace(4090, 12, "over a page.");
  const MemoryBytes source(bytes);
  PageReader reader(source);
  const std::string_view first = reader.view(4090, 12, "it");
  for (std::uint64_t at = 0; at < 12000; at += 100) {
    reader.view(at, 200, "it");
  }
  CHECK(first == "over a page.");
}

TEST_CASE("of a large file only the pages that are asked for are read, and each once") {
  const Watched source(std::string(1 << 20, 'x'), 1 << 20);
  PageReader reader(source);
  reader.view(500000, 8, "it");
  reader.view(500008, 8, "it");
  CHECK(source.read == 1024);
}

TEST_CASE("a file that became shorter while it was read is no crash") {
  const Watched source("abc", 100);
  PageReader reader(source);
  CHECK_THROWS_WITH_AS(reader.view(0, 50, "it"), "the file changed while it was read", InputError);
}

TEST_CASE("a string ends at its NUL, also behind a page's end") {
  std::string bytes(5000, 'a');
  bytes += '\0';
  const MemoryBytes source(bytes + "tail");
  PageReader reader(source);
  CHECK(reader.c_string(10, reader.size(), "name") == std::string(4990, 'a'));
  CHECK(reader.c_string(5000, reader.size(), "name").empty());
  CHECK_THROWS_WITH_AS(
      reader.c_string(5001, reader.size(), "name"), "name at offset 5001 has no end", InputError);
}

TEST_CASE("a string's NUL must come before the end of its table, and within the limit") {
  const MemoryBytes source(std::string("abc\0def\0", 8));
  PageReader reader(source);
  CHECK(reader.c_string(0, 4, "name") == "abc");
  CHECK_THROWS_AS(reader.c_string(0, 3, "name"), InputError);
  CHECK_THROWS_AS(reader.c_string(4, 7, "name"), InputError);
  CHECK_THROWS_AS(reader.c_string(0, 8, "name", 3), InputError);
  CHECK(reader.c_string(0, 8, "name", 4) == "abc");
  CHECK_THROWS_AS(reader.c_string(9, 100, "name"), InputError);
}

TEST_CASE("numbers have a width and a byte order") {
  const std::string_view bytes("\x01\x02\x03\x04\x05\x06\x07\xf8", 8);
  CHECK(load_unsigned(bytes, 1, false) == 1);
  CHECK(load_unsigned(bytes, 2, false) == 0x0201);
  CHECK(load_unsigned(bytes, 2, true) == 0x0102);
  CHECK(load_unsigned(bytes, 4, true) == 0x01020304);
  CHECK(load_unsigned(bytes, 8, false) == 0xf807060504030201);
  CHECK(load_unsigned(bytes, 8, true) == 0x01020304050607f8);
}

TEST_CASE("read_all reads all, or refuses what is too large") {
  const MemoryBytes source("abc");
  CHECK(read_all(source, 3) == "abc");
  CHECK_THROWS_WITH_AS(read_all(source, 2), "is larger than 2 bytes", InputError);
}

TEST_SUITE_END();
