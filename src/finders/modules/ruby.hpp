#pragma once
// Ruby: what its start reads, and the features, gems and encodings that a program's sources name.

#include "finders/finder.hpp"

#include <memory>
#include <vector>

namespace pare {

/// The folders of $LOAD_PATH are those that are built into ruby or libruby. Sources are read once
/// Ruby is in the closure: those of the program's own outside of vendor/bundle, scripts that ruby
/// runs by their `#!` line, and what these load. At most 100,000 sources of 16 MiB, 20,000 gems.
class RubyModules final : public Finder {
public:
  explicit RubyModules(FinderContext& context);
  ~RubyModules() override;
  void examine(const Subject& subject,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

private:
  class Work;
  std::unique_ptr<Work> work_;
};

} // namespace pare
