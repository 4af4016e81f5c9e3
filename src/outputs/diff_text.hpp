#pragma once
// A comparison of two reports for people, programs and pull requests.

#include "reviews/diff.hpp"

#include <string>

namespace pare {

/// What is compared.
struct DiffSides {
  std::string old_name; ///< As the user named it.
  std::string new_name;
  const Report* old_report = nullptr;
  const Report* new_report = nullptr;
  bool with_reasons =
      true; ///< Say who asked for what came. Not of whole folders: nobody asked for their files.
};

std::string diff_text(const ReportDiff& diff, const DiffSides& sides, bool colour);
std::string diff_json(const ReportDiff& diff, const DiffSides& sides); ///< "schema":"pare-diff/1"
std::string diff_markdown(const ReportDiff& diff, const DiffSides& sides);

} // namespace pare
