#include "base/bytes.hpp"
#include "root/layered.hpp"
#include "small_root.hpp"

#include <doctest/doctest.h>

using namespace pare;
using test::at;

TEST_SUITE_BEGIN("root");

namespace {

std::string text_at(const Root& root, const std::string& path) {
  const std::optional<Root::Opened> opened = root.open(at(path));
  return opened ? read_all(*opened->bytes, 100) : "none";
}

} // namespace

TEST_CASE("a copy covers the base's file, and the rest shines through") {
  MemoryRoot base, top;
  base.add_file(at("/lib/a"), "base");
  base.add_file(at("/lib/b"), "base");
  top.add_file(at("/lib/a"), "top");
  LayeredRoot layered(base);
  layered.put(top, at("/lib/a"), at("/lib/a"));
  CHECK(text_at(layered, "/lib/a") == "top");
  CHECK(text_at(layered, "/lib/b") == "base");
  CHECK(layered.list(at("/lib")) == std::vector<std::string>{"a", "b"});
  CHECK(text_at(base, "/lib/a") == "base");
}

TEST_CASE("a folder is copied with all that is in it, and makes its parents") {
  MemoryRoot base, top;
  top.add_file(at("/data/sub/file"), "top");
  top.add_link(at("/data/link"), "sub");
  LayeredRoot layered(base);
  layered.put(top, at("/data"), at("/srv/app"));
  CHECK(text_at(layered, "/srv/app/sub/file") == "top");
  CHECK(layered.read_link(at("/srv/app/link")) == "sub");
  REQUIRE(layered.lstat(at("/srv")));
  CHECK(layered.lstat(at("/srv"))->type == FileType::directory);
  CHECK(layered.list(RootPath()) == std::vector<std::string>{"srv"});
}

TEST_CASE("a symlink of the base among the folders is followed, as COPY does") {
  MemoryRoot base, top;
  base.add_link(at("/lib"), "usr/lib");
  base.add_link(at("/lib64"), "/lib/");
  base.add_folder(at("/usr/lib"));
  top.add_file(at("/lib64/a"), "top");
  LayeredRoot layered(base);
  layered.put(top, at("/lib64/a"), at("/lib64/a"));
  CHECK(text_at(layered, "/usr/lib/a") == "top");
  CHECK(layered.read_link(at("/lib64")) == "/lib/");
}

TEST_CASE("links of the base that lead in a circle end") {
  MemoryRoot base, top;
  base.add_link(at("/a"), "b");
  base.add_link(at("/b"), "a");
  top.add_file(at("/a/file"), "top");
  LayeredRoot layered(base);
  layered.put(top, at("/a/file"), at("/a/file"));
  CHECK_FALSE(layered.lstat(at("/a/b")));
}

TEST_SUITE_END();
