#include "code/aarch64.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace pare::aarch64 {

namespace {

using Word = std::uint32_t;

constexpr unsigned sp = 31; // or the zero register: the instruction says which

Word word_at(std::string_view bytes, std::size_t at) {
  Word word = 0;
  std::memcpy(&word, bytes.data() + at, 4);
  if constexpr (std::endian::native == std::endian::big) {
    word = __builtin_bswap32(word);
  }
  return word;
}

constexpr unsigned rd(Word word) {
  return word & 31;
}
constexpr unsigned rn(Word word) {
  return word >> 5 & 31;
}
constexpr unsigned rm(Word word) {
  return word >> 16 & 31;
}

/// `count` bits from `first` up, as a signed number.
constexpr std::uint64_t signed_field(Word word, unsigned first, unsigned count) {
  return static_cast<std::uint64_t>(
      static_cast<std::int64_t>(static_cast<std::uint64_t>(word >> first) << (64 - count)) >>
      (64 - count));
}

constexpr bool is_adr(Word word) {
  return (word & 0x1f000000) == 0x10000000; // adrp too
}
constexpr std::uint64_t adr_value(Word word, std::uint64_t pc) {
  const std::uint64_t offset = signed_field(word, 5, 19) << 2 | (word >> 29 & 3);
  return word >> 31 != 0 ? (pc & ~std::uint64_t{0xfff}) + (offset << 12) : pc + offset;
}

/// add or sub of 64 bits with an immediate, without flags.
constexpr bool is_add(Word word) {
  return (word & 0xbf800000) == 0x91000000;
}
constexpr std::uint64_t add_value(Word word) {
  const std::uint64_t value = std::uint64_t{word >> 10 & 0xfff} << ((word >> 22 & 1) * 12);
  return (word >> 30 & 1) != 0 ? 0 - value : value;
}

/// Load or store with an unsigned, scaled offset: any size, general and vector registers.
constexpr bool is_access(Word word) {
  return (word & 0x3b000000) == 0x39000000;
}
constexpr bool is_vector(Word word) {
  return (word >> 26 & 1) != 0;
}
constexpr std::uint64_t access_offset(Word word) {
  const unsigned scale =
      is_vector(word) && (word >> 30) == 0 && (word >> 23 & 1) != 0 ? 4 : word >> 30;
  return std::uint64_t{word >> 10 & 0xfff} << scale;
}
/// ldr x, str x.
constexpr bool is_load_64(Word word) {
  return (word & 0xffc00000) == 0xf9400000;
}
constexpr bool is_store_64(Word word) {
  return (word & 0xffc00000) == 0xf9000000;
}

/// movz, of 32 or 64 bits.
constexpr bool is_movz(Word word) {
  return (word & 0x7f800000) == 0x52800000;
}
constexpr std::uint64_t movz_value(Word word) {
  return std::uint64_t{word >> 5 & 0xffff} << ((word >> 21 & 3) * 16);
}

/// Kind `number`: to the next instruction.
Reference flow_of(Word word, std::uint64_t pc) {
  Reference flow;
  flow.kind = ReferenceKind::number;
  if ((word & 0x7c000000) == 0x14000000) { // b, bl
    flow.kind = word >> 31 != 0 ? ReferenceKind::call : ReferenceKind::jump;
    flow.value = pc + (signed_field(word, 0, 26) << 2);
  } else if ((word & 0xff000000) == 0x54000000 ||
             (word & 0x7e000000) == 0x34000000) { // b.cond, cbz
    flow.kind = ReferenceKind::branch;
    flow.value = pc + (signed_field(word, 5, 19) << 2);
  } else if ((word & 0x7e000000) == 0x36000000) { // tbz
    flow.kind = ReferenceKind::branch;
    flow.value = pc + (signed_field(word, 5, 14) << 2);
  } else if ((word & 0xfe1ff000) == 0xd61f0000) { // br, blr, ret, and those that authenticate first
    constexpr std::array<ReferenceKind, 8> kinds = {ReferenceKind::jump_register,
                                                    ReferenceKind::call_register,
                                                    ReferenceKind::returns,
                                                    ReferenceKind::number,
                                                    ReferenceKind::returns,
                                                    ReferenceKind::number,
                                                    ReferenceKind::number,
                                                    ReferenceKind::number};
    flow.kind = kinds[word >> 21 & 7];
    flow.to = static_cast<std::uint8_t>(rn(word));
  } else if ((word & 0xffe0001f) == 0xd4200000 || (word & 0xffe0001f) == 0xd4400000 ||
             word >> 16 == 0) { // brk, hlt, udf
    flow.kind = ReferenceKind::stops;
  }
  return flow;
}

class Scanner {
public:
  Scanner(const Region& region, std::vector<Reference>& to) : region_(region), to_(to) {}

