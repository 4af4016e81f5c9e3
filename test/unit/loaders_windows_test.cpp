#include "loaders/windows.hpp"
#include "pe_builder.hpp"
#include "report/words.hpp"
#include "root/memory.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace pare;
using test::PeSpec;

TEST_SUITE_BEGIN("loaders");

namespace {

void add(MemoryRoot& root, const std::string& path, const PeSpec& spec) {
  root.add_file(RootPath::trusted(path), test::build_pe(spec));
}

/// A library that exports `f` by its name, and imports f from each of `needed`.
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

void add_text(MemoryRoot& root, const std::string& path, const std::string& text) {
  root.add_file(RootPath::trusted(path), text);
}

std::string outcome(const WindowsAnswer& answer) {
  switch (answer.outcome) {
  case WindowsAnswer::Outcome::found:
    return answer.file->path.text();
  case WindowsAnswer::Outcome::system:
    return fmt::format("({}{})", word(answer.system.image), answer.system.is_certain ? "" : "?");
  case WindowsAnswer::Outcome::host:
    return "(host)";
  case WindowsAnswer::Outcome::damaged:
    return fmt::format("damaged {}: {}", answer.file->path.text(), answer.damage);
  case WindowsAnswer::Outcome::missing:
    break;
  }
  return fmt::format("missing, not in {}", fmt::join(answer.tried, " "));
}

/// A line an answer, "a.dll: /app/a.dll", with who asked if it is not the program; missing symbols;
/// warnings.
std::string loaded(const MemoryRoot& root,
                   const std::string& path = "/app/x.exe",
                   const WindowsStart& start = {}) {
  Files files(root);
  WindowsLoader loader(files, start);
  const Found& found = files.open(path);
  REQUIRE(found.file != nullptr);
  REQUIRE(found.file->damage == "");
  const std::size_t slash = path.rfind('/');
  const WindowsLoading loading =
      loader.load(*found.file, slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1));
  std::string out;
  const auto asker = [&](const Examined* by) {
    return by == found.file ? "" : by->path.text() + " > ";
  };
  for (const WindowsAnswer& answer : loading.answers) {
    out += fmt::format("{}{}: {}", asker(answer.by), answer.name, outcome(answer));
    out +=
        answer.confidence == Confidence::certain ? "" : fmt::format(" {}", word(answer.confidence));
    out += answer.reason == ReasonKind::needed ? "" : fmt::format(" [{}]", word(answer.reason));
    out += answer.kind == FileKind::data && answer.outcome == WindowsAnswer::Outcome::found
               ? " data\n"
               : "\n";
  }
  for (const MissingSymbol& symbol : loading.symbols) {
    out += fmt::format("{}{} lacks {}{}\n",
                       asker(symbol.by),
                       symbol.library->path.text(),
                       symbol.symbol.name.empty() ? fmt::format("#{}", symbol.symbol.ordinal)
                                                  : symbol.symbol.name,
                       symbol.confidence == Confidence::certain ? "" : " likely");
  }
  for (const Warning& warning : loading.warnings) {
    out += fmt::format("warning {}: {}\n", warning.path, warning.message);
  }
  return out;
}

std::string manifest(const std::string& own, const std::string& rest) {
  return fmt::format(
      "<?xml version=\"1.0\"?><assembly xmlns=\"urn:schemas-microsoft-com:asm.v1\">"
      "<assemblyIdentity type=\"win32\" name=\"{}\" version=\"1.0.0.0\"/>{}</assembly>",
      own,
      rest);
}

std::string depends_on(const std::string& name, const std::string& more = "") {
  return fmt::format("<dependency><dependentAssembly><assemblyIdentity name='{}' "
                     "version='1.0.0.0' {}/></dependentAssembly></dependency>",
                     name,
                     more);
}

} // namespace

