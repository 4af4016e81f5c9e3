#pragma once
// Node.js: which files a program's sources load, and what node itself reads at its start.

#include "finders/finder.hpp"

#include <memory>
#include <vector>

namespace pare {

/// Sources are read once node is in the closure: those of the program's own outside of
/// node_modules, scripts that node runs by their `#!` line, and then what these load, however far
/// (node 22, doc/api/modules.md and esm.md: "All together", "Resolution Algorithm Specification").
/// With each goes the package.json of its package. At most 100,000 sources of 16 MiB each.
class NodeModules final : public Finder {
public:
  explicit NodeModules(FinderContext& context);
  ~NodeModules() override;
  void examine(const Subject& subject,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

private:
  class Work;
  std::unique_ptr<Work> work_;
};

} // namespace pare
