#include "formats/sniff.hpp"

#include "formats/described.hpp"
#include "formats/elf.hpp"
#include "formats/pe.hpp"
#include "formats/script.hpp"

#include <algorithm>

namespace pare {

Reading read_facts(const ByteSource& source) {
  Reading reading;
  if (const auto* described = dynamic_cast<const DescribedFile*>(&source)) {
    reading.facts = described->facts();
    if (const Elf* elf = std::get_if<Elf>(&reading.facts)) {
      reading.machine = elf->machine;
    }
    return reading;
  }
  try {
    PageReader file(source);
    const std::string_view first =
        file.view(0, std::min<std::uint64_t>(file.size(), script_line_limit), "start");
    if (looks_like_elf(first)) {
      reading.machine = read_elf_machine(file);
      reading.facts = read_elf(file);
    } else if (looks_like_pe(file)) {
      reading.facts = read_pe(file);
    } else if (std::optional<Script> script = read_script(first)) {
      reading.facts = *std::move(script);
    }
  } catch (const InputError& error) {
    reading.damage = error.what();
  }
  return reading;
}

} // namespace pare
