// The kernel is the judge: openat2(2) with RESOLVE_IN_ROOT walks as if the folder were "/"
// (Linux 5.6).
#include "root/directory.hpp"
#include "root/follow.hpp"
#include "root/memory.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <random>
#include <sys/syscall.h>
#include <unistd.h>

using namespace pare;
namespace fs = std::filesystem;

TEST_SUITE_BEGIN("root");

namespace {

/// One tree, in memory and in a folder of the host.
class Both {
public:
  void file(const std::string& path) {
    memory.add_file(RootPath::lexical(path), "text");
    folder_.write(path, "text");
  }
  void folder(const std::string& path) {
    memory.add_folder(RootPath::lexical(path));
    fs::create_directories(folder_.path() / path);
  }
  void link(const std::string& path, const std::string& target) {
    memory.add_link(RootPath::lexical(path), target);
    fs::create_directories((folder_.path() / path).parent_path());
    fs::create_symlink(target, folder_.path() / path);
  }

  const fs::path& host() const { return folder_.path(); }

  MemoryRoot memory;

private:
  test::TempFolder folder_;
};

/// "found /usr/lib", "absent", "loop".
std::string said(WalkEnd end, const std::string& path) {
  switch (end) {
  case WalkEnd::found:
    return "found " + path;
  case WalkEnd::absent:
    return "absent";
  case WalkEnd::loop:
    return "loop";
  case WalkEnd::unreadable:
    return "unreadable";
  }
  return "";
}

std::string said(const Walk& walk) {
  return said(walk.end, walk.path.text());
}

std::string said_by_kernel(const fs::path& root, const std::string& path) {
  const int top = open(root.c_str(), O_PATH | O_DIRECTORY);
  open_how how = {};
  how.flags = O_PATH;
  how.resolve = RESOLVE_IN_ROOT;
  long found = -1;
  do { // EAGAIN: a rename somewhere on the machine while `..` was walked (openat2(2))
    found = syscall(SYS_openat2, top, path.c_str(), &how, sizeof how);
  } while (found < 0 && errno == EAGAIN);
  const int error = errno;
  close(top);
  if (found < 0) {
    REQUIRE_MESSAGE(
        (error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG || error == ELOOP),
        "errno ",
        error);
    return error == ELOOP ? "loop" : "absent";
  }
  const std::string real = fs::read_symlink("/proc/self/fd/" + std::to_string(found));
  close(static_cast<int>(found));
  const std::string inside = real.substr(root.string().size());
  return said(WalkEnd::found, inside.empty() ? "/" : inside);
}

/// Both kinds of root and all ways of asking give the kernel's answer.
void judge(const Both& tree, const std::vector<std::string>& paths) {
  const std::unique_ptr<Root> directory = open_directory(tree.host());
  Walker in_memory(tree.memory), in_directory(*directory);
  for (const std::string& path : paths) {
    CAPTURE(path);
    const std::string expected = said_by_kernel(tree.host(), path);
    const Walk walk = in_memory.follow(path);
    CHECK(said(walk) == expected);
    CHECK(said(in_directory.follow(path)) == expected);
    CHECK(said(Walker(tree.memory).follow(path)) == expected); // nothing remembered
    const SplitPath parts = split_path(path);
    Walk opened;
    const bool is_open =
        in_memory.open_in(in_memory.folder(parts.folder), parts.name, opened).has_value();
    CHECK(said(opened) == expected);
    const std::optional<Stat> stat = tree.memory.lstat(walk.path);
    CHECK(is_open == (walk.end == WalkEnd::found && stat->type == FileType::regular));
    if (walk.end != WalkEnd::found) {
      continue;
    }
    // The hops and the folders that were passed are all that the way needs.
    MemoryRoot needed;
    if (stat->type == FileType::directory) {
      needed.add_folder(walk.path);
    } else {
      needed.add_file(walk.path, "");
    }
    for (const Hop& hop : walk.hops) {
      needed.add_link(hop.path, hop.target);
    }
    for (const RootPath& passed : walk.passed) {
      needed.add_folder(passed);
    }
    CHECK(said(Walker(needed).follow(path)) == expected);
  }
}

} // namespace

