#include "outputs/copy_list.hpp"
#include "outputs/stage.hpp"
#include "outputs/tree.hpp"
#include "pe_builder.hpp"
#include "report_text.hpp"
#include "reviews/windows_base.hpp"
#include "small_root.hpp"

#include <pare/error.hpp>
#include <pare/resolve.hpp>

#include <doctest/doctest.h>

using namespace pare;
using test::at;
using test::PeSpec;

namespace {

void add(MemoryRoot& root, const std::string& path, const PeSpec& spec) {
  root.add_file(at(path), test::build_pe(spec));
}

PeSpec library(const std::vector<std::string>& needed = {}) {
  PeSpec spec = {.is_dll = true, .export_name = "x.dll", .exports = {{1, "f"}}};
  for (const std::string& name : needed) {
    spec.imports.push_back({name, {{"f"}}});
  }
  return spec;
}

PeSpec program(const std::vector<std::string>& needed) {
  PeSpec spec = library(needed);
  spec.is_dll = false;
  spec.exports.clear();
  return spec;
}

/// The report without folders and the sums.
std::string closure(const MemoryRoot& root, const Options& options) {
  const std::string text = test::text_of(resolve(root, options));
  std::string out;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start) + 1;
    const std::string line = text.substr(start, end - start);
    if (line.find(" directory ") == std::string::npos && end < text.size()) {
      out += line;
    }
    start = end;
  }
  return out;
}

} // namespace

TEST_SUITE_BEGIN("closure");

TEST_CASE("a program of Windows, its libraries, and what the system has") {
  MemoryRoot root;
  PeSpec x = program({"KERNEL32.dll", "a.dll", "none.dll"});
  x.imports.push_back({"late.dll", {{"f"}}, true});
  add(root, "/app/X.exe", x);
  add(root, "/app/A.dll", library({"GDI32.dll", "KERNEL32.dll"}));
  add(root, "/app/late.dll", library({"a.dll"}));
  add(root, "/app/unused.dll", library());
  CHECK(
      closure(root, {.programs = {"/app/X.exe"}}) ==
      "/app/A.dll library certain: needed by /app/X.exe (a.dll), needed by /app/late.dll (a.dll)\n"
      "/app/X.exe program certain: program (/app/X.exe)\n"
      "/app/late.dll library likely: needed by /app/X.exe (late.dll)\n"
      "missing needed none.dll by /app/X.exe\n"
      "system GDI32.dll by /app/A.dll: servercore\n"
      "system KERNEL32.dll by /app/A.dll: nanoserver\n"
      "system KERNEL32.dll by /app/X.exe: nanoserver\n");
}

TEST_CASE("a symbol that is not exported is missing, and exit 1") {
  MemoryRoot root;
  add(root, "/app/x.exe", {.imports = {{"a.dll", {{"f"}, {"g"}, {"", 9}}}}});
  add(root, "/app/a.dll", library());
  const Report report = resolve(root, {.programs = {"/app/x.exe"}});
  CHECK(test::text_of(report).find("missing symbol #9 by /app/x.exe in /app/a.dll\n"
                                   "missing symbol g by /app/x.exe in /app/a.dll\n") !=
        std::string::npos);
  CHECK(report.lacks_something());
  CHECK(tree_text(report, {}).find("g of a.dll not exported by /app/a.dll\n") != std::string::npos);
}

TEST_CASE("what is likely and missing is no fault, nor what is allowed") {
  MemoryRoot root;
  PeSpec x = program({"allowed.dll"});
  x.imports.push_back({"late.dll", {{"f"}}, true});
  add(root, "/app/x.exe", x);
  const Report report = resolve(root, {.programs = {"/app/x.exe"}, .allow_missing = {"allowed.*"}});
  CHECK(report.missing.size() == 2);
  CHECK_FALSE(report.lacks_something());
}

TEST_CASE("what is excluded, and what only it needs, is not taken") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"a.dll"}));
  add(root, "/app/a.dll", library({"b.dll", "none.dll", "GDI32.dll"}));
  add(root, "/app/b.dll", library());
  CHECK(closure(root, {.programs = {"/app/x.exe"}, .excludes = {"*/a.dll"}}) ==
        "/app/x.exe program certain: program (/app/x.exe)\n");
}

TEST_CASE("--library-path is PATH, and links on the way are kept") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"A.dll"}));
  add(root, "/opt/lib-1/a.dll", library());
  root.add_link(at("/opt/lib"), "lib-1");
  CHECK(closure(root, {.programs = {"/app/x.exe"}, .library_path = {"/opt/lib"}}) ==
        "/app/x.exe program certain: program (/app/x.exe)\n"
        "/opt/lib symlink certain -> lib-1: symlink by /app/x.exe (A.dll)\n"
        "/opt/lib-1/a.dll library certain: needed by /app/x.exe (A.dll)\n");
}

TEST_CASE("libraries and programs of a folder that is included bring their own") {
  MemoryRoot root;
  add(root, "/app/plugins/p.dll", library({"q.dll"}));
  add(root, "/app/plugins/q.dll", library());
  add(root, "/app/plugins/boot.efi", {.subsystem = 10});
  root.add_file(at("/app/plugins/readme"), "");
  CHECK(closure(root, {.includes = {{"/app/plugins", ""}}}) ==
        "/app/plugins/boot.efi data certain: include (/app/plugins)\n"
        "/app/plugins/p.dll library certain: include (/app/plugins)\n"
        "/app/plugins/q.dll library certain: needed by /app/plugins/p.dll (q.dll), include "
        "(/app/plugins)\n"
        "/app/plugins/readme data certain: include (/app/plugins)\n");
}

