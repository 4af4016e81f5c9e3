// Any bytes as a program of Go.

#include "formats/go.hpp"

#include "base/bytes.hpp"
#include "entry.hpp"

using namespace pare;
using test::promise;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryBytes bytes{std::string(test::text_of(data, size))};
  std::size_t taken = 0;
  for_each_go_function(bytes, [&](std::string_view name) {
    promise(!name.empty() && name.find('\0') == std::string_view::npos, "a name is one text");
    taken += name.size() + 1;
  });
  promise(taken <= size + 1, "no more names than there are bytes");
  return 0;
}