TEST_CASE("the program's folder, the system, PATH") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"a.dll", "KERNEL32.dll", "b.dll", "c.dll"}));
  add(root, "/app/a.dll", library({"b.dll"}));
  add(root, "/lib/b.dll", library());
  add(root, "/more/b.dll", library());
  CHECK(loaded(root, "/app/x.exe", {.path = "/none:/lib:/more"}) ==
        "a.dll: /app/a.dll\n"
        "KERNEL32.dll: (nanoserver)\n"
        "b.dll: /lib/b.dll\n"
        "c.dll: missing, not in /app /none /lib /more\n"
        "/app/a.dll > b.dll: /lib/b.dll\n");
}

TEST_CASE("a name without an ending gets one, and a dot at the end takes it away") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"a", "b."}));
  add(root, "/app/a.dll", library());
  add(root, "/app/b", library());
  CHECK(loaded(root) == "a: /app/a.dll\nb.: /app/b\n");
}

TEST_CASE("case does not matter, and two names that differ in it are told") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"Lib.DLL", "two.dll"}));
  add(root, "/app/lIB.dll", library());
  add(root, "/app/TWO.dll", library());
  add(root, "/app/two.dll", library());
  CHECK(loaded(root) ==
        "Lib.DLL: /app/lIB.dll\n"
        "two.dll: /app/two.dll\n"
        "warning /app/two.dll: TWO.dll differs only in case: Windows can hold one of them\n");
}

TEST_CASE("an API set is never a file") {
  MemoryRoot root;
  add(root,
      "/app/x.exe",
      program({"api-ms-win-crt-math-l1-1-0.dll", "ext-ms-win-gdi-draw-l1-1-0.dll"}));
  add(root, "/app/api-ms-win-crt-math-l1-1-0.dll", library());
  CHECK(loaded(root) == "api-ms-win-crt-math-l1-1-0.dll: (nanoserver)\n"
                        "ext-ms-win-gdi-draw-l1-1-0.dll: (windows?)\n");
}

TEST_CASE("of KnownDLLs the system's is taken, of others the program's own") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"ole32.dll", "version.dll", "ucrtbase.dll"}));
  for (const std::string name : {"ole32.dll", "version.dll", "ucrtbase.dll"}) {
    add(root, "/app/" + name, library());
  }
  CHECK(loaded(root) ==
        "ole32.dll: (nanoserver)\nversion.dll: /app/version.dll\nucrtbase.dll: (nanoserver)\n");
}

TEST_CASE("a copy in PATH comes before what some Windows has") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"d3d9.dll", "opengl32.dll", "winmm.dll"}));
  add(root, "/lib/d3d9.dll", library());
  add(root, "/lib/winmm.dll", library());
  CHECK(loaded(root, "/app/x.exe", {.path = "/lib"}) ==
        "d3d9.dll: /lib/d3d9.dll\nopengl32.dll: (windows?)\nwinmm.dll: (nanoserver)\n");
}

TEST_CASE("a library that is loaded answers for its name") {
  MemoryRoot root;
  PeSpec x = program({"a.dll"});
  x.exports = {{1, "f"}};
  add(root, "/app/x.exe", x);
  add(root, "/app/a.dll", library({"x.exe", "A.DLL", "b.dll"}));
  add(root, "/app/b.dll", library({"a.dll"}));
  CHECK(loaded(root) == "a.dll: /app/a.dll\n"
                        "/app/a.dll > x.exe: /app/x.exe\n"
                        "/app/a.dll > A.DLL: /app/a.dll\n"
                        "/app/a.dll > b.dll: /app/b.dll\n"
                        "/app/b.dll > a.dll: /app/a.dll\n");
}

TEST_CASE("delayed imports are likely") {
  MemoryRoot root;
  add(root,
      "/app/x.exe",
      {.imports = {
           {"a.dll", {{"f"}, {"none"}}, true}, {"b.dll", {{"f"}}, true}, {"c.dll", {{"f"}}}}});
  add(root, "/app/a.dll", library({"c.dll"}));
  add(root, "/app/c.dll", library());
  CHECK(loaded(root) == "c.dll: /app/c.dll\n"
                        "a.dll: /app/a.dll likely\n"
                        "b.dll: missing, not in /app likely\n"
                        "/app/a.dll > c.dll: /app/c.dll\n"
                        "/app/a.dll lacks none likely\n");
}

