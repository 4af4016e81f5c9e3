#pragma once
// What Perl programs load and open: @INC of this perl, and what its sources use and require,
// followed from module to module.
//
// What `use` names is loaded when its file is. A `require` inside a sub counts once the sub can be
// called by name: its name occurs in code that counts. All subs of the program's own sources count.

#include "finders/finder.hpp"

#include <memory>

namespace pare {

/// perl 5.8 to 5.40. Sources up to 16 MiB and at most 20,000 files a perl are followed; what is
/// beyond is a warning.
class PerlModules final : public Finder {
public:
  /// `context` must outlive it.
  explicit PerlModules(const FinderContext& context);
  ~PerlModules() override;

  void examine(const Subject& subject,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

private:
  class Work;
  std::unique_ptr<Work> work_;
};

} // namespace pare
