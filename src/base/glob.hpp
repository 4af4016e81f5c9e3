#pragma once
// Patterns over names and paths.

#include <string_view>

namespace pare {

/// Shell patterns: `*` any run of characters (a slash included), `?` one, `[a-z]` and `[!a-z]` one
/// of a set, `\` the next as it is. Bytes are compared, in no locale. Time is bounded by the
/// product of the lengths.
bool matches_glob(std::string_view pattern, std::string_view text);

} // namespace pare
