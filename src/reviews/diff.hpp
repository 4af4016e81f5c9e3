#pragma once
// What came, went and changed between two reports.

#include <pare/report.hpp>

#include <cstdint>
#include <vector>

namespace pare {

/// One path in both. Pointers into the two reports.
struct FileChange {
  const ReportFile* before = nullptr; ///< Null: it came.
  const ReportFile* after = nullptr;  ///< Null: it went.

  /// Of the file's bytes; a symlink and a folder have none.
  std::int64_t growth() const;
};

struct ReportDiff {
  std::vector<FileChange> came; ///< By size, the largest first; then by path. Likewise the others.
  std::vector<FileChange> went;
  std::vector<FileChange>
      changed; ///< Another size, kind, mode, link target or digest (where both have one).
  std::vector<Missing> newly_missing; ///< Of the second report.
  std::vector<Missing> found_again;   ///< Missing in the first alone.

  bool is_empty() const;
};

/// Both must outlive the answer.
ReportDiff diff_reports(const Report& before, const Report& after);

} // namespace pare
