// Writes the first inputs of the corpus `elf` into a folder: one ELF file of each kind that the
// reader tells apart.

#include "../unit/elf_builder.hpp"

#include <filesystem>
#include <fstream>

using namespace pare;

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  const auto write = [&](const std::string& name, const test::ElfSpec& spec) {
    std::ofstream(std::filesystem::path(argv[1]) / name, std::ios::binary) << test::build_elf(spec);
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
}
