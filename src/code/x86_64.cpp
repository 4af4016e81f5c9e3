#include "code/x86_64.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace pare::x86_64 {

namespace {

using Byte = std::uint8_t;

// What follows an opcode. The low bits: kind of immediate; the high ones: the rest.
constexpr Byte imm_none = 0, imm_8 = 1, imm_16 = 2, imm_z = 3 /* 4, or 2 with prefix 66 */,
               imm_v = 4 /* as imm_z, 8 with REX.W */, imm_16_8 = 5,
               imm_offset = 6 /* 8, or 4 with prefix 67 */, imm_32 = 7, imm_mask = 7;
constexpr Byte has_modrm = 8;
constexpr Byte is_special = 16; // prefixes, escapes, F6 and F7: not decided by the table alone
constexpr Byte is_bad = 32;
constexpr Byte is_flow = 64; // goes elsewhere: looked at by its opcode

using Table = std::array<Byte, 256>;

constexpr void fill(Table& table, unsigned first, unsigned last, Byte value) {
  for (unsigned i = first; i <= last; ++i) {
    table[i] = value;
  }
}

constexpr Table one_byte = [] {
  Table table{};
  for (unsigned row = 0; row < 0x40; row += 8) { // add or adc sbb and sub xor cmp
    fill(table, row, row + 3, has_modrm);
    table[row + 4] = imm_8;
    table[row + 5] = imm_z;
    table[row + 6] = table[row + 7] = is_bad;
  }
  for (const unsigned prefix :
       {0x26u, 0x2eu, 0x36u, 0x3eu, 0x64u, 0x65u, 0x66u, 0x67u, 0xf0u, 0xf2u, 0xf3u}) {
    table[prefix] = is_special;
  }
  table[0x0f] = is_special;
  fill(table, 0x40, 0x4f, is_special); // REX
  fill(table, 0x60, 0x61, is_bad);
  table[0x62] = is_special; // EVEX
  table[0x63] = has_modrm;
  table[0x68] = imm_z;
  table[0x69] = has_modrm | imm_z;
  table[0x6a] = imm_8;
  table[0x6b] = has_modrm | imm_8;
  fill(table, 0x70, 0x7f, is_flow | imm_8);
  table[0x80] = table[0x83] = has_modrm | imm_8;
  table[0x81] = has_modrm | imm_z;
  table[0x82] = is_bad;
  fill(table, 0x84, 0x8e, has_modrm);
  table[0x8f] = is_special; // pop, XOP
  table[0x9a] = is_bad;
  fill(table, 0xa0, 0xa3, imm_offset);
  table[0xa8] = imm_8;
  table[0xa9] = imm_z;
  fill(table, 0xb0, 0xb7, imm_8);
  fill(table, 0xb8, 0xbf, imm_v);
  table[0xc0] = table[0xc1] = has_modrm | imm_8;
  table[0xc2] = is_flow | imm_16;
  table[0xc3] = is_flow;
  table[0xc4] = table[0xc5] = is_special; // VEX
  table[0xc6] = has_modrm | imm_8;
  table[0xc7] = has_modrm | imm_z;
  table[0xc8] = imm_16_8;
  table[0xca] = is_flow | imm_16;
  table[0xcb] = table[0xcc] = is_flow;
  table[0xcd] = imm_8;
  table[0xce] = is_bad;
  table[0xcf] = is_flow;
  fill(table, 0xd0, 0xd3, has_modrm);
  fill(table, 0xd4, 0xd6, is_bad);
  fill(table, 0xd8, 0xdf, has_modrm);
  fill(table, 0xe0, 0xe3, is_flow | imm_8);
  fill(table, 0xe4, 0xe7, imm_8);
  table[0xe8] = table[0xe9] = is_flow | imm_32;
  table[0xea] = is_bad;
  table[0xeb] = is_flow | imm_8;
  table[0xf4] = is_flow;
  table[0xf6] = table[0xf7] = is_special;
  table[0xfe] = has_modrm;
  table[0xff] = is_flow | has_modrm;
  return table;
}();

constexpr Table two_bytes = [] { // 0F
  Table table{};
  fill(table, 0x00, 0xff, has_modrm);
  for (const unsigned none : {0x05u,
                              0x06u,
                              0x07u,
                              0x08u,
                              0x09u,
                              0x0eu,
                              0x37u,
                              0x77u,
                              0xa0u,
                              0xa1u,
                              0xa2u,
                              0xa8u,
                              0xa9u,
                              0xaau}) {
    table[none] = imm_none;
  }
  table[0x0b] = is_flow;           // ud2
  table[0x0f] = has_modrm | imm_8; // 3DNow!
  fill(table, 0x30, 0x35, imm_none);
  for (const unsigned bad : {0x04u,
                             0x0au,
                             0x0cu,
                             0x24u,
                             0x25u,
                             0x26u,
                             0x27u,
                             0x36u,
                             0x39u,
                             0x3bu,
                             0x3cu,
                             0x3du,
                             0x3eu,
                             0x3fu}) {
    table[bad] = is_bad;
  }
  fill(table, 0x70, 0x73, has_modrm | imm_8);
  fill(table, 0x80, 0x8f, is_flow | imm_32);
  table[0xa4] = table[0xac] = table[0xba] = has_modrm | imm_8;
  table[0xc2] = table[0xc4] = table[0xc5] = table[0xc6] = has_modrm | imm_8;
  fill(table, 0xc8, 0xcf, imm_none);
  return table;
}();

/// Of the kinds of immediates, without prefixes but REX without W.
constexpr std::array<Byte, 8> imm_sizes = {0, 1, 2, 4, 4, 3, 8, 4};

/// Of a ModRM byte, with SIB and displacement. A SIB byte without a base has four bytes more.
constexpr Table modrm_sizes = [] {
  Table table{};
  for (unsigned modrm = 0; modrm < 256; ++modrm) {
    const unsigned mod = modrm >> 6, rm = modrm & 7;
    const unsigned displacement = mod == 1 ? 1 : mod == 2 || (mod == 0 && rm == 5) ? 4 : 0;
    table[modrm] =
        static_cast<Byte>(1 + (mod != 3 && rm == 4 ? 1 : 0) + (mod == 3 ? 0 : displacement));
  }
  return table;
}();

enum class Map : Byte { one, two, three_38, three_3a, other };

/// One instruction taken apart. Offsets are from its first byte.
struct Parts {
  const Byte* bytes;
  Byte length;
  Map map;
  Byte opcode;
  Byte shape;     // the table's entry
  Byte rex;       // WRXB, of VEX too
  Byte prefix;    // 66, F2, F3: the last one, or 0
  Byte modrm_at;  // 0: there is none
  Byte disp_at;   // 0: there is none
  Byte disp_size; // 1 or 4
  Byte imm_at;
  Byte imm_size;
  bool vex;
  Byte vex_register; // the third operand's, of VEX