TEST_CASE("one root may hold programs of both systems") {
  MemoryRoot root;
  test::add_glibc(root);
  test::add_elf(root, "/bin/x", test::glibc_program({"liba.so"}));
  test::add_library(root, "/lib/liba.so");
  add(root, "/app/x.exe", program({"a.dll"}));
  add(root, "/app/a.dll", library());
  const std::string text = closure(root, {.programs = {"/bin/x", "/app/x.exe"}});
  CHECK(text.find("/app/a.dll library certain: needed by /app/x.exe (a.dll)\n") !=
        std::string::npos);
  CHECK(text.find("/lib/liba.so library certain: needed by /bin/x (liba.so)\n") !=
        std::string::npos);
}

TEST_CASE("a program that is cut short is refused") {
  MemoryRoot root;
  const std::string whole = test::build_pe(program({"a.dll"}));
  root.add_file(at("/x.exe"), whole.substr(0, whole.size() - 1));
  CHECK_THROWS_WITH_AS(resolve(root, {.programs = {"/x.exe"}}),
                       "/x.exe: section 1 at offset 1024 lies outside of the file",
                       InputError);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("reviews");

namespace {

WindowsBase base_of(const PeSpec& spec, const std::string& asked = "auto") {
  MemoryRoot root;
  add(root, "/app/x.exe", spec);
  const Report report = resolve(root, {.programs = {"/app/x.exe"}});
  CHECK(is_for_windows(report, root));
  return choose_windows_base(report, root, asked);
}

} // namespace

TEST_CASE("the smallest base of Windows, and what forces a larger one") {
  WindowsBase base = base_of(program({"KERNEL32.dll"}));
  CHECK(base.image == "mcr.microsoft.com/windows/nanoserver:ltsc2022");
  base = base_of(program({"KERNEL32.dll", "GDI32.dll"}));
  CHECK(base.image == "mcr.microsoft.com/windows/servercore:ltsc2022");
  CHECK(base.notes == std::vector<std::string>{
                          "servercore is the smallest base: GDI32.dll, which /app/x.exe loads, is "
                          "in servercore."});
  base = base_of(program({"GDI32.dll", "OPENGL32.dll"}));
  CHECK(base.image == "mcr.microsoft.com/windows/server:ltsc2022");
  CHECK(base.notes ==
        std::vector<std::string>{
            "windows is the smallest base: OPENGL32.dll, which /app/x.exe loads, is a "
            "part of Windows, and nobody says of which base."});
  PeSpec arm = program({"KERNEL32.dll"});
  arm.machine = pe::arm64;
  CHECK(base_of(arm).notes.front() ==
        "/app/x.exe is for Arm64: the images of ltsc2022 are for x64, so take one for Arm64 of the "
        "same name.");
  PeSpec x86 = program({"KERNEL32.dll"});
  x86.machine = pe::i386;
  x86.is_64 = false;
  base = base_of(x86);
  CHECK(base.image == "mcr.microsoft.com/windows/servercore:ltsc2022");
}

TEST_CASE("a base of Windows that is named is judged") {
  WindowsBase base =
      base_of(program({"GDI32.dll"}), "mcr.microsoft.com/windows/nanoserver:1809@sha256:0");
  CHECK(base.image == "mcr.microsoft.com/windows/nanoserver:1809@sha256:0");
  CHECK(base.problems ==
        std::vector<std::string>{"GDI32.dll, which /app/x.exe loads, is in servercore"});
  CHECK(base_of(program({"GDI32.dll"}), "mcr.microsoft.com/windows:1809").problems.empty());
  base = base_of(program({"GDI32.dll"}), "example.com/mine");
  CHECK(base.problems.empty());
  CHECK(base.notes == std::vector<std::string>{
                          "What example.com/mine has is not known: it must be built on "
                          "mcr.microsoft.com/windows/servercore:ltsc2022 or a larger base."});
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("outputs");

TEST_CASE("a stage of Windows has a backtick as its escape character") {
  CHECK(stage_text({.is_for_windows = true,
                    .title = "/app/x.exe",
                    .base = "b",
                    .environment = {{"PATH", "C:\\Windows;C:\\a \"b\""}},
                    .entrypoint = {"C:/app/x.exe"}}) == "# escape=`\n"
                                                        "# /app/x.exe\n"
                                                        "FROM b\n"
                                                        "ENV PATH=\"C:\\Windows;C:\\a `\"b`\"\"\n"
                                                        "ENTRYPOINT [\"C:/app/x.exe\"]\n");
}

TEST_CASE("COPY lines of a Dockerfile whose escape character is a backtick") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"a$.dll"}));
  add(root, "/app/a$.dll", library());
  const Report report = resolve(root, {.programs = {"/app/x.exe"}});
  CHECK(copy_lines(report, plan_copies(report, root).items, {.escape = '`'}) ==
        "COPY --from=build `\n    /app/a`$.dll `\n    /app/x.exe `\n    /app/\n");
}

TEST_SUITE_END();
