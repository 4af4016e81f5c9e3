#include "elf_builder.hpp"
#include "loaders/machines.hpp"

#include <doctest/doctest.h>

using namespace pare;

TEST_SUITE_BEGIN("loaders");

TEST_CASE("machines are told apart by class, byte order and ABI flags") {
  struct Row {
    ElfMachine machine;
    const char* name;
    const char* interpreter;
  };
  // The interpreters are those that Debian's compilers write.
  const Row rows[] = {
      {{.machine = elf::em_x86_64}, "x86_64", "/lib64/ld-linux-x86-64.so.2"},
      {{.is_64 = false, .machine = elf::em_x86_64}, "x32", "/libx32/ld-linux-x32.so.2"},
      {{.is_64 = false, .machine = elf::em_386}, "i386", "/lib/ld-linux.so.2"},
      {{.machine = elf::em_aarch64}, "aarch64", "/lib/ld-linux-aarch64.so.1"},
      {{.is_64 = false, .machine = elf::em_arm, .flags = 0x5000400},
       "armhf",
       "/lib/ld-linux-armhf.so.3"},
      {{.is_64 = false, .machine = elf::em_arm, .flags = 0x5000200}, "armel", "/lib/ld-linux.so.3"},
      {{.machine = elf::em_riscv, .flags = 0x5}, "riscv64", "/lib/ld-linux-riscv64-lp64d.so.1"},
      {{.big_endian = true, .machine = elf::em_s390}, "s390x", "/lib/ld64.so.1"},
      {{.machine = elf::em_ppc64, .flags = 2}, "ppc64le", "/lib64/ld64.so.2"},
      {{.machine = elf::em_loongarch, .flags = 0x43},
       "loongarch64",
       "/lib64/ld-linux-loongarch-lp64d.so.1"},
      {{.machine = 0xfffe}, "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.machine.machine);
    const Machine& machine = machine_of(row.machine);
    CHECK(machine.name == row.name);
    CHECK(machine.interpreter == row.interpreter);
    CHECK_FALSE(machine.cpus.empty());
    CHECK_FALSE(machine.usual_folders.empty());
  }
}

TEST_CASE("a loader takes files of its own float ABI only") {
  const ElfMachine lp64d = {.machine = elf::em_riscv, .flags = 0x5},
                   lp64 = {.machine = elf::em_riscv, .flags = 0x1};
  CHECK(same_machine(lp64d, lp64d));
  CHECK_FALSE(same_machine(lp64, lp64d));
  CHECK_FALSE(same_machine({.machine = elf::em_aarch64}, {.machine = elf::em_x86_64}));
  CHECK(same_machine({.is_64 = false, .machine = elf::em_sparc32plus},
                     {.is_64 = false, .machine = elf::em_sparc}));
}

TEST_CASE("a library's own needs tell glibc's from musl's") {
  const auto first = [](std::vector<std::string> needed) {
    Elf elf;
    elf.machine.machine = elf::em_x86_64;
    for (std::string& name : needed) {
      elf.dependencies.push_back({DependencyTag::needed, std::move(name)});
    }
    return usual_interpreters(elf).front();
  };
  CHECK(first({"libc.so.6"}) == "/lib64/ld-linux-x86-64.so.2");
  CHECK(first({}) == "/lib64/ld-linux-x86-64.so.2");
  CHECK(first({"libc.so"}) == "/lib/ld-musl-x86_64.so.1");
  CHECK(first({"libc.musl-x86_64.so.1"}) == "/lib/ld-musl-x86_64.so.1");
}

TEST_SUITE_END();
