#pragma once
// Whether a closure keeps to its budget, and what changed since it was locked.

#include "reviews/diff.hpp"

#include <pare/report.hpp>

#include <optional>
#include <string>
#include <vector>

namespace pare {

/// [target.budget] of pare.toml. Sizes in bytes.
struct Budget {
  std::optional<std::uint64_t> bytes;
  std::optional<std::uint64_t> warn_bytes;
  std::optional<std::uint64_t> files;
  std::optional<double> growth;       ///< In percent of the locked size.
  std::uint64_t growth_floor = 0;     ///< Growth below it is none.
  std::vector<std::string> deny;      ///< Globs over the names and paths of files.
  bool ask_for_new_libraries = false; ///< new-libraries = "ask".

  bool needs_lock() const { return growth.has_value() || ask_for_new_libraries; }
};

enum class VerdictKind : std::uint8_t { told, broken };

struct Verdict {
  VerdictKind kind = VerdictKind::told;
  std::string message;
  std::vector<std::string> details; ///< Files: what came, what it weighs, who asked for it.
};

/// `locked` may be null: there is no lock. `is_locked_exactly` (--locked): any drift is a fault.
std::vector<Verdict> judge_budget(const Budget& budget,
                                  const Report& report,
                                  const Report* locked,
                                  bool is_locked_exactly);

} // namespace pare
