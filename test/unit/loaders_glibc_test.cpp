// The rules one by one, in memory; test/loader judges the same rules by the real loader.
#include "loaders/glibc.hpp"
#include "loading_text.hpp"
#include "small_root.hpp"

#include <doctest/doctest.h>

using namespace pare;
using namespace std::string_literals;
using test::add_elf;
using test::add_library;
using test::at;
using test::ElfSpec;
using test::glibc_program;

TEST_SUITE_BEGIN("loaders");

namespace {

/// What the loading of /bin/x says; `options` as at the start of the program.
std::string load(const MemoryRoot& root,
                 const StartOptions& options = {},
                 const std::string& started = "/bin/x") {
  Files files(root);
  const Found& program = files.open(started);
  REQUIRE(program.file != nullptr);
  const Found& interpreter = files.open(test::glibc_name);
  GlibcLoader loader(files, interpreter.file, program.file->elf()->machine);
  return test::text_of(loader.load(*program.file, started, test::glibc_name, options));
}

/// A root with the loader and one program.
MemoryRoot with_program(const ElfSpec& program) {
  MemoryRoot root;
  test::add_glibc(root);
  add_elf(root, "/bin/x", program);
  return root;
}

MemoryRoot with_needs(std::vector<std::string> needed) {
  return with_program(glibc_program(std::move(needed)));
}

} // namespace

TEST_CASE("needs are asked for breadth-first, and a loaded one answers again") {
  MemoryRoot root = with_needs({"liba.so", "libb.so"});
  add_library(root, "/lib/liba.so", {"libc.so"});
  add_library(root, "/usr/lib/libb.so", {"liba.so", "libc.so"});
  add_library(root, "/usr/lib/libc.so");
  CHECK(load(root) == "x: liba.so => /lib/liba.so\n"
                      "x: libb.so => /usr/lib/libb.so\n"
                      "liba.so: libc.so => /usr/lib/libc.so\n"
                      "libb.so: liba.so => /lib/liba.so\n"
                      "libb.so: libc.so => /usr/lib/libc.so\n");
}

TEST_CASE("the built-in folders are read from the loader's own constants") {
  MemoryRoot root;
  test::add_elf(root,
                test::glibc_name,
                {.soname = "ld-linux-x86-64.so.2",
                 .versions = {"GLIBC_PRIVATE"},
                 .constants = "\0/odd/lib/\0/gnu/store/lib/\0"s});
  add_elf(root, "/bin/x", glibc_program({"liba.so", "libb.so"}));
  add_library(root, "/lib/liba.so");
  add_library(root, "/gnu/store/lib/liba.so");
  CHECK(load(root) == "x: liba.so => /gnu/store/lib/liba.so\n"
                      "x: libb.so => missing /odd/lib /gnu/store/lib\n");
}

TEST_CASE("without a loader the machine's usual folders are assumed") {
  MemoryRoot root;
  add_elf(root, "/bin/x", glibc_program({"liba.so"}));
  add_library(root, "/usr/lib/x86_64-linux-gnu/liba.so");
  CHECK(load(root) == "x: liba.so => /usr/lib/x86_64-linux-gnu/liba.so\n");
}

TEST_CASE("RPATH, then LD_LIBRARY_PATH, then RUNPATH, then the built-in folders") {
  for (const bool is_runpath : {false, true}) {
    ElfSpec program = glibc_program({"liba.so"});
    (is_runpath ? program.runpath : program.rpath) = "/of-file";
    for (const char* folder : {"/of-file", "/of-user", "/lib"}) {
      MemoryRoot root = with_program(program);
      // Found in each folder in turn, the ones before it left empty.
      const std::string first = is_runpath ? "/of-user" : "/of-file",
                        second = is_runpath ? "/of-file" : "/of-user";
      add_library(root, "/lib/liba.so");
      if (std::string(folder) != "/lib") {
        add_library(root, second + "/liba.so");
      }
      if (folder == first) {
        add_library(root, first + "/liba.so");
      }
      const std::string expected = folder == first                 ? first
                                   : std::string(folder) == "/lib" ? "/lib"
                                                                   : second;
      CHECK(load(root, {.library_path = "/of-user"}) == "x: liba.so => " + expected + "/liba.so\n");
    }
  }
}

