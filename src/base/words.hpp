#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// Splits a command line as a shell would, with its quotes and backslashes, and without expanding
/// anything; a JSON array of strings (`["a", "b"]`) is taken as it is. Throws UsageError when a
/// quote or the array has no end.
std::vector<std::string> split_words(std::string_view text);

} // namespace pare
