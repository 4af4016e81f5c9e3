#include "code/arguments.hpp"

#include "code/decode.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace pare {

namespace {

constexpr std::size_t most_instructions = 65536, most_values = 5, most_steps = 4096;

/// A place whose content is asked for: a register, or a slot of the stack at [base + offset].
struct Place {
  bool is_slot = false;
  std::uint8_t reg = no_register;
  std::int64_t offset = 0; ///< Of a slot.
  std::uint64_t added = 0; ///< What is added to the content on the way to who asks.
  bool is_pointer = false; ///< Asked for is what the pointer at content + added holds.

  auto operator<=>(const Place&) const = default;
};

/// A stretch of instructions that is entered at its start only.
struct Block {
  std::size_t first = 0, last = 0; ///< Instructions, `last` behind.
  std::vector<std::size_t> before; ///< Blocks that lead here.
};

class Follower {
public:
  Follower(const Object& object,
           const FunctionRange& function,
           const std::function<std::size_t(std::uint64_t, bool)>& wanted,
           std::uint64_t& steps_left)
      : object_(object), function_(function), wanted_(wanted), steps_left_(steps_left),
        convention_(convention_of(object.machine())), region_(region_of(object, function)) {}

  std::vector<FollowedCall> follow() {
    if (!read() || instructions_.empty()) {
      return {};
    }
    split();
    std::vector<FollowedCall> calls;
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
      for (std::size_t at = blocks_[block].first; at < blocks_[block].last; ++at) {
        meet(block, at, calls);
      }
    }
    return calls;
  }

private:
  struct Instruction {
    std::uint64_t address;
    Effect effect;
  };

  bool read() {
    for (std::size_t at = region_.from; at < region_.to;) {
      const Effect effect = effect_at(object_.machine(), region_.bytes, region_.address, at);
      if (effect.length == 0 || effect.length > region_.to - at) {
        break;
      }
      if (instructions_.size() == most_instructions) {
        return false;
      }
      instructions_.push_back({region_.address + at, effect});
      at += effect.length;
    }
    return true;
  }

  bool is_inside(std::uint64_t address) const {
    return address >= function_.start && address < function_.end;
  }

  static bool ends(ReferenceKind kind) {
    return kind == ReferenceKind::jump || kind == ReferenceKind::jump_memory ||
           kind == ReferenceKind::jump_register || kind == ReferenceKind::returns ||
           kind == ReferenceKind::stops;
  }

