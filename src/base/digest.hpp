#pragma once

#include <pare/root.hpp>

#include <string>
#include <string_view>

namespace pare {

/// 64 hex digits in lower case. Throws InputError when the bytes cannot be read.
std::string sha256(const ByteSource& source);
std::string sha256(std::string_view bytes);

} // namespace pare
