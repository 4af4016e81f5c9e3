#pragma once
// Which of Microsoft's base images a program of Windows needs.

#include "loaders/windows_system.hpp"

#include <pare/report.hpp>
#include <pare/root.hpp>

#include <optional>
#include <string>
#include <vector>

namespace pare {

/// Whether the first program is one of Windows.
bool is_for_windows(const Report& report, const Root& root);

struct WindowsBase {
  std::string image; ///< Of the FROM line: "mcr.microsoft.com/windows/nanoserver:ltsc2022".
  std::vector<std::string> notes;    ///< Why it is no smaller one.
  std::vector<std::string> problems; ///< Not empty: the programs do not run there, and why.
};

/// `asked`: "auto", for the smallest that has all that the programs ask of the system, or an image.
/// What an image that is not among Microsoft's bases has is not known: a note says so. Throws
/// UsageError for "dir:PATH".
WindowsBase choose_windows_base(const Report& report, const Root& root, const std::string& asked);

} // namespace pare