TEST_CASE("a forwarded export that is imported brings its target") {
  MemoryRoot root;
  add(root, "/app/x.exe", {.imports = {{"a.dll", {{"one"}, {"two"}, {"three"}}}}});
  add(root,
      "/app/a.dll",
      {.is_dll = true,
       .export_name = "a.dll",
       .exports = {{1, "one", "b.f"},
                   {2, "three", "KERNEL32.ExitProcess"},
                   {3, "two", "c.#5"},
                   {4, "unused", "d.f"}}});
  add(root,
      "/app/b.dll",
      {.is_dll = true, .export_name = "b.dll", .exports = {{1, "f", "e.dll.g"}}});
  add(root, "/app/c.dll", library());
  CHECK(loaded(root) == "a.dll: /app/a.dll\n"
                        "/app/a.dll > b: /app/b.dll\n"
                        "/app/b.dll > e.dll: missing, not in /app\n"
                        "/app/a.dll > c: /app/c.dll\n"
                        "/app/a.dll > KERNEL32: (nanoserver)\n"
                        "/app/a.dll > /app/c.dll lacks #5\n");
}

TEST_CASE("forwarders in a ring end") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"a.dll"}));
  add(root, "/app/a.dll", {.is_dll = true, .exports = {{1, "f", "b.f"}}});
  add(root, "/app/b.dll", {.is_dll = true, .exports = {{1, "f", "a.f"}}});
  CHECK(loaded(root) == "a.dll: /app/a.dll\n"
                        "/app/a.dll > b: /app/b.dll\n"
                        "/app/b.dll > a: /app/a.dll\n");
}

TEST_CASE("symbols that the library found does not export") {
  MemoryRoot root;
  add(root, "/app/x.exe", {.imports = {{"a.dll", {{"f"}, {"g"}, {"", 1}, {"", 9}}}}});
  add(root, "/app/a.dll", library());
  CHECK(loaded(root) == "a.dll: /app/a.dll\n/app/a.dll lacks g\n/app/a.dll lacks #9\n");
}

TEST_CASE("of many missing symbols 64 are told") {
  MemoryRoot root;
  PeImport import = {"a.dll", {}};
  for (int i = 0; i < 100; ++i) {
    import.symbols.push_back({fmt::format("s{}", i)});
  }
  add(root, "/app/x.exe", {.imports = {import}});
  add(root, "/app/a.dll", library());
  const std::string text = loaded(root);
  CHECK(text.find("lacks s63") != std::string::npos);
  CHECK(text.find("lacks s64") == std::string::npos);
  CHECK(text.ends_with("warning /app/x.exe: more symbols of a.dll are missing than are told\n"));
}

TEST_CASE("symbols of what was bound without names are not asked for") {
  MemoryRoot root;
  add(root,
      "/app/x.exe",
      {.imports = {{"a.dll", {{"none"}}, false, true}}, .bound = {"a.dll", "b.dll"}});
  add(root, "/app/a.dll", library());
  add(root, "/app/b.dll", library());
  CHECK(loaded(root) == "a.dll: /app/a.dll\nb.dll: /app/b.dll\n");
}

TEST_CASE("files of another machine are passed over") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"a.dll", "b.dll"}));
  PeSpec other = library();
  other.machine = pe::i386;
  other.is_64 = false;
  add(root, "/app/a.dll", other);
  add(root, "/lib/a.dll", library());
  other = library();
  other.machine = pe::arm64;
  add(root, "/app/b.dll", other);
  CHECK(loaded(root, "/app/x.exe", {.path = "/lib"}) ==
        "a.dll: /lib/a.dll\n"
        "b.dll: missing, not in /app /lib\n"
        "warning /app/a.dll: is for x86, and /app/x.exe for x64: the loader passes it over\n"
        "warning /app/b.dll: is for Arm64, and /app/x.exe for x64: the loader passes it over\n");
}

