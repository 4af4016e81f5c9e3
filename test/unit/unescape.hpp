#pragma once
// The way back from what base/names.cpp writes: if it leads to the name that was given, no two
// names come out the same.

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <string>
#include <string_view>

namespace pare::test {

inline char byte_of_hex(std::string_view digits) {
  return static_cast<char>(std::strtoul(std::string(digits.substr(0, 2)).c_str(), nullptr, 16));
}

/// Of shown(): a backslash is always the start of one of \\ \n \t \xHH.
inline std::string unescape_shown(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      name += text[i];
      continue;
    }
    switch (text.at(++i)) {
    case 'n':
      name += '\n';
      break;
    case 't':
      name += '\t';
      break;
    case 'x':
      name += byte_of_hex(text.substr(i + 1));
      i += 2;
      break;
    default:
      name += text[i];
      break;
    }
  }
  return name;
}

/// Of append_json(): parsed by a JSON library, then the escapes of pare's own are undone. Those
/// begin with an `x` behind an odd number of backslashes; before any `x`, the name's own
/// backslashes are doubled.
inline std::string unescape_json(std::string_view inside) {
  const std::string text =
      nlohmann::json::parse('"' + std::string(inside) + '"').get<std::string>();
  std::string name;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of('\\', i), text.size());
    const std::size_t backslashes = end - i;
    if (backslashes == 0) {
      name += text[i++];
    } else if (end < text.size() && text[end] == 'x') {
      name.append(backslashes / 2, '\\');
      i = end;
      if (backslashes % 2 == 1) {
        name += byte_of_hex(std::string_view(text).substr(end + 1));
        i += 3;
      }
    } else {
      name.append(backslashes, '\\');
      i = end;
    }
  }
  return name;
}

} // namespace pare::test
