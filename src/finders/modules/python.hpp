#pragma once
// What Python programs import, load and open: the module path that this interpreter sets up at its
// start, its start-up set, and the imports of the program's own sources, followed from module to
// module.
//
// A module-level import counts once its module is imported. One inside a function counts once the
// function can be called by name: its name, and for a method its class, occurs in code that counts.
// All functions of the program's own sources count. Else a tenth of the standard library would
// bring the rest: nearly every module imports something for its self-test, its command line, or an
// error that never happens.

//
// Of a module the source is taken, and not its __pycache__: the bytecode is as large again and a
// start does without it, only slower (by half a second for 300 modules). Bytecode that has no
// source beside it is taken.

#include "finders/finder.hpp"

#include <memory>

namespace pare {

/// CPython 3.6 to 3.14. Sources up to 16 MiB and at most 20,000 modules an interpreter are
/// followed; what is beyond is a warning.
class PythonModules final : public Finder {
public:
  /// `context` must outlive it.
  explicit PythonModules(const FinderContext& context);
  ~PythonModules() override;

  void examine(const Subject& subject,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

private:
  class Work;
  std::unique_ptr<Work> work_;
};

} // namespace pare
