#include "base/bytes.hpp"
#include "root/directory.hpp"
#include "temp_folder.hpp"

#include <pare/error.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace pare;
namespace fs = std::filesystem;

TEST_SUITE_BEGIN("root");

namespace {
RootPath at(const char* text) {
  return RootPath::trusted(text);
}
} // namespace

TEST_CASE("a folder of the host says of its files what lstat(2) says") {
  const test::TempFolder folder;
  const fs::path file = folder.write("a/file", "text");
  REQUIRE(chmod(file.c_str(), 04751) == 0);
  const timespec times[] = {{0, 0}, {1700000000, 123456789}};
  REQUIRE(utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
  fs::create_hard_link(file, folder.path() / "other");
  fs::create_symlink("no/where", folder.path() / "link");
  REQUIRE(mkfifo((folder.path() / "fifo").c_str(), 0600) == 0);
  const std::unique_ptr<Root> root = open_directory(folder.path());

  const std::optional<Stat> stat = root->lstat(at("/a/file"));
  REQUIRE(stat);
  CHECK(stat->type == FileType::regular);
  CHECK(stat->mode == 04751);
  CHECK(stat->size == 4);
  CHECK(stat->modified == 1700000000);
  CHECK(stat->modified_nanoseconds == 123456789);
  CHECK(stat->links == 2);
  CHECK(stat->uid == geteuid());
  CHECK(root->lstat(at("/other")) == stat);
  CHECK(root->lstat(RootPath())->type == FileType::directory);
  CHECK(root->lstat(at("/link"))->type == FileType::symlink);
  CHECK(root->read_link(at("/link")) == "no/where");
  CHECK_FALSE(root->read_link(at("/other")));
  CHECK(root->lstat(at("/fifo"))->type == FileType::fifo);
  CHECK(root->list(RootPath()) == std::vector<std::string>{"a", "fifo", "link", "other"});
  CHECK(root->label() == folder.path().string());
}

TEST_CASE("what is not there is no error") {
  const test::TempFolder folder;
  folder.write("file", "");
  const std::unique_ptr<Root> root = open_directory(folder.path());
  for (const char* path : {"/none", "/none/x", "/file/x"}) {
    CAPTURE(path);
    CHECK_FALSE(root->lstat(at(path)));
    CHECK_FALSE(root->read_link(at(path)));
    CHECK_FALSE(root->open(at(path)));
  }
  CHECK_THROWS_AS(root->list(at("/none")), InputError);
}

TEST_CASE("only regular files are opened, and a FIFO does not block") {
  const test::TempFolder folder;
  folder.write("file", "text");
  fs::create_directory(folder.path() / "folder");
  fs::create_symlink("file", folder.path() / "link");
  fs::create_symlink(".", folder.path() / "here");
  REQUIRE(mkfifo((folder.path() / "fifo").c_str(), 0600) == 0);
  const std::unique_ptr<Root> root = open_directory(folder.path());
  CHECK_FALSE(root->open(at("/folder")));
  CHECK_FALSE(root->open(at("/link")));
  CHECK_FALSE(root->open(at("/fifo")));
  const std::optional<Root::Opened> opened = root->open(at("/file"));
  REQUIRE(opened);
  CHECK(read_all(*opened->bytes, 10) == "text");
  CHECK(opened->stat == root->lstat(at("/file")));
  char bytes[4];
  CHECK(pread(opened->bytes->descriptor(), bytes, 4, 0) == 4);
}

TEST_CASE("no symlink among the folders leads out") {
  const test::TempFolder folder;
  folder.write("root/x", "");
  folder.write("secret/file", "secret");
  fs::create_symlink("../secret", folder.path() / "root/out");
  const std::unique_ptr<Root> root = open_directory(folder.path() / "root");
  CHECK_FALSE(root->open(at("/out/file")));
}

TEST_CASE("a file that may not be read is an error that names it") {
  if (geteuid() == 0) {
    return; // root reads all
  }
  const test::TempFolder folder;
  chmod(folder.write("file", "text").c_str(), 0);
  CHECK_THROWS_WITH_AS(
      open_directory(folder.path())->open(at("/file")), "/file: Permission denied", InputError);
}

TEST_CASE("extended attributes of files and of symlinks themselves") {
  const test::TempFolder folder;
  const fs::path file = folder.write("file", "");
  fs::create_symlink("file", folder.path() / "link");
  if (setxattr(file.c_str(), "user.note", "a\0b", 3, 0) != 0) {
    MESSAGE("no user attributes in ", folder.path().string());
    return;
  }
  const std::unique_ptr<Root> root = open_directory(folder.path());
  CHECK(root->xattrs(at("/file"))["user.note"] == std::string("a\0b", 3));
  CHECK_FALSE(root->xattrs(at("/link")).contains("user.note"));
}

TEST_CASE("a root that is no folder is refused by its name") {
  const test::TempFolder folder;
  const std::string file = folder.write("file", "").string();
  CHECK_THROWS_WITH_AS(open_directory(file), (file + ": Not a directory").c_str(), InputError);
  CHECK_THROWS_WITH_AS(
      open_directory(file + "2"), (file + "2: No such file or directory").c_str(), InputError);
}

TEST_SUITE_END();
