#pragma once
// A report is read again: to be compared with another one.

#include "base/json.hpp"

#include <pare/report.hpp>

#include <string_view>

namespace pare {

/// The largest report that is read: a million files and their reasons.
constexpr std::uint64_t largest_report = std::uint64_t{256} << 20;

/// What to_json() writes. A path that is none of a root, a reason by a file that is not in the
/// report, an unknown word: InputError, without the file's name; so too for another schema and for
/// a text that is cut off. Of Stat only size, mode and type are known afterwards, and of the
/// programs only their real paths; hard links cannot be told apart, so `bytes` is as the report
/// says.
Report read_report(std::string_view json);
Report read_report(const Json& json);

/// Whether the text begins as a report does.
bool looks_like_report(std::string_view text);

} // namespace pare
