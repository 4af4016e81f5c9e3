#include "base/bytes.hpp"
#include "formats/tar.hpp"
#include "tar_builder.hpp"

#include <pare/error.hpp>

#include <doctest/doctest.h>

using namespace pare;
using test::TarBuilder;

namespace {

std::vector<TarEntry> entries_of(const std::string& bytes) {
  const MemoryBytes archive(bytes);
  TarReader reader(archive);
  std::vector<TarEntry> entries;
  while (std::optional<TarEntry> entry = reader.next()) {
    entries.push_back(*entry);
  }
  return entries;
}

std::string failure_of(const std::string& bytes) {
  try {
    entries_of(bytes);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

Stat plain(std::uint64_t size) {
  return {.mode = 0644, .size = size, .modified = 7};
}

/// The bytes of the parts, with `.` for each byte of a hole.
std::string contents(const std::string& archive, const TarEntry& entry) {
  std::string text(entry.stat.size, '.');
  for (const TarPart& part : entry.parts) {
    text.replace(
        part.extent.offset, part.extent.length, archive.substr(part.place, part.extent.length));
  }
  return text;
}

std::string base_256(std::int64_t value, std::size_t width) {
  std::string text(width, value < 0 ? '\xff' : '\0');
  for (std::size_t i = 0; i < std::min<std::size_t>(8, width); ++i) {
    text[width - 1 - i] = static_cast<char>(value >> (8 * i) & 0xff);
  }
  text[0] = static_cast<char>(text[0] | '\x80');
  return text;
}

} // namespace

TEST_SUITE("formats") {

  TEST_CASE("tar: kinds of entries") {
    const std::string archive = TarBuilder()
                                    .folder("d/", 01777)
                                    .file("d/f", "hello")
                                    .link("l", "d/f")
                                    .hard("h", "d/f")
                                    .add({.type = '3',
                                          .name = "null",
                                          .mode = 0666,
                                          .pokes = {{329, "0000001"}, {337, "0000003"}}})
                                    .add({.type = '6', .name = "pipe"})
                                    .finish();
    CHECK(entries_of(archive) ==
          std::vector<TarEntry>{
              {.name = "d/", .stat = {.type = FileType::directory, .mode = 01777, .modified = 7}},
              {.name = "d/f", .stat = plain(5), .parts = {{{0, 5}, 1024}}},
              {.name = "l",
               .link = "d/f",
               .stat = {.type = FileType::symlink, .mode = 0777, .size = 3, .modified = 7}},
              {.name = "h", .link = "d/f", .is_hard_link = true, .stat = plain(0)},
              {.name = "null",
               .stat = {.type = FileType::character_device,
                        .mode = 0666,
                        .modified = 7,
                        .device_major = 1,
                        .device_minor = 3}},
              {.name = "pipe", .stat = {.type = FileType::fifo, .mode = 0644, .modified = 7}},
          });
  }

  TEST_CASE("tar: a pax header says what the header cannot") {
    const std::string archive = TarBuilder()
                                    .pax({{"comment", "of all"}, {"path", "never"}}, 'g')
                                    .pax({{"path", std::string(300, 'n')},
                                          {"uid", "3000000000"},
                                          {"gid", "2500000"},
                                          {"mtime", "-1.25"},
                                          {"SCHILY.xattr.user.a", std::string("x=\n\0y", 5)},
                                          {"linkpath", ""}})
                                    .file("short", "12")
                                    .file("next", "")
                                    .finish();
    CHECK(entries_of(archive) == std::vector<TarEntry>{
                                     {.name = std::string(300, 'n'),
                                      .stat = {.mode = 0644,
                                               .uid = 3000000000,
                                               .gid = 2500000,
                                               .size = 2,
                                               .modified = -2,
                                               .modified_nanoseconds = 750'000'000},
                                      .xattrs = {{"user.a", std::string("x=\n\0y", 5)}},
                                      .parts = {{{0, 2}, 512 * 5}}},
                                     {.name = "next", .stat = plain(0)},
                                 });
  }

  TEST_CASE("tar: GNU's long names and numbers of two's complement") {
    const std::string archive =
        TarBuilder()
            .add({.type = 'L', .name = "././@LongLink", .bytes = std::string(200, 'n') + '\0'})
            .add({.type = 'K', .name = "././@LongLink", .bytes = std::string(150, 't') + '\0'})
            .link("cut", "off")
            .add({.name = "numbers",
                  .pokes = {{108, base_256(3000000000, 8)}, {136, base_256(-5, 12)}}})
            .finish();
    const std::vector<TarEntry> entries = entries_of(archive);
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].name == std::string(200, 'n'));
    CHECK(entries[0].link == std::string(150, 't'));
    CHECK(entries[1].stat == Stat{.mode = 0644, .uid = 3000000000, .modified = -5});
  }

