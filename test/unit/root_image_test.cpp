#include "base/bytes.hpp"
#include "root/follow.hpp"
#include "root/image.hpp"
#include "tar_builder.hpp"

#include <pare/error.hpp>

#include <doctest/doctest.h>

using namespace pare;
using test::TarBuilder;

namespace {

ImageRoot image_of(const std::vector<TarBuilder>& layers, ImageLimits limits = {}) {
  ImageRoot image("image", limits);
  for (const TarBuilder& layer : layers) {
    image.add_layer(std::make_shared<MemoryBytes>(layer.finish()));
  }
  return image;
}

void tell(const Root& root, const RootPath& folder, std::vector<std::string>& lines) {
  for (const std::string& name : root.list(folder)) {
    const RootPath path = folder / name;
    const Stat stat = *root.lstat(path);
    switch (stat.type) {
    case FileType::directory:
      lines.push_back(path.text() + "/");
      tell(root, path, lines);
      break;
    case FileType::symlink:
      lines.push_back(path.text() + " -> " + *root.read_link(path));
      break;
    default:
      lines.push_back(path.text() + " " + read_all(*root.open(path)->bytes, 1000) +
                      (stat.links > 1 ? " x" + std::to_string(stat.links) : ""));
    }
  }
}

std::vector<std::string> tree(const Root& root) {
  std::vector<std::string> lines;
  tell(root, RootPath(), lines);
  return lines;
}

std::string failure_of(const TarBuilder& layer, ImageLimits limits = {}) {
  try {
    image_of({layer}, limits);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

using Lines = std::vector<std::string>;

} // namespace

TEST_SUITE("root") {

  TEST_CASE("image: whiteouts remove what lower layers hold, whatever the order") {
    const TarBuilder low =
        TarBuilder().file("a/one", "1").file("a/two", "2").file("b/x", "x").file("e", "old");
    CHECK(tree(image_of({low,
                         TarBuilder()
                             .file("a/.wh.one", "")
                             .file(".wh.b", "")
                             .file("b/new", "n")
                             .file("e", "new")
                             .file(".wh.e", "")
                             .file(".wh.nothing", "")
                             .file("no/.wh.folder", "")
                             .file(".wh..wh.plnk", "")})) ==
          Lines{"/a/", "/a/two 2", "/b/", "/b/new n", "/e new"});
    // In the other order: the folder has something of its own layer by then, the rest of it goes.
    CHECK(tree(image_of({low, TarBuilder().file("b/new", "n").file(".wh.b", "")})) ==
          Lines{"/a/", "/a/one 1", "/a/two 2", "/b/", "/b/new n", "/e old"});
  }

  TEST_CASE("image: an opaque folder shows nothing of lower layers, and keeps its own") {
    CHECK(tree(image_of(
              {TarBuilder().file("a/one", "1").file("a/sub/x", "x"),
               TarBuilder().file("a/before", "b").file("a/.wh..wh..opq", "").file("a/after", "a"),
               TarBuilder().file("a/third", "3")})) ==
          Lines{"/a/", "/a/after a", "/a/before b", "/a/third 3"});
  }

  TEST_CASE("image: a later entry replaces an earlier one; a folder only the folder's attributes") {
    const ImageRoot image =
        image_of({TarBuilder().file("f", "file").folder("d", 0700).file("d/x", "x").link("l", "d"),
                  TarBuilder()
                      .folder("f")
                      .file("f/in", "i")
                      .folder("d", 01777)
                      .folder("l")
                      .file("f/in", "again"),
                  TarBuilder().file("f", "file again")});
    CHECK(tree(image) == Lines{"/d/", "/d/x x", "/f file again", "/l/"});
    CHECK(image.lstat(RootPath::trusted("/d"))->mode == 01777);
    CHECK(image.layer_of(RootPath::trusted("/d/x")) == 0);
    CHECK(image.layer_of(RootPath::trusted("/d")) == 1);
    CHECK(image.layer_of(RootPath::trusted("/f")) == 2);
  }

  TEST_CASE("image: hard links are one file, over layers too") {
    const ImageRoot image = image_of(
        {TarBuilder().file("one", "1").hard("d/two", "./one"),
         TarBuilder().hard("three", "/one").file(".wh.one", "").link("s", "x").hard("t", "s"),
         TarBuilder().file("d/two", "changed")});
    CHECK(tree(image) == Lines{"/d/", "/d/two changed", "/s -> x", "/t -> x", "/three 1"});
    CHECK(image.lstat(RootPath::trusted("/s"))->inode ==
          image.lstat(RootPath::trusted("/t"))->inode);
    CHECK(image.lstat(RootPath::trusted("/s"))->links == 2);
  }

  TEST_CASE("image: folders on the way are made, and symlinks on the way are followed inside") {
    CHECK(tree(image_of(
              {TarBuilder().link("lib", "usr/lib").link("up", "../../..").link("abs", "/usr"),
               TarBuilder().file("lib/a", "a").file("up/b", "b").file("abs/c", "c")})) ==
          Lines{"/abs -> /usr",
                "/b b",
                "/lib -> usr/lib",
                "/up -> ../../..",
                "/usr/",
                "/usr/c c",
                "/usr/lib/",
                "/usr/lib/a a"});
  }

  TEST_CASE("image: names of any form mean one place") {
    CHECK(tree(image_of({TarBuilder()
                             .file("./a//b/./c", "1")
                             .file("/d", "2")
                             .file("e/../f", "3")
                             .folder("./")})) == Lines{"/a/", "/a/b/", "/a/b/c 1", "/d 2", "/f 3"});
  }

  TEST_CASE("image: holes read as zeros, and are told") {
    const ImageRoot image =
        image_of({TarBuilder()
                      .pax({{"GNU.sparse.map", "4,2,10,1"}, {"GNU.sparse.size", "14"}})
                      .file("s", "abc")});
    const std::optional<Root::Opened> opened = image.open(RootPath::trusted("/s"));
    REQUIRE(opened);
    CHECK(read_all(*opened->bytes, 100) == std::string("\0\0\0\0ab\0\0\0\0c\0\0\0", 14));
    CHECK(opened->bytes->data() == std::vector<Extent>{{4, 2}, {10, 1}});
    std::array<std::byte, 3> some;
    CHECK(opened->bytes->read_at(5, some) == 3);
    CHECK(some == std::array{std::byte{'b'}, std::byte{0}, std::byte{0}});
    CHECK(opened->bytes->read_at(13, some) == 1);
    CHECK(opened->bytes->read_at(14, some) == 0);
  }

  TEST_CASE("image: a file is the same wherever its layer is used, a folder in the same layers") {
    const auto identities = [](const std::vector<std::string>& digests) {
      const std::vector<TarBuilder> layers = {
          TarBuilder().file("a", "same").file("b", "same").hard("c", "a").folder("d"),
          TarBuilder().file("e", "same")};
      ImageRoot image("image");
      for (std::size_t i = 0; i < layers.size(); ++i) {
        image.add_layer(
            std::make_shared<MemoryBytes>(layers[i].finish()), Whiteouts::apply, digests[i]);
      }
      Lines found;
      for (const std::string& name : image.list(RootPath())) {
        const RootPath path = RootPath() / name;
        found.push_back(image.identity(path, *image.lstat(path)));
      }
      return found;
    };
    const Lines found = identities({"sha256:1", "sha256:2"});
    CHECK(found == Lines{"sha256:1 at 512, 4",
                         "sha256:1 at 1536, 4",
                         "sha256:1 at 512, 4",
                         "sha256:1 sha256:2 ",
                         "sha256:2 at 512, 4"});
    CHECK(identities({"sha256:1", ""}) == Lines{found[0], found[1], found[2], "", ""});
  }

  TEST_CASE("image: what cannot be a root is refused") {
    CHECK(failure_of(TarBuilder().file("../x", "")) == "../x: leads out of the image");
    CHECK(failure_of(TarBuilder().file("a/../../x", "")) == "a/../../x: leads out of the image");
    CHECK(failure_of(TarBuilder().hard("x", "../y")) == "x: leads out of the image");
    CHECK(failure_of(TarBuilder().hard("x", "y")) ==
          "x: is a hard link to y, which is no file of the image");
    CHECK(failure_of(TarBuilder().file("x", "").hard("x", "x")) == "x: is a hard link to itself");
    CHECK(failure_of(TarBuilder().file("x", "").file("x/y", "")) == "x/y: lies below a file");
    CHECK(failure_of(TarBuilder().file(".", "")) == ".: would take the place of the root");
    CHECK(failure_of(TarBuilder().file(".wh..", "")) == ".wh..: removes no name");
    CHECK(failure_of(TarBuilder().link("a", "b").link("b", "a").file("a/x", "")) ==
          "a/x: too many symlinks lead there");
    CHECK(failure_of(TarBuilder().pax({{"path", std::string(300, 'n')}}).file("x", ""))
              .find("its name is longer than 255 bytes") != std::string::npos);
    CHECK(failure_of(TarBuilder().file("a", "").file("b", ""), {.entries = 1}) ==
          "b: is one entry more than 1, the limit");
    CHECK(failure_of(TarBuilder()
                         .pax({{"GNU.sparse.map", "0,1"}, {"GNU.sparse.size", "2000000"}})
                         .file("x", "a"),
                     {.bytes = 1 << 20}) == "x: claims 1.9 MiB, more than 1.0 MiB, the limit");
  }

  TEST_CASE("image: the walk follows symlinks as in any root") {
    const ImageRoot image = image_of({TarBuilder().link("lib", "usr/lib").file("usr/lib/x", "x")});
    Walker walker(image);
    const Walk walk = walker.follow("/lib/x");
    CHECK(walk.path.text() == "/usr/lib/x");
    CHECK(walk.hops == std::vector<Hop>{{RootPath::trusted("/lib"), "usr/lib"}});
  }

} // TEST_SUITE