  Byte modrm() const { return bytes[modrm_at]; }
  unsigned mod() const { return modrm() >> 6; }
  unsigned reg() const { return (modrm() >> 3 & 7u) | (rex & 4u) << 1; }
  unsigned reg_digit() const { return modrm() >> 3 & 7; }
  unsigned rm() const { return (modrm() & 7u) | (rex & 1u) << 3; }
  bool rip_relative() const { return modrm_at != 0 && (modrm() & 0xc7) == 0x05; }
  bool is_register() const { return modrm_at != 0 && mod() == 3; }
  std::int32_t disp() const {
    if (disp_size == 1) {
      return static_cast<std::int8_t>(bytes[disp_at]);
    }
    std::int32_t value = 0;
    if (disp_size == 4) {
      std::memcpy(&value, bytes + disp_at, 4);
    }
    return value;
  }
  /// Sign-extended from its own size.
  std::int64_t imm() const {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes + imm_at, imm_size);
    const unsigned unused = 64 - 8 * imm_size;
    return imm_size == 0 ? 0 : static_cast<std::int64_t>(value << unused) >> unused;
  }
};

/// Reads up to 24 bytes from `p`, whatever they are: the caller sees to it that they are there, and
/// compares the length with what belongs to the code. False: no instruction.
inline bool take_apart(const Byte* p, Parts& parts) {
  const Byte* q = p;
  bool operand_16 = false, address_32 = false;
  Byte rex = 0, prefix = 0, opcode = *q++;
  Byte shape = one_byte[opcode];
  Map map = Map::one;
  bool vex = false;
  Byte vex_register = 0;
  if (shape & is_special) [[unlikely]] {
    // REX is the commonest of all, and counts only if it comes last.
    for (;;) {
      if ((opcode & 0xf0) == 0x40) {
        rex = opcode;
      } else if (opcode == 0x66) {
        operand_16 = true;
        prefix = 0x66;
        rex = 0;
      } else if (opcode == 0x67) {
        address_32 = true;
        rex = 0;
      } else if (opcode == 0xf2 || opcode == 0xf3) {
        prefix = opcode;
        rex = 0;
      } else if (opcode == 0xf0 || opcode == 0x26 || opcode == 0x2e || opcode == 0x36 ||
                 opcode == 0x3e || opcode == 0x64 || opcode == 0x65) {
        rex = 0;
      } else {
        break;
      }
      opcode = *q++;
      if (q - p > static_cast<std::ptrdiff_t>(longest_instruction)) {
        return false;
      }
    }
    shape = one_byte[opcode];
    if (shape & is_special) {
      switch (opcode) {
      case 0x0f:
        opcode = *q++;
        if (opcode == 0x38) {
          map = Map::three_38;
          opcode = *q++;
          shape = has_modrm;
        } else if (opcode == 0x3a) {
          map = Map::three_3a;
          opcode = *q++;
          shape = has_modrm | imm_8;
        } else {
          map = Map::two;
          shape = two_bytes[opcode];
          if (opcode == 0x78 && (prefix == 0x66 || prefix == 0xf2)) { // SSE4a: extrq, insertq
            shape = has_modrm | imm_16;
          }
        }
        break;
      case 0xc5:
      case 0xc4:
      case 0x62: {
        vex = true;
        unsigned number = 1;
        if (opcode == 0xc5) {
          rex = static_cast<Byte>((~q[0] & 0x80) >> 5);
          prefix = q[0] & 3;
          vex_register = (~q[0] >> 3) & 15;
          q += 1;
        } else if (opcode == 0xc4) {
          rex = static_cast<Byte>((~q[0] & 0xe0) >> 5 | (q[1] & 0x80) >> 4);
          number = q[0] & 0x1f;
          prefix = q[1] & 3;
          vex_register = (~q[1] >> 3) & 15;
          q += 2;
        } else {
          rex = static_cast<Byte>((~q[0] & 0xe0) >> 5 | (q[1] & 0x80) >> 4);
          number = q[0] & 7;
          prefix = q[1] & 3;
          q += 3;
        }
        prefix = std::array<Byte, 4>{0, 0x66, 0xf3, 0xf2}[prefix];
        operand_16 = false;
        opcode = *q++;
        switch (number) {
        case 1:
          map = Map::two;
          shape = static_cast<Byte>(two_bytes[opcode] & ~(is_flow | is_bad));
          if (opcode != 0x77) {
            shape |= has_modrm;
          }
          if (shape & imm_mask && (shape & imm_mask) != imm_8) {
            shape = has_modrm; // kmov and its kin: 0x90 to 0x9f; a jcc's number means nothing here
          }
          break;
        case 2:
          map = Map::three_38;
          shape = has_modrm;
          break;
        case 3:
          map = Map::three_3a;
          shape = has_modrm | imm_8;
          break;
        case 5: // AVX512-FP16
        case 6:
          map = Map::other;
          shape = has_modrm;
          break;
        default:
          return false;
        }
        break;
      }
      case 0x8f:
        if ((*q & 0x1f) >= 8) { // XOP, AMD's
          const unsigned number = *q & 0x1f;
          if (number > 10) {
            return false;
          }
          rex = static_cast<Byte>((~q[0] & 0xe0) >> 5);
          opcode = q[2];
          q += 3;
          vex = true;
          map = Map::other;
          shape = number == 8 ? has_modrm | imm_8 : number == 9 ? has_modrm : has_modrm | imm_32;
        } else {
          shape = has_modrm;
        }
        break;
      case 0xf6:
        shape = (*q & 0x38) <= 0x08 ? has_modrm | imm_8 : has_modrm;
        break;
      case 0xf7:
        shape = (*q & 0x38) <= 0x08 ? has_modrm | imm_z : has_modrm;
        break;
      default:
        return false;
      }
    }
  }
  if (shape & is_bad) {
    return false;
  }
  parts.bytes = p;
  parts.map = map;
  parts.opcode = opcode;
  parts.shape = shape;
  parts.rex = rex;
  parts.prefix = prefix;
  parts.vex = vex;
  parts.vex_register = vex_register;
  parts.modrm_at = parts.disp_at = parts.disp_size = 0;
  if (shape & has_modrm) {
    parts.modrm_at = static_cast<Byte>(q - p);
    const Byte modrm = *q++;
    const unsigned mod = modrm >> 6, rm = modrm & 7;
    if (mod != 3) {
      unsigned size = mod == 1 ? 1 : mod == 2 ? 4 : 0;
      if (rm == 4) {
        const Byte sib = *q++;
        if (mod == 0 && (sib & 7) == 5) {
          size = 4;
        }
      } else if (mod == 0 && rm == 5) {
        size = 4;
      }
      if (map == Map::two && opcode >= 0x20 && opcode <= 0x23 && !vex) {
        size = 0; // mov of control registers: mod is taken for 3
      }
      if (size != 0) {
        parts.disp_at = static_cast<Byte>(q - p);
        parts.disp_size = static_cast<Byte>(size);
        q += size;
      }
    }
  }
  unsigned imm_size = 0;
  switch (shape & imm_mask) {
  case imm_none:
    break;
  case imm_8:
    imm_size = 1;
    break;
  case imm_16:
    imm_size = 2;
    break;
  case imm_z:
    imm_size = operand_16 && !(rex & 8) ? 2 : 4;
    break;
  case imm_v:
    imm_size = rex & 8 ? 8 : operand_16 ? 2 : 4;
    break;
  case imm_16_8:
    imm_size = 3;
    break;
  case imm_offset:
    imm_size = address_32 ? 4 : 8;
    break;
  default:
    imm_size = 4;
    break;
  }
  parts.imm_at = static_cast<Byte>(q - p);
  parts.imm_size = static_cast<Byte>(imm_size);
  q += imm_size;
  const std::ptrdiff_t length = q - p;
  parts.length = static_cast<Byte>(length);
  return length <= static_cast<std::ptrdiff_t>(longest_instruction);
}

