// Any bytes as a tar archive.

#include "base/bytes.hpp"
#include "entry.hpp"
#include "formats/tar.hpp"

#include <pare/error.hpp>

using namespace pare;
using test::promise;

namespace {

void check(const TarEntry& entry, std::size_t size) {
  promise(!entry.name.empty() && entry.name.find('\0') == std::string::npos, "a name is one");
  promise(entry.link.find('\0') == std::string::npos, "a link is a name");
  promise(entry.stat.mode <= 07777, "a mode is permission bits");
  promise(entry.parts.empty() || (entry.stat.type == FileType::regular && !entry.is_hard_link),
          "only files have bytes");
  std::uint64_t before = 0;
  for (const TarPart& part : entry.parts) {
    promise(part.extent.length > 0 && part.extent.offset >= before,
            "parts are sorted and not empty");
    before = part.extent.offset + part.extent.length;
    promise(before <= entry.stat.size, "parts lie in the file");
    promise(part.place + part.extent.length <= size, "parts lie in the archive");
  }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryBytes archive{std::string(test::text_of(data, size))};
  TarReader reader(archive);
  try {
    std::size_t count = 0;
    while (const std::optional<TarEntry> entry = reader.next()) {
      check(*entry, size);
      promise(++count <= size / 512, "each entry takes a block");
    }
  } catch (const InputError& error) {
    promise(*error.what() != '\0', "an error says why");
  }
  return 0;
}
