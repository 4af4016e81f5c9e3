#pragma once
// Tar archives as container tools write them: POSIX ustar with pax extended headers, GNU's long
// names, old V7 headers, and GNU's sparse forms (type `S`, and 0.0, 0.1, 1.0 in pax headers). Where
// programs differ, what Go's archive/tar does is done, since all that unpacks images is built on
// it: a global pax header changes nothing, links and folders have no bytes whatever their size
// says.

#include <pare/root.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pare {

/// Bytes of a file, and where they stand in the archive.
struct TarPart {
  Extent extent;           ///< In the file.
  std::uint64_t place = 0; ///< In the archive.

  bool operator==(const TarPart&) const = default;
};

struct TarEntry {
  std::string
      name; ///< As stored, of any form ("./usr/", "/x", "../x"); holds no NUL, is not empty.
  std::string link; ///< Of a symlink its text, of a hard link the other name, as stored.
  bool is_hard_link = false;
  Stat stat; ///< Of a hard link: what the header says, which the file itself need not agree with.
             ///< device, inode and links stay as they are.
  std::map<std::string, std::string> xattrs; ///< SCHILY.xattr.*
  std::vector<TarPart> parts; ///< Sorted, not empty ones; what lies between them is a hole.

  bool operator==(const TarEntry&) const = default;
};

/// Reads entry by entry. Bounds: a name, link or extended header of at most 1 MiB, 262144 sparse
/// parts of one file.
class TarReader {
public:
  /// `archive` must outlive the reader.
  explicit TarReader(const ByteSource& archive) : archive_(archive) {}

  /// nullopt: the end, which is two blocks of zeros or the end of the archive. Throws InputError
  /// ("tar entry at offset N: ...") for what is no tar archive, or is damaged, or cut short.
  std::optional<TarEntry> next();

private:
  const ByteSource& archive_;
  std::uint64_t at_ = 0; ///< Of the next header.
};

} // namespace pare
