#pragma once
// /etc/ld.so.cache, the old and the new format, and both in one file (glibc 2.36,
// sysdeps/generic/dl-cache.h).

#include "base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

struct CacheEntry {
  std::uint32_t flags =
      0; ///< Which kind of library: compared with the one that a machine's loader wants.
  std::string path;
  std::string level; ///< The glibc-hwcaps subfolder it is for ("x86-64-v3"); empty: every CPU.
  std::uint64_t hwcap = 0; ///< Legacy hwcap bits (before glibc 2.37); 0: every CPU.
};

class LdSoCache {
public:
  /// Reads what is looked at, by pages, as the loader's mapping does: of 100 KB a short run needs a
  /// tenth. `source` must outlive the cache. Throws InputError when it is no cache, or its tables
  /// lie outside of the file.
  explicit LdSoCache(const ByteSource& source);

  /// Reads all that was not read yet. From then on find() may be called by two threads at a time.
  void complete() const;

  /// All entries of this name, in the file's order. Finds them as the loader does, by halving a
  /// table that is sorted by _dl_cache_libcmp: in an unsorted file it may find none, as the loader
  /// would.
  std::vector<CacheEntry> find(std::string_view name) const;

private:
  bool contains(std::uint64_t offset, std::uint64_t length) const {
    return offset <= size_ && length <= size_ - offset;
  }
  std::uint64_t number(std::uint64_t offset, unsigned width) const;
  std::string_view string_at(std::uint64_t offset) const;
  std::string_view key_of(std::uint64_t index) const {
    return string_at(strings_ + number(entries_ + index * entry_size_ + 4, 4));
  }

  /// Bytes that contains() says are there.
  std::string_view view(std::uint64_t offset, std::uint64_t length) const;

  const ByteSource& source_;
  std::uint64_t size_;
  mutable PageReader pages_;         ///< For the first looks.
  mutable std::optional<Bytes> all_; ///< Once complete.
  bool big_endian_ = false;
  std::uint64_t entries_ = 0;    ///< Offset of the first entry.
  std::uint64_t entry_size_ = 0; ///< 12 in the old format, 24 in the new one.
  std::uint64_t count_ = 0;
  std::uint64_t strings_ = 0; ///< What string offsets are counted from.
  std::vector<std::string> levels_;
};

/// How the cache's names are ordered: numbers inside them by value (glibc 2.36, elf/dl-cache.c,
/// _dl_cache_libcmp).
int compare_library_names(std::string_view a, std::string_view b);

} // namespace pare
