#pragma once
// File names are bytes. Inside they stay as they are; they are escaped once, where they leave for a
// reader. Unambiguous: what is no printable UTF-8 is spelled out, and so is the character that
// spelling out begins with.

#include <string>
#include <string_view>

namespace pare {

/// For a terminal or a text: control characters, bytes that are no UTF-8 and backslashes as \n, \t,
/// \xHH, \\.
std::string shown(std::string_view name);

/// The inside of a JSON string. A byte that is no UTF-8 becomes the characters `\xHH` (its
/// backslash escaped, as JSON has it). The name's own backslashes in front of an `x`, or of such a
/// byte, are doubled, so that no two names come out the same: an odd number of them before an `x`
/// begins a byte.
void append_json(std::string& out, std::string_view text);

/// The way back from append_json(): of a JSON string's value, as a parser gives it.
std::string name_of_json(std::string_view value);

/// How many bytes at the front of `text` are one UTF-8 character (RFC 3629); 0: none is.
std::size_t utf8_length(std::string_view text);

} // namespace pare