TEST_CASE("ARM64EC and ARM64X mix with x64 on Arm only") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"ec.dll", "x.dll"}));
  PeSpec ec = library();
  ec.is_hybrid = true;
  add(root, "/app/ec.dll", ec);
  ec.machine = pe::arm64;
  add(root, "/app/x.dll", ec);
  CHECK(loaded(root) ==
        "ec.dll: /app/ec.dll\nx.dll: /app/x.dll\n"
        "warning /app/ec.dll: is ARM64EC: it loads into a program of x64 on Windows for Arm only\n"
        "warning /app/x.dll: is ARM64X: it loads into a program of x64 on Windows for Arm only\n");
  PeSpec arm = program({"ec.dll", "x.dll"});
  arm.machine = pe::arm64;
  add(root, "/app/x.exe", arm);
  CHECK(
      loaded(root) ==
      "ec.dll: missing, not in /app\nx.dll: /app/x.dll\n"
      "warning /app/ec.dll: is for ARM64EC, and /app/x.exe for Arm64: the loader passes it over\n");
}

TEST_CASE("a damaged library, and one that is no library") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"a.dll", "b.dll"}));
  const std::string whole = test::build_pe(library());
  add_text(root, "/app/a.dll", whole.substr(0, whole.size() - 10));
  add_text(root, "/app/b.dll", "text");
  CHECK(loaded(root) ==
        "a.dll: damaged /app/a.dll: section 1 at offset 1024 lies outside of the file\n"
        "b.dll: damaged /app/b.dll: is no PE file\n");
}

TEST_CASE("who brings a runtime that is missing is said once") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"VCRUNTIME140.dll", "MSVCP140.dll", "MSVCR90.dll"}));
  CHECK(loaded(root) ==
        "VCRUNTIME140.dll: missing, not in /app\n"
        "MSVCP140.dll: missing, not in /app\n"
        "MSVCR90.dll: missing, not in /app\n"
        "warning /app/x.exe: VCRUNTIME140.dll comes with the Microsoft Visual C++ 2015-2022 "
        "Redistributable (https://aka.ms/vs/17/release/vc_redist.x64.exe; x86 and arm64 likewise)\n"
        "warning /app/x.exe: MSVCR90.dll comes with the Microsoft Visual C++ 2008 Redistributable "
        "(https://learn.microsoft.com/cpp/windows/latest-supported-vc-redist)\n");
}

TEST_CASE("libraries of a cross compiler are found by --library-path, which is said") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"libstdc++-6.dll"}));
  const std::string folder = "/usr/lib/gcc/x86_64-w64-mingw32/12-posix";
  add(root, folder + "/libstdc++-6.dll", library());
  CHECK(loaded(root) == "libstdc++-6.dll: missing, not in /app\n"
                        "warning /app/x.exe: libstdc++-6.dll lies in " +
                            folder + ": --library-path takes it from there\n");
  CHECK(loaded(root, "/app/x.exe", {.path = folder}) ==
        "libstdc++-6.dll: " + folder + "/libstdc++-6.dll\n");
}

TEST_CASE("the four places of a private assembly, and its files") {
  for (const std::string place :
       {"/app/P.manifest", "/app/p/P.MANIFEST", "/app/de/P.manifest", "/app/de/P/P.manifest"}) {
    CAPTURE(place);
    MemoryRoot root;
    PeSpec x = program({"member.dll"});
    x.manifest = manifest("x", depends_on("P", "language='de'"));
    add(root, "/app/x.exe", x);
    add_text(root, place, manifest("P", "<file name=\"member.dll\"/><file name='data.txt'/>"));
    const std::string folder = place.substr(0, place.rfind('/'));
    add(root, folder + "/member.dll", library());
    add_text(root, folder + "/data.txt", "");
    CHECK(loaded(root) == fmt::format("P: {} data\n"
                                      "member.dll: {}/member.dll likely\n"
                                      "data.txt: {}/data.txt likely data\n"
                                      "member.dll: {}/member.dll\n",
                                      place,
                                      folder,
                                      folder,
                                      folder));
  }
}

