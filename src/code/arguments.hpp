#pragma once
// Which constants reach the arguments of a call: from the call backwards, through registers and
// slots of the stack, over all ways that the function's jumps allow.

#include "code/functions.hpp"
#include "code/object.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace pare {

/// What a register or a slot may hold.
struct Value {
  enum class Kind : std::uint8_t {
    address,
    number,    ///< In a program that is not position-independent it may be an address too.
    parameter, ///< What the function itself was given as its argument of that number, from 0.
    slot,      ///< What the pointer at that address holds.
  };
  Kind kind = Kind::number;
  std::uint64_t number = 0;

  auto operator<=>(const Value&) const = default;
};

/// All that an argument may be, sorted; what is not known is not in here. Five at most.
using Values = std::vector<Value>;

/// A call or tail call, with its first arguments.
struct FollowedCall {
  std::uint64_t target =
      0; ///< The code that is called, or the address of the pointer that is called through.
  bool through_pointer = false;
  std::vector<Values> arguments; ///< As many as were wanted, 6 at most.
};

/// The calls of one function, in the order of the code, for which `wanted` gives the number of
/// first arguments that matter; 0: not this one. Nothing for a function of more than 65,536
/// instructions. An argument that is more than 4,096 instructions away is not known, nor is any
/// once `steps_left` has gone down to 0.
std::vector<FollowedCall> follow_arguments(
    const Object& object,
    const FunctionRange& function,
    const std::function<std::size_t(std::uint64_t target, bool through_pointer)>& wanted,
    std::uint64_t& steps_left);

} // namespace pare
