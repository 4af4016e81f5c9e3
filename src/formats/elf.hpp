#pragma once
// The loader's view of an ELF file: program headers, dynamic table, symbol versions, notes. Section
// headers are never looked at: the loader does not, and stripped files have none.

#include "base/bytes.hpp"
#include "formats/facts.hpp"

#include <optional>
#include <string_view>

namespace pare {

/// Whether the file starts as an ELF file does.
bool looks_like_elf(std::string_view first_bytes);

/// What the header alone says; nullopt when it is cut off, or is of no known class or byte order.
/// Never throws for what the file says: a loader passes over files of other machines, whatever else
/// is wrong with them.
std::optional<ElfMachine> read_elf_machine(PageReader& file);

/// Throws InputError, without the file's name, when a table lies outside of the file or contradicts
/// itself. Work and memory are bounded: 65,536 entries of a kind, 16 MiB of names, whatever the
/// file claims.
Elf read_elf(PageReader& file);

} // namespace pare
