#pragma once
// Data files that are built into the program (scripts/embed).

#include <string_view>
#include <vector>

namespace pare {

struct EmbeddedText {
  std::string_view name; ///< The file's, without folder and ending.
  std::string_view text;
};

/// rules/bases/*.toml, sorted by name.
const std::vector<EmbeddedText>& embedded_bases();

/// rules/windows/*.toml.
const std::vector<EmbeddedText>& embedded_windows();

} // namespace pare
