#pragma once
// What machine code says of addresses, without a disassembler. Two readings: `read_references()` is
// for all code and looks only for where it goes and which addresses it names; `effect_at()` is for
// the few functions whose registers are followed. Machines: x86-64 and AArch64, little-endian.

#include "formats/facts.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pare {

enum class ReferenceKind : std::uint8_t {
  call,    ///< `value`: the target.
  jump,    ///< Unconditional. `value`: the target.
  branch,  ///< Conditional. `value`: the target.
  address, ///< `value` is put into register `to`.
  memory, ///< The memory at `value` is read or written; `to`: the register that a plain load fills.
  call_memory, ///< A call of the pointer at `value`.
  jump_memory, ///< A jump to the pointer at `value`.
  number,      ///< `value`, a constant that may be an address: inside of Region::low to high.
  length, ///< `value`, a constant of 1 to 65535 put into a register: perhaps the length of a text.
  call_register, ///< A call of what a register or computed memory holds. No value, as with all
                 ///< below.
  jump_register, ///< Likewise a jump: a switch, a tail call by pointer.
  returns,       ///< The function ends here.
  stops,         ///< What never goes on: ud2, hlt, int3; brk, udf.
  undecoded,     ///< The bytes from here to the end of the region are no instruction that is known.
};

constexpr std::uint8_t no_register = 0xff;

struct Reference {
  std::uint64_t value = 0;
  std::uint32_t at = 0; ///< Of the instruction: bytes from the region's first.
  ReferenceKind kind = ReferenceKind::undecoded;
  std::uint8_t to = no_register; ///< By the machine's own numbers: rdi is 7, x0 is 0.

  bool operator==(const Reference&) const = default;
};

/// Code to be read, and what of it is asked for.
struct Region {
  std::string_view bytes;    ///< Of a whole segment.
  std::uint64_t address = 0; ///< Of its first byte.
  std::size_t from = 0;      ///< The region: these bytes of it. Its end must lie in `bytes`.
  std::size_t to = 0;
  std::uint64_t low = 0; ///< Constants from low up to high may be addresses (a program that is not
                         ///< position-independent).
  std::uint64_t high = 0;
  bool lengths = false; ///< Report ReferenceKind::length.
};

/// Whether code of the machine can be read.
bool decodes(const ElfMachine& machine);

/// Appends all references of the region, in the order of its instructions, which are taken to
/// follow one another from its start. Bytes at its end that are no whole instruction are
/// `undecoded`. Some 100 million instructions a second on x86-64.
void read_references(const ElfMachine& machine, const Region& region, std::vector<Reference>& to);

enum class EffectKind : std::uint8_t {
  other,      ///< Nothing but what `clobbered` says.
  constant,   ///< to = value, a number
  address,    ///< to = value, an address: it is formed relative to the instruction
  copy,       ///< to = from
  add,        ///< to = from + value (AArch64's pages; x86-64's lea with a displacement)
  load,       ///< to = the memory at address `value`
  load_based, ///< to = the memory at [from + value]: a slot of the stack, or next to an address
              ///< that is known
  store,      ///< [to + value] = from: a slot of the stack. `to` and `from` are registers; from
              ///< no_register: of unknown value
};

/// What one instruction does to the registers.
struct Effect {
  std::uint8_t length = 0; ///< In bytes; 0: no instruction that is known.
  EffectKind kind = EffectKind::other;
  std::uint8_t to = no_register;
  std::uint8_t from = no_register;
  std::uint8_t or_from =
      no_register;         ///< The register whose value `to` may get instead: cmov (its own), csel.
  std::uint64_t value = 0; ///< Two's complement where it is an offset.
  std::uint32_t clobbered =
      0; ///< A bit for each register that gets a value unknown, `to` not among them.
  Reference
      flow; ///< Where it goes, or kind `number` if to the next instruction. `at` is not set; `to`
            ///< is the register that a call_register or jump_register takes its target from.
};

/// The instruction at `bytes[at]`, the first of `bytes` being at `address`.
Effect
effect_at(const ElfMachine& machine, std::string_view bytes, std::uint64_t address, std::size_t at);

/// Whether the code at `bytes[at]` is a stub of a procedure linkage table, a jump through a pointer
/// and nothing else: the pointer's address. `address` is that of bytes[0].
std::optional<std::uint64_t>
stub_slot(const ElfMachine& machine, std::string_view bytes, std::uint64_t address, std::size_t at);

/// A machine's calling convention, as far as arguments go (System V psABI x86-64, 3.2.3;
/// AAPCS64, 6.4).
struct Convention {
  std::vector<std::uint8_t> arguments; ///< Registers of the first arguments, in order.
  std::uint32_t clobbered = 0;         ///< Registers that a call does not keep.
  std::uint8_t stack = no_register;
  std::uint8_t frame = no_register;
  std::uint8_t result = no_register;
};
const Convention& convention_of(const ElfMachine& machine);

} // namespace pare
