#pragma once
// Java: the files of the virtual machine that a program needs, and the jars and native libraries
// that its classes name.

#include "finders/finder.hpp"

#include <memory>
#include <vector>

namespace pare {

/// A virtual machine is known by its launchers (HOME/bin/java) or its library (libjvm.so), in the
/// layouts of Java 8 and of 9 and later, `jlink` images among them. What of it is taken beyond what
/// every start reads depends on the classes in the closure
/// (.class files, jars, jars in jars): the libraries of java.desktop only if a class names
/// java.awt, the certificates only for TLS. Of one jar at most 256 MiB of classes are read, in at
/// most 3 levels of jars.
class JavaModules final : public Finder {
public:
  explicit JavaModules(FinderContext& context);
  ~JavaModules() override;
  void examine(const Subject& subject,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

private:
  class Work;
  std::unique_ptr<Work> work_;
};

} // namespace pare
