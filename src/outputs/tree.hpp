#pragma once
// The closure as a person reads it, and as graph drawers do.

#include <pare/report.hpp>

#include <optional>
#include <string>

namespace pare {

struct TreeStyle {
  bool colour = false;
  bool verbose =
      false; ///< Also the folders in which a missing library was looked for, and all evidence.
  bool only_missing = false;     ///< Only the branches that lead to something missing.
  std::optional<unsigned> depth; ///< How many levels below the programs; nullopt: all.
};

/// Each file once in full, where it is met first; later mentions say so.
std::string tree_text(const Report& report, const TreeStyle& style);

/// A graph for graphviz: an edge for each reason.
std::string tree_dot(const Report& report);

/// The same for mermaid.
std::string tree_mermaid(const Report& report);

/// "31 files, 9.8 MiB (1 program, 1 interpreter, 12 libraries, 17 data files), 5 symlinks, 9
/// folders".
std::string summary_line(const Report& report);

} // namespace pare
