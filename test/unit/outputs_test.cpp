#include "base/names.hpp"
#include "command.hpp"
#include "golden.hpp"
#include "outputs/layout.hpp"
#include "outputs/paths.hpp"
#include "outputs/tree.hpp"
#include "small_root.hpp"
#include "temp_folder.hpp"

#include <pare/error.hpp>
#include <pare/resolve.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace pare;
using namespace std::string_literals;
using test::add_elf;
using test::add_library;
using test::at;

TEST_SUITE_BEGIN("outputs");

namespace {

/// Shared libraries, links, something missing, odd names, data.
MemoryRoot sample() {
  MemoryRoot root;
  test::add_glibc(root);
  test::ElfSpec program = test::glibc_program({"liba.so.1", "libb.so", "gone.so"});
  program.version_needs = {{"libb.so", "B_2"}};
  program.constants = std::string(5000, 'x');
  add_elf(root, "/bin/x", program);
  add_library(root, "/lib/liba.so.1.2", {"libc.so", "also-gone.so"});
  root.add_link(at("/lib/liba.so.1"), "liba.so.1.2");
  add_elf(root,
          "/lib/libb.so",
          {.needed = {"libc.so"}, .soname = "libb.so", .versions = {"libb.so", "B_1"}});
  add_library(root, "/lib/libc.so", {"lib\"\\\n\xff.so"});
  add_library(root, "/lib/lib\"\\\n\xff.so");
  root.add_file(at("/etc/x.conf"), "text");
  return root;
}

Report sample_report() {
  const MemoryRoot root = sample();
  return resolve(root,
                 {.programs = {"x", "/lib/libc.so"},
                  .includes = {{"/etc/x.conf", "/app/conf"}},
                  .allow_missing = {"also*"}});
}

} // namespace

TEST_CASE("the tree shows each file once in full") {
  CHECK_GOLDEN("tree.txt", tree_text(sample_report(), {}));
}

TEST_CASE("the tree with all that there is to say, in colour") {
  CHECK_GOLDEN("tree-verbose.txt", tree_text(sample_report(), {.colour = true, .verbose = true}));
}

TEST_CASE("only what leads to something missing") {
  CHECK_GOLDEN("tree-missing.txt", tree_text(sample_report(), {.only_missing = true}));
}

TEST_CASE("down to a depth") {
  CHECK_GOLDEN("tree-depth.txt", tree_text(sample_report(), {.depth = 1}));
}

TEST_CASE("a graph for graphviz, which takes it") {
  const std::string text = tree_dot(sample_report());
  CHECK_GOLDEN("tree.dot", text);
  const test::TempFolder folder;
  const test::Output judged =
      test::run({"/usr/bin/dot", "-Tcanon", folder.write("tree.dot", text)});
  if (judged.code == 127) {
    MESSAGE("no graphviz to ask");
    return;
  }
  CHECK_MESSAGE(judged.code == 0, judged.text);
  CHECK(judged.text.find("Warning") == std::string::npos);
}

TEST_CASE("a graph for mermaid") {
  CHECK_GOLDEN("tree.mermaid", tree_mermaid(sample_report()));
}

TEST_CASE("a closure of a deep chain and of a wide fan is drawn in time") {
  MemoryRoot root;
  test::add_glibc(root);
  std::vector<std::string> all;
  for (int i = 0; i < 3000; ++i) {
    all.push_back("lib" + std::to_string(i) + ".so");
    add_library(root, "/lib/" + all.back(), {"lib" + std::to_string(i + 1) + ".so"});
  }
  add_library(root, "/lib/lib3000.so");
  add_elf(root, "/bin/x", test::glibc_program(all));
  add_elf(root, "/bin/y", test::glibc_program({"lib0.so"}));
  const Report report = resolve(root, {.programs = {"x", "y"}});
  CHECK(tree_text(report, {}).ends_with("3004 files, " + summary_line(report).substr(12) + "\n"));
}

TEST_CASE("paths, escaped a line each or raw with NULs") {
  const Report report = sample_report();
  CHECK_GOLDEN("paths.txt", path_list(report, '\n'));
  const std::string raw = path_list(report, '\0');
  CHECK(raw.find("\0/lib/lib\"\\\n\xff.so\0"s) != std::string::npos);
  CHECK(std::ranges::count(raw, '\0') == std::ranges::count(path_list(report, '\n'), '\n'));
}

TEST_CASE("the summary counts what there is") {
  CHECK(summary_line(sample_report()).ends_with("1 symlink, 4 folders; 2 missing"));
}

TEST_CASE("a layout has every parent, sorted, each path once") {
  const MemoryRoot root = sample();
  const Report report = sample_report();
  const RootContents contents{
      .report = report,
      .root = root,
      .made = {
          {.path = at("/var/lib/x"), .mode = 01777, .uid = 7},
          {.path = at("/etc/passwd"), .type = FileType::regular, .mode = 0644, .text = "root"}}};
  std::vector<Warning> said;
  std::string text;
  for (const LayoutEntry& entry : lay_out(contents, {}, said)) {
    text += shown(entry.path.text()) + (entry.stat.type == FileType::directory ? "/" : "") +
            (entry.source ? " from " + shown(entry.source->text()) : "") + "\n";
  }
  CHECK_GOLDEN("layout.txt", text);
  CHECK(said.empty());
}

TEST_CASE("nothing can be laid below a symlink or a file") {
  const MemoryRoot root = sample();
  const Report report = sample_report();
  for (const char* path : {"/lib/liba.so.1/x", "/bin/x/y"}) {
    const RootContents contents{.report = report, .root = root, .made = {{.path = at(path)}}};
    std::vector<Warning> said;
    CHECK_THROWS_AS(lay_out(contents, {}, said), OutputError);
  }
}

TEST_CASE("SOURCE_DATE_EPOCH is the latest time, and that of what is made up") {
  MemoryRoot root;
  add_elf(root, "/bin/x", {.type = elf::et_exec, .dynamic = false});
  Report report = resolve(root, {.programs = {"/bin/x"}});
  for (ReportFile& file : report.files) {
    file.stat.modified = file.kind == FileKind::directory ? 500 : 2000;
  }
  const RootContents contents{.report = report, .root = root, .made = {{.path = at("/tmp")}}};
  std::vector<Warning> said;
  std::string text;
  for (const LayoutEntry& entry : lay_out(contents, {.source_date_epoch = 1000}, said)) {
    text += entry.path.text() + " " + std::to_string(entry.stat.modified) + "\n";
  }
  CHECK(text == "/ 1000\n/bin 500\n/bin/x 1000\n/tmp 1000\n");
}

TEST_SUITE_END();
