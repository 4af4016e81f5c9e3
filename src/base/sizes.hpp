#pragma once
// Numbers as people read them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pare {

/// "744 B", "1.2 KiB", "9.8 MiB": powers of 1024, three digits or so.
std::string human_size(std::uint64_t bytes);

/// "744", "40 MiB", "1.5GiB", "200M": K, M, G, T and KiB, MiB... are powers of 1024, KB, MB... of
/// 1000; upper or lower case. nullopt: no size, or beyond 63 bits.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// "1 file", "2 files".
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);

} // namespace pare
