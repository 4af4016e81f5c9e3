// Capstone judges: lengths, references and effects of all instructions of some of the system's
// libraries.

#include "built.hpp"
#include "code/functions.hpp"
#include "code/x86_64.hpp"
#include "loaders/files.hpp"
#include "root/directory.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <capstone/capstone.h>
#include <cctype>
#include <map>
#include <memory>

using namespace pare;
using Lines = std::vector<std::string>;

TEST_SUITE_BEGIN("code");

namespace {

constexpr std::size_t most_lines = 12;

/// The number of the general register that Capstone's register is, or is a part of; no_register: of
/// none.
std::uint8_t number_of(csh capstone, unsigned reg) {
  static const std::map<unsigned, std::uint8_t> numbers = [&] {
    const char* const names[16][5] = {{"al", "ah", "ax", "eax", "rax"},
                                      {"cl", "ch", "cx", "ecx", "rcx"},
                                      {"dl", "dh", "dx", "edx", "rdx"},
                                      {"bl", "bh", "bx", "ebx", "rbx"},
                                      {"spl", "", "sp", "esp", "rsp"},
                                      {"bpl", "", "bp", "ebp", "rbp"},
                                      {"sil", "", "si", "esi", "rsi"},
                                      {"dil", "", "di", "edi", "rdi"},
                                      {"r8b", "", "r8w", "r8d", "r8"},
                                      {"r9b", "", "r9w", "r9d", "r9"},
                                      {"r10b", "", "r10w", "r10d", "r10"},
                                      {"r11b", "", "r11w", "r11d", "r11"},
                                      {"r12b", "", "r12w", "r12d", "r12"},
                                      {"r13b", "", "r13w", "r13d", "r13"},
                                      {"r14b", "", "r14w", "r14d", "r14"},
                                      {"r15b", "", "r15w", "r15d", "r15"}};
    std::map<unsigned, std::uint8_t> out;
    for (unsigned id = 1; id < X86_REG_ENDING; ++id) {
      const char* name = cs_reg_name(capstone, id);
      for (std::uint8_t number = 0; name != nullptr && number < 16; ++number) {
        if (std::ranges::find(names[number], std::string_view(name)) != std::end(names[number])) {
          out[id] = number;
        }
      }
    }
    return out;
  }();
  const auto found = numbers.find(reg);
  return found == numbers.end() ? no_register : found->second;
}

class Judge {
public:
  explicit Judge(const std::string& path) {
    const std::unique_ptr<Root> root = open_directory("/");
    Files files(*root);
    const Examined* file = files.open(path).file;
    REQUIRE(file != nullptr);
    REQUIRE(file->elf() != nullptr);
    const std::optional<Root::Opened> opened = root->open(file->path);
    object_ = std::make_unique<Object>(*opened->bytes, *file->elf());
    object_->load(*opened->bytes);
    REQUIRE(cs_open(CS_ARCH_X86, CS_MODE_64, &capstone_) == CS_ERR_OK);
    cs_option(capstone_, CS_OPT_DETAIL, CS_OPT_ON);
    instruction_ = cs_malloc(capstone_);
  }
  ~Judge() {
    cs_free(instruction_, 1);
    cs_close(&capstone_);
  }
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  std::size_t instructions = 0; ///< That Capstone knows.

