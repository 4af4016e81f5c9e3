#include "formats/pe.hpp"
#include "formats/sniff.hpp"
#include "pe_builder.hpp"

#include <pare/error.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace pare;
using test::PeSpec;

TEST_SUITE_BEGIN("formats");

namespace {

Pe read(const std::string& bytes) {
  const MemoryBytes source(bytes);
  PageReader file(source);
  return read_pe(file);
}

std::string symbol(const PeSymbol& symbol) {
  return symbol.name.empty() ? fmt::format("#{}", symbol.ordinal) : symbol.name;
}

std::string assembly(const AssemblyName& name) {
  return fmt::format(
      "{} {} '{}' '{}'", name.name, name.version, name.culture, name.public_key_token);
}

/// All facts, a line each; what is empty has none.
std::string described(const Pe& pe) {
  std::string out = fmt::format("{:x} {}{}{} subsystem {}\n",
                                pe.machine,
                                pe.is_64 ? "64" : "32",
                                pe.is_dll ? " dll" : "",
                                pe.is_hybrid ? " hybrid" : "",
                                pe.subsystem);
  for (const PeImport& import : pe.imports) {
    out += fmt::format("{} {}:", import.delayed ? "delayed" : "import", import.library);
    for (const PeSymbol& s : import.symbols) {
      out += " " + symbol(s);
    }
    out += import.symbols_unknown ? " unknown\n" : "\n";
  }
  for (const std::string& name : pe.bound) {
    out += "bound " + name + "\n";
  }
  out += pe.export_name.empty() ? "" : "is " + pe.export_name + "\n";
  for (const PeExport& entry : pe.exports) {
    out += fmt::format("export {} '{}' '{}'\n", entry.ordinal, entry.name, entry.forward);
  }
  out += pe.manifest.empty() ? "" : "manifest " + pe.manifest + "\n";
  if (pe.clr) {
    out += fmt::format("clr {}{}{}\n",
                       pe.clr->runtime,
                       pe.clr->il_only ? " il" : "",
                       pe.clr->requires_32_bit ? " 32" : "");
    out += pe.clr->is_assembly ? "assembly " + assembly(pe.clr->own) + "\n" : "";
    for (const AssemblyName& name : pe.clr->references) {
      out += "reference " + assembly(name) + "\n";
    }
    for (const std::string& name : pe.clr->native_libraries) {
      out += "native " + name + "\n";
    }
    for (const std::string& name : pe.clr->files) {
      out += "file " + name + "\n";
    }
  }
  return out;
}

std::string damage(const std::string& bytes) {
  return read_facts(MemoryBytes(bytes)).damage;
}

PeSpec rich() {
  return {
      .imports = {{"KERNEL32.dll", {{"ExitProcess"}, {"", 7}}},
                  {"b.dll", {{"f"}}},
                  {"late.dll", {{"g"}, {"h"}}, true}},
      .export_name = "x.exe",
      .exports = {{3, "alpha"}, {3, "beta"}, {4, "", ""}, {6, "gone", "NTDLL.RtlGone"}},
      .bound = {"KERNEL32.dll", "NTDLL.DLL"},
      .manifest = "<assembly/>",
  };
}

const std::string rich_text = "import KERNEL32.dll: ExitProcess #7\n"
                              "import b.dll: f\n"
                              "delayed late.dll: g h\n"
                              "bound KERNEL32.dll\n"
                              "bound NTDLL.DLL\n"
                              "is x.exe\n"
                              "export 3 'alpha' ''\n"
                              "export 3 'beta' ''\n"
                              "export 4 '' ''\n"
                              "export 6 'gone' 'NTDLL.RtlGone'\n"
                              "manifest <assembly/>\n";

} // namespace

TEST_CASE("all that a PE file says, 64 and 32 bit") {
  PeSpec spec = rich();
  CHECK(described(read(test::build_pe(spec))) == "8664 64 subsystem 3\n" + rich_text);
  spec.machine = pe::i386;
  spec.is_64 = false;
  spec.is_dll = true;
  CHECK(described(read(test::build_pe(spec))) == "14c 32 dll subsystem 3\n" + rich_text);
}

TEST_CASE("a file without tables") {
  CHECK(described(read(test::build_pe({.machine = pe::arm64, .subsystem = 2}))) ==
        "aa64 64 subsystem 2\n");
}

TEST_CASE("code for Arm64 beside x64's is told") {
  CHECK(read(test::build_pe({.is_hybrid = true})).is_hybrid);
}

TEST_CASE("what an old linker bound without names has unknown symbols") {
  const Pe pe = read(test::build_pe({.imports = {{"a.dll", {{"f"}}, false, true}}}));
  CHECK(described(pe) == "8664 64 subsystem 3\nimport a.dll: unknown\n");
}

TEST_CASE("exports are found by name and by number") {
  const Pe pe = read(test::build_pe(rich()));
  CHECK(pe.find_export({"beta"})->ordinal == 3);
  CHECK(pe.find_export({"gone"})->forward == "NTDLL.RtlGone");
  CHECK(pe.find_export({"", 4})->name == "");
  CHECK(pe.find_export({"", 3})->name == "alpha");
  CHECK(pe.find_export({"Alpha"}) == nullptr);
  CHECK(pe.find_export({"", 5}) == nullptr);
  CHECK(pe.find_export({"", 7}) == nullptr);
}

