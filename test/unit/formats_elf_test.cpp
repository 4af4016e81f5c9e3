#include "elf_builder.hpp"
#include "formats/elf.hpp"
#include "formats/sniff.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace pare;
using test::ElfSpec;

TEST_SUITE_BEGIN("formats");

namespace {

Elf read(const std::string& bytes) {
  const MemoryBytes source(bytes);
  PageReader file(source);
  return read_elf(file);
}

/// All facts, a line each; what is empty has none.
std::string described(const Elf& elf) {
  std::string out = fmt::format("{} {} machine {} type {}\n",
                                elf.machine.is_64 ? "64" : "32",
                                elf.machine.big_endian ? "big" : "little",
                                elf.machine.machine,
                                elf.type);
  const auto line = [&out](std::string_view name, const std::string& value) {
    out += fmt::format("{} {}\n", name, value);
  };
  const auto optional = [&](const char* name, const std::optional<std::string>& value) {
    if (value) {
      line(name, '\'' + *value + '\'');
    }
  };
  optional("interpreter", elf.interpreter);
  for (const Dependency& dependency : elf.dependencies) {
    line(dependency.tag == DependencyTag::needed   ? "needed"
         : dependency.tag == DependencyTag::filter ? "filter"
                                                   : "auxiliary",
         dependency.name);
  }
  optional("soname", elf.soname);
  optional("rpath", elf.rpath);
  optional("runpath", elf.runpath);
  if (!elf.audit.empty()) {
    line("audit", fmt::format("{}", fmt::join(elf.audit, " ")));
  }
  if (elf.flags_1 != 0) {
    line("flags_1", std::to_string(elf.flags_1));
  }
  for (const VersionNeed& need : elf.version_needs) {
    line("needs version",
         fmt::format("{} {}{}", need.library, need.version, need.weak ? " weak" : ""));
  }
  if (elf.defines_versions) {
    line("versions", fmt::format("{}", fmt::join(elf.versions, " ")));
  }
  for (const std::string& note : elf.dlopen_notes) {
    line("note", note);
  }
  return out + (elf.is_dynamic ? "dynamic\n" : "static\n");
}

/// Of every kind of entry one or more.
ElfSpec rich() {
  return {
      .interpreter = "/lib64/ld-linux-x86-64.so.2",
      .needed = {"libz.so.1", "libc.so.6"},
      .soname = "libx.so.1",
      .rpath = "$ORIGIN/../lib:/opt",
      .names = {{test::dt_filter, "libf.so"},
                {test::dt_auxiliary, "liba.so"},
                {test::dt_audit, "a.so:b.so"},
                {test::dt_depaudit, "c.so"}},
      .flags_1 = elf::df_1_nodeflib,
      .version_needs = {{"libc.so.6", "GLIBC_2.34"},
                        {"libc.so.6", "GLIBC_2.2.5", true},
                        {"libz.so.1", "ZLIB_1.2"}},
      .versions = {"libx.so.1", "X_2", "X_1"},
      .notes = {R"([{"soname":["libq.so.1"]}])", "[]"},
  };
}

} // namespace

TEST_CASE("all facts, in both classes and byte orders") {
  for (const bool is_64 : {true, false}) {
    for (const bool big_endian : {true, false}) {
      ElfSpec spec = rich();
      spec.machine = {.is_64 = is_64, .big_endian = big_endian, .machine = 22, .flags = 0x400};
      const Elf elf = read(test::build_elf(spec));
      CHECK(elf.machine == spec.machine);
      CHECK(described(elf) == fmt::format("{} {} machine 22 type 3\n",
                                          is_64 ? 64 : 32,
                                          big_endian ? "big" : "little") +
                                  "interpreter '/lib64/ld-linux-x86-64.so.2'\n"
                                  "needed libz.so.1\n"
                                  "needed libc.so.6\n"
                                  "filter libf.so\n"
                                  "auxiliary liba.so\n"
                                  "soname 'libx.so.1'\n"
                                  "rpath '$ORIGIN/../lib:/opt'\n"
                                  "audit a.so:b.so c.so\n"
                                  "flags_1 2048\n"
                                  "needs version libc.so.6 GLIBC_2.34\n"
                                  "needs version libc.so.6 GLIBC_2.2.5 weak\n"
                                  "needs version libz.so.1 ZLIB_1.2\n"
                                  "versions X_1 X_2 libx.so.1\n"
                                  "note [{\"soname\":[\"libq.so.1\"]}]\n"
                                  "note []\n"
                                  "dynamic\n");
    }
  }
}

