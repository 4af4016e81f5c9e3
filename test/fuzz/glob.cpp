// A pattern, a newline, a text.

#include "base/glob.hpp"

#include "entry.hpp"

#include <string>

using namespace pare;
using test::promise;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = test::text_of(data, size);
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos) {
    return 0;
  }
  const std::string pattern(input.substr(0, end));
  const std::string text(input.substr(end + 1));
  const bool matches = matches_glob(pattern, text);
  if (pattern.find_first_of("*?[\\") == std::string::npos) {
    promise(matches == (pattern == text), "a pattern without special characters is a name");
  }
  std::string literal;
  for (const char c : text) {
    literal += '\\';
    literal += c;
  }
  promise(matches_glob(literal, text), "an escaped name matches itself");
  promise(matches_glob("*" + literal.substr(text.size() / 2 * 2), text), "a star takes any start");
  promise(!matches || matches_glob("*" + pattern, "x" + text),
          "one more star takes one more character");
  return 0;
}
