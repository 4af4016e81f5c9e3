#include "reviews/base_fit.hpp"
#include "small_root.hpp"

#include <doctest/doctest.h>

using namespace pare;
using test::add_elf;
using test::add_library;
using test::at;

TEST_SUITE_BEGIN("reviews");

namespace {

void add_libc(MemoryRoot& root, const std::string& newest) {
  test::add_glibc(root);
  add_elf(root,
          "/lib/libc.so.6",
          {.soname = "libc.so.6", .versions = {"libc.so.6", "GLIBC_2.31", newest}});
}

/// What is copied over `base`, a line an item, then what is wrong.
std::string fitted(const MemoryRoot& root, MemoryRoot base_root, const Options& options) {
  const Report report = resolve(root, options);
  const Base base = {.image = "the-base",
                     .from_line = "the-base",
                     .root = std::make_unique<MemoryRoot>(std::move(base_root))};
  const BaseFit fit = fit_to_base(base, root, report, options, plan_copies(report, root));
  std::string out;
  for (const CopyItem& item : fit.items) {
    out += item.destination.text() + "\n";
  }
  for (const std::string& folder : fit.library_path) {
    out += "library path " + folder + "\n";
  }
  for (const std::string& text : fit.said) {
    out += "said: " + text + "\n";
  }
  for (const std::string& problem : fit.problems) {
    out += "problem: " + problem + "\n";
  }
  return out;
}

} // namespace

TEST_CASE("what the base has is not copied") {
  MemoryRoot root, base;
  add_libc(root, "GLIBC_2.36");
  add_libc(base, "GLIBC_2.36");
  add_elf(root, "/bin/x", test::glibc_program({"liba.so", "libb.so", "libc.so.6"}));
  add_library(root, "/lib/liba.so", {"libc.so.6"});
  add_library(root, "/lib/libb.so", {"libc.so.6"});
  add_library(base, "/usr/lib/libb.so", {"libc.so.6"}); // elsewhere, of other bytes: it satisfies
  CHECK(fitted(root, std::move(base), {.programs = {"/bin/x"}}) == "/bin/x\n/lib/liba.so\n");
}

TEST_CASE("a program that needs a newer C library than the base's is told the version") {
  MemoryRoot root, base;
  add_libc(root, "GLIBC_2.34");
  add_libc(base, "GLIBC_2.30");
  test::ElfSpec program = test::glibc_program({"libc.so.6"});
  program.version_needs = {{"libc.so.6", "GLIBC_2.34"}};
  add_elf(root, "/bin/x", program);
  CHECK(fitted(root, std::move(base), {.programs = {"/bin/x"}}) ==
        "/bin/x\nproblem: GLIBC_2.34 of libc.so.6 is required by /bin/x, and the-base does not "
        "define it\n");
}

TEST_CASE("over an empty base all of it is copied") {
  MemoryRoot root;
  add_libc(root, "GLIBC_2.36");
  add_elf(root, "/bin/x", test::glibc_program({"libc.so.6"}));
  CHECK(fitted(root, MemoryRoot(), {.programs = {"/bin/x"}}) ==
        "/bin/x\n/lib/libc.so.6\n/lib64/ld-linux-x86-64.so.2\n");
}

TEST_CASE("a folder that only the builder's cache knew becomes a library path") {
  MemoryRoot root, base;
  add_libc(root, "GLIBC_2.36");
  add_libc(base, "GLIBC_2.36");
  add_elf(root, "/bin/x", test::glibc_program({"liba.so"}));
  add_library(root, "/opt/a/liba.so");
  root.add_file(at("/etc/ld.so.cache"), test::build_cache({{"liba.so", "/opt/a/liba.so"}}));
  CHECK(fitted(root, std::move(base), {.programs = {"/bin/x"}}) ==
        "/bin/x\n/opt/a/liba.so\nlibrary path /opt/a\n");
}

TEST_CASE("data that differs is copied over the base's and said, the same data is not copied") {
  MemoryRoot root, base;
  root.add_file(at("/etc/a"), "of root");
  root.add_file(at("/etc/b"), "same");
  base.add_file(at("/etc/a"), "of base");
  base.add_file(at("/etc/b"), "same");
  CHECK(fitted(root, std::move(base), {.includes = {{"/etc/a", ""}, {"/etc/b", ""}}}) ==
        "/etc/a\nsaid: /etc/a of the base differs: it is covered by that of the root\n");
}

TEST_SUITE_END();