/// The longest reach of take_apart() behind an instruction's first byte.
constexpr std::size_t reach = 32;

/// Where an instruction with is_flow goes. `next` is the address of the one behind it.
inline Reference flow_of(const Parts& parts, std::uint64_t next) {
  Reference flow;
  const auto relative = [&] { return next + static_cast<std::uint64_t>(parts.imm()); };
  if (parts.map == Map::two) {
    if (parts.opcode == 0x0b) {
      flow.kind = ReferenceKind::stops;
    } else {
      flow = {.value = relative(), .kind = ReferenceKind::branch};
    }
    return flow;
  }
  switch (parts.opcode) {
  case 0xe8:
    flow = {.value = relative(), .kind = ReferenceKind::call};
    break;
  case 0xe9:
  case 0xeb:
    flow = {.value = relative(), .kind = ReferenceKind::jump};
    break;
  case 0xc2:
  case 0xc3:
  case 0xca:
  case 0xcb:
  case 0xcf:
    flow.kind = ReferenceKind::returns;
    break;
  case 0xcc:
  case 0xf4:
    flow.kind = ReferenceKind::stops;
    break;
  case 0xff: {
    const bool memory = parts.rip_relative();
    if (memory) {
      flow.value = next + static_cast<std::uint64_t>(static_cast<std::int64_t>(parts.disp()));
    }
    switch (parts.reg_digit()) {
    case 2:
    case 3:
      flow.kind = memory ? ReferenceKind::call_memory : ReferenceKind::call_register;
      break;
    case 4:
    case 5:
      flow.kind = memory ? ReferenceKind::jump_memory : ReferenceKind::jump_register;
      break;
    default: // inc, dec, push
      flow.kind = memory ? ReferenceKind::memory : ReferenceKind::number;
      break;
    }
    break;
  }
  default:
    flow = {.value = relative(), .kind = ReferenceKind::branch};
    break;
  }
  return flow;
}