  void scan() {
    std::size_t at = region_.from;
    for (; at < region_.to && region_.to - at >= 4; at += 4) {
      take(word_at(region_.bytes, at), at);
    }
    if (at < region_.to) {
      push(at, ReferenceKind::undecoded, 0, no_register);
    }
  }

private:
  void push(std::size_t at, ReferenceKind kind, std::uint64_t value, unsigned to) {
    to_.push_back({value,
                   static_cast<std::uint32_t>(at - region_.from),
                   kind,
                   static_cast<std::uint8_t>(to)});
  }

  bool holds_page(unsigned reg) const { return (pages_known_ >> reg & 1) != 0; }
  void forget(unsigned reg) { pages_known_ &= ~(Word{1} << reg); }

  void take(Word word, std::size_t at) {
    const std::uint64_t pc = region_.address + at;
    if (is_adr(word)) {
      const std::uint64_t value = adr_value(word, pc);
      if (word >> 31 == 0) {
        push(at, ReferenceKind::address, value, rd(word));
        forget(rd(word));
      } else if (rd(word) != sp) {
        pages_[rd(word)] = value;
        pages_known_ |= Word{1} << rd(word);
      }
      return;
    }
    if (is_add(word) && holds_page(rn(word))) {
      push(at, ReferenceKind::address, pages_[rn(word)] + add_value(word), rd(word));
    } else if (is_access(word)) {
      if (holds_page(rn(word))) {
        push(at,
             ReferenceKind::memory,
             pages_[rn(word)] + access_offset(word),
             is_load_64(word) ? rd(word) : no_register);
      }
      if (is_vector(word) || (word >> 22 & 3) == 0) {
        return; // writes no general register
      }
    } else if ((word & 0x3b000000) == 0x18000000) { // ldr of what lies in the code
      push(at, ReferenceKind::memory, pc + (signed_field(word, 5, 19) << 2), no_register);
    } else if (region_.lengths && is_movz(word) && (word & 0x600000) == 0 &&
               movz_value(word) != 0) {
      push(at, ReferenceKind::length, movz_value(word), rd(word));
    } else {
      Reference flow = flow_of(word, pc);
      if (flow.kind != ReferenceKind::number) {
        flow.at = static_cast<std::uint32_t>(at - region_.from);
        flow.to = no_register;
        to_.push_back(flow);
        if (flow.kind == ReferenceKind::call || flow.kind == ReferenceKind::call_register) {
          pages_known_ &= 0xfff80000; // what a call keeps: x19 and up
        }
        return;
      }
    }
    forget(rd(word));
  }

  const Region& region_;
  std::vector<Reference>& to_;
  std::array<std::uint64_t, 32> pages_{};
  Word pages_known_ = 0;
};

class EffectReader {
public:
  EffectReader(Word word, std::uint64_t pc) : word_(word), pc_(pc) {}

  Effect read() {
    effect_.length = 4;
    effect_.flow = flow_of(word_, pc_);
    if (effect_.flow.kind == ReferenceKind::number) {
      read_plain();
    }
    return effect_;
  }

private:
  void clobber(unsigned reg) {
    if (reg != sp) {
      effect_.clobbered |= Word{1} << reg;
    }
  }
  void set(EffectKind kind, unsigned to, unsigned from, std::uint64_t value) {
    effect_.kind = kind;
    effect_.to = static_cast<std::uint8_t>(to);
    effect_.from = static_cast<std::uint8_t>(from);
    effect_.value = value;
  }

  void read_plain() {
    if (is_adr(word_)) {
      set(EffectKind::address, rd(word_), no_register, adr_value(word_, pc_));
    } else if (is_add(word_)) {
      set(EffectKind::add, rd(word_), rn(word_), add_value(word_));
    } else if ((word_ & 0x7fe0ffe0) == 0x2a0003e0) { // mov: orr with the zero register
      rm(word_) == sp ? set(EffectKind::constant, rd(word_), no_register, 0)
                      : set(EffectKind::copy, rd(word_), rm(word_), 0);
    } else if (is_movz(word_)) {
      set(EffectKind::constant, rd(word_), no_register, movz_value(word_));
    } else if ((word_ & 0x7fe00c00) == 0x1a800000 && rn(word_) != sp && rm(word_) != sp) { // csel
      set(EffectKind::copy, rd(word_), rn(word_), 0);
      effect_.or_from = static_cast<std::uint8_t>(rm(word_));
    } else if ((word_ & 0x3fe00000) == 0x0b200000 ||
               ((word_ & 0x1f800000) == 0x12000000 && (word_ & 0x60000000) != 0x60000000)) {
      effect_.clobbered |= Word{1}
                           << rd(word_); // add of an extended register, and: 31 is the stack here
    } else if ((word_ & 0x0a000000) == 0x08000000) {
      read_memory();
    } else if ((word_ & 0x1f000000) == 0x0b000000 || (word_ & 0x1c000000) == 0x10000000 ||
               (word_ & 0x0e000000) == 0x0a000000) {
      clobber(
          rd(word_)); // arithmetic and logic, the results of comparisons going to the zero register
    } else if ((word_ & 0x0e000000) == 0x0e000000) {
      if ((word_ & 0x5f20fc00) == 0x1e200000 || (word_ & 0x5f200000) == 0x1e000000 ||
          (word_ & 0x9fe0fc00) == 0x0e003c00) {
        clobber(rd(word_)); // fcvt and fmov to a general register; umov
      }
    } else {
      clobber(rd(word_));
    }
  }

