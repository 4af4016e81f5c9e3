// Any bytes as /etc/ld.so.cache. The first line is the name that is looked for.

#include "formats/ld_so_cache.hpp"

#include "base/bytes.hpp"
#include "entry.hpp"

#include <pare/error.hpp>

#include <algorithm>

using namespace pare;
using test::promise;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = test::text_of(data, size);
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    return 0;
  }
  const std::string_view name = text.substr(0, end);
  promise(compare_library_names(name, name) == 0, "a name equals itself");
  const MemoryBytes source(std::string(text.substr(end + 1)));
  try {
    LdSoCache cache(source);
    for (const CacheEntry& entry : cache.find(name)) {
      promise(entry.path.find('\0') == std::string::npos, "a path ends at NUL");
      promise(entry.level.empty() || entry.hwcap == 0,
              "an entry is for a level or for legacy hwcaps");
    }
  } catch (const InputError& error) {
    promise(*error.what() != '\0', "an error says why");
  }
  return 0;
}
