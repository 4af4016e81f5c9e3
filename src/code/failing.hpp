#pragma once
// Functions that run when something went wrong. What only they lead to is no evidence of what a
// program uses: an assertion prints a message, which may convert its charset, which loads a module.

#include <cstdint>
#include <string_view>

namespace pare {

enum class Role : std::uint8_t {
  ordinary,
  no_return, ///< Ends the process because of a failure.
  logging,   ///< Reports one, mostly.
};

/// By the name of the symbol.
Role role_of(std::string_view symbol);

} // namespace pare
