#pragma once
// What is said to a person, on standard error.

#include <pare/report.hpp>

#include <string>
#include <string_view>

namespace pare {

enum class ColourChoice { automatic, always, never };

/// Whether to colour what goes to `descriptor`: a terminal, and NO_COLOR (no-color.org) is not set.
bool wants_colour(ColourChoice choice, int descriptor);

/// "pare: TEXT". Control characters in it are escaped.
void say(std::string_view text);

/// The report's warnings, and what is missing unless the output itself shows it.
void say_findings(const Report& report, bool say_missing);

} // namespace pare