TEST_CASE("RPATH is inherited, RUNPATH is not") {
  ElfSpec program = glibc_program({"liba.so"});
  program.rpath = "/p";
  MemoryRoot root = with_program(program);
  add_library(root, "/p/liba.so", {"libb.so"});
  add_library(root, "/p/libb.so");
  CHECK(load(root) == "x: liba.so => /p/liba.so\nliba.so: libb.so => /p/libb.so\n");
  program.runpath = std::exchange(program.rpath, std::nullopt);
  add_elf(root, "/bin/x", program);
  CHECK(load(root) == "x: liba.so => /p/liba.so\nliba.so: libb.so => missing /lib /usr/lib\n");
}

TEST_CASE("a RUNPATH of its own shuts a library off from its ancestors' RPATH") {
  ElfSpec program = glibc_program({"liba.so"});
  program.rpath = "/p";
  MemoryRoot root = with_program(program);
  add_elf(root, "/p/liba.so", {.needed = {"libb.so"}, .runpath = "/none"});
  add_library(root, "/p/libb.so");
  CHECK(load(root) ==
        "x: liba.so => /p/liba.so\nliba.so: libb.so => missing /none /lib /usr/lib\n");
}

TEST_CASE("$ORIGIN is where the file is, $LIB what the loader was built with") {
  ElfSpec program = glibc_program({"liba.so", "libb.so", "$ORIGIN/libc.so"});
  program.runpath = "$ORIGIN/../a:/opt/${LIB}:$ORIGINAL";
  MemoryRoot root = with_program(program);
  root.add_link(at("/link"), "bin");
  add_library(root, "/a/liba.so");
  add_library(root, "/opt/lib/libb.so");
  add_library(root, "/bin/libc.so");
  const std::string expected = "x: liba.so => /a/liba.so\n"
                               "x: libb.so => /opt/lib/libb.so\n"
                               "x: $ORIGIN/libc.so => /bin/libc.so\n";
  CHECK(load(root) == expected);
  CHECK(load(root, {}, "/link/x") == expected); // the kernel knows the program by its real path
}

TEST_CASE("an empty element and a relative one start at the working folder") {
  MemoryRoot root = with_needs({"liba.so", "libb.so"});
  add_library(root, "/work/liba.so");
  add_library(root, "/work/sub/libb.so");
  CHECK(load(root, {.library_path = ":sub", .working_folder = "/work"}) ==
        "x: liba.so => /work/liba.so\nx: libb.so => /work/sub/libb.so\n");
}

TEST_CASE("a soname answers for another name only once it is loaded") {
  MemoryRoot root = with_needs({"/opt/odd.so", "libreal.so"});
  add_elf(root, "/opt/odd.so", {.soname = "libreal.so"});
  add_library(root, "/lib/libreal.so");
  CHECK(load(root) == "x: /opt/odd.so => /opt/odd.so\nx: libreal.so => /opt/odd.so\n");
}

TEST_CASE("two names of one file are one library") {
  MemoryRoot root = with_needs({"liba.so", "libb.so"});
  add_elf(root, "/lib/liba.so", {.needed = {"libc.so"}});
  root.add_link(at("/lib/libb.so"), "liba.so");
  CHECK(load(root) == "x: liba.so => /lib/liba.so\nx: libb.so => /lib/liba.so\nliba.so: libc.so => "
                      "missing /lib /usr/lib\n");
}

