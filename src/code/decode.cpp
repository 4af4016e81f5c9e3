#include "code/decode.hpp"

#include "code/aarch64.hpp"
#include "code/x86_64.hpp"

namespace pare {

bool decodes(const ElfMachine& machine) {
  return machine.is_64 && !machine.big_endian &&
         (machine.machine == elf::em_x86_64 || machine.machine == elf::em_aarch64);
}

void read_references(const ElfMachine& machine, const Region& region, std::vector<Reference>& to) {
  if (machine.machine == elf::em_x86_64) {
    x86_64::read_references(region, to);
  } else {
    aarch64::read_references(region, to);
  }
}

Effect effect_at(const ElfMachine& machine,
                 std::string_view bytes,
                 std::uint64_t address,
                 std::size_t at) {
  return machine.machine == elf::em_x86_64 ? x86_64::effect_at(bytes, address, at)
                                           : aarch64::effect_at(bytes, address, at);
}

std::optional<std::uint64_t> stub_slot(const ElfMachine& machine,
                                       std::string_view bytes,
                                       std::uint64_t address,
                                       std::size_t at) {
  return machine.machine == elf::em_x86_64 ? x86_64::stub_slot(bytes, address, at)
                                           : aarch64::stub_slot(bytes, address, at);
}

const Convention& convention_of(const ElfMachine& machine) {
  // rdi rsi rdx rcx r8 r9; lost: rax rcx rdx rsi rdi r8-r11; rsp, rbp.
  static const Convention x86{{7, 6, 2, 1, 8, 9}, 0x0fc7, 4, 5, 0};
  // x0-x7; lost: x0-x18, x30; sp, x29.
  static const Convention arm{{0, 1, 2, 3, 4, 5}, 0x4007ffff, 31, 29, 0};
  return machine.machine == elf::em_x86_64 ? x86 : arm;
}

} // namespace pare
