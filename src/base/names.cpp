#include "base/names.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace pare {
namespace {

constexpr char digits[] = "0123456789abcdef";

bool is_plain(char c) {
  return c >= 0x20 && c != 0x7f;
}

constexpr std::array<bool, 256> is_plain_json = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 0x7f; ++c) {
    table[c] = c != '"' && c != '\\';
  }
  return table;
}();

/// Whether eight bytes hold only what is_plain_json says.
bool are_plain_json(const char* bytes) {
  constexpr std::uint64_t ones = 0x0101010101010101, high = 0x80 * ones;
  // Not 0 if a byte is 0 (Hacker's Delight, 6-1).
  const auto zeros = [](std::uint64_t word) { return (word - ones) & ~word & high; };
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return ((word | ((word - 0x20 * ones) & ~word)) & high) == 0 && zeros(word ^ '"' * ones) == 0 &&
         zeros(word ^ '\\' * ones) == 0 && zeros(word ^ 0x7f * ones) == 0;
}

/// Nearly every name is plain, and eight bytes are looked at as fast as one.
bool is_plain_json_text(std::string_view text) {
  if (text.size() < 8) {
    return std::ranges::all_of(text,
                               [](char c) { return is_plain_json[static_cast<unsigned char>(c)]; });
  }
  for (std::size_t i = 0; i + 8 < text.size(); i += 8) {
    if (!are_plain_json(text.data() + i)) {
      return false;
    }
  }
  return are_plain_json(text.data() + text.size() - 8);
}

void append_hex(std::string& out, char byte) {
  out += digits[static_cast<unsigned char>(byte) >> 4];
  out += digits[static_cast<unsigned char>(byte) & 15];
}

/// U+0080 to U+009F are control characters too, and the bidirectional overrides can make a name
/// look like another.
bool is_treacherous(std::string_view character) {
  return (character.size() == 2 && character[0] == '\xc2' &&
          static_cast<unsigned char>(character[1]) < 0xa0) ||
         (character.size() == 3 &&
          (character.starts_with("\xe2\x80") || character.starts_with("\xe2\x81")) &&
          (character == "\xe2\x80\xa8" || character == "\xe2\x80\xa9" ||
           character == "\xe2\x80\x8e" || character == "\xe2\x80\x8f" ||
           (character >= "\xe2\x80\xaa" && character <= "\xe2\x80\xae") ||
           (character >= "\xe2\x81\xa6" && character <= "\xe2\x81\xa9")));
}

} // namespace

std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned first = byte(0);
  if (text.empty() || (first >= 0x80 && first < 0xc2) || first > 0xf4) {
    return 0;
  }
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xe0) {
    return follows(1) ? 2 : 0;
  }
  if (first < 0xf0) {
    const bool overlong = first == 0xe0 && byte(1) < 0xa0,
               surrogate = first == 0xed && byte(1) > 0x9f;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  const bool overlong = first == 0xf0 && byte(1) < 0x90,
             too_large = first == 0xf4 && byte(1) > 0x8f;
  return follows(1) && follows(2) && follows(3) && !overlong && !too_large ? 4 : 0;
}

std::string shown(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const char c = name.front();
    const std::size_t length = utf8_length(name);
    if (c == '\\') {
      out += "\\\\";
    } else if (length == 1 && is_plain(c)) {
      out += c;
    } else if (length > 1 && !is_treacherous(name.substr(0, length))) {
      out += name.substr(0, length);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      for (const char byte : name.substr(0, length == 0 ? 1 : length)) {
        out += "\\x";
        append_hex(out, byte);
      }
    }
    name.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

void append_json(std::string& out, std::string_view text) {
  if (is_plain_json_text(text)) {
    out += text;
    return;
  }
  std::size_t plain = 0; // a run of characters that need nothing
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (is_plain_json[static_cast<unsigned char>(c)]) {
      ++i;
      continue;
    }
    const std::size_t length = utf8_length(text.substr(i));
    if (length > 1 && !is_treacherous(text.substr(i, length))) {
      i += length;
      continue;
    }
    out += text.substr(plain, i - plain);
    if (c == '"') {
      out += "\\\"";
    } else if (c == '\\') {
      const std::size_t end = std::min(text.find_first_not_of('\\', i), text.size());
      const bool is_doubled =
          end < text.size() && (text[end] == 'x' || utf8_length(text.substr(end)) == 0);
      for (; i < end; ++i) {
        out += is_doubled ? "\\\\\\\\" : "\\\\";
      }
      plain = i;
      continue;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (length == 1) {
      out += "\\u00";
      append_hex(out, c);
    } else if (length > 1) { // decoded: it is harmless as an escape
      const auto byte = [&](std::size_t k) {
        return static_cast<unsigned char>(text[i + k]) & 0x3fu;
      };
      const unsigned point =
          length == 2 ? (static_cast<unsigned char>(c) & 0x1fu) << 6 | byte(1)
                      : (static_cast<unsigned char>(c) & 0x0fu) << 12 | byte(1) << 6 | byte(2);
      out += "\\u";
      append_hex(out, static_cast<char>(point >> 8));
      append_hex(out, static_cast<char>(point & 0xff));
    } else {
      out += "\\\\x";
      append_hex(out, c);
    }
    i += length == 0 ? 1 : length;
    plain = i;
  }
  out += text.substr(plain);
}

std::string name_of_json(std::string_view value) {
  const auto digit_of = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string name;
  for (std::size_t i = 0; i < value.size();) {
    const std::size_t end = std::min(value.find_first_not_of('\\', i), value.size());
    const std::size_t backslashes = end - i;
    if (backslashes == 0) {
      name += value[i++];
      continue;
    }
    i = end;
    if (end == value.size() || value[end] != 'x') {
      name.append(backslashes, '\\');
      continue;
    }
    name.append(backslashes / 2, '\\');
    if (backslashes % 2 == 0) {
      continue;
    }
    const int high = end + 1 < value.size() ? digit_of(value[end + 1]) : -1;
    const int low = end + 2 < value.size() ? digit_of(value[end + 2]) : -1;
    if (high < 0 || low < 0) {
      name += '\\'; // nothing that append_json() wrote
      continue;
    }
    name += static_cast<char>(high * 16 + low);
    i = end + 3;
  }
  return name;
}

} // namespace pare
