#include "reviews/diff.hpp"

#include <algorithm>
#include <cstdlib>

namespace pare {
namespace {

std::int64_t bytes_of(const ReportFile* file) {
  return file != nullptr && file->is_regular() ? static_cast<std::int64_t>(file->stat.size) : 0;
}

bool is_changed(const ReportFile& a, const ReportFile& b) {
  return a.kind != b.kind || bytes_of(&a) != bytes_of(&b) || a.stat.mode != b.stat.mode ||
         a.target != b.target || (!a.sha256.empty() && !b.sha256.empty() && a.sha256 != b.sha256);
}

void sort_by_weight(std::vector<FileChange>& changes) {
  std::ranges::stable_sort(changes, [](const FileChange& a, const FileChange& b) {
    return std::abs(a.growth()) > std::abs(b.growth());
  });
}

/// Those of `all` that `others` lacks.
std::vector<Missing> only_in(const std::vector<Missing>& all, const std::vector<Missing>& others) {
  std::vector<Missing> only;
  std::ranges::copy_if(all, std::back_inserter(only), [&](const Missing& missing) {
    return std::ranges::none_of(others, [&](const Missing& other) {
      return other.name == missing.name && other.by == missing.by && other.kind == missing.kind;
    });
  });
  return only;
}

} // namespace

std::int64_t FileChange::growth() const {
  return bytes_of(after) - bytes_of(before);
}

bool ReportDiff::is_empty() const {
  return came.empty() && went.empty() && changed.empty() && newly_missing.empty() &&
         found_again.empty();
}

ReportDiff diff_reports(const Report& before, const Report& after) {
  ReportDiff diff;
  auto a = before.files.begin();
  auto b = after.files.begin();
  while (a != before.files.end() || b != after.files.end()) {
    if (b == after.files.end() || (a != before.files.end() && a->path < b->path)) {
      diff.went.push_back({.before = &*a++});
    } else if (a == before.files.end() || b->path < a->path) {
      diff.came.push_back({.after = &*b++});
    } else {
      if (is_changed(*a, *b)) {
        diff.changed.push_back({&*a, &*b});
      }
      ++a;
      ++b;
    }
  }
  for (std::vector<FileChange>* changes : {&diff.came, &diff.went, &diff.changed}) {
    sort_by_weight(*changes);
  }
  diff.newly_missing = only_in(after.missing, before.missing);
  diff.found_again = only_in(before.missing, after.missing);
  return diff;
}

} // namespace pare
