#pragma once
// PHP: the ini files and extensions that a start reads, and the sources that a program includes or
// that Composer's autoloader would find for it.

#include "finders/finder.hpp"

#include <memory>
#include <vector>

namespace pare {

/// Each SAPI (php, php-fpm, php-cgi, libphp of Apache) has the paths of its ini files and
/// extensions built in. Sources are read once PHP is in the closure: those of the program's own
/// outside of vendor/, scripts that PHP runs by their `#!` line, and what these load. At most
/// 100,000 sources of 16 MiB each.
class PhpModules final : public Finder {
public:
  explicit PhpModules(FinderContext& context);
  ~PhpModules() override;
  void examine(const Subject& subject,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

private:
  class Work;
  std::unique_ptr<Work> work_;
};

} // namespace pare
