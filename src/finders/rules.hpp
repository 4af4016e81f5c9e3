#pragma once
// Knowledge as data: what libraries and programs load and open that no analysis of their bytes
// tells, or tells too broadly (rules/README.md). Two kinds of events trigger rules: a file comes
// into the closure, and reached code uses a name, a constant, or a call.

#include "code/reached.hpp"
#include "finders/finder.hpp"
#include "finders/rule_book.hpp"

#include <memory>

namespace pare {

/// Each rule asks once for each file that triggers it and for each set of captures (again where it
/// has become surer), 1024 times at most. A config file is read up to 4 MiB, with what it includes
/// 1000 files and 16 levels.
class RuleFinder final : public Finder, public ReachedFinder {
public:
  /// Both must outlive it.
  RuleFinder(const FinderContext& context, const RuleSet& rules);
  ~RuleFinder() override;

  void examine(const Subject& subject,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

  /// What code uses. Of a symbol, `text` may also be a function that is linked in statically and
  /// known by name. The requests are by reached.file.
  void reached(const Reached& reached,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

  /// Whether a rule that has fired, likely at least, says what of this place is needed: the place
  /// lies in a folder that the rule takes (whole, or less what it leaves), or the rule's `leave`
  /// names it from the root on, or it lies below `swept`, in a folder of which the rule picks by
  /// patterns. `swept` and `path` are real paths.
  bool knows(const RootPath& swept, const RootPath& path) const;

private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

} // namespace pare
