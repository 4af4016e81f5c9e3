#pragma once
// What must be copied over a base so that the programs run there, and the proof: each is resolved
// again over base and copies, with the base's loader, cache and folders.

#include "report/copies.hpp"
#include "reviews/bases.hpp"

#include <pare/resolve.hpp>

#include <string>
#include <vector>

namespace pare {

struct BaseFit {
  std::vector<CopyItem> items; ///< What the base lacks.
  std::vector<std::string>
      library_path; ///< Folders that only the builder's cache names: for LD_LIBRARY_PATH.
  std::vector<std::string> said; ///< What a person should know: a file of the base that is covered.
  std::vector<std::string> problems; ///< Not empty: the programs do not run there, and why.
  std::uint64_t bytes = 0;           ///< Of the items.
  bool brings_libc = false; ///< The C library itself is among the items: the base has none.
};

/// `root` and `report`: where the programs were found, and their closure; `plan`: its copies.
BaseFit fit_to_base(const Base& base,
                    const Root& root,
                    const Report& report,
                    const Options& options,
                    const CopyPlan& plan);

} // namespace pare