TEST_CASE("DT_RUNPATH makes DT_RPATH void, an empty one too") {
  CHECK(described(read(test::build_elf({.rpath = "/a", .runpath = "/b"}))) ==
        "64 little machine 62 type 3\nrunpath '/b'\ndynamic\n");
  CHECK(described(read(test::build_elf({.rpath = "/a", .runpath = ""}))) ==
        "64 little machine 62 type 3\nrunpath ''\ndynamic\n");
}

TEST_CASE("dependencies keep their order and their doubles") {
  const Elf elf = read(test::build_elf({.needed = {"b", "a", "b", ""}}));
  CHECK(described(elf) ==
        "64 little machine 62 type 3\nneeded b\nneeded a\nneeded b\nneeded \ndynamic\n");
}

TEST_CASE("what is a program") {
  const auto is_program = [](const ElfSpec& spec) {
    return read(test::build_elf(spec)).is_program();
  };
  CHECK(is_program({.interpreter = "/lib/ld.so"}));
  CHECK(is_program({.type = elf::et_exec, .dynamic = false}));
  CHECK(is_program({.flags_1 = elf::df_1_pie})); // a static-pie
  CHECK_FALSE(is_program({.soname = "libx.so"}));
}

TEST_CASE("files without a dynamic table") {
  CHECK(described(read(test::build_elf({.type = elf::et_exec, .dynamic = false}))) ==
        "64 little machine 62 type 2\nstatic\n");
  const test::BuiltElf object = test::ElfBuilder({.type = 1, .dynamic = false}).build();
  std::string bytes = object.bytes;
  bytes[object.at.at("e_phnum")] = 0;
  CHECK(described(read(bytes)) == "64 little machine 62 type 1\nstatic\n");
}

TEST_CASE("a table that an empty entry ends has nothing behind it") {
  const ElfSpec spec = {.needed = {"a", "b"}, .soname = "c"};
  const test::BuiltElf built = test::ElfBuilder(spec).build();
  std::string bytes = built.bytes;
  bytes.replace(built.at.at("DT_SONAME") - 8,
                8,
                8,
                '\0'); // its tag becomes DT_NULL: DT_STRTAB comes after it
  CHECK_THROWS_WITH_AS(read(bytes), "string 1 lies outside of the string table", InputError);
}

TEST_CASE("what holds constants: read-only segments, those without code where there are some") {
  const std::string bytes = test::build_elf({.constants = "/lib/"});
  const Elf elf = read(bytes);
  REQUIRE(elf.constants.size() == 1);
  CHECK(elf.constants[0].offset == 0);
  CHECK(elf.constants[0].size == bytes.size());
}

TEST_CASE("notes of another owner, or cut short, are passed over") {
  const ElfSpec spec = {.notes = {"[1]", "[2]"}};
  const test::BuiltElf built = test::ElfBuilder(spec).build();
  const std::size_t notes = built.at.at("notes");
  std::string other = built.bytes;
  other[notes + 12] = 'X';
  CHECK(read(other).dlopen_notes == std::vector<std::string>{"[2]"});
  std::string wild = built.bytes;
  wild[notes + 7] = '\x7f'; // the first text's size
  CHECK(read(wild).dlopen_notes.empty());
  std::string outside = built.bytes;
  outside[built.at.at("PT_NOTE p_offset") + 7] = '\x7f';
  CHECK(read(outside).dlopen_notes.empty());
}