TEST_CASE("another class or machine is passed over, anything else that is wrong ends the search") {
  const auto answer = [](const std::string& first) {
    MemoryRoot root = with_needs({"liba.so"});
    root.add_file(at("/lib/liba.so"), first);
    add_library(root, "/usr/lib/liba.so");
    const std::string text = load(root);
    return text.substr(std::string("x: liba.so => ").size());
  };
  CHECK(answer(test::build_elf({.machine = {.is_64 = false, .machine = elf::em_386}})) ==
        "/usr/lib/liba.so\n");
  CHECK(answer(test::build_elf({.machine = {.machine = elf::em_aarch64}})) == "/usr/lib/liba.so\n");
  CHECK(answer("text").starts_with("damaged: "));
  CHECK(answer("").starts_with("damaged: "));
  CHECK(answer(test::build_elf({}).substr(0, 100)).starts_with("damaged: "));
  CHECK(answer(test::build_elf({.dynamic = false})).starts_with("damaged: "));
  CHECK(answer(test::build_elf({.type = 1})).starts_with("damaged: "));
}

TEST_CASE("dangling links and files in place of folders are passed over") {
  ElfSpec program = glibc_program({"liba.so"});
  program.runpath = "/dangling:/file:/none";
  MemoryRoot root = with_program(program);
  root.add_link(at("/dangling/liba.so"), "nowhere");
  root.add_file(at("/file"), "");
  add_library(root, "/usr/lib/liba.so");
  CHECK(load(root) == "x: liba.so => /usr/lib/liba.so\n");
}

TEST_CASE("preloads come first, by the user and by the file, and a missing one is no fault") {
  MemoryRoot root = with_needs({"liba.so"});
  root.add_file(at("/etc/ld.so.preload"), "libc.so # comment libz.so\n\t/opt/libd.so:none.so");
  for (const char* path : {"/lib/liba.so", "/lib/libb.so", "/lib/libc.so", "/opt/libd.so"}) {
    add_library(root, path);
  }
  CHECK(load(root, {.preload = "libb.so gone.so"}) ==
        "-: libb.so => /lib/libb.so (optional)\n"
        "-: gone.so => missing /lib /usr/lib (optional)\n"
        "-: libc.so => /lib/libc.so (optional)\n"
        "-: /opt/libd.so => /opt/libd.so (optional)\n"
        "-: none.so => missing /lib /usr/lib (optional)\n"
        "x: liba.so => /lib/liba.so\n"
        "reads /etc/ld.so.preload\n");
}

TEST_CASE("filters bring their filtees, auxiliary ones only where they are") {
  MemoryRoot root = with_needs({"liba.so", "libb.so"});
  add_elf(root,
          "/lib/liba.so",
          {.names = {{test::dt_filter, "libf.so"},
                     {test::dt_auxiliary, "gone.so"},
                     {test::dt_auxiliary, "libg.so"}}});
  for (const char* path : {"/lib/libb.so", "/lib/libf.so", "/lib/libg.so"}) {
    add_library(root, path);
  }
  CHECK(load(root) == "x: liba.so => /lib/liba.so\n"
                      "x: libb.so => /lib/libb.so\n"
                      "liba.so: libf.so => /lib/libf.so\n"
                      "liba.so: gone.so => missing /lib /usr/lib (optional)\n"
                      "liba.so: libg.so => /lib/libg.so (optional)\n");
}

TEST_CASE("DF_1_NODEFLIB leaves out the built-in folders of whom it marks") {
  ElfSpec program = glibc_program({"liba.so"});
  program.flags_1 = elf::df_1_nodeflib;
  program.runpath = "/opt";
  MemoryRoot root = with_program(program);
  add_library(root, "/lib/liba.so");
  CHECK(load(root) == "x: liba.so => missing /opt\n");
}

