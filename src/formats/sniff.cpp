#include "formats/sniff.hpp"

#include "formats/elf.hpp"
#include "formats/script.hpp"

namespace pare {

Facts read_facts(const ByteSource& source) {
  std::string first(script_line_limit, '\0');
  first.resize(source.read_at(0, std::as_writable_bytes(std::span(first))));
  if (looks_like_elf(first)) {
    return read_elf(source);
  }
  if (std::optional<Script> script = read_script(first)) {
    return *std::move(script);
  }
  return Plain{};
}

} // namespace pare