TEST_CASE("a private assembly may be a library with its manifest inside") {
  MemoryRoot root;
  PeSpec x = program({"member.dll", "P.dll"});
  x.manifest = manifest("x", depends_on("P"));
  add(root, "/app/x.exe", x);
  PeSpec assembly = library();
  assembly.manifest =
      manifest("P", "<file name='P.dll'/><file name='member.dll'/>" + depends_on("Q"));
  add(root, "/app/P/P.dll", assembly);
  add(root, "/app/P/member.dll", library());
  CHECK(loaded(root) == "P: /app/P/P.dll\n"
                        "member.dll: /app/P/member.dll likely\n"
                        "Q: missing, not in /app\n"
                        "member.dll: /app/P/member.dll\n"
                        "P.dll: /app/P/P.dll\n"
                        "/app/P/P.dll > Q: missing, not in /app /app/P\n");
}

TEST_CASE("assemblies of the system, of a package, and of nobody") {
  MemoryRoot root;
  PeSpec x = program({});
  x.manifest = manifest("x",
                        depends_on("Microsoft.Windows.Common-Controls", "language='*'") +
                            depends_on("Microsoft.VC90.CRT") + depends_on("None"));
  add(root, "/app/x.exe", x);
  add_text(root, "/app/None.manifest", manifest("Another", ""));
  CHECK(loaded(root) ==
        "Microsoft.Windows.Common-Controls: (servercore)\n"
        "Microsoft.VC90.CRT: missing, not in /app\n"
        "None: missing, not in /app\n"
        "warning /app/x.exe: Microsoft.VC90.CRT comes with the Microsoft Visual C++ 2008 "
        "Redistributable (https://learn.microsoft.com/cpp/windows/latest-supported-vc-redist)\n");
}

TEST_CASE("a manifest beside the program counts if there is none in it") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({}));
  add_text(root, "/app/X.exe.manifest", manifest("x", depends_on("P")));
  CHECK(loaded(root) == "x.exe.manifest: /app/X.exe.manifest data\nP: missing, not in /app\n");
  PeSpec x = program({});
  x.manifest = manifest("x", "");
  add(root, "/app/x.exe", x);
  CHECK(loaded(root) == "");
}

TEST_CASE("a library's manifest holds for what it imports") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"a.dll", "member.dll"}));
  PeSpec a = library({"member.dll"});
  a.manifest = manifest("a", depends_on("P"));
  add(root, "/app/a.dll", a);
  add(root, "/app/member.dll", library());
  add_text(root, "/app/P/P.manifest", manifest("P", "<file name='member.dll'/>"));
  add(root, "/app/P/member.dll", library());
  CHECK(loaded(root) == "a.dll: /app/a.dll\n"
                        "member.dll: /app/member.dll\n"
                        "/app/a.dll > P: /app/P/P.manifest data\n"
                        "/app/a.dll > member.dll: /app/P/member.dll likely\n"
                        "/app/a.dll > member.dll: /app/P/member.dll\n");
}

TEST_CASE("PROGRAM.local redirects, unless there is a manifest") {
  MemoryRoot root;
  PeSpec x = program({"a.dll"});
  add(root, "/app/x.exe", x);
  add(root, "/app/a.dll", library());
  add(root, "/app/X.EXE.local/A.dll", library());
  CHECK(loaded(root) == "a.dll: /app/X.EXE.local/A.dll\n");
  x.manifest = manifest("x", "");
  add(root, "/app/x.exe", x);
  CHECK(loaded(root) == "a.dll: /app/a.dll\n");
}

TEST_CASE("a library alone is loaded as by a program beside it") {
  MemoryRoot root;
  add(root, "/lib/a.dll", library({"b.dll", "other.exe"}));
  add(root, "/lib/b.dll", library());
  CHECK(loaded(root, "/lib/a.dll") == "b.dll: /lib/b.dll\nother.exe: (host)\n");
}