class Scanner {
public:
  Scanner(const Region& region, std::vector<Reference>& to) : region_(region), to_(to) {}

  void scan() {
    const auto* bytes = reinterpret_cast<const Byte*>(region_.bytes.data());
    std::size_t at = region_.from;
    const std::size_t size = region_.bytes.size();
    const std::size_t safe = size < reach ? 0 : std::min(region_.to, size - reach);
    Parts parts;
    while (at < safe) {
      if (const unsigned length = take_plain(bytes + at, at);
          length != 0 && length <= region_.to - at) {
        at += length;
        continue;
      }
      if (!take_apart(bytes + at, parts) || parts.length > region_.to - at) {
        return give_up(at);
      }
      report(parts, at);
      at += parts.length;
    }
    // The segment's last bytes: on a copy, with something behind it.
    while (at < region_.to) {
      std::array<Byte, 2 * reach> tail{};
      std::memcpy(tail.data(), bytes + at, std::min(size - at, reach));
      if (!take_apart(tail.data(), parts) || parts.length > region_.to - at) {
        return give_up(at);
      }
      report(parts, at);
      at += parts.length;
    }
  }

private:
  /// Most instructions have a REX prefix or none, and are a call, a short jump, or go nowhere:
  /// their length in a few steps. 0: not such a one. An address is reported even if the instruction
  /// turns out to be cut off.
  unsigned take_plain(const Byte* p, std::size_t at) {
    const unsigned rex = (p[0] & 0xf0) == 0x40 ? 1 : 0;
    unsigned opcode = p[rex];
    unsigned length = rex + 1;
    Byte shape = one_byte[opcode];
    if (opcode == 0x0f) {
      opcode = p[length++];
      shape = two_bytes[opcode];
      if ((shape & (imm_mask | is_bad)) > imm_8 || opcode == 0x38 || opcode == 0x3a ||
          (opcode & 0xfc) == 0x20 || (shape & is_flow) != 0) {
        return 0;
      }
    } else if (shape & (is_special | is_bad | is_flow)) {
      if (opcode == 0xe8) {
        push(at, ReferenceKind::call, target(p, at, length, 4));
        return length + 4;
      }
      if ((opcode & 0xf0) == 0x70) {
        push(at, ReferenceKind::branch, target(p, at, length, 1));
        return length + 1;
      }
      return 0;
    } else if (region_.high != 0 || opcode == 0xc7 || (opcode & 0xf8) == 0xb8) {
      return 0; // constants
    }
    const unsigned imm_size = imm_sizes[shape & imm_mask];
    if ((shape & has_modrm) == 0) {
      return length + imm_size;
    }
    const Byte modrm = p[length];
    if ((modrm & 0xc7) == 0x05) {
      const bool one = p[rex] != 0x0f;
      const bool names = one && (opcode == 0x8d || opcode == 0x8b);
      const unsigned reg = (modrm >> 3 & 7u) | (rex != 0 ? (p[0] & 4u) << 1 : 0);
      push(at,
           one && opcode == 0x8d ? ReferenceKind::address : ReferenceKind::memory,
           target(p, at, length + 1, 4) + imm_size,
           names ? reg : no_register);
      return length + 5 + imm_size;
    }
    const bool without_base = (modrm & 0xc7) == 0x04 && (p[length + 1] & 7) == 5;
    return length + modrm_sizes[modrm] + (without_base ? 4 : 0) + imm_size;
  }

