#pragma once
// The contract's words for the enumerators: the one table.

#include <pare/report.hpp>

#include <string_view>

namespace pare {

constexpr std::size_t reason_kind_count = 15;

std::string_view word(Confidence confidence);
std::string_view word(FileKind kind);
std::string_view word(ReasonKind kind);
std::string_view word(MissingKind kind);

} // namespace pare
