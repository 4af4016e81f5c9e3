// Any bytes as a zip archive.

#include "formats/zip.hpp"

#include "base/bytes.hpp"
#include "entry.hpp"

#include <pare/error.hpp>

using namespace pare;
using test::promise;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t most = 1 << 20;
  const MemoryBytes source{std::string(test::text_of(data, size))};
  try {
    for (const ZipEntry& entry : read_zip(source)) {
      try {
        const std::string bytes = read_zip_entry(source, entry, most);
        promise(bytes.size() <= most, "no more than was asked for");
        promise(entry.method == 0 || bytes.size() == entry.size, "an entry is as large as it says");
        open_zip_entry(source, entry, most);
      } catch (const InputError&) {
      }
    }
  } catch (const InputError&) {
  }
  return 0;
}