TEST_CASE("the host of an addon is no missing library") {
  MemoryRoot root;
  PeSpec addon = library({"python311.dll", "libfoo.dll"});
  addon.imports.push_back({"node.exe", {{"napi"}}, true});
  add(root, "/app/x.node", addon);
  add(root, "/app/y.pyd", addon);
  CHECK(loaded(root, "/app/x.node") == "python311.dll: missing, not in /app\n"
                                       "libfoo.dll: missing, not in /app\n"
                                       "node.exe: (host) likely\n");
  CHECK(loaded(root, "/app/y.pyd") == "python311.dll: (host)\n"
                                      "libfoo.dll: missing, not in /app\n"
                                      "node.exe: (host) likely\n");
}

TEST_CASE("a root that is a whole Windows") {
  MemoryRoot root;
  add(root, "/files/app/x.exe", program({"KERNEL32.dll", "installed.dll", "tool.dll"}));
  add(root, "/files/Windows/System32/kernel32.dll", library());
  add(root, "/files/Windows/System32/installed.dll", library());
  add(root, "/files/Tools/bin/tool.dll", library());
  CHECK(loaded(root, "/files/app/x.exe", {.path = "C:\\Windows;c:\\tools\\BIN"}) ==
        "KERNEL32.dll: (nanoserver)\n"
        "installed.dll: /files/Windows/System32/installed.dll\n"
        "tool.dll: /files/Tools/bin/tool.dll\n");
  PeSpec x = program({"installed.dll"});
  x.machine = pe::i386;
  x.is_64 = false;
  PeSpec installed = library();
  installed.machine = pe::i386;
  installed.is_64 = false;
  add(root, "/files/app/x.exe", x);
  add(root, "/files/Windows/SysWOW64/installed.dll", installed);
  CHECK(loaded(root, "/files/app/x.exe") ==
        "installed.dll: /files/Windows/SysWOW64/installed.dll\n");
}

TEST_CASE("PATH as Linux has it, with drives or without") {
  MemoryRoot root;
  add(root, "/app/x.exe", program({"a.dll", "b.dll"}));
  add(root, "/one/a.dll", library());
  add(root, "/two/b.dll", library());
  CHECK(loaded(root, "/app/x.exe", {.path = "C:\\one:/two"}) ==
        "a.dll: /one/a.dll\nb.dll: /two/b.dll\n");
}

namespace {

PeSpec assembly(const std::string& name,
                const std::vector<AssemblyName>& references,
                const std::vector<std::string>& native = {}) {
  return {.machine = pe::i386,
          .is_64 = false,
          .is_dll = !name.ends_with(".exe"),
          .imports = {{"mscoree.dll", {{"_CorExeMain"}}}},
          .clr = Clr{.runtime = "v4.0.30319",
                     .is_assembly = true,
                     .own = {name, "1.0.0.0", "", ""},
                     .references = references,
                     .native_libraries = native,
                     .il_only = true}};
}

const AssemblyName mscorlib = {"mscorlib", "4.0.0.0", "", "b77a5c561934e089"};

} // namespace

TEST_CASE("assemblies of a .NET Framework program") {
  MemoryRoot root;
  add(root,
      "/app/x.exe",
      assembly("x.exe",
               {mscorlib,
                {"System.Web", "4.0.0.0", "", "b03f5f7f11d50a3a"},
                {"beside", "1.0.0.0", "", ""},
                {"below", "1.0.0.0", "", ""},
                {"private", "1.0.0.0", "", ""},
                {"texts", "1.0.0.0", "de", ""},
                {"program", "1.0.0.0", "", ""},
                {"none", "1.0.0.0", "", ""}},
               {"native", "kernel32.dll", "libc"}));
  add_text(root,
           "/app/x.exe.config",
           "<configuration><runtime><assemblyBinding><probing privatePath=\"lib;bin\\sub\"/>"
           "</assemblyBinding></runtime></configuration>");
  add(root, "/app/Beside.dll", assembly("beside", {mscorlib}));
  add(root, "/app/below/below.dll", assembly("below", {}));
  add(root, "/app/bin/sub/private.dll", assembly("private", {}));
  add(root, "/app/de/texts.dll", assembly("texts", {}));
  add(root, "/app/program.exe", assembly("program.exe", {}));
  add(root, "/app/native.dll", library());
  const std::string text = loaded(root);
  CHECK(text.substr(0, text.find("/app/Beside.dll > ")) ==
        "x.exe.config: /app/x.exe.config data\n"
        "mscoree.dll: (servercore)\n"
        "mscorlib: (servercore) likely [module]\n"
        "System.Web: (servercore) likely [module]\n"
        "beside: /app/Beside.dll likely [module]\n"
        "below: /app/below/below.dll likely [module]\n"
        "private: /app/bin/sub/private.dll likely [module]\n"
        "texts: /app/de/texts.dll likely [module]\n"
        "program: /app/program.exe likely [module]\n"
        "none: missing, not in /app likely [module]\n"
        "native: /app/native.dll likely [dlopen-call]\n"
        "kernel32.dll: (nanoserver) likely [dlopen-call]\n");
}

