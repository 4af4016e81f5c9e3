#include "formats/sniff.hpp"

#include <algorithm>

#include "formats/elf.hpp"
#include "formats/script.hpp"

namespace pare {

Reading read_facts(const ByteSource& source) {
  Reading reading;
  try {
    PageReader file(source);
    const std::string_view first = file.view(0, std::min<std::uint64_t>(file.size(), script_line_limit), "start");
    if (looks_like_elf(first)) {
      reading.machine = read_elf_machine(file);
      reading.facts = read_elf(file);
    } else if (std::optional<Script> script = read_script(first)) {
      reading.facts = *std::move(script);
    }
  } catch (const InputError& error) {
    reading.damage = error.what();
  }
  return reading;
}

} // namespace pare
