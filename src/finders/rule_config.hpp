#pragma once
// Config files by the words of a rule: records, comments, sections, and the lines that mean
// something. Not a parser of any one format: what it does not see (variables, conditions, escapes)
// gives names that are not there, and those ask for nothing.

#include "finders/rule.hpp"
#include "finders/rule_pattern.hpp"

#include <string_view>
#include <vector>

namespace pare {

/// A line of a config file that a rule knows.
struct ConfigMatch {
  const Line* line = nullptr;
  Captures captures; ///< The line's own, and `section`: the name in the last record that was
                     ///< `[name]`, or empty.

  bool operator==(const ConfigMatch&) const = default;
};

/// In the file's order, 4096 at most. A backslash before a newline joins lines. Time is bounded by
/// the product of text and the rule's lines.
std::vector<ConfigMatch> match_config(std::string_view text, const Config& config);

} // namespace pare