TEST_CASE("links of every form lead where the kernel goes") {
  Both tree;
  tree.file("usr/lib/libz.so.1.2");
  tree.link("usr/lib/libz.so.1", "libz.so.1.2");
  tree.link("usr/lib/libz.so", "./libz.so.1");
  tree.link("lib", "usr/lib");
  tree.link("lib64", "/usr/lib/");
  tree.link("up", "../../../lib64/../lib/.");
  tree.link("top", "/");
  tree.link("above", "..");
  tree.link("dangling", "no/where");
  tree.link("to-file", "usr/lib/libz.so.1.2");
  tree.link("to-file-slash", "usr/lib/libz.so.1.2/");
  tree.link("self", "self");
  tree.link("ping", "pong/x");
  tree.link("pong", "ping/x");
  tree.link("usr/out", "/../../etc");
  tree.folder("etc");
  judge(tree,
        {"/",
         "//",
         "/.",
         "/..",
         "/../..",
         "lib",
         "/lib/",
         "/lib//libz.so",
         "/lib64/libz.so.1",
         "/up/libz.so",
         "/up/../lib",
         "/top/top/lib",
         "/above/usr",
         "/usr/../lib/../lib/libz.so",
         "/dangling",
         "/dangling/x",
         "/dangling/..",
         "/to-file",
         "/to-file/",
         "/to-file/.",
         "/to-file/..",
         "/to-file-slash",
         "/self",
         "/self/x",
         "/ping",
         "/pong/y",
         "/usr/out",
         "/usr/out/..",
         "/none/..",
         "/usr/lib/libz.so.1.2/",
         "/usr/lib/libz.so.1.2/x",
         "/usr/lib/libz.so.1.2/..",
         "/etc/",
         "/etc/./../etc"});
}

TEST_CASE("forty links are followed, one more is a loop") {
  Both tree;
  tree.file("real/file");
  tree.link("f0", "real/file");
  tree.link("d0", "real");
  for (int i = 1; i <= 45; ++i) {
    tree.link("f" + std::to_string(i), "f" + std::to_string(i - 1));
    tree.link("d" + std::to_string(i), "d" + std::to_string(i - 1) + "/.");
  }
  tree.link("real/link", "file");
  judge(
      tree,
      {"/f39", "/f40", "/f45", "/d39", "/d39/file", "/d38/link", "/d39/link", "/d40", "/d40/file"});
  judge(tree, {"/d45", "/d30", "/d10/link", "/d40", "/d39"}); // the long way first: what it met
                                                              // must not be remembered as lost
}

TEST_CASE("a thousand links to folders, each by the next, end as a loop") {
  Both tree;
  tree.file("real/file");
  tree.link("d0", "real");
  for (int i = 1; i < 1000; ++i) {
    tree.link("d" + std::to_string(i),
              "d" + std::to_string(i - 1) + "/../d" + std::to_string(i - 1));
  }
  judge(tree, {"/d999/file", "/d3/file", "/d2"});
}

TEST_CASE("a folder's path of 4095 bytes is walked, a longer one is not") {
  Both tree;
  tree.folder("a");
  std::string path = "/a";
  while (path.size() < 4095) {
    path += '/';
  }
  CHECK(said_by_kernel(tree.host(), path) == "found /a");
  CHECK(said(Walker(tree.memory).folder(path)) == "found /a");
  path += '/';
  CHECK(said_by_kernel(tree.host(), path) == "absent");
  CHECK(said(Walker(tree.memory).folder(path)) == "absent");
}

TEST_CASE("trees made by chance") {
  std::mt19937 chance(20240607);
  const auto below = [&](std::size_t end) { return chance() % end; };
  const auto any_path = [&] {
    static const char* const parts[] = {"a", "b", "c", "..", ".", "a", "b", ""};
    std::string path = below(2) == 0 ? "/" : "";
    const std::size_t count = 1 + below(4);
    for (std::size_t i = 0; i < count; ++i) {
      path += (i == 0 ? "" : "/") + std::string(parts[below(8)]);
    }
    return path.empty() ? "." : path;
  };
  for (int round = 0; round < 60; ++round) {
    CAPTURE(round);
    Both tree;
    // Folders first, so that nothing stands in the way of anything: a tree of depth two, then links
    // and files in it.
    for (const char* folder : {"a", "b", "a/b", "a/c", "b/a"}) {
      if (below(3) != 0) {
        tree.folder(folder);
      }
    }
    for (const char* place : {"c", "a/a", "a/b", "b/b", "b/c", "a/b/c", "a/c/a", "a/b/a"}) {
      const RootPath path = RootPath::lexical(place);
      const std::optional<Stat> parent = tree.memory.lstat(path.parent());
      if (!parent || parent->type != FileType::directory || tree.memory.lstat(path)) {
        continue;
      }
      if (below(4) == 0) {
        tree.file(place);
      } else {
        tree.link(place, any_path());
      }
    }
    std::vector<std::string> paths;
    for (int i = 0; i < 40; ++i) {
      paths.push_back("/" + any_path());
    }
    judge(tree, paths);
  }
}

TEST_CASE("a path is split at its last slash") {
  const auto split = [](std::string_view text) {
    const SplitPath parts = split_path(text);
    return std::string(parts.folder) + "|" + std::string(parts.name);
  };
  CHECK(split("/usr/lib/x") == "/usr/lib|x");
  CHECK(split("/x") == "/|x");
  CHECK(split("x") == "/|x");
  CHECK(split("/") == "/|.");
  CHECK(split("/usr/lib/") == "/usr/lib|.");
}

TEST_SUITE_END();
