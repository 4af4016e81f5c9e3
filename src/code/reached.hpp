#pragma once
// What the code of a process can get to, from its entry: the names it imports, the constants that
// it uses, the calls whose arguments it fixes. Finders turn these into requests.

#include "loaders/files.hpp"

#include <pare/report.hpp>

#include <optional>
#include <string>
#include <vector>

namespace pare {

enum class ReachedKind : std::uint8_t {
  symbol,   ///< A function or variable of another object is used: `text` is its name.
  constant, ///< A string is used by a reached function: `text`.
  call, ///< A function of another object is called with arguments of which some are known: `text`
        ///< is its name.
};

struct Reached {
  ReachedKind kind = ReachedKind::symbol;
  const Examined* file = nullptr; ///< Whose code it is.
  std::uint32_t function = 0;     ///< The function's number in Reach, for Reach::chain().
  std::string text;
  std::vector<std::optional<std::string>>
      arguments; ///< Of a call: those that are constant strings, by their place.
  /// likely: by decoded code. possible: only by an edge that runs when something fails (no return,
  /// logging), or the file's code could not be decoded and all of it was taken. An imported symbol
  /// of undecoded code is likely all the same.
  Confidence confidence = Confidence::likely;
};

} // namespace pare
