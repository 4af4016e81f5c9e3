#pragma once
// Instructions of x86-64 in 64-bit mode: legacy, REX, VEX, EVEX and XOP encodings (Intel SDM volume
// 2, chapter 2 and appendix A; AMD64 APM volume 3, 1.2). Lengths are exact for all that compilers
// and assemblers write; which of the instructions exist is not checked.

#include "code/decode.hpp"

namespace pare::x86_64 {

constexpr std::size_t longest_instruction = 15;

/// The length of the instruction that `bytes` start with; 0: none, or cut off.
std::size_t instruction_length(std::string_view bytes);

void read_references(const Region& region, std::vector<Reference>& to);

Effect effect_at(std::string_view bytes, std::uint64_t address, std::size_t at);

std::optional<std::uint64_t>
stub_slot(std::string_view bytes, std::uint64_t address, std::size_t at);

} // namespace pare::x86_64
