#pragma once
// ZIP archives (PKWARE APPNOTE 6.3.10): jar, war, wheels, zipped modules. Read by the central
// directory, as their users do.

#include <pare/root.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace pare {

struct ZipEntry {
  std::string name;         ///< As stored: relative, with `/`; a folder's ends in one.
  std::uint64_t offset = 0; ///< Of its local header in the file.
  std::uint64_t stored = 0; ///< Its bytes in the archive.
  std::uint64_t size = 0;   ///< Its bytes.
  std::uint16_t method = 0; ///< 0: stored, 8: deflated.
  bool is_encrypted = false;
};

/// In the order of the directory. Something may stand before the archive (a self-starting script).
/// Throws InputError for what is no archive, whose directory is damaged, larger than 64 MiB or
/// longer than 500,000 entries.
std::vector<ZipEntry> read_zip(const ByteSource& source);

/// The bytes of an entry. Throws InputError: damaged, encrypted, of another method, or larger than
/// `most`.
std::string read_zip_entry(const ByteSource& source, const ZipEntry& entry, std::uint64_t most);

/// A stored entry in place, another one inflated (at most `most` bytes). `source` must outlive it.
/// Throws as above.
std::unique_ptr<ByteSource>
open_zip_entry(const ByteSource& source, const ZipEntry& entry, std::uint64_t most);

} // namespace pare