  /// The address that `size` bytes at `offset`, the instruction's last, name relative to its end.
  std::uint64_t target(const Byte* p, std::size_t at, unsigned offset, unsigned size) const {
    std::int32_t distance = static_cast<std::int8_t>(p[offset]);
    if (size == 4) {
      std::memcpy(&distance, p + offset, 4);
    }
    return region_.address + at + offset + size +
           static_cast<std::uint64_t>(std::int64_t{distance});
  }

  void give_up(std::size_t at) {
    to_.push_back({.at = static_cast<std::uint32_t>(at - region_.from)});
  }

  void push(std::size_t at, ReferenceKind kind, std::uint64_t value, unsigned to = no_register) {
    to_.push_back({value,
                   static_cast<std::uint32_t>(at - region_.from),
                   kind,
                   static_cast<std::uint8_t>(to)});
  }

  void report(const Parts& parts, std::size_t at) {
    if (parts.shape & is_flow) {
      Reference flow = flow_of(parts, region_.address + at + parts.length);
      if (flow.kind != ReferenceKind::number) {
        flow.at = static_cast<std::uint32_t>(at - region_.from);
        to_.push_back(flow);
      }
      return;
    }
    if (parts.rip_relative()) {
      const std::uint64_t value =
          region_.address + at + parts.length +
          static_cast<std::uint64_t>(static_cast<std::int64_t>(parts.disp()));
      const bool one = parts.map == Map::one && !parts.vex;
      push(at,
           one && parts.opcode == 0x8d ? ReferenceKind::address : ReferenceKind::memory,
           value,
           one && (parts.opcode == 0x8d || parts.opcode == 0x8b) ? parts.reg() : no_register);
    }
    if (region_.high != 0) {
      report_numbers(parts, at);
    }
    if (region_.lengths && parts.map == Map::one && parts.imm_size == 4) {
      const bool is_mov = (parts.opcode & 0xf8) == 0xb8 || parts.opcode == 0xc7;
      const std::int64_t value = is_mov ? parts.imm() : 0;
      if (value > 0 && value < 65536) {
        push(at, ReferenceKind::length, static_cast<std::uint64_t>(value));
      }
    }
  }

  void report_numbers(const Parts& parts, std::size_t at) {
    const auto in_range = [&](std::uint64_t value) {
      return value >= region_.low && value < region_.high;
    };
    if (parts.disp_size == 4 && !parts.rip_relative()) {
      const auto value = static_cast<std::uint64_t>(static_cast<std::int64_t>(parts.disp()));
      if (in_range(value)) {
        // Without a base and an index it is a plain access; else the start of a table.
        const bool plain =
            parts.mod() == 0 && (parts.modrm() & 7) == 4 && parts.bytes[parts.modrm_at + 1] == 0x25;
        push(at, plain ? ReferenceKind::memory : ReferenceKind::number, value);
      }
    }
    if (parts.imm_size >= 4) {
      const auto value = static_cast<std::uint64_t>(parts.imm());
      if (in_range(value)) {
        const bool is_mov = parts.map == Map::one && (parts.opcode & 0xf8) == 0xb8;
        push(at,
             ReferenceKind::number,
             value,
             is_mov ? (parts.opcode & 7u) | (parts.rex & 1u) << 3 : no_register);
      }
    }
  }

  const Region& region_;
  std::vector<Reference>& to_;
};

constexpr unsigned rax = 0, rcx = 1, rdx = 2, rbx = 3, rsp = 4, rsi = 6, rdi = 7;

constexpr std::uint32_t bit(unsigned reg) {
  return 1u << reg;
}

/// The register that a byte-sized operand is a part of: spl and its kin need a REX prefix, else 4
/// to 7 are ah to bh.
unsigned byte_register(unsigned reg, const Parts& parts) {
  return parts.rex == 0 && reg >= 4 && reg < 8 ? reg - 4 : reg;
}

/// Reads the effects of the general instructions; those on vector registers have none on the
/// others, but for a few.
class EffectReader {
public:
  EffectReader(const Parts& parts, std::uint64_t next) : parts_(parts), next_(next) {}

  Effect read() {
    effect_.length = parts_.length;
    effect_.flow.kind = ReferenceKind::number;
    if (parts_.shape & is_flow) {
      effect_.flow = flow_of(parts_, next_);
      if (parts_.opcode == 0xff && parts_.is_register()) {
        effect_.flow.to = static_cast<std::uint8_t>(parts_.rm());
      }
    }
    if (parts_.map == Map::one && !parts_.vex) {
      read_one();
    } else if (parts_.map == Map::two && !parts_.vex) {
      read_two();
    } else {
      read_others();
    }
    if (effect_.to != no_register && effect_.kind == EffectKind::other) {
      clobber(effect_.to);
    }
    return effect_;
  }

private:
  void clobber(unsigned reg) { effect_.clobbered |= bit(reg); }
  void clobber_rm() {
    if (parts_.is_register()) {
      clobber(parts_.rm());
    }
  }
  void clobber_byte_rm() {
    if (parts_.is_register()) {
      clobber(byte_register(parts_.rm(), parts_));
    }
  }
  bool is_wide() const { return (parts_.rex & 8) != 0 || parts_.prefix != 0x66; } // 32 or 64 bits

