#pragma once
// The report in the contract's JSON form ("schema":"pare/1").

#include <pare/report.hpp>

#include <string>

namespace pare {

/// One line a file, missing entry or warning; ends in a newline. The same report gives the same
/// bytes.
std::string to_json(const Report& report);

} // namespace pare