namespace {

constexpr std::string_view deps = R"({
  "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/win-x64"},
  "targets": {".NETCoreApp,Version=v8.0/win-x64": {
    "x/1.0": {"runtime": {"x.dll": {}}},
    "Lib/2.0": {
      "runtime": {"lib/net8.0/Lib.dll": {}},
      "resources": {"lib/net8.0/de/Lib.resources.dll": {"locale": "de"}},
      "runtimeTargets": {
        "runtimes/linux-x64/native/libsql.so": {"rid": "linux-x64", "assetType": "native"},
        "runtimes/win-x64/native/sql.dll": {"rid": "win-x64", "assetType": "native"},
        "runtimes/win/native/sql.dll": {"rid": "win", "assetType": "native"}}},
    "Gone/1.0": {"runtime": {"lib/Gone.dll": {}}},
    "Empty/1.0": {"runtime": {"lib/net8.0/_._": {}}}}}})";

void add_core_app(MemoryRoot& root, const std::string& config) {
  add(root, "/app/x.exe", program({"KERNEL32.dll"}));
  add(root,
      "/app/x.dll",
      assembly(
          "x",
          {{"System.Runtime", "8.0.0.0", "", "b03f5f7f11d50a3a"}, {"Lib", "2.0.0.0", "", ""}}));
  add(root, "/app/Lib.dll", assembly("Lib", {}));
  add(root, "/app/de/Lib.resources.dll", assembly("Lib.resources", {}));
  add(root, "/app/runtimes/win-x64/native/sql.dll", library({"KERNEL32.dll"}));
  add(root, "/app/runtimes/win/native/sql.dll", library());
  add_text(root, "/app/x.deps.json", std::string(deps));
  add_text(root, "/app/x.runtimeconfig.json", config);
}

} // namespace