  TEST_CASE("tar: names over prefix and name; before POSIX a folder was a file with a slash") {
    const std::string archive = TarBuilder()
                                    .add({.name = "name", .pokes = {{345, "a/prefix"}}})
                                    .add({.type = '\0', .name = "old/", .magic = ""})
                                    .add({.type = '\0', .name = "file", .magic = ""})
                                    .finish();
    const std::vector<TarEntry> entries = entries_of(archive);
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].name == "a/prefix/name");
    CHECK(entries[1].stat.type == FileType::directory);
    CHECK(entries[2].stat.type == FileType::regular);
  }

  TEST_CASE("tar: the sparse forms") {
    const std::string map = "2\n0\n3\n10\n2\n";
    const std::string in_data = map + std::string(512 - map.size(), '\0') + "abcde";
    const std::string one_0 = TarBuilder()
                                  .pax({{"GNU.sparse.major", "1"},
                                        {"GNU.sparse.minor", "0"},
                                        {"GNU.sparse.name", "s"},
                                        {"GNU.sparse.realsize", "14"}})
                                  .file("GNUSparseFile.0/s", in_data)
                                  .file("next", "x")
                                  .finish();
    const std::string zero_1 = TarBuilder()
                                   .pax({{"GNU.sparse.map", "0,3,10,2"}, {"GNU.sparse.size", "14"}})
                                   .file("s", "abcde")
                                   .file("next", "x")
                                   .finish();
    const std::string zero_0 = TarBuilder()
                                   .pax({{"GNU.sparse.size", "14"},
                                         {"GNU.sparse.numblocks", "2"},
                                         {"GNU.sparse.offset", "0"},
                                         {"GNU.sparse.numbytes", "3"},
                                         {"GNU.sparse.offset", "10"},
                                         {"GNU.sparse.numbytes", "2"}})
                                   .file("s", "abcde")
                                   .file("next", "x")
                                   .finish();
    const std::string octal_0 = "00000000000", octal_3 = "00000000003", octal_10 = "00000000012";
    const std::string old = TarBuilder()
                                .add({.type = 'S',
                                      .name = "s",
                                      .bytes = "abcde",
                                      .magic = std::string("ustar  \0", 8),
                                      .pokes = {{345, std::string(38, '\0')},
                                                {386, octal_0},
                                                {398, octal_3},
                                                {410, octal_10},
                                                {422, "00000000002"},
                                                {483, "00000000016"}}})
                                .file("next", "x")
                                .finish();
    for (const std::string& archive : {one_0, zero_1, zero_0, old}) {
      const std::vector<TarEntry> entries = entries_of(archive);
      REQUIRE(entries.size() == 2);
      CHECK(entries[0].name == "s");
      CHECK(contents(archive, entries[0]) == "abc.......de..");
      CHECK(contents(archive, entries[1]) == "x");
    }
  }

  TEST_CASE("tar: it ends at a block of zeros, or where the file does") {
    CHECK(entries_of("").empty());
    CHECK(entries_of(std::string(512, '\0') + "what follows is not looked at").empty());
    CHECK(entries_of(TarBuilder().file("x", "y").cut()).size() == 1);
    const std::string bare = TarBuilder().file("x", "y").cut();
    CHECK(entries_of(bare.substr(0, 513)).size() == 1); // no padding after the last file
  }

  TEST_CASE("tar: what is damaged is said") {
    const std::string good = TarBuilder().file("x", std::string(2000, 'y')).finish();
    CHECK(failure_of("no tar") == "tar entry at offset 0: is cut short");
    CHECK(failure_of(std::string(512, 'x')) == "tar entry at offset 0: its check sum is wrong");
    CHECK(failure_of(good.substr(0, 1000)) == "tar entry at offset 0: is cut short");
    CHECK(failure_of(TarBuilder().add({.name = ""}).finish()) ==
          "tar entry at offset 0: its name is empty, or holds a NUL");
    CHECK(failure_of(TarBuilder().add({.type = 'Q', .name = "x"}).finish()).find("unknown type") !=
          std::string::npos);
    CHECK(
        failure_of(TarBuilder().add({.name = "x", .pokes = {{124, base_256(-1, 12)}}}).finish()) ==
        "tar entry at offset 0: a size is no number");
    CHECK(failure_of(TarBuilder()
                         .add({.name = "x",
                               .pokes = {{124,
                                          "\x80" + std::string(3, '\0') + "\x7f" +
                                              std::string(7, '\xff')}}})
                         .finish()) == "tar entry at offset 0: is cut short");
    CHECK(failure_of(TarBuilder().pax({{"path", std::string("a\0b", 3)}}).file("x", "").finish()) ==
          "tar entry at offset 0: its name is empty, or holds a NUL");
    CHECK(failure_of(TarBuilder()
                         .add({.type = 'x', .name = "p", .bytes = "9 a=b\n"})
                         .file("x", "")
                         .finish()) == "tar entry at offset 0: its extended header is damaged");
    for (const char* map : {"5,3,0,2", "0,3,13,2", "0,3,10,3", "0,3,10", "0,3,a,2"}) {
      CAPTURE(map);
      CHECK(failure_of(TarBuilder()
                           .pax({{"GNU.sparse.map", map}, {"GNU.sparse.size", "14"}})
                           .file("s", "abcde")
                           .finish())
                .find("sparse map") != std::string::npos);
    }
  }

} // TEST_SUITE
