#include "report_text.hpp"
#include "small_root.hpp"

#include <pare/error.hpp>
#include <pare/resolve.hpp>

#include <doctest/doctest.h>

using namespace pare;
using test::add_elf;
using test::add_library;
using test::at;

TEST_SUITE_BEGIN("closure");

namespace {

/// The report without its last line, the sums.
std::string closure(const MemoryRoot& root, const Options& options) {
  const std::string text = test::text_of(resolve(root, options));
  return text.substr(0, text.rfind('\n', text.size() - 2) + 1);
}

std::string closure(const MemoryRoot& root) {
  return closure(root, {.programs = {"/bin/x"}});
}

std::string refusal(const MemoryRoot& root, const Options& options) {
  try {
    resolve(root, options);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

} // namespace

TEST_CASE("a program, its interpreter, its libraries, and the folders of all") {
  MemoryRoot root;
  test::add_glibc(root);
  add_elf(root, "/bin/x", test::glibc_program({"liba.so", "libc.so"}));
  add_library(root, "/lib/liba.so", {"libc.so"});
  add_library(root, "/lib/libc.so");
  add_library(root, "/lib/other.so");
  CHECK(
      closure(root) ==
      "/bin directory certain: parent by /bin/x\n"
      "/bin/x program certain: program (/bin/x)\n"
      "/lib directory certain: parent by /lib/liba.so\n"
      "/lib/liba.so library certain: needed by /bin/x (liba.so)\n"
      "/lib/libc.so library certain: needed by /bin/x (libc.so), needed by /lib/liba.so (libc.so)\n"
      "/lib64 directory certain: parent by /lib64/ld-linux-x86-64.so.2\n"
      "/lib64/ld-linux-x86-64.so.2 interpreter certain: interpreter by /bin/x "
      "(/lib64/ld-linux-x86-64.so.2)\n");
}

TEST_CASE("every hop of a symlink is there, a symlinked folder too, and what `..` leaves") {
  MemoryRoot root;
  root.add_link(at("/lib"), "usr/lib");
  root.add_link(at("/lib64"), "usr/odd/../lib");
  root.add_folder(at("/usr/odd"));
  add_elf(root,
          "/usr/lib/ld-linux-x86-64.so.2",
          {.soname = "ld-linux-x86-64.so.2", .versions = {"GLIBC_PRIVATE"}});
  add_elf(root, "/bin/x", test::glibc_program({"/lib/liba.so"}));
  add_library(root, "/usr/lib/liba.so.1");
  root.add_link(at("/usr/lib/liba.so"), "liba.so.0");
  root.add_link(at("/usr/lib/liba.so.0"), "/lib/liba.so.1");
  CHECK(
      closure(root) ==
      "/bin directory certain: parent by /bin/x\n"
      "/bin/x program certain: program (/bin/x)\n"
      "/lib symlink certain -> usr/lib: symlink by /bin/x (/lib/liba.so)\n"
      "/lib64 symlink certain -> usr/odd/../lib: symlink by /bin/x (/lib64/ld-linux-x86-64.so.2)\n"
      "/usr directory certain: parent by /usr/odd\n"
      "/usr/lib directory certain: parent by /usr/lib/ld-linux-x86-64.so.2\n"
      "/usr/lib/ld-linux-x86-64.so.2 interpreter certain: interpreter by /bin/x "
      "(/lib64/ld-linux-x86-64.so.2)\n"
      "/usr/lib/liba.so symlink certain -> liba.so.0: symlink by /bin/x (/lib/liba.so)\n"
      "/usr/lib/liba.so.0 symlink certain -> /lib/liba.so.1: symlink by /bin/x (/lib/liba.so)\n"
      "/usr/lib/liba.so.1 library certain: needed by /bin/x (/lib/liba.so)\n"
      "/usr/odd directory certain: parent by /bin/x (/lib64/ld-linux-x86-64.so.2)\n");
}

TEST_CASE("what is missing is told, by whom, and stops nothing") {
  MemoryRoot root;
  test::add_glibc(root);
  test::ElfSpec program = test::glibc_program({"gone.so", "liba.so", "cuda.so"});
  program.version_needs = {{"liba.so", "A_2"}};
  add_elf(root, "/bin/x", program);
  add_elf(root,
          "/lib/liba.so",
          {.needed = {"gone.so"}, .soname = "liba.so", .versions = {"liba.so", "A_1"}});
  const Report report = resolve(root, {.programs = {"/bin/x"}, .allow_missing = {"cuda*"}});
  const std::string text = test::text_of(report);
  CHECK(text.substr(text.find("missing")) == "missing version A_2 by /bin/x in /lib/liba.so\n"
                                             "missing needed cuda.so by /bin/x (allowed)\n"
                                             "missing needed gone.so by /bin/x\n"
                                             "missing needed gone.so by /lib/liba.so\n"
                                             "3 files, " +
                                                 std::to_string(report.bytes) + " bytes\n");
  CHECK(report.lacks_something());
  CHECK_FALSE(resolve(root, {.programs = {"/bin/x"}, .allow_missing = {"*"}}).lacks_something());
}

TEST_CASE("a damaged library is a warning, and the closure goes on") {
  MemoryRoot root;
  test::add_glibc(root);
  add_elf(root, "/bin/x", test::glibc_program({"liba.so", "libb.so"}));
  root.add_file(at("/lib/liba.so"), test::build_elf({}).substr(0, 80));
  add_library(root, "/lib/libb.so");
  const std::string text = closure(root);
  CHECK(text.find("/lib/liba.so library certain: needed by /bin/x (liba.so)\n") !=
        std::string::npos);
  CHECK(text.find("/lib/libb.so library certain: needed by /bin/x (libb.so)\n") !=
        std::string::npos);
  CHECK(text.find(
            "warning /lib/liba.so: program header table at offset 64 lies outside of the file: ") !=
        std::string::npos);
}

TEST_CASE("an interpreter that is not there is missing") {
  MemoryRoot root;
  add_elf(root, "/bin/x", {.interpreter = "/none/ld.so"});
  CHECK(closure(root) == "/bin directory certain: parent by /bin/x\n"
                         "/bin/x program certain: program (/bin/x)\n"
                         "missing interpreter /none/ld.so by /bin/x\n");
}

TEST_CASE("a script brings its interpreter, by env from PATH") {
  MemoryRoot root;
  root.add_file(at("/bin/x"), "#!/usr/bin/env -S python3 -u\n", 0755);
  add_elf(root, "/usr/bin/env", {.type = elf::et_exec, .dynamic = false});
  add_elf(root, "/opt/python3", {.type = elf::et_exec, .dynamic = false});
  root.add_file(at("/first/python3"), "", 0644); // not executable
  CHECK(closure(root,
                {.programs = {"/bin/x"}, .environment = {{"PATH", "/first:/opt"}}, .hints = {}}) ==
        "/bin directory certain: parent by /bin/x\n"
        "/bin/x program certain: program (/bin/x)\n"
        "/opt directory certain: parent by /opt/python3\n"
        "/opt/python3 program certain: interpreter by /bin/x (python3)\n"
        "/usr directory certain: parent by /usr/bin\n"
        "/usr/bin directory certain: parent by /usr/bin/env\n"
        "/usr/bin/env program certain: interpreter by /bin/x (/usr/bin/env)\n");
  CHECK(closure(root).ends_with("missing program python3 by /bin/x\n"));
}

TEST_CASE("scripts that are each other's interpreter end at the kernel's limit") {
  MemoryRoot root;
  root.add_file(at("/bin/x"), "#!/bin/y\n", 0755);
  root.add_file(at("/bin/y"), "#!/bin/x\n", 0755);
  CHECK(closure(root).find("/bin/y program certain: interpreter by /bin/x (/bin/y)\n") !=
        std::string::npos);
}

TEST_CASE("includes: a folder with all that is in it, elsewhere if asked, programs in it with "
          "their closure") {
  MemoryRoot root;
  test::add_glibc(root);
  root.add_file(at("/data/a/file"), "text");
  root.add_folder(at("/data/empty"));
  root.add_link(at("/data/link"), "/elsewhere");
  root.add_file(at("/elsewhere"), "text");
  add_elf(root, "/data/tool", test::glibc_program({"liba.so"}));
  add_library(root, "/lib/liba.so");
  const std::string text = closure(root, {.includes = {{"/data", "/app"}}});
  CHECK(text == "/data at /app directory certain: include (/data)\n"
                "/data/a at /app/a directory certain: include (/data)\n"
                "/data/a/file at /app/a/file data certain: include (/data)\n"
                "/data/empty at /app/empty directory certain: include (/data)\n"
                "/data/link at /app/link symlink certain -> /elsewhere: include (/data), symlink "
                "by /data/link (/data/link)\n"
                "/data/tool at /app/tool program certain: include (/data)\n"
                "/elsewhere data certain: include (/data)\n"
                "/lib directory certain: parent by /lib/liba.so\n"
                "/lib/liba.so library certain: needed by /data/tool (liba.so)\n"
                "/lib64 directory certain: parent by /lib64/ld-linux-x86-64.so.2\n"
                "/lib64/ld-linux-x86-64.so.2 interpreter certain: interpreter by /data/tool "
                "(/lib64/ld-linux-x86-64.so.2)\n");
}

TEST_CASE("an excluded library is not taken, nor what only it needs, but an include of the very "
          "path wins") {
  MemoryRoot root;
  test::add_glibc(root);
  add_elf(root, "/bin/x", test::glibc_program({"liba.so", "libc.so"}));
  add_library(root, "/lib/liba.so", {"libb.so", "libc.so"});
  add_library(root, "/lib/libb.so");
  add_library(root, "/lib/libc.so");
  const std::string without = closure(root, {.programs = {"/bin/x"}, .excludes = {"/lib/liba*"}});
  CHECK(without.find("liba") == std::string::npos);
  CHECK(without.find("libb") == std::string::npos);
  CHECK(without.find("/lib/libc.so library certain: needed by /bin/x (libc.so)\n") !=
        std::string::npos);
  const std::string with = closure(
      root,
      {.programs = {"/bin/x"}, .includes = {{"/lib/liba.so", ""}}, .excludes = {"/lib/lib*"}});
  CHECK(with.find("/lib/liba.so library") != std::string::npos);
  CHECK(with.find("libc.so library") == std::string::npos);
}

TEST_CASE("a library as program gives its closure, by its machine's usual loader") {
  MemoryRoot root;
  test::add_glibc(root);
  add_library(root, "/opt/libx.so", {"liba.so"});
  add_library(root, "/lib/liba.so");
  const std::string text = closure(root, {.programs = {"/opt/libx.so"}});
  CHECK(text.find("/opt/libx.so library certain: program (/opt/libx.so)\n") != std::string::npos);
  CHECK(text.find("/lib/liba.so library certain: needed by /opt/libx.so (liba.so)\n") !=
        std::string::npos);
}

TEST_CASE("programs by bare names, relative paths and links") {
  MemoryRoot root;
  add_elf(root, "/opt/bin/x", {.type = elf::et_exec, .dynamic = false});
  root.add_link(at("/usr/bin/x"), "/opt/bin/x");
  root.add_file(at("/usr/local/bin/x"), "", 0644); // earlier in PATH, but not executable
  const Report bare = resolve(root, {.programs = {"x"}});
  REQUIRE(bare.programs.size() == 1);
  CHECK(bare.programs[0].started == "/usr/bin/x");
  CHECK(bare.programs[0].path.text() == "/opt/bin/x");
  CHECK(bare.find(at("/usr/bin/x"))->kind == FileKind::symlink);
  CHECK(resolve(root, {.programs = {"bin/x"}, .working_folder = "/opt"}).programs[0].path.text() ==
        "/opt/bin/x");
}

TEST_CASE("what cannot be a program is refused in one line that names it") {
  MemoryRoot root("the-root");
  root.add_file(at("/empty"), "", 0755);
  root.add_file(at("/text"), "text", 0755);
  root.add_file(at("/cut"), test::build_elf({}).substr(0, 80), 0755);
  add_elf(root, "/object", {.type = 1});
  root.add_link(at("/dangling"), "none");
  root.add_link(at("/loop"), "loop");
  const auto of = [&](const char* program) { return refusal(root, {.programs = {program}}); };
  CHECK(of("/none") == "/none: no such file in the root the-root");
  CHECK(of("/") == "/: is a folder, not a program");
  CHECK(of("/empty") == "/empty: is empty");
  CHECK(of("/text") ==
        "/text: is no program: neither an ELF or PE file nor a script with a #! line");
  CHECK(of("/cut") == "/cut: program header table at offset 64 lies outside of the file");
  CHECK(of("/object") == "/object: is an ELF file, but neither a program nor a shared library");
  CHECK(of("/dangling") == "/dangling: is a symlink that leads nowhere (/dangling)");
  CHECK(of("/loop") == "/loop: too many levels of symbolic links");
  CHECK(of("none").starts_with("none: not found in PATH ("));
  CHECK(refusal(root, {.includes = {{"/none", ""}}}) ==
        "--include /none: no such file or folder in the root the-root");
}

TEST_CASE("what decided an answer must be set at run time too") {
  MemoryRoot root;
  add_elf(root, "/bin/x", {.type = elf::et_exec, .dynamic = false});
  const Report report =
      resolve(root, {.programs = {"/bin/x"}, .library_path = {"/a", "/b"}, .preload = {"p.so"}});
  CHECK(report.environment ==
        std::map<std::string, std::string>{{"LD_LIBRARY_PATH", "/a:/b"}, {"LD_PRELOAD", "p.so"}});
}

TEST_SUITE_END();
