#pragma once
// Rules as people write them: TOML, as rules/README.md tells. All that can be wrong with a rule is
// said here, with its line.

#include "finders/rule.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// The rules of one file, in its order. Throws UsageError "NAME:LINE: what is wrong": no TOML, an
/// unknown key, an id that is there twice, a pattern that cannot be read, a placeholder that
/// nothing captures.
std::vector<Rule> parse_rules(std::string_view text, std::string_view name);

} // namespace pare
