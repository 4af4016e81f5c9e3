#pragma once
// A minimal root as a list of single copies, for those who have no symlinks to give: COPY of a
// Dockerfile follows a symlink that is named as its source. So a file is copied to each path by
// which it is looked up, and no link is needed. The loader finds the same files at the same names;
// what a list like this cannot carry is said.

#include <pare/report.hpp>

#include <string>
#include <vector>

namespace pare {

struct CopyItem {
  RootPath source; ///< In the root: a regular file, a symlink to one, or a folder. No symlink among
                   ///< its folders.
  RootPath destination;
  std::size_t file = 0;   ///< Index of the report's file; of the folder itself if it is a folder.
  bool is_folder = false; ///< All that is in it, links as links.
};

struct CopyPlan {
  std::vector<CopyItem> items; ///< Sorted by destination, each destination once.
  std::vector<std::string>
      cannot; ///< "5 symlinks (they become files)": what the copies do not carry.
};

/// A folder is copied whole if --include named it and the report has all that is in it.
CopyPlan plan_copies(const Report& report, const Root& root);

} // namespace pare