TEST_CASE("metadata of a .NET assembly") {
  const Clr clr = {
      .runtime = "v4.0.30319",
      .is_assembly = true,
      .own = {"app", "1.2.3.4", "", ""},
      .references = {{"mscorlib", "4.0.0.0", "", "b77a5c561934e089"}, {"lib", "2.0.0.1", "de", ""}},
      .native_libraries = {"user32.dll", "foo"},
      .files = {"part.netmodule"},
      .il_only = true,
  };
  CHECK(described(read(test::build_pe({.machine = pe::i386, .is_64 = false, .clr = clr}))) ==
        "14c 32 subsystem 3\n"
        "clr v4.0.30319 il\n"
        "assembly app 1.2.3.4 '' ''\n"
        "reference mscorlib 4.0.0.0 '' 'b77a5c561934e089'\n"
        "reference lib 2.0.0.1 'de' ''\n"
        "native user32.dll\n"
        "native foo\n"
        "file part.netmodule\n");
}

TEST_CASE("what is no PE file is plain") {
  CHECK(std::holds_alternative<Plain>(read_facts(MemoryBytes("MZ")).facts));
  CHECK(damage(std::string("MZ") + std::string(300, '\0')) == ""); // a DOS program
}

TEST_CASE("a subsystem tells what Windows does not start") {
  CHECK(read(test::build_pe({.subsystem = 3})).is_for_windows());
  CHECK_FALSE(read(test::build_pe({.subsystem = 10})).is_for_windows()); // EFI application
}

TEST_CASE("damaged in one place") {
  const PeSpec spec = rich();
  const test::BuiltPe built = test::PeBuilder(spec).build();
  const auto poked = [&](const std::string& field, std::uint32_t value, unsigned width = 4) {
    std::string bytes = built.bytes;
    for (unsigned i = 0; i < width; ++i) {
      bytes[built.at.at(field) + i] = static_cast<char>(value >> 8 * i & 0xff);
    }
    return damage(bytes);
  };
  CHECK(poked("Magic", 0x107, 2) == "optional header of an unknown kind (0x107)");
  CHECK(poked("SizeOfOptionalHeader", 60, 2) == "optional header of 60 bytes is cut short");
  CHECK(poked("SizeOfOptionalHeader", 0xffff, 2) ==
        "optional header at offset 88 lies outside of the file");
  CHECK(poked("NumberOfSections", 0xffff, 2) ==
        "section table at offset 328 lies outside of the file");
  CHECK(poked("SizeOfRawData", 0x7fffffff) == "section 1 at offset 1024 lies outside of the file");
  CHECK(poked("directory entry 0", 0x7fffff00) ==
        "export directory at RVA 0x7fffff00 lies outside of the image");
  CHECK(poked("directory entry 1", 0xfffffff0) ==
        "import descriptor at RVA 0xfffffff0 lies outside of the image");
  CHECK(poked("directory entry 13", 0x10) == "");
  CHECK(poked("NumberOfNames", 0x7fffffff) != "");
  CHECK(poked("manifest size", 0x7fffffff) == "a manifest of 2147483647 bytes");
  CHECK(damage(built.bytes.substr(0, built.bytes.size() - 1)) ==
        "section 1 at offset 1024 lies outside of the file");
}

TEST_CASE("a section's stored bytes begin at a sector, and zeros follow them") {
  const PeSpec spec = {.imports = {{"a.dll", {{"f"}}}}};
  const test::BuiltPe built = test::PeBuilder(spec).build();
  std::string bytes = built.bytes;
  bytes[built.at.at("PointerToRawData")] = 0x10; // the loader rounds down to 0x400
  bytes.append(16, '\0');
  CHECK(described(read(bytes)) == "8664 64 subsystem 3\nimport a.dll: f\n");
  // The descriptor that ends the table is not stored.
  bytes = built.bytes.substr(0, built.bytes.size() - 20);
  const std::uint32_t stored = static_cast<std::uint32_t>(bytes.size() - 0x400);
  bytes.replace(built.at.at("SizeOfRawData"),
                4,
                {static_cast<char>(stored & 0xff), static_cast<char>(stored >> 8), 0, 0});
  CHECK(described(read(bytes)) == "8664 64 subsystem 3\nimport a.dll: f\n");
  // No size in memory: that in the file.
  bytes = built.bytes;
  bytes.replace(built.at.at("VirtualSize"), 4, std::string(4, '\0'));
  CHECK(described(read(bytes)) == "8664 64 subsystem 3\nimport a.dll: f\n");
}

TEST_CASE("names of one character and of odd bytes are names") {
  CHECK(described(
            read(test::build_pe({.imports = {{"a", {{"\xc3\xa4"}}}, {"\x80.dll", {{"g"}}}}}))) ==
        "8664 64 subsystem 3\nimport a: \xc3\xa4\nimport \x80.dll: g\n");
}

TEST_CASE("many descriptors over one table cost no more than the file could hold") {
  // 2000 descriptors, each with the same 2000 symbols.
  PeSpec spec;
  PeImport import = {"a.dll", {}};
  for (int i = 0; i < 2000; ++i) {
    import.symbols.push_back({fmt::format("symbol_{}", i)});
  }
  spec.imports = {import};
  const test::BuiltPe built = test::PeBuilder(spec).build();
  std::string bytes = built.bytes;
  const std::string descriptor = bytes.substr(built.at.at("directory 1"), 20);
  std::string table;
  for (int i = 0; i < 2000; ++i) {
    table += descriptor;
  }
  table.append(20, '\0');
  const auto put = [&](const std::string& field, std::size_t value) {
    for (unsigned i = 0; i < 4; ++i) {
      bytes[built.at.at(field) + i] = static_cast<char>(value >> 8 * i & 0xff);
    }
  };
  put("directory entry 1", test::PeBuilder::section_rva + bytes.size() - 0x400);
  bytes += table;
  put("VirtualSize", bytes.size() - 0x400);
  put("SizeOfRawData", bytes.size() - 0x400);
  CHECK(damage(bytes) == "its tables hold more names than a file of this size can");
}

TEST_SUITE_END();