TEST_CASE(
    "a symbol version that is not defined is missing, unless it is weak or nothing is defined") {
  ElfSpec program = glibc_program({"liba.so", "libb.so", "gone.so"});
  program.version_needs = {{"liba.so", "A_1"},
                           {"liba.so", "A_2"},
                           {"liba.so", "A_3", true},
                           {"libb.so", "B_1"},
                           {"gone.so", "G_1"}};
  MemoryRoot root = with_program(program);
  add_elf(root, "/lib/liba.so", {.soname = "liba.so", .versions = {"liba.so", "A_1"}});
  add_library(root, "/lib/libb.so");
  CHECK(load(root) == "x: liba.so => /lib/liba.so\n"
                      "x: libb.so => /lib/libb.so\n"
                      "x: gone.so => missing /lib /usr/lib\n"
                      "x: no A_2 in /lib/liba.so\n");
}

TEST_CASE("the cache comes before the built-in folders, and is named where its answer is another") {
  MemoryRoot root = with_needs({"liba.so", "libb.so"});
  add_library(root, "/lib/liba.so");
  add_library(root, "/opt/libb.so");
  root.add_file(at("/etc/ld.so.cache"),
                test::build_cache({{"libb.so", "/opt/libb.so"}, {"liba.so", "/lib/liba.so"}}));
  CHECK(load(root) ==
        "x: liba.so => /lib/liba.so\nx: libb.so => /opt/libb.so\nreads /etc/ld.so.cache\n");
  add_library(root, "/usr/lib/libb.so");
  root.add_file(at("/etc/ld.so.cache"),
                test::build_cache({{"libb.so", "/usr/lib/libb.so"}, {"liba.so", "/lib/liba.so"}}));
  CHECK(load(root) == "x: liba.so => /lib/liba.so\nx: libb.so => /usr/lib/libb.so\n");
}

TEST_CASE("a stale entry of the cache falls through, a damaged cache is said") {
  MemoryRoot root = with_needs({"liba.so"});
  add_library(root, "/lib/liba.so");
  root.add_file(at("/etc/ld.so.cache"), test::build_cache({{"liba.so", "/gone/liba.so"}}));
  CHECK(load(root) == "x: liba.so => /lib/liba.so\n");
  root.add_file(at("/etc/ld.so.cache"), "text");
  CHECK(load(root) == "x: liba.so => /lib/liba.so\nwarning: /etc/ld.so.cache: is no ld.so.cache\n");
}

TEST_CASE("without a cache ld.so.conf tells where ldconfig would look, with a warning") {
  MemoryRoot root = with_needs({"liba.so"});
  root.add_file(at("/etc/ld.so.conf"), "# first\ninclude conf.d/*.conf\n");
  root.add_file(at("/etc/conf.d/a.conf"), "  /opt/a  # here\n/opt/b=libc6\n");
  root.add_file(at("/etc/conf.d/a.txt"), "/none\n");
  add_library(root, "/opt/b/liba.so");
  CHECK(load(root).starts_with(
      "x: liba.so => /opt/b/liba.so\nwarning: there is no /etc/ld.so.cache"));
}

TEST_CASE("variants for newer CPUs come on top of what the baseline loads") {
  MemoryRoot root = with_needs({"liba.so"});
  add_library(root, "/lib/liba.so");
  add_library(root, "/lib/glibc-hwcaps/x86-64-v3/liba.so", {"libb.so"});
  add_library(root, "/lib/glibc-hwcaps/x86-64-v9/liba.so");
  add_library(root, "/lib/libb.so");
  const std::string text = load(root);
  CHECK(text.starts_with("x: liba.so => /lib/liba.so\n"));
  CHECK(text.find("x: liba.so => /lib/glibc-hwcaps/x86-64-v3/liba.so\nliba.so: libb.so => "
                  "/lib/libb.so\n") != std::string::npos);
  CHECK(text.find("v9") == std::string::npos);
}

TEST_CASE("a chain of thousands of libraries is loaded to its end") {
  MemoryRoot root = with_needs({"lib0.so"});
  for (int i = 0; i < 3000; ++i) {
    add_library(
        root, "/lib/lib" + std::to_string(i) + ".so", {"lib" + std::to_string(i + 1) + ".so"});
  }
  CHECK(load(root).ends_with("lib2999.so: lib3000.so => missing /lib /usr/lib\n"));
}

TEST_SUITE_END();
