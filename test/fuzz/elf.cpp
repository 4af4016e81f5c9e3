// Any bytes as an ELF file: facts, or InputError with a text.

#include "formats/elf.hpp"

#include "base/bytes.hpp"
#include "entry.hpp"

#include <pare/error.hpp>

#include <algorithm>

using namespace pare;
using test::promise;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryBytes source(std::string(test::text_of(data, size)));
  try {
    PageReader file(source);
    const Elf elf = read_elf(file);
    promise(elf.is_dynamic || elf.dependencies.empty(), "only a dynamic table names dependencies");
    promise(!elf.rpath || !elf.runpath, "DT_RUNPATH makes DT_RPATH void");
    promise(std::ranges::is_sorted(elf.versions), "versions are sorted");
    promise(elf.versions.empty() || elf.defines_versions, "versions come from DT_VERDEF");
    for (const Dependency& dependency : elf.dependencies) {
      promise(dependency.name.find('\0') == std::string::npos, "a name ends at NUL");
    }
    for (const FileRange& range : elf.constants) {
      promise(range.offset <= size && range.size <= size - range.offset,
              "constants lie inside of the file");
    }
  } catch (const InputError& error) {
    promise(*error.what() != '\0', "an error says why");
  }
  return 0;
}
