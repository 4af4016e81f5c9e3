#include "base/decompress.hpp"
#include "base/file_bytes.hpp"
#include "base/temp_file.hpp"

#include <pare/error.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace pare;

namespace {

class Collect final : public ByteSink {
public:
  void write(std::span<const std::byte> bytes) override {
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  void finish() override {}
  std::vector<std::byte> all;
};

std::vector<std::byte> packed(const std::vector<std::string>& pieces, Compression how) {
  Collect below;
  const std::unique_ptr<ByteSink> sink = compress_to(below, how);
  for (const std::string& piece : pieces) {
    sink->write(std::as_bytes(std::span(piece)));
  }
  sink->finish();
  return below.all;
}

std::string
unpacked(std::span<const std::byte> bytes, Compression how, std::uint64_t limit = 1 << 30) {
  const auto file = std::make_shared<const Descriptor>(open_temporary("/tmp"));
  const std::uint64_t size = unpack(bytes, how, file->get(), limit);
  std::string text(size, '\0');
  FileBytes(file, 0, size).read_at(0, std::as_writable_bytes(std::span(text)));
  return text;
}

std::string
failure_of(std::span<const std::byte> bytes, Compression how, std::uint64_t limit = 1 << 30) {
  try {
    unpacked(bytes, how, limit);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

} // namespace

TEST_SUITE("base") {

  TEST_CASE("decompress: what was packed comes back, in one member or many") {
    const std::string large(3'000'000, 'x');
    for (const Compression how : {Compression::gzip, Compression::zstd}) {
      CHECK(unpacked(packed({"hello"}, how), how) == "hello");
      CHECK(unpacked(packed({"a", large, "b", large}, how), how) == "a" + large + "b" + large);
      CHECK(packed_as(packed({"x"}, how)) == how);
    }
    CHECK(packed_as({}) == Compression::none);
  }

  TEST_CASE("decompress: a length that the end lies about") {
    std::vector<std::byte> lie = packed({std::string(5'000'000, 'x')}, Compression::gzip);
    for (std::size_t i = 1; i <= 4; ++i) {
      lie[lie.size() - i] = std::byte{0};
    }
    CHECK(failure_of(lie, Compression::gzip).starts_with("is damaged"));
    std::vector<std::byte> huge = packed({"x"}, Compression::gzip);
    for (std::size_t i = 1; i <= 4; ++i) {
      huge[huge.size() - i] = std::byte{0xff};
    }
    CHECK(failure_of(huge, Compression::gzip).starts_with("is damaged"));
  }

  TEST_CASE("decompress: no more than the limit") {
    for (const Compression how : {Compression::gzip, Compression::zstd}) {
      const std::vector<std::byte> bomb = packed({std::string(5'000'000, 'x')}, how);
      CHECK(failure_of(bomb, how, 1 << 20) == "unpacks to more than 1.0 MiB");
      CHECK(unpacked(bomb, how, 5'000'000).size() == 5'000'000);
    }
  }

  TEST_CASE("decompress: what is damaged or cut short") {
    std::string noise;
    for (unsigned i = 0; i < 100000; ++i) {
      noise += static_cast<char>(i * i >> 7);
    }
    for (const Compression how : {Compression::gzip, Compression::zstd}) {
      const std::vector<std::byte> good = packed({noise}, how);
      for (const std::size_t size :
           {std::size_t{5}, std::size_t{20}, good.size() / 2, good.size() - 1}) {
        CHECK(failure_of(std::span(good).first(size), how) != "none");
      }
      std::vector<std::byte> bad = good;
      bad[bad.size() / 2] ^= std::byte{0x55};
      CHECK(failure_of(bad, how) != "none");
    }
  }

} // TEST_SUITE
