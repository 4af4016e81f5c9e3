#include "cli/terminal.hpp"

#include "base/names.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace pare {
namespace {

/// A message is made of words and names; names may hold anything. Backslashes are left as they are:
/// no reader takes a message apart.
std::string harmless(std::string_view text) {
  std::string out;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '\\') {
      out += shown(text.substr(start, i - start));
      out += i == text.size() ? "" : "\\";
      start = i + 1;
    }
  }
  return out;
}

} // namespace

bool wants_colour(ColourChoice choice, int descriptor) {
  if (choice != ColourChoice::automatic) {
    return choice == ColourChoice::always;
  }
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (no_color == nullptr || *no_color == '\0') && isatty(descriptor) == 1 &&
         (term == nullptr || std::string_view(term) != "dumb");
}

void say(std::string_view text) {
  const std::string line = fmt::format("pare: {}\n", harmless(text));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::function<void(std::uint64_t done, std::uint64_t all)>
terminal_progress(const std::string& what) {
  if (isatty(STDERR_FILENO) == 0) {
    return {};
  }
  return [what = harmless(what)](std::uint64_t done, std::uint64_t all) {
    const std::string line =
        done == all ? "\r\x1b[K"
                    : fmt::format("\rpare: reading {}: {} %\x1b[K", what, 100 * done / all);
    std::fwrite(line.data(), 1, line.size(), stderr);
  };
}

void say_findings(const Report& report, bool say_missing) {
  for (const Warning& warning : report.warnings) {
    say(fmt::format(
        "warning: {}{}{}", warning.path, warning.path.empty() ? "" : ": ", warning.message));
  }
  if (!say_missing) {
    return;
  }
  for (const Missing& missing : report.missing) {
    if (!missing.allowed) {
      const bool is_symbol = missing.kind == MissingKind::symbol;
      say(missing.kind == MissingKind::version || is_symbol
              ? fmt::format("missing: {} of {}, required by {}, not {} by {}",
                            missing.name,
                            missing.library,
                            missing.by,
                            is_symbol ? "exported" : "defined",
                            missing.found)
              : fmt::format("missing: {}, required by {}", missing.name, missing.by));
    }
  }
}

} // namespace pare
