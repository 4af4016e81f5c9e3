#include "base/glob.hpp"

#include <optional>

namespace pare {
namespace {

/// Whether the element at the front of `pattern` (not `*`) takes `c`; `length` is the element's.
bool takes(std::string_view pattern, char c, std::size_t& length) {
  length = 1;
  switch (pattern[0]) {
  case '?':
    return true;
  case '\\':
    if (pattern.size() > 1) {
      length = 2;
      return pattern[1] == c;
    }
    return c == '\\';
  case '[': {
    std::size_t at = 1;
    const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
    at += negated ? 1 : 0;
    bool inside = false;
    for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false) {
      const char low = pattern[at];
      const bool range =
          at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']';
      const char high = range ? pattern[at + 2] : low;
      inside = inside || (static_cast<unsigned char>(low) <= static_cast<unsigned char>(c) &&
                          static_cast<unsigned char>(c) <= static_cast<unsigned char>(high));
      at += range ? 3 : 1;
    }
    if (at >= pattern.size()) {
      return c == '['; // no set: a bracket as it is
    }
    length = at + 1;
    return inside != negated;
  }
  default:
    return pattern[0] == c;
  }
}

} // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::optional<std::size_t>
      star; // where to go on after the last `*`, one character further each time
  std::size_t star_text = 0, p = 0, t = 0;
  while (t < text.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    std::size_t length = 0;
    if (p < pattern.size() && t < text.size() && takes(pattern.substr(p), text[t], length)) {
      p += length;
      ++t;
      continue;
    }
    if (!star || star_text >= text.size()) {
      return false;
    }
    p = *star;
    t = ++star_text;
  }
  return true;
}

} // namespace pare
