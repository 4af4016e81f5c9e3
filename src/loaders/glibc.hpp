#pragma once
// glibc's dynamic loader, as the version that is in the root behaves (glibc 2.36 elf/dl-load.c,
// elf/dl-deps.c, elf/dl-cache.c, elf/rtld.c; differences of other versions are noted where they
// matter).

#include "loaders/answer.hpp"

#include <memory>
#include <string>

namespace pare {

class GlibcSystem;

/// One ld.so, for all programs that name it.
class GlibcLoader {
public:
  /// `interpreter` may be null: the program's loader is not in the root; then its machine's usual
  /// folders are assumed. `machine`: that of the programs. `files` must outlive the loader.
  GlibcLoader(Files& files, const Examined* interpreter, const ElfMachine& machine);
  ~GlibcLoader();
  GlibcLoader(const GlibcLoader&) = delete;
  GlibcLoader& operator=(const GlibcLoader&) = delete;

  /// Loads `program`, a program or a library, with all that it needs; `started_as` is the absolute
  /// path by which it is named, `interpreter_name` the text of PT_INTERP (or of the usual
  /// interpreter, for a library).
  Loading load(const Examined& program,
               const std::string& started_as,
               const std::string& interpreter_name,
               const StartOptions& options);

private:
  std::unique_ptr<GlibcSystem> system_;
};

/// Whether the bytes are those of glibc's ld.so: it defines the version GLIBC_PRIVATE.
bool is_glibc_loader(const Elf& elf);

} // namespace pare
