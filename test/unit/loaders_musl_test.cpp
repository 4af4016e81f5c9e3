// The rules one by one, in memory; test/loader judges the same rules by the real loader.
#include "loaders/musl.hpp"
#include "loading_text.hpp"
#include "small_root.hpp"

#include <doctest/doctest.h>

using namespace pare;
using test::add_elf;
using test::add_library;
using test::at;
using test::ElfSpec;
using test::musl_program;

TEST_SUITE_BEGIN("loaders");

namespace {

std::string load(const MemoryRoot& root, const StartOptions& options = {}) {
  Files files(root);
  const Found& program = files.open("/bin/x");
  REQUIRE(program.file != nullptr);
  const Found& interpreter = files.open(test::musl_name);
  return test::text_of(
      load_with_musl(files, *program.file, "/bin/x", interpreter.file, test::musl_name, options));
}

MemoryRoot with_program(const ElfSpec& program) {
  MemoryRoot root;
  add_elf(root, test::musl_name);
  add_elf(root, "/bin/x", program);
  return root;
}

} // namespace

TEST_CASE("musl: three folders, and its own names are the loader") {
  MemoryRoot root = with_program(
      musl_program({"libc.so", "libm.so.6", "libpthread.so.0", "liba.so", "libb.so", "libcc.so"}));
  add_library(root, "/usr/local/lib/liba.so");
  add_library(root, "/usr/lib/liba.so");
  add_library(root, "/lib/libc.so");
  add_library(root, "/lib/libcc.so");
  CHECK(load(root) == "x: libc.so => /lib/ld-musl-x86_64.so.1\n"
                      "x: libm.so.6 => /lib/ld-musl-x86_64.so.1\n"
                      "x: libpthread.so.0 => /lib/ld-musl-x86_64.so.1\n"
                      "x: liba.so => /usr/local/lib/liba.so\n"
                      "x: libb.so => missing /lib /usr/local/lib /usr/lib\n"
                      "x: libcc.so => /lib/libcc.so\n");
}

TEST_CASE(
    "musl: the path file takes the folders' place, and is named where its answer is another") {
  MemoryRoot root = with_program(musl_program({"liba.so"}));
  root.add_file(at("/etc/ld-musl-x86_64.path"), "/opt:/lib\n/srv\n");
  add_library(root, "/lib/liba.so");
  CHECK(load(root) == "x: liba.so => /lib/liba.so\n");
  add_library(root, "/opt/liba.so");
  CHECK(load(root) == "x: liba.so => /opt/liba.so\nreads /etc/ld-musl-x86_64.path\n");
  root.add_file(at("/etc/ld-musl-x86_64.path"), "");
  CHECK(load(root) == "x: liba.so => missing\n");
}

TEST_CASE("musl: LD_LIBRARY_PATH, then run paths up the chain of needs, RUNPATH's too") {
  ElfSpec program = musl_program({"liba.so"});
  program.runpath = "$ORIGIN/../p";
  MemoryRoot root = with_program(program);
  add_library(root, "/p/liba.so", {"libb.so"});
  add_library(root, "/p/libb.so");
  CHECK(load(root) == "x: liba.so => /p/liba.so\nliba.so: libb.so => /p/libb.so\n");
  add_library(root, "/of-user/libb.so");
  CHECK(load(root, {.library_path = "/none:/of-user"}) ==
        "x: liba.so => /p/liba.so\nliba.so: libb.so => /of-user/libb.so\n");
}

TEST_CASE("musl: another name after a dollar makes the whole run path void") {
  ElfSpec program = musl_program({"liba.so"});
  program.rpath = "/p:$LIB";
  MemoryRoot root = with_program(program);
  add_library(root, "/p/liba.so");
  CHECK(load(root) == "x: liba.so => missing /lib /usr/local/lib /usr/lib\n");
}

TEST_CASE("musl: a library loaded by its path does not answer for its name") {
  MemoryRoot root = with_program(musl_program({"/opt/liba.so", "liba.so"}));
  add_library(root, "/opt/liba.so");
  add_library(root, "/lib/liba.so");
  CHECK(load(root) == "x: /opt/liba.so => /opt/liba.so\nx: liba.so => /lib/liba.so\n");
}

TEST_CASE("musl: preloads, and no symbol versions") {
  ElfSpec program = musl_program({"liba.so"});
  program.version_needs = {{"liba.so", "A_1"}};
  MemoryRoot root = with_program(program);
  add_elf(root, "/lib/liba.so", {.versions = {"liba.so"}});
  add_library(root, "/opt/libp.so");
  CHECK(load(root, {.preload = "/opt/libp.so"}) ==
        "-: /opt/libp.so => /opt/libp.so (optional)\nx: liba.so => /lib/liba.so\n");
}

TEST_CASE("which loader an interpreter's name means") {
  CHECK(is_musl_interpreter_name("/lib/ld-musl-x86_64.so.1"));
  CHECK(is_musl_interpreter_name("/opt/x/ld-musl-armhf.so.1"));
  CHECK_FALSE(is_musl_interpreter_name("/lib64/ld-linux-x86-64.so.2"));
  CHECK_FALSE(is_musl_interpreter_name("/ld-musl-x/ld.so"));
}

TEST_SUITE_END();
