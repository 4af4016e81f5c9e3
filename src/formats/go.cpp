// Go's linker writes a table of functions, `.gopclntab`: a header, then the names, NUL-terminated,
// one after the other (Go 1.16 to 1.24, src/debug/gosym/pclntab.go and src/internal/abi/symtab.go).
// That a file is a program of Go shows in its first page: the note with its build id is named "Go"
// (src/cmd/link/internal/ld/elf.go, elfbuildid).

#include "formats/go.hpp"

#include "base/bytes.hpp"

#include <array>

namespace pare {
namespace {

constexpr std::uint64_t head_size = 4096, most_names = std::uint64_t{256} << 20,
                        most_sections = 4096;

struct Section {
  std::uint64_t offset = 0, size = 0;
};

std::optional<Section> pclntab_section(PageReader& reader) {
  const std::string_view header = reader.view(0, 64, "ELF header");
  if (header[4] != 2 || header[5] != 1) { // 64 bit, little-endian
    return std::nullopt;
  }
  const std::uint64_t table = load_unsigned(header.substr(0x28), 8, false);
  const std::uint64_t count = load_unsigned(header.substr(0x3c), 2, false);
  const std::uint64_t names_index = load_unsigned(header.substr(0x3e), 2, false);
  if (load_unsigned(header.substr(0x3a), 2, false) != 64 || names_index >= count ||
      count > most_sections || !reader.contains(table, count * 64)) {
    return std::nullopt;
  }
  const auto section = [&](std::uint64_t index) {
    const std::string_view entry = reader.view(table + index * 64, 64, "section header");
    return std::pair(load_unsigned(entry, 4, false),
                     Section{load_unsigned(entry.substr(0x18), 8, false),
                             load_unsigned(entry.substr(0x20), 8, false)});
  };
  const Section names = section(names_index).second;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto [name, place] = section(i);
    if (name < names.size && reader.contains(names.offset, names.size)) {
      const std::string_view text =
          reader.c_string(names.offset + name, names.offset + names.size, "section name");
      if (text == ".gopclntab" || text == ".data.rel.ro.gopclntab") {
        return place;
      }
    }
  }
  return std::nullopt;
}

} // namespace

void for_each_go_function(const ByteSource& source,
                          const std::function<void(std::string_view)>& take) {
  using namespace std::string_view_literals;
  const Bytes head = read_bytes(source, 0, head_size);
  if (head.view().find("\4\0\0\0Go\0\0"sv) ==
      std::string_view::npos) { // the note's type, and its name
    return;
  }
  try {
    PageReader reader(source);
    const std::optional<Section> section = pclntab_section(reader);
    if (!section || !reader.contains(section->offset, section->size) || section->size < 72) {
      return;
    }
    const std::string_view header = reader.view(section->offset, 72, "function table");
    const std::uint64_t magic = load_unsigned(header, 4, false);
    // Go 1.20, 1.18: a word for the start of the code lies in between; 1.16: not.
    const bool has_text_start = magic == 0xfffffff1 || magic == 0xfffffff0;
    if ((!has_text_start && magic != 0xfffffffa) || header[7] != 8) {
      return;
    }
    const std::size_t at = has_text_start ? 32 : 24;
    const std::uint64_t begin = load_unsigned(header.substr(at), 8, false);
    const std::uint64_t end = load_unsigned(header.substr(at + 8), 8, false); // the next table's
    if (begin >= end || end > section->size || end - begin > most_names) {
      return;
    }
    const Bytes names = read_bytes(source, section->offset + begin, end - begin);
    for (std::string_view rest = names.view(); !rest.empty();) {
      const std::string_view name = rest.substr(0, rest.find('\0'));
      if (!name.empty()) {
        take(name);
      }
      rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    }
  } catch (const InputError&) {
    return; // its tables lie: then it tells nothing
  }
}

} // namespace pare