  /// The first places where the two differ.
  Lines differences() {
    for (const FunctionRange& range : read_unwind_ranges(*object_)) {
      if (out_.size() >= most_lines) {
        break;
      }
      judge(range);
    }
    return out_;
  }

private:
  void judge(const FunctionRange& range) {
    const std::string_view bytes =
        object_->bytes_at(range.start).substr(0, range.end - range.start);
    std::vector<Reference> expected;
    std::size_t at = 0;
    while (at < bytes.size()) {
      const std::size_t length = x86_64::instruction_length(bytes.substr(at));
      const auto* code = reinterpret_cast<const std::uint8_t*>(bytes.data() + at);
      std::size_t size = bytes.size() - at;
      std::uint64_t address = range.start + at;
      if (!cs_disasm_iter(capstone_, &code, &size, &address, instruction_)) {
        return; // what Capstone does not know, it cannot judge; nor what comes behind
      }
      if (instruction_->size != length) {
        complain(range.start + at, fmt::format("{} bytes, not {}", instruction_->size, length));
        return;
      }
      expect_reference(at, expected);
      judge_effect(bytes, range.start, at);
      at += length;
      ++instructions;
    }
    std::vector<Reference> ours;
    read_references(object_->machine(), region_of(*object_, range), ours);
    // Registers are judged with the effects; and the rest has no values.
    std::erase_if(ours, [](const Reference& reference) {
      return reference.kind > ReferenceKind::jump_memory;
    });
    for (Reference& reference : ours) {
      reference.to = no_register;
    }
    if (ours != expected) {
      const auto [mine, theirs] = std::ranges::mismatch(ours, expected);
      out_.push_back(fmt::format("{:#x}: reference {:#x}, not {:#x}",
                                 range.start,
                                 mine == ours.end() ? 0 : mine->value,
                                 theirs == expected.end() ? 0 : theirs->value));
    }
  }

  void complain(std::uint64_t address, const std::string& what) {
    out_.push_back(fmt::format(
        "{:#x}: {} {}: {}", address, instruction_->mnemonic, instruction_->op_str, what));
  }

  bool is_in(std::uint8_t group) const { return cs_insn_group(capstone_, instruction_, group); }

  void expect_reference(std::size_t at, std::vector<Reference>& expected) const {
    const cs_x86& detail = instruction_->detail->x86;
    const bool is_call = is_in(CS_GRP_CALL),
               is_jump = is_in(CS_GRP_JUMP) || instruction_->id == X86_INS_LOOP;
    for (std::uint8_t i = 0; i < detail.op_count; ++i) {
      const cs_x86_op& operand = detail.operands[i];
      Reference reference{.at = static_cast<std::uint32_t>(at)};
      if (operand.type == X86_OP_IMM && (is_call || is_jump) &&
          instruction_->id != X86_INS_XBEGIN) {
        reference.value = static_cast<std::uint64_t>(operand.imm);
        reference.kind = is_call                           ? ReferenceKind::call
                         : instruction_->id == X86_INS_JMP ? ReferenceKind::jump
                                                           : ReferenceKind::branch;
      } else if (operand.type == X86_OP_MEM && operand.mem.base == X86_REG_RIP) {
        reference.value = instruction_->address + instruction_->size +
                          static_cast<std::uint64_t>(operand.mem.disp);
        reference.kind = is_call                           ? ReferenceKind::call_memory
                         : is_jump                         ? ReferenceKind::jump_memory
                         : instruction_->id == X86_INS_LEA ? ReferenceKind::address
                                                           : ReferenceKind::memory;
      } else {
        continue;
      }
      expected.push_back(reference);
    }
  }

  /// Every register that Capstone says is written gets a new value in ours.
  void judge_effect(std::string_view bytes, std::uint64_t start, std::size_t at) {
    const Effect effect = effect_at(object_->machine(), bytes, start, at);
    std::uint32_t written = effect.clobbered;
    if (effect.kind != EffectKind::other && effect.kind != EffectKind::store) {
      written |= 1u << effect.to;
    }
    if (effect.flow.kind != ReferenceKind::number) {
      return; // calls and returns move the stack
    }
    // Capstone 4 has these write the accumulator, which they only read.
    if (instruction_->id == X86_INS_TEST || instruction_->id == X86_INS_CDQ ||
        instruction_->id == X86_INS_CQO || instruction_->id == X86_INS_CWD) {
      return;
    }
    cs_regs read, write;
    std::uint8_t read_count = 0, write_count = 0;
    cs_regs_access(capstone_, instruction_, read, &read_count, write, &write_count);
    for (std::uint8_t i = 0; i < write_count; ++i) {
      const std::uint8_t number = number_of(capstone_, write[i]);
      if (number != no_register && (written >> number & 1) == 0 && out_.size() < most_lines) {
        complain(start + at, fmt::format("writes {}", cs_reg_name(capstone_, write[i])));
      }
    }
    judge_constant(effect, start + at);
  }