  void set(EffectKind kind, unsigned to, unsigned from, std::uint64_t value) {
    effect_.kind = kind;
    effect_.to = static_cast<std::uint8_t>(to);
    effect_.from = static_cast<std::uint8_t>(from);
    effect_.value = value;
  }

  std::uint64_t displacement() const {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(parts_.disp()));
  }

  /// The register of [register + displacement], or no_register if the operand is anything else.
  unsigned base() const {
    if (parts_.mod() == 3 || parts_.rip_relative()) {
      return no_register;
    }
    if ((parts_.modrm() & 7) != 4) {
      return parts_.rm();
    }
    const Byte sib = parts_.bytes[parts_.modrm_at + 1];
    const bool index = (sib >> 3 & 7) != 4 || (parts_.rex & 2) != 0;
    if (index || (parts_.mod() == 0 && (sib & 7) == 5)) {
      return no_register;
    }
    return (sib & 7u) | (parts_.rex & 1u) << 3;
  }

  /// An operand [disp32]: no base, no index.
  bool is_absolute() const {
    return parts_.mod() == 0 && (parts_.modrm() & 7) == 4 &&
           parts_.bytes[parts_.modrm_at + 1] == 0x25 && (parts_.rex & 2) == 0;
  }

  void push() { set(EffectKind::add, rsp, rsp, 0 - std::uint64_t{8}); }

  void load(unsigned to) {
    if (parts_.is_register()) {
      set(EffectKind::copy, to, parts_.rm(), 0);
    } else if (parts_.rip_relative()) {
      set(EffectKind::load, to, no_register, next_ + displacement());
    } else if (is_absolute()) {
      set(EffectKind::load, to, no_register, displacement());
    } else if (base() != no_register) {
      set(EffectKind::load_based, to, base(), displacement());
    } else {
      clobber(to);
    }
  }

  void store(unsigned from) {
    if (parts_.is_register()) {
      if (from == no_register) {
        clobber(parts_.rm());
      } else {
        set(EffectKind::copy, parts_.rm(), from, 0);
      }
    } else if (base() != no_register) {
      set(EffectKind::store, base(), from, displacement());
    }
  }

  void read_one() {
    const unsigned op = parts_.opcode;
    if (op < 0x40) {
      read_arithmetic(op);
    } else if (op >= 0x50 && op <= 0x57) {
      push();
    } else if (op >= 0x58 && op <= 0x5f) {
      set(EffectKind::add, rsp, rsp, 8);
      clobber((op & 7) | (parts_.rex & 1u) << 3);
    } else if (op >= 0x90 && op <= 0x97) {
      if (op != 0x90 || (parts_.rex & 1) != 0) {
        clobber(rax);
        clobber((op & 7) | (parts_.rex & 1u) << 3);
      }
    } else if (op >= 0xb0 && op <= 0xb7) {
      clobber(byte_register((op & 7) | (parts_.rex & 1u) << 3, parts_));
    } else if (op >= 0xb8 && op <= 0xbf) {
      // 32 bits are zero-extended.
      const auto value = static_cast<std::uint64_t>(parts_.imm());
      set(EffectKind::constant,
          (op & 7) | (parts_.rex & 1u) << 3,
          no_register,
          parts_.imm_size == 4 ? value & 0xffffffff : value);
    } else {
      read_one_of_many(op);
    }
  }

  void read_arithmetic(unsigned op) {
    const unsigned column = op & 7;
    const bool compares = (op & 0x38) == 0x38;
    if (compares || column > 5) {
      return;
    }
    if (column >= 4) {
      clobber(rax);
    } else if (column == 0) {
      clobber_byte_rm();
    } else if (column == 1) {
      // xor r, r and sub r, r: zero
      const bool zeroes =
          (op == 0x31 || op == 0x29) && parts_.is_register() && parts_.rm() == parts_.reg();
      if (zeroes) {
        set(EffectKind::constant, parts_.rm(), no_register, 0);
      } else if (parts_.is_register()) {
        clobber_rm();
      } else {
        store(no_register);
      }
    } else {
      clobber(column == 2 ? byte_register(parts_.reg(), parts_) : parts_.reg());
    }
  }

  void read_one_of_many(unsigned op) {
    switch (op) {
    case 0x63: // movsxd
    case 0x69:
    case 0x6b:
      clobber(parts_.reg());
      break;
    case 0x68:
    case 0x6a:
      push();
      break;
    case 0x9c:
    case 0x9d:
    case 0xc8:
      clobber(rsp);
      break;
    case 0x80:
    case 0xc0:
    case 0xd0:
    case 0xd2:
    case 0xfe:
      if (op != 0x80 || parts_.reg_digit() != 7) {
        clobber_byte_rm();
      }
      break;
    case 0x81:
    case 0x83:
      if (parts_.reg_digit() == 0 && parts_.is_register() && is_wide()) {
        set(EffectKind::add, parts_.rm(), parts_.rm(), static_cast<std::uint64_t>(parts_.imm()));
      } else if (parts_.reg_digit() == 5 && parts_.is_register() && is_wide()) {
        set(EffectKind::add,
            parts_.rm(),
            parts_.rm(),
            0 - static_cast<std::uint64_t>(parts_.imm()));
      } else if (parts_.reg_digit() != 7) {
        clobber_rm();
      }
      break;
    case 0xc1:
    case 0xd1:
    case 0xd3:
      clobber_rm();
      break;
    case 0x86:
      clobber_byte_rm();
      clobber(byte_register(parts_.reg(), parts_));
      break;
    case 0x87:
      clobber_rm();
      clobber(parts_.reg());
      break;
    case 0x88:
      clobber_byte_rm();
      break;
    case 0x89:
      if (is_wide()) {
        store(parts_.reg());
      } else {
        clobber_rm();
      }
      break;
    case 0x8a:
      clobber(byte_register(parts_.reg(), parts_));
      break;
    case 0x8b:
      if (is_wide()) {
        load(parts_.reg());
      } else {
        clobber(parts_.reg());
      }
      break;
    case 0x8c:
      clobber_rm();
      break;
    case 0x8d:
      if (parts_.rip_relative()) {
        set(EffectKind::address, parts_.reg(), no_register, next_ + displacement());
      } else if (is_absolute()) {
        set(EffectKind::constant, parts_.reg(), no_register, displacement());
      } else if (base() != no_register) {
        set(EffectKind::add, parts_.reg(), base(), displacement());
      } else {
        clobber(parts_.reg());
      }
      break;
    case 0x8f:
      clobber(rsp);
      clobber_rm();
      break;
    case 0x98:
    case 0xa0:
    case 0xa1:
    case 0xac:
    case 0xad:
    case 0xd7:
    case 0xe4:
    case 0xe5:
    case 0xec:
    case 0xed:
      clobber(rax);
      if (op == 0xac || op == 0xad) {
        clobber(rsi);
      }
      break;
    case 0x99:
      clobber(rdx);
      break;
    case 0x9f:
      clobber(rax);
      break;
    case 0xa4:
    case 0xa5:
    case 0xa6:
    case 0xa7:
      clobber(rcx);
      clobber(rsi);
      clobber(rdi);
      break;
    case 0x6c:
    case 0x6d:
    case 0xaa:
    case 0xab:
    case 0xae:
    case 0xaf:
      clobber(rcx);
      clobber(rdi);
      break;
    case 0x6e:
    case 0x6f:
      clobber(rcx);
      clobber(rsi);
      break;
    case 0xc7:
      if (parts_.is_register()) {
        set(EffectKind::constant,
            parts_.rm(),
            no_register,
            static_cast<std::uint64_t>(parts_.imm()));
      } else {
        store(no_register);
      }
      break;
    case 0xc9: // leave
      clobber(rsp);
      clobber(5);
      break;
    case 0xdf:
      if (parts_.modrm() == 0xe0) { // fnstsw ax
        clobber(rax);
      }
      break;
    case 0xe0:
    case 0xe1:
    case 0xe2:
      clobber(rcx);
      break;
    case 0xf6:
    case 0xf7:
      switch (parts_.reg_digit()) {
      case 0:
      case 1:
        break;
      case 2:
      case 3:
        op == 0xf6 ? clobber_byte_rm() : clobber_rm();
        break;
      default:
        clobber(rax);
        clobber(rdx);
      }
      break;
    case 0xff:
      if (parts_.reg_digit() < 2) {
        clobber_rm();
      } else if (parts_.reg_digit() == 6) {
        push();
      }
      break;
    default:
      break; // test, string compares, jumps, the x87's
    }
  }

  void read_two() {
    const unsigned op = parts_.opcode;
    if (op >= 0x40 && op <= 0x4f) { // cmov
      load(parts_.reg());
      if (effect_.kind != EffectKind::other) {
        effect_.or_from = effect_.to;
      }
      return;
    }
    if (op >= 0x90 && op <= 0x9f) { // set
      clobber_byte_rm();
      return;
    }
    if (op >= 0xc8 && op <= 0xcf) { // bswap
      clobber((op & 7) | (parts_.rex & 1u) << 3);
      return;
    }
    switch (op) {
    case 0x00:
    case 0x01: // sldt, smsw, xgetbv...
      clobber_rm();
      clobber(rax);
      clobber(rdx);
      clobber(rcx);
      break;
    case 0x02:
    case 0x03:
    case 0x2c: // cvt..2si
    case 0x2d:
    case 0x50: // movmsk
    case 0xaf:
    case 0xb2:
    case 0xb4:
    case 0xb5:
    case 0xb6: // movzx, movsx
    case 0xb7:
    case 0xb8:
    case 0xbc:
    case 0xbd:
    case 0xbe:
    case 0xbf:
    case 0xc5: // pextrw
    case 0xd7: // pmovmskb
      clobber(parts_.reg());
      break;
    case 0x05: // syscall
      clobber(rax);
      clobber(rcx);
      clobber(11);
      break;
    case 0x20:
    case 0x21:
      clobber(parts_.rm());
      break;
    case 0x31: // rdtsc
    case 0x32:
    case 0x33:
      clobber(rax);
      clobber(rdx);
      break;
    case 0x7e: // movd r, xmm
      if (parts_.prefix != 0xf3) {
        clobber_rm();
      }
      break;
    case 0xa2: // cpuid
      clobber(rax);
      clobber(rbx);
      clobber(rcx);
      clobber(rdx);
      break;
    case 0xa4:
    case 0xa5:
    case 0xab:
    case 0xac:
    case 0xad:
    case 0xb3:
    case 0xba:
    case 0xbb:
      clobber_rm();
      break;
    case 0xae: // rdfsbase
      clobber_rm();
      break;
    case 0xb0:
    case 0xb1:
      clobber(rax);
      clobber_rm();
      break;
    case 0xc0:
    case 0xc1:
      clobber_rm();
      clobber(parts_.reg());
      break;
    case 0xc7: // cmpxchg8b, rdrand
      clobber(rax);
      clobber(rdx);
      clobber_rm();
      break;
    case 0x11:
    case 0x13:
    case 0x17:
    case 0x29:
    case 0x2b:
    case 0x7f:
    case 0xd6:
    case 0xe7: // vector stores: the slot is no longer what it was
      if (!parts_.is_register() && base() != no_register) {
        set(EffectKind::store, base(), no_register, displacement());
      }
      break;
    default:
      break;
    }
  }

  /// VEX, EVEX, XOP and the maps 0F38, 0F3A: what may write a general register does.
  void read_others() {
    const unsigned op = parts_.opcode;
    switch (parts_.map) {
    case Map::two:
      if (op == 0x2c || op == 0x2d || op == 0x50 || op == 0x93 || op == 0xc5 || op == 0xd7) {
        clobber(parts_.reg());
      } else if (op == 0x7e && parts_.prefix != 0xf3) {
        clobber_rm();
      }
      break;
    case Map::three_38:
      if (op >= 0xf0) { // movbe, crc32, andn, bextr, pext, mulx, shlx, blsi: some write the
                        // register that VEX names
        clobber(parts_.reg());
        clobber_rm();
        if (parts_.vex) {
          clobber(parts_.vex_register);
        }
      }
      break;
    case Map::three_3a:
      if ((op >= 0x14 && op <= 0x17) || op == 0xf0) {
        clobber_rm();
        clobber(parts_.reg());
      } else if (op >= 0x60 && op <= 0x63) { // pcmpistri
        clobber(rcx);
      }
      break;
    default:
      if (parts_.vex) { // XOP's bit instructions
        clobber(parts_.reg());
        clobber_rm();
      }
      break;
    }
  }

  const Parts& parts_;
  std::uint64_t next_;
  Effect effect_;
};

} // namespace