TEST_CASE("a .NET program that needs an installed framework") {
  MemoryRoot root;
  add_core_app(
      root,
      R"({"runtimeOptions": {"framework": {"name": "Microsoft.NETCore.App", "version": "8.0.1"}}})");
  const std::string assets = "x.deps.json: /app/x.deps.json data\n"
                             "/app/x.deps.json > x.dll: /app/x.dll [module]\n"
                             "/app/x.deps.json > Lib.dll: /app/Lib.dll [module]\n"
                             "/app/x.deps.json > runtimes/win-x64/native/sql.dll: "
                             "/app/runtimes/win-x64/native/sql.dll\n"
                             "/app/x.deps.json > de/Lib.resources.dll: "
                             "/app/de/Lib.resources.dll likely [module]\n"
                             "/app/x.deps.json > Gone.dll: missing, not in /app [module]\n";
  const std::string rest = "KERNEL32.dll: (nanoserver)\n"
                           "/app/x.dll > mscoree.dll: (servercore)\n";
  const std::string text = loaded(root);
  CHECK(text.find("x.dll: /app/x.dll [module]\n"
                  "x.runtimeconfig.json: /app/x.runtimeconfig.json data\n"
                  "/app/x.runtimeconfig.json > Microsoft.NETCore.App 8.0.1: missing, not in "
                  "Program Files/dotnet\n" +
                  assets) == 0);
  CHECK(text.find("System.Runtime: missing") == std::string::npos);
  CHECK(text.find("warning /app/x.runtimeconfig.json: Microsoft.NETCore.App comes with the .NET "
                  "runtime, which the images mcr.microsoft.com/dotnet/runtime have") !=
        std::string::npos);

  for (const std::string version : {"7.0.9", "8.0.0", "8.0.2", "8.0.11", "8.1.0", "9.0.0"}) {
    const std::string folder = "/Program Files/dotnet/shared/Microsoft.NETCore.App/" + version;
    add_text(root,
             folder + "/Microsoft.NETCore.App.deps.json",
             R"({"runtimeTarget": "t", "targets": {"t": {"runtimepack": {
               "runtime": {"System.Runtime.dll": {}}, "native": {"coreclr.dll": {}}}}}})");
    add(root, folder + "/System.Runtime.dll", assembly("System.Runtime", {}));
    add(root, folder + "/coreclr.dll", library());
  }
  add(root, "/Program Files/dotnet/host/fxr/8.0.2/hostfxr.dll", library());
  add(root, "/Program Files/dotnet/host/fxr/9.0.0/hostfxr.dll", library());
  const std::string with = loaded(root);
  const std::string shared = "/Program Files/dotnet/shared/Microsoft.NETCore.App/8.0.11/";
  CHECK(with.find("x.dll: /app/x.dll [module]\n"
                  "x.runtimeconfig.json: /app/x.runtimeconfig.json data\n"
                  "/app/x.runtimeconfig.json > hostfxr.dll: "
                  "/Program Files/dotnet/host/fxr/9.0.0/hostfxr.dll\n"
                  "/app/x.runtimeconfig.json > Microsoft.NETCore.App.deps.json: " +
                  shared + "Microsoft.NETCore.App.deps.json data\n" + shared +
                  "Microsoft.NETCore.App.deps.json > System.Runtime.dll: " + shared +
                  "System.Runtime.dll [module]\n" + shared +
                  "Microsoft.NETCore.App.deps.json > coreclr.dll: " + shared + "coreclr.dll\n" +
                  assets) == 0);
  CHECK(with.find("/app/x.dll > System.Runtime: " + shared +
                  "System.Runtime.dll likely [module]\n") != std::string::npos);
}

TEST_CASE("a .NET program that brings its runtime") {
  MemoryRoot root;
  add_core_app(
      root, R"({"runtimeOptions": {"includedFrameworks": [{"name": "Microsoft.NETCore.App"}]}})");
  add(root, "/app/hostfxr.dll", library());
  add(root, "/app/hostpolicy.dll", library());
  const std::string text = loaded(root);
  CHECK(text.find("hostfxr.dll: /app/hostfxr.dll\nhostpolicy.dll: /app/hostpolicy.dll\n") !=
        std::string::npos);
  CHECK(text.find("/app/x.dll > System.Runtime: missing, not in /app likely [module]\n") !=
        std::string::npos);
}

TEST_CASE("damaged JSON beside a .NET program is told") {
  MemoryRoot root;
  add_core_app(root, "{");
  add_text(root, "/app/x.deps.json", "[");
  const std::string text = loaded(root);
  CHECK(text.find("warning /app/x.runtimeconfig.json: not JSON") != std::string::npos);
  CHECK(text.find("warning /app/x.deps.json: not JSON") != std::string::npos);
}

TEST_CASE("what Windows brings: the built-in knowledge is whole") {
  const WindowsSystem& system = WindowsSystem::built_in();
  CHECK(system.find("kernel32.dll") == SystemEntry{WindowsImage::nanoserver, true});
  CHECK(system.find("gdi32.dll") == SystemEntry{WindowsImage::servercore, true});
  CHECK(system.find("opengl32.dll") == SystemEntry{WindowsImage::windows, false});
  CHECK(system.find("vcruntime140.dll") == std::nullopt);
  CHECK(system.find("libfoo.dll") == std::nullopt);
  CHECK(system.find_assembly("microsoft.windows.gdiplus") ==
        SystemEntry{WindowsImage::servercore, true});
  CHECK(system.is_known_dll("ws2_32.dll"));
  CHECK_FALSE(system.is_known_dll("version.dll"));
}

TEST_SUITE_END();
