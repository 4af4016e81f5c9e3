#pragma once
// What is said to a person, on standard error.

#include <pare/report.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace pare {

enum class ColourChoice { automatic, always, never };

/// Whether to colour what goes to `descriptor`: a terminal, and NO_COLOR (no-color.org) is not set.
bool wants_colour(ColourChoice choice, int descriptor);

/// "pare: TEXT". Control characters in it are escaped.
void say(std::string_view text);

/// Shows how far a long reading has come, on a terminal; it is nothing where there is none. The
/// line goes away again at the end.
std::function<void(std::uint64_t done, std::uint64_t all)>
terminal_progress(const std::string& what);

/// The report's warnings, and what is missing unless the output itself shows it.
void say_findings(const Report& report, bool say_missing);

} // namespace pare