  /// lea and mov of constants.
  void judge_constant(const Effect& effect, std::uint64_t address) {
    const cs_x86& detail = instruction_->detail->x86;
    const cs_x86_op& from = detail.operands[1];
    if (instruction_->id == X86_INS_LEA && from.mem.base == X86_REG_RIP) {
      const std::uint64_t value =
          instruction_->address + instruction_->size + static_cast<std::uint64_t>(from.mem.disp);
      if (effect.kind != EffectKind::address || effect.value != value ||
          effect.to != number_of(capstone_, detail.operands[0].reg)) {
        complain(address, "another address");
      }
    } else if ((instruction_->id == X86_INS_MOV || instruction_->id == X86_INS_MOVABS) &&
               detail.operands[0].type == X86_OP_REG && detail.operands[0].size >= 4 &&
               from.type == X86_OP_IMM) {
      const std::uint64_t mask = detail.operands[0].size == 4 ? 0xffffffff : ~std::uint64_t{0};
      if (effect.kind != EffectKind::constant ||
          (effect.value & mask) != (static_cast<std::uint64_t>(from.imm) & mask) ||
          effect.to != number_of(capstone_, detail.operands[0].reg)) {
        complain(address, "another constant");
      }
    }
  }

  std::unique_ptr<Object> object_;
  csh capstone_ = 0;
  cs_insn* instruction_ = nullptr;
  Lines out_;
};

constexpr std::string_view misjudged_by_capstone[] = {
    "cmp", "cmn", "tst", "ccmp", "ccmn", "svc", "st", "msr", "dc", "prfm"};

/// The first AArch64 instructions of a library that write a general register, or go somewhere, and
/// ours does not say so.
Lines differences_of_aarch64(const std::string& path, std::size_t& instructions) {
  const std::unique_ptr<Root> root = open_directory("/");
  Files files(*root);
  const Examined* file = files.open(path).file;
  REQUIRE(file != nullptr);
  REQUIRE(file->elf() != nullptr);
  const std::optional<Root::Opened> opened = root->open(file->path);
  Object object(*opened->bytes, *file->elf());
  object.load(*opened->bytes);
  csh capstone = 0;
  REQUIRE(cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, &capstone) == CS_ERR_OK);
  cs_option(capstone, CS_OPT_DETAIL, CS_OPT_ON);
  cs_insn* instruction = cs_malloc(capstone);
  Lines out;
  for (const FunctionRange& range : read_unwind_ranges(object)) {
    const std::string_view bytes = object.bytes_at(range.start).substr(0, range.end - range.start);
    for (std::size_t at = 0; at + 4 <= bytes.size() && out.size() < most_lines; at += 4) {
      const auto* code = reinterpret_cast<const std::uint8_t*>(bytes.data() + at);
      std::size_t size = 4;
      std::uint64_t address = range.start + at;
      if (!cs_disasm_iter(capstone, &code, &size, &address, instruction)) {
        continue;
      }
      ++instructions;
      const auto complain = [&](const std::string& what) {
        out.push_back(fmt::format("{:#x}: {} {}: {}",
                                  range.start + at,
                                  instruction->mnemonic,
                                  instruction->op_str,
                                  what));
      };
      const Effect effect = effect_at(object.machine(), bytes, range.start, at);
      const cs_arm64& detail = instruction->detail->arm64;
      if (effect.flow.kind != ReferenceKind::number) {
        const cs_arm64_op& last = detail.operands[detail.op_count == 0 ? 0 : detail.op_count - 1];
        if (effect.flow.kind <= ReferenceKind::branch &&
            static_cast<std::uint64_t>(last.imm) != effect.flow.value) {
          complain("another target");
        }
        continue;
      }
      if (cs_insn_group(capstone, instruction, ARM64_GRP_JUMP) ||
          cs_insn_group(capstone, instruction, ARM64_GRP_CALL)) {
        complain("goes elsewhere");
      }
      // Capstone 4 has these write what they only read.
      const std::string_view mnemonic = instruction->mnemonic;
      if (std::ranges::any_of(misjudged_by_capstone,
                              [&](std::string_view name) { return mnemonic.starts_with(name); })) {
        continue;
      }
      std::uint32_t written = effect.clobbered;
      if (effect.kind != EffectKind::other && effect.kind != EffectKind::store) {
        written |= 1u << effect.to;
      }
      cs_regs read, write;
      std::uint8_t read_count = 0, write_count = 0;
      cs_regs_access(capstone, instruction, read, &read_count, write, &write_count);
      for (std::uint8_t i = 0; i < write_count; ++i) {
        const std::string name = cs_reg_name(capstone, write[i]);
        const bool is_general =
            (name[0] == 'x' || name[0] == 'w') && name.size() <= 3 && std::isdigit(name[1]) != 0;
        const int number = is_general                     ? std::stoi(name.substr(1))
                           : name == "sp"                 ? 31
                           : name == "fp" || name == "lr" ? (name == "fp" ? 29 : 30)
                                                          : -1;
        if (number >= 0 && (written >> number & 1) == 0) {
          complain("writes " + name);
        }
      }
    }
  }
  cs_free(instruction, 1);
  cs_close(&capstone);
  return out;
}

} // namespace