TEST_CASE("one field poked, one message") {
  struct Poke {
    std::string field;
    std::size_t more; ///< Bytes behind the field's start.
    unsigned width;
    std::uint64_t value;
    std::string message; ///< With {} where the offset of `shown` stands.
    std::string shown = {};
  };
  const char* unknown_kind = "its ELF header is cut off, or of an unknown class or byte order";
  const std::vector<Poke> pokes = {
      {"e_class", 0, 1, 3, unknown_kind},
      {"e_data", 0, 1, 0, unknown_kind},
      {"e_phentsize", 0, 2, 55, "program headers of 55 bytes each, not 56"},
      {"e_phoff",
       0,
       8,
       1 << 30,
       "program header table at offset 1073741824 lies outside of the file"},
      {"e_phoff",
       0,
       8,
       ~0ull - 10,
       "program header table at offset 18446744073709551605 lies outside of the file"},
      {"e_phnum", 0, 2, 0xffff, "program header table at offset 64 lies outside of the file"},
      {"PT_LOAD p_offset",
       0,
       8,
       1 << 30,
       "segment at offset 1073741824 lies outside of the file: it was cut off, or is damaged"},
      {"PT_LOAD p_filesz",
       0,
       8,
       ~0ull,
       "segment at offset 0 lies outside of the file: it was cut off, or is damaged"},
      {"PT_INTERP p_filesz", 0, 8, 1, "interpreter name of 1 bytes"},
      {"PT_INTERP p_filesz", 0, 8, 4097, "interpreter name of 4097 bytes"},
      {"PT_INTERP p_filesz", 0, 8, 4, "interpreter name without an end"},
      {"PT_INTERP p_offset",
       0,
       8,
       1 << 20,
       "interpreter name at offset 1048576 lies outside of the file"},
      {"PT_DYNAMIC p_filesz",
       0,
       8,
       1 << 16,
       "dynamic table at offset {} lies outside of the file",
       "dynamic"},
      {"DT_STRTAB", 0, 8, 1, "string table at address 0x1 lies outside of the file"},
      {"DT_STRSZ", 0, 8, 1 << 20, "string table at offset {} lies outside of the file", "strings"},
      {"DT_STRSZ", 0, 8, 4, "string at offset {} has no end", "first string"},
      {"DT_NEEDED", 0, 8, 1 << 20, "string 1048576 lies outside of the string table"},
      {"DT_VERNEED", 0, 8, 2, "version needs at address 0x2 lies outside of the file"},
      {"DT_VERDEF", 0, 8, 3, "version definitions at address 0x3 lies outside of the file"},
      {"verneed", 12, 4, 1 << 30, "version need at offset {} lies outside of the file", "verneed"},
      {"verneed", 4, 4, 1 << 20, "string 1048576 lies outside of the string table"},
      {"verdef",
       16,
       4,
       1 << 30,
       "version definition at offset {} lies outside of the file",
       "verdef"},
      {"verdef", 20, 4, 1 << 20, "string 1048576 lies outside of the string table"},
  };
  const ElfSpec spec = rich();
  test::BuiltElf built = test::ElfBuilder(spec).build();
  built.at["first string"] = built.at.at("strings") + 1;
  for (const Poke& poke : pokes) {
    CAPTURE(poke.field);
    std::string bytes = built.bytes;
    for (unsigned i = 0; i < poke.width; ++i) {
      bytes[built.at.at(poke.field) + poke.more + i] =
          static_cast<char>(poke.value >> 8 * i & 0xff);
    }
    std::string expected = poke.message;
    if (!poke.shown.empty()) {
      // A chain that goes too far is named by where it arrives.
      const std::uint64_t step = poke.more == 0 ? 0 : poke.value;
      expected = fmt::format(fmt::runtime(poke.message), built.at.at(poke.shown) + step);
    }
    CHECK_THROWS_WITH_AS(read(bytes), expected.c_str(), InputError);
  }
}

TEST_CASE("cut anywhere, it is an error or facts") {
  const std::string whole = test::build_elf(rich());
  const std::string facts = described(read(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_THROWS_AS(read(whole.substr(0, size)), InputError);
  }
}

TEST_CASE("a segment may end in the page behind the file's end") {
  const ElfSpec spec = {.needed = {"a"}};
  const test::BuiltElf built = test::ElfBuilder(spec).build();
  std::string bytes = built.bytes;
  const std::size_t size = bytes.size() + 4095;
  bytes[built.at.at("PT_LOAD p_filesz")] = static_cast<char>(size & 0xff);
  bytes[built.at.at("PT_LOAD p_filesz") + 1] = static_cast<char>(size >> 8 & 0xff);
  CHECK(described(read(bytes)) == described(read(built.bytes)));
}

TEST_CASE("many names that are one long string do not fill the memory") {
  // 60,000 entries, each the same 60,000 bytes: 1 MB of file would be 3.6 GB of names.
  ElfSpec spec;
  spec.needed.assign(2, std::string(60000, 'a'));
  spec.names.assign(60000, {test::dt_needed, ""});
  const test::BuiltElf built = test::ElfBuilder(spec).build();
  std::string bytes = built.bytes;
  for (std::size_t entry = built.at.at("dynamic"); entry < built.at.at("dynamic") + 60000 * 16;
       entry += 16) {
    bytes.replace(entry + 8, 8, std::string("\1\0\0\0\0\0\0\0", 8)); // the first string
  }
  CHECK_THROWS_AS(read(bytes), InputError);
}

TEST_CASE("what the first bytes promise") {
  const auto reading = [](const std::string& bytes) { return read_facts(MemoryBytes(bytes)); };
  CHECK(std::holds_alternative<Plain>(reading("").facts));
  CHECK(std::holds_alternative<Plain>(reading("text").facts));
  CHECK(std::holds_alternative<Script>(reading("#!/bin/sh\n").facts));
  CHECK(std::holds_alternative<Elf>(reading(test::build_elf({})).facts));
  const Reading cut = reading(std::string(test::build_elf({.machine = {.machine = 183}}), 0, 64));
  CHECK(std::holds_alternative<Plain>(cut.facts));
  CHECK(cut.damage == "program header table at offset 64 lies outside of the file");
  REQUIRE(cut.machine);
  CHECK(cut.machine->machine == 183);
}

TEST_SUITE_END();
