#include "base/build_id.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <elf.h>
#include <link.h>
#include <string_view>

namespace pare {
namespace {

constexpr std::size_t aligned(std::size_t size) {
  return (size + 3) / 4 * 4;
}

/// dl_iterate_phdr(3): the program itself comes first; 1 ends the iteration.
int read_notes(dl_phdr_info* info, std::size_t, void* to) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) {
      continue;
    }
    std::string_view notes(reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr),
                           header.p_memsz);
    ElfW(Nhdr) note;
    while (notes.size() >= sizeof note) {
      std::memcpy(&note, notes.data(), sizeof note);
      const std::size_t name = sizeof note, text = name + aligned(note.n_namesz);
      if (text + note.n_descsz > notes.size()) {
        break;
      }
      if (note.n_type == NT_GNU_BUILD_ID && notes.substr(name, 4) == std::string_view("GNU\0", 4)) {
        for (const char byte : notes.substr(text, note.n_descsz)) {
          constexpr std::string_view digits = "0123456789abcdef";
          *static_cast<std::string*>(to) += digits[static_cast<std::uint8_t>(byte) >> 4];
          *static_cast<std::string*>(to) += digits[static_cast<std::uint8_t>(byte) & 0xf];
        }
        return 1;
      }
      notes.remove_prefix(std::min(text + aligned(note.n_descsz), notes.size()));
    }
  }
  return 1;
}

} // namespace

std::string build_id() {
  std::string id;
  dl_iterate_phdr(read_notes, &id);
  return id;
}

} // namespace pare
