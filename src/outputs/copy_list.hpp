#pragma once
// COPY lines of a Dockerfile.

#include "report/copies.hpp"

#include <string>
#include <vector>

namespace pare {

struct CopyStyle {
  std::string from = "build"; ///< A stage; ".": the build context is the root.
  bool comments = false;      ///< Say in front of each COPY what it brings, and why.
  char escape = '\\';         ///< The Dockerfile's: a backtick after "# escape=`".
  bool break_lines = true;    ///< False: the Dockerfile's escape character is not known.
};

/// One COPY for each folder that something is copied to, and one for each folder copied whole.
/// Lines are broken so that none comes near the 64 KiB at which builders fail. Sources that COPY
/// cannot name are left out: plan_copies() tells them.
std::string
copy_lines(const Report& report, const std::vector<CopyItem>& items, const CopyStyle& style);

/// ["/usr/bin/git", "--version"], as ENTRYPOINT and CMD take it.
std::string exec_form(const std::vector<std::string>& words);

/// A value for ENV or LABEL, in double quotes.
std::string quoted_value(std::string_view value, char escape = '\\');

} // namespace pare
