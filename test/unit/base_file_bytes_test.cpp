#include "base/bytes.hpp"
#include "base/file_bytes.hpp"
#include "base/temp_file.hpp"

#include <pare/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace pare;

namespace {

std::shared_ptr<const Descriptor> file_of(const std::string& text) {
  auto file = std::make_shared<const Descriptor>(open_temporary("/tmp"));
  REQUIRE(pwrite(file->get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  return file;
}

} // namespace

TEST_SUITE("base") {

  TEST_CASE("file bytes: a part of a file, and a part of that") {
    const auto file = file_of("0123456789");
    const auto part = std::make_shared<FileBytes>(file, 2, 6);
    CHECK(read_all(*part, 100) == "234567");
    const std::shared_ptr<const ByteSource> inner = part_of(part, 1, 3);
    CHECK(read_all(*inner, 100) == "345");
    CHECK(inner->place()->offset == 3);
    CHECK(inner->place()->descriptor == file->get());
    CHECK(read_all(*part_of(part, 4, 100), 100) == "67");
    CHECK(part_of(part, 100, 1)->size() == 0);
    CHECK_FALSE(part_of(std::make_shared<MemoryBytes>("abc"), 1, 1)->place());
  }

  TEST_CASE("file bytes: all at once") {
    const auto file = file_of(std::string(70000, 'a') + "the end");
    const MappedBytes mapped(FileBytes(file, 69999, 8));
    CHECK(std::ranges::equal(mapped.bytes(), std::as_bytes(std::span("athe end", 8))));
    const MappedBytes read(MemoryBytes("in memory"));
    CHECK(read.bytes().size() == 9);
    CHECK(MappedBytes(MemoryBytes("")).bytes().empty());
  }

  TEST_CASE("file bytes: a file that is cut short while it is mapped reads as zeros") {
    const auto file = file_of(std::string(300000, 'a'));
    const MappedBytes mapped(FileBytes(file, 0, 300000));
    REQUIRE(ftruncate(file->get(), 100) == 0);
    CHECK(mapped.bytes()[0] == std::byte{'a'});
    CHECK(mapped.bytes()[299999] == std::byte{0});
    CHECK(mapped.bytes()[150000] == std::byte{0});
  }

  TEST_CASE("file bytes: only regular files of the host are opened") {
    const TemporaryFolder folder("/tmp");
    CHECK_THROWS_AS(open_host_file(folder.path()), InputError);
    CHECK_THROWS_AS(open_host_file(folder.path() + "/none"), InputError);
    REQUIRE(mkfifo((folder.path() + "/pipe").c_str(), 0600) == 0);
    CHECK_THROWS_AS(open_host_file(folder.path() + "/pipe"), InputError);
  }

  TEST_CASE("temporary folder: it goes with what is in it") {
    std::string path;
    {
      const TemporaryFolder folder("/tmp");
      path = folder.path();
      std::filesystem::create_directories(path + "/a/b");
    }
    CHECK_FALSE(std::filesystem::exists(path));
    CHECK_THROWS_AS(TemporaryFolder("/nonexistent"), InputError);
  }

} // TEST_SUITE
