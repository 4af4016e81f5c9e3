#pragma once
// Numbers as people read them.

#include <cstdint>
#include <string>
#include <string_view>

namespace pare {

/// "744 B", "1.2 KiB", "9.8 MiB": powers of 1024, three digits or so.
std::string human_size(std::uint64_t bytes);

/// "1 file", "2 files".
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);

} // namespace pare
