#pragma once
// Instructions of AArch64 (A64), as far as they name addresses (Arm ARM, DDI 0487, C4.1 "A64
// instruction set encoding"). An address mostly takes two instructions, adrp and add, or adrp and
// ldr: registers that hold a page are followed in the order of the code, whatever its jumps; the
// compilers keep the two close together.

#include "code/decode.hpp"

namespace pare::aarch64 {

void read_references(const Region& region, std::vector<Reference>& to);

Effect effect_at(std::string_view bytes, std::uint64_t address, std::size_t at);

std::optional<std::uint64_t>
stub_slot(std::string_view bytes, std::uint64_t address, std::size_t at);

} // namespace pare::aarch64