std::size_t instruction_length(std::string_view bytes) {
  std::array<Byte, 2 * reach> copy{};
  std::memcpy(copy.data(), bytes.data(), std::min(bytes.size(), reach));
  Parts parts;
  return !bytes.empty() && take_apart(copy.data(), parts) && parts.length <= bytes.size()
             ? parts.length
             : 0;
}

void read_references(const Region& region, std::vector<Reference>& to) {
  Scanner(region, to).scan();
}

Effect effect_at(std::string_view bytes, std::uint64_t address, std::size_t at) {
  if (at >= bytes.size()) {
    return {};
  }
  std::array<Byte, 2 * reach> copy; // where the code ends too soon
  const auto* code = reinterpret_cast<const Byte*>(bytes.data() + at);
  if (bytes.size() - at < reach) {
    copy.fill(0);
    std::memcpy(copy.data(), code, bytes.size() - at);
    code = copy.data();
  }
  Parts parts;
  if (!take_apart(code, parts) || parts.length > bytes.size() - at) {
    return {};
  }
  return EffectReader(parts, address + at + parts.length).read();
}

std::optional<std::uint64_t>
stub_slot(std::string_view bytes, std::uint64_t address, std::size_t at) {
  const std::size_t start = at;
  if (bytes.substr(at, 4) == "\xf3\x0f\x1e\xfa") { // endbr64
    at += 4;
  }
  if (bytes.substr(at, 1) == "\xf2") { // bnd
    at += 1;
  }
  if (bytes.substr(at, 2) != "\xff\x25" || bytes.size() - start < at - start + 6) {
    return std::nullopt;
  }
  std::int32_t disp = 0;
  std::memcpy(&disp, bytes.data() + at + 2, 4);
  return address + at + 6 + static_cast<std::uint64_t>(static_cast<std::int64_t>(disp));
}

} // namespace pare::x86_64