  /// Loads and stores.
  void read_memory() {
    if (is_load_64(word_)) {
      set(EffectKind::load_based, rd(word_), rn(word_), access_offset(word_));
    } else if (is_store_64(word_)) {
      set(EffectKind::store,
          rn(word_),
          rd(word_) == sp ? no_register : rd(word_),
          access_offset(word_));
    } else if (is_access(word_)) {
      if (!is_vector(word_) && (word_ >> 22 & 3) != 0) {
        clobber(rd(word_));
      }
    } else if ((word_ & 0x3a000000) == 0x28000000) { // pairs
      if ((word_ >> 23 & 1) != 0) {
        write_back(signed_field(word_, 15, 7) << (2 + (word_ >> 31)));
      }
      if ((word_ >> 22 & 1) != 0 && !is_vector(word_)) {
        clobber(rd(word_));
        clobber(word_ >> 10 & 31);
      }
    } else if ((word_ & 0x3b000000) == 0x18000000) { // literal
      if (!is_vector(word_)) {
        if (word_ >> 30 == 1) {
          set(EffectKind::load, rd(word_), no_register, pc_ + (signed_field(word_, 5, 19) << 2));
        } else {
          clobber(rd(word_));
        }
      }
    } else if ((word_ & 0x3b200000) ==
               0x38000000) { // with an unscaled offset, or writing the base back
      const bool loads = (word_ >> 22 & 3) != 0;
      if ((word_ & 0xffe00c00) == 0xf8400000) {
        set(EffectKind::load_based, rd(word_), rn(word_), signed_field(word_, 12, 9));
      } else if ((word_ & 0xffe00c00) == 0xf8000000) {
        set(EffectKind::store,
            rn(word_),
            rd(word_) == sp ? no_register : rd(word_),
            signed_field(word_, 12, 9));
      } else {
        if ((word_ >> 10 & 1) != 0) {
          write_back(signed_field(word_, 12, 9));
        }
        if (loads && !is_vector(word_)) {
          clobber(rd(word_));
        }
      }
    } else if ((word_ & 0xbe800000) == 0x0c800000) { // ld1 and its kin, writing the base back
      effect_.clobbered |= Word{1} << rn(word_);
    } else if (!is_vector(word_)) { // exclusive, atomic, with a register as offset
      clobber(rd(word_));
      if ((word_ & 0x3b200c00) != 0x38200800) {
        clobber(rm(word_));
      }
    }
  }

  void write_back(std::uint64_t offset) { set(EffectKind::add, rn(word_), rn(word_), offset); }

  Word word_;
  std::uint64_t pc_;
  Effect effect_;
};

} // namespace

void read_references(const Region& region, std::vector<Reference>& to) {
  Scanner(region, to).scan();
}

Effect effect_at(std::string_view bytes, std::uint64_t address, std::size_t at) {
  if (at > bytes.size() || bytes.size() - at < 4) {
    return {};
  }
  return EffectReader(word_at(bytes, at), address + at).read();
}

std::optional<std::uint64_t>
stub_slot(std::string_view bytes, std::uint64_t address, std::size_t at) {
  // [bti c] adrp x16; ldr x17, [x16, #offset]; add x16, x16, #offset; br x17 (AAELF64, "Procedure
  // linkage table").
  const auto word = [&](unsigned index) -> Word {
    const std::size_t place = at + 4 * std::size_t{index};
    return place <= bytes.size() && bytes.size() - place >= 4 ? word_at(bytes, place) : 0;
  };
  const unsigned first = word(0) == 0xd503245f ? 1 : 0;
  const Word page = word(first), load = word(first + 1);
  const bool fits = (page & 0x9f00001f) == 0x90000010 && (load & 0xffc003ff) == 0xf9400211 &&
                    word(first + 3) == 0xd61f0220;
  if (!fits) {
    return std::nullopt;
  }
  return adr_value(page, address + at + 4 * first) + access_offset(load);
}

} // namespace pare::aarch64
