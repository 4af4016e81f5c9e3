#include "golden.hpp"
#include "outputs/stage.hpp"
#include "small_root.hpp"

#include <pare/resolve.hpp>

#include <doctest/doctest.h>

using namespace pare;
using test::add_elf;
using test::add_library;
using test::at;

TEST_SUITE_BEGIN("outputs");

namespace {

/// A usr-merged root with a library behind links, data in a folder, and names that COPY reads
/// otherwise.
MemoryRoot sample() {
  MemoryRoot root;
  root.add_link(at("/lib"), "usr/lib");
  add_elf(root,
          "/usr/lib64/ld-linux-x86-64.so.2",
          {.soname = "ld-linux-x86-64.so.2", .versions = {"GLIBC_PRIVATE"}});
  root.add_link(at("/lib64"), "usr/lib64");
  add_elf(root, "/usr/bin/x", test::glibc_program({"liba.so.1", "lib b$.so"}));
  root.add_link(at("/bin"), "usr/bin");
  add_library(root, "/usr/lib/liba.so.1.2");
  root.add_link(at("/usr/lib/liba.so.1"), "liba.so.1.2");
  add_library(root, "/usr/lib/lib b$.so");
  root.add_file(at("/srv/data/one"), "1");
  root.add_link(at("/srv/data/link"), "one");
  root.add_folder(at("/srv/data/empty"));
  root.add_file(at("/etc/x.conf"), "text");
  root.add_folder(at("/var/empty"));
  root.add_file(at("/srv/odd*"), "odd");
  return root;
}

Options options() {
  return {
      .programs = {"/bin/x"},
      .includes = {
          {"/srv/data", ""}, {"/etc/x.conf", "/app/conf"}, {"/var/empty", ""}, {"/srv/odd*", ""}}};
}

std::string copies(const CopyStyle& style) {
  const MemoryRoot root = sample();
  const Report report = resolve(root, options());
  return copy_lines(report, plan_copies(report, root).items, style);
}

} // namespace

TEST_CASE("COPY lines: a file to each name by which it is looked up, one line a folder") {
  CHECK_GOLDEN("copy.dockerfile", copies({}));
}

TEST_CASE("COPY lines of the build context, with reasons") {
  CHECK_GOLDEN("copy-context.dockerfile", copies({.from = ".", .comments = true}));
}

TEST_CASE("what a list of copies cannot carry is told") {
  const MemoryRoot root = sample();
  const Report report = resolve(root, options());
  std::string text;
  for (const std::string& line : plan_copies(report, root).cannot) {
    text += line + "\n";
  }
  CHECK_GOLDEN("copy-cannot.txt", text);
}

TEST_CASE("a whole stage") {
  CHECK_GOLDEN("stage.dockerfile",
               stage_text({.title = "/usr/bin/x and all it needs: 5 files, 6.3 MiB",
                           .notes = {"The base brings the C library."},
                           .base = "gcr.io/distroless/base-debian12",
                           .copies = "COPY --from=build /usr/bin/x /usr/bin/\n",
                           .folders = {"/tmp"},
                           .environment = {{"A", "b \"c\" $d \\e"}},
                           .labels = {{"org.example.title", "x"}},
                           .ports = {"8080/tcp"},
                           .user = "65532:65532",
                           .workdir = "/srv",
                           .stop_signal = "SIGQUIT",
                           .entrypoint = {"/usr/bin/x", "a \"b\"\n"},
                           .cmd = {"--help"}}));
}

TEST_CASE("exec form is JSON, values are quoted") {
  CHECK(exec_form({"/bin/x", "a b", "\"\\"}) == R"(["/bin/x", "a b", "\"\\"])");
  CHECK(quoted_value("a b") == "\"a b\"");
  CHECK(quoted_value("$x \"y\" \\") == R"("\$x \"y\" \\")");
}

TEST_SUITE_END();