  void split() {
    std::vector<std::uint64_t> starts{function_.start};
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
      const Reference& flow = instructions_[i].effect.flow;
      const bool jumps = flow.kind == ReferenceKind::jump || flow.kind == ReferenceKind::branch;
      if (jumps && is_inside(flow.value)) {
        starts.push_back(flow.value);
      }
      if ((jumps || ends(flow.kind)) && i + 1 < instructions_.size()) {
        starts.push_back(instructions_[i + 1].address);
      }
    }
    std::ranges::sort(starts);
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    std::size_t next = 0;
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
      // A target in the middle of an instruction starts nothing.
      while (next < starts.size() && starts[next] < instructions_[i].address) {
        ++next;
      }
      if (next < starts.size() && starts[next] == instructions_[i].address) {
        blocks_.push_back({.first = i});
      }
      blocks_.back().last = i + 1;
    }
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
      const Reference& flow = instructions_[blocks_[block].last - 1].effect.flow;
      if (!ends(flow.kind) && block + 1 < blocks_.size()) {
        blocks_[block + 1].before.push_back(block);
      }
      if ((flow.kind == ReferenceKind::jump || flow.kind == ReferenceKind::branch) &&
          is_inside(flow.value)) {
        const auto target =
            std::ranges::lower_bound(blocks_, flow.value, {}, [&](const Block& other) {
              return instructions_[other.first].address;
            });
        if (target != blocks_.end() && instructions_[target->first].address == flow.value) {
          target->before.push_back(block);
        }
      }
    }
  }

  /// A call, or a jump that leaves the function.
  void meet(std::size_t block, std::size_t at, std::vector<FollowedCall>& calls) {
    const Reference& flow = instructions_[at].effect.flow;
    switch (flow.kind) {
    case ReferenceKind::call:
      add_call(block, at, flow.value, false, calls);
      break;
    case ReferenceKind::jump:
    case ReferenceKind::branch:
      if (!is_inside(flow.value)) {
        add_call(block, at, flow.value, false, calls);
      }
      break;
    case ReferenceKind::call_memory:
    case ReferenceKind::jump_memory:
      add_call(block, at, flow.value, true, calls);
      break;
    case ReferenceKind::call_register:
    case ReferenceKind::jump_register:
      if (flow.to != no_register) {
        for (const Value& value : values_of({.reg = flow.to}, block, at)) {
          if (value.kind != Value::Kind::parameter) {
            add_call(block, at, value.number, value.kind == Value::Kind::slot, calls);
          }
        }
      }
      break;
    default:
      break;
    }
  }

  void add_call(std::size_t block,
                std::size_t at,
                std::uint64_t target,
                bool through_pointer,
                std::vector<FollowedCall>& calls) {
    const std::size_t count =
        std::min(wanted_(target, through_pointer), convention_.arguments.size());
    if (count == 0) {
      return;
    }
    FollowedCall& call = calls.emplace_back();
    call.target = target;
    call.through_pointer = through_pointer;
    for (std::size_t i = 0; i < count; ++i) {
      call.arguments.push_back(values_of({.reg = convention_.arguments[i]}, block, at));
    }
  }

  /// What the place may hold before instruction `at`. Each block is passed once for each place that
  /// leads through it.
  Values values_of(const Place& asked, std::size_t block, std::size_t at) {
    values_.clear();
    std::set<std::pair<std::size_t, Place>> seen;
    struct Way {
      Place place;
      std::size_t block, at;
    };
    std::vector<Way> ways{{asked, block, at}};
    const std::size_t most = std::min<std::uint64_t>(most_steps, steps_left_);
    std::size_t steps = 0;
    while (!ways.empty() && steps < most && values_.size() < most_values) {
      Way way = ways.back();
      ways.pop_back();
      bool decided = false;
      while (!decided && way.at > blocks_[way.block].first && steps++ < most) {
        std::optional<Place> other;
        decided = !step_back(instructions_[--way.at].effect, way.place, other);
        if (other) {
          ways.push_back({*other, way.block, way.at});
        }
      }
      if (decided || way.at > blocks_[way.block].first) {
        continue;
      }
      if (way.block == 0) {
        arrive_at_entry(way.place);
      }
      for (const std::size_t previous : blocks_[way.block].before) {
        if (seen.insert({previous, way.place}).second) {
          ways.push_back({way.place, previous, blocks_[previous].last});
        }
      }
    }
    std::ranges::sort(values_);
    values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
    steps_left_ -= std::min<std::uint64_t>(steps, steps_left_);
    return values_;
  }

  void arrive_at_entry(const Place& place) {
    if (place.is_slot || place.added != 0 || place.is_pointer) {
      return;
    }
    const auto argument = std::ranges::find(convention_.arguments, place.reg);
    if (argument != convention_.arguments.end()) {
      values_.push_back({Value::Kind::parameter,
                         static_cast<std::uint64_t>(argument - convention_.arguments.begin())});
    }
  }

  bool is_of_stack(std::uint8_t reg) const {
    return reg == convention_.stack || reg == convention_.frame;
  }

  void end_at(const Place& place, Value::Kind kind, std::uint64_t number) {
    if (place.is_pointer) {
      values_.push_back({Value::Kind::slot, number + place.added});
    } else {
      values_.push_back({kind, number + place.added});
    }
  }

  /// Over one instruction: `place` becomes where its content was before. False: it is decided,
  /// known or not. `other`: another place whose content it may have instead.
  bool step_back(const Effect& effect, Place& place, std::optional<Place>& other) {
    switch (effect.flow.kind) {
    case ReferenceKind::call:
    case ReferenceKind::call_memory:
    case ReferenceKind::call_register:
      return place.is_slot || (convention_.clobbered >> place.reg & 1) == 0;
    default:
      break;
    }
    return place.is_slot ? step_back_slot(effect, place) : step_back_register(effect, place, other);
  }

  bool step_back_slot(const Effect& effect, Place& place) {
    if (effect.kind == EffectKind::store && effect.to == place.reg &&
        static_cast<std::int64_t>(effect.value) == place.offset) {
      place.is_slot = false;
      place.reg = effect.from;
      return effect.from != no_register;
    }
    if (effect.kind == EffectKind::add && effect.to == place.reg && effect.from == place.reg) {
      place.offset += static_cast<std::int64_t>(effect.value);
      return true;
    }
    const bool writes_base = (effect.clobbered >> place.reg & 1) != 0 ||
                             (effect.kind != EffectKind::other &&
                              effect.kind != EffectKind::store && effect.to == place.reg);
    return !writes_base;
  }

  bool step_back_register(const Effect& effect, Place& place, std::optional<Place>& other) {
    if ((effect.clobbered >> place.reg & 1) != 0) {
      return false;
    }
    if (effect.kind == EffectKind::other || effect.kind == EffectKind::store ||
        effect.to != place.reg) {
      return true;
    }
    if (effect.or_from != no_register) {
      other = place;
      other->reg = effect.or_from;
    }
    switch (effect.kind) {
    case EffectKind::constant:
      end_at(place, Value::Kind::number, effect.value);
      return false;
    case EffectKind::address:
      end_at(place, Value::Kind::address, effect.value);
      return false;
    case EffectKind::copy:
      place.reg = effect.from;
      return true;
    case EffectKind::add:
      place.reg = effect.from;
      place.added += effect.value;
      return true;
    case EffectKind::load:
      if (!place.is_pointer && place.added == 0) {
        values_.push_back({Value::Kind::slot, effect.value});
      }
      return false;
    case EffectKind::load_based:
      if (is_of_stack(effect.from)) {
        place.is_slot = true;
        place.reg = effect.from;
        place.offset = static_cast<std::int64_t>(effect.value);
        return true;
      }
      if (place.is_pointer || place.added != 0) {
        return false; // a pointer behind a pointer
      }
      place.is_pointer = true;
      place.reg = effect.from;
      place.added = effect.value;
      return true;
    default:
      return true;
    }
  }

  const Object& object_;
  const FunctionRange& function_;
  const std::function<std::size_t(std::uint64_t, bool)>& wanted_;
  std::uint64_t& steps_left_;
  const Convention& convention_;
  Region region_;
  std::vector<Instruction> instructions_;
  std::vector<Block> blocks_; ///< In the order of the code.
  Values values_;             ///< Found so far.
};

} // namespace

std::vector<FollowedCall>
follow_arguments(const Object& object,
                 const FunctionRange& function,
                 const std::function<std::size_t(std::uint64_t, bool)>& wanted,
                 std::uint64_t& steps_left) {
  return Follower(object, function, wanted, steps_left).follow();
}

} // namespace pare