TEST_CASE("instructions are what Capstone says they are") {
  for (const char* name : {"libc.so.6", "libcrypto.so.3", "libstdc++.so.6", "libm.so.6"}) {
    CAPTURE(std::string(name));
    Judge judge(std::string("/usr/lib/x86_64-linux-gnu/") + name);
    CHECK(judge.differences() == Lines());
    CHECK(judge.instructions > 50000);
  }
}

TEST_CASE("what AArch64's instructions write is what Capstone says, and where they go") {
  std::size_t instructions = 0;
  CHECK(differences_of_aarch64("/usr/aarch64-linux-gnu/lib/libc.so.6", instructions) == Lines());
  CHECK(instructions > 50000);
}

TEST_CASE("bytes that are no instruction") {
  using namespace std::string_view_literals;
  for (const std::string_view bytes :
       {""sv,
        "\x06"sv,
        "\x0f"sv,
        "\xe8\0\0\0"sv,
        "\x48"sv,
        "\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x90"sv}) {
    CHECK(x86_64::instruction_length(bytes) == 0);
  }
  CHECK(x86_64::instruction_length("\xc3\x06"sv) == 1);
  CHECK(x86_64::stub_slot("\xff\x25\x10\0\0"sv, 0, 0) == std::nullopt);
  CHECK(x86_64::stub_slot("\xf3\x0f\x1e\xfa\xf2\xff\x25\x10\0\0\0"sv, 0x1000, 0) == 0x101b);
}

TEST_CASE("what is no instruction ends the reading of a function") {
  const std::string bytes = std::string("\x90\xe8\x01\0\0\0\x06\xc3", 8) + std::string(64, '\x90');
  std::vector<Reference> references;
  read_references({.machine = elf::em_x86_64},
                  {.bytes = bytes, .address = 0x1000, .from = 0, .to = 8},
                  references);
  CHECK(references ==
        std::vector<Reference>{{.value = 0x1007, .at = 1, .kind = ReferenceKind::call},
                               {.at = 6, .kind = ReferenceKind::undecoded}});
}

TEST_SUITE_END();
