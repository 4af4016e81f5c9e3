#include "base/bytes.hpp"
#include "root/memory.hpp"

#include <doctest/doctest.h>

using namespace pare;

TEST_SUITE_BEGIN("root");

namespace {
RootPath at(const char* text) {
  return RootPath::trusted(text);
}
} // namespace

TEST_CASE("an empty memory root has a top folder") {
  const MemoryRoot root;
  REQUIRE(root.lstat(RootPath()));
  CHECK(root.lstat(RootPath())->type == FileType::directory);
  CHECK(root.list(RootPath()).empty());
  CHECK_FALSE(root.lstat(at("/x")));
}

TEST_CASE("a file brings its folders, and names come in the order of their bytes") {
  MemoryRoot root;
  root.add_file(at("/a/b/c"), "text", 0755);
  root.add_link(at("/a/B"), "b");
  root.add_folder(at("/a/empty"), 0700);
  CHECK(root.lstat(at("/a/b/c"))->size == 4);
  CHECK(root.lstat(at("/a/b/c"))->mode == 0755);
  CHECK(root.lstat(at("/a/b"))->type == FileType::directory);
  CHECK(root.lstat(at("/a/empty"))->mode == 0700);
  CHECK(root.list(at("/a")) == std::vector<std::string>{"B", "b", "empty"});
  CHECK(root.list(at("/a/b")) == std::vector<std::string>{"c"});
}

TEST_CASE("no method follows a symlink") {
  MemoryRoot root;
  root.add_file(at("/file"), "text");
  root.add_link(at("/link"), "file");
  CHECK(root.lstat(at("/link"))->type == FileType::symlink);
  CHECK(root.read_link(at("/link")) == "file");
  CHECK_FALSE(root.open(at("/link")));
  CHECK_FALSE(root.read_link(at("/file")));
  REQUIRE(root.open(at("/file")));
  CHECK(read_all(*root.open(at("/file"))->bytes, 10) == "text");
}

TEST_CASE("two files are no hard links to one") {
  MemoryRoot root;
  root.add_file(at("/a"), "");
  root.add_file(at("/b"), "");
  CHECK(root.lstat(at("/a"))->inode != root.lstat(at("/b"))->inode);
}

TEST_SUITE_END();
