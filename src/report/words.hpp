#pragma once
// The contract's words for the enumerators: the one table.

#include <pare/report.hpp>

#include <optional>
#include <string_view>

namespace pare {

constexpr std::size_t reason_kind_count = 15;

std::string_view word(Confidence confidence);
std::string_view word(FileKind kind);
std::string_view word(ReasonKind kind);
std::string_view word(MissingKind kind);

// And back. nullopt: no such word.
std::optional<Confidence> confidence_of(std::string_view word);
std::optional<FileKind> file_kind_of(std::string_view word);
std::optional<ReasonKind> reason_kind_of(std::string_view word);
std::optional<MissingKind> missing_kind_of(std::string_view word);

} // namespace pare
