// Writes the first inputs of the corpora `elf` and `packages` into folders of a folder: one ELF
// file of each kind that the reader tells apart, and rpm's database.

#include "../unit/elf_builder.hpp"
#include "../unit/rpm_builder.hpp"

#include <filesystem>
#include <fstream>

using namespace pare;

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  const auto write = [&](const std::string& name, const test::ElfSpec& spec) {
    std::ofstream(std::filesystem::path(argv[1]) / "elf" / name, std::ios::binary)
        << test::build_elf(spec);
  };
  test::ElfSpec rich = {
      .interpreter = "/lib64/ld-linux-x86-64.so.2",
      .needed = {"libc.so.6", "libm.so.6"},
      .soname = "libx.so.1",
      .rpath = "/a:$ORIGIN/b",
      .names = {{test::dt_filter, "f.so"}, {test::dt_auxiliary, "g.so"}, {test::dt_audit, "h.so"}},
      .flags_1 = elf::df_1_nodeflib,
      .version_needs = {{"libc.so.6", "GLIBC_2.34"},
                        {"libc.so.6", "GLIBC_2.2.5", true},
                        {"libm.so.6", "GLIBC_2.29"}},
      .versions = {"libx.so.1", "X_1", "X_2"},
      .notes = {R"([{"soname":["liba.so.1"]}])"},
      .constants = "/lib/",
  };
  write("64-little", rich);
  rich.machine = {.is_64 = false, .big_endian = true, .machine = elf::em_ppc};
  rich.runpath = std::exchange(rich.rpath, std::nullopt);
  write("32-big", rich);
  rich.machine.big_endian = false;
  write("32-little", rich);
  rich.machine = {.big_endian = true, .machine = elf::em_s390};
  write("64-big", rich);
  write("static", {.type = elf::et_exec, .dynamic = false});
  write("object", {.type = 1, .dynamic = false});

  const std::string header = test::build_rpm_header({.name = "a",
                                                     .version = "1",
                                                     .release = "2",
                                                     .architecture = "noarch",
                                                     .source_rpm = "a-1-2.src.rpm",
                                                     .epoch = 3,
                                                     .provides = {"a", "b"},
                                                     .requires_ = {"/bin/c", "a"},
                                                     .folders = {"/bin/", "/d/"},
                                                     .files = {{0, "c"}, {1, "e"}},
                                                     .states = {0, 1}});
  const std::filesystem::path packages = std::filesystem::path(argv[1]) / "packages";
  std::ofstream(packages / "header", std::ios::binary) << "header\n" << header;
  std::ofstream(packages / "rpm", std::ios::binary)
      << "rpm\n"
      << test::build_rpm_database({header, std::string(5000, 'x')});
}
