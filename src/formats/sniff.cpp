#include "formats/sniff.hpp"

#include <algorithm>

#include "formats/elf.hpp"
#include "formats/script.hpp"

namespace pare {

Facts read_facts(const ByteSource& source) {
  PageReader file(source);
  const std::string_view first = file.view(0, std::min<std::uint64_t>(file.size(), script_line_limit), "start");
  if (looks_like_elf(first)) {
    return read_elf(file);
  }
  if (std::optional<Script> script = read_script(first)) {
    return *std::move(script);
  }
  return Plain{};
}

} // namespace pare
