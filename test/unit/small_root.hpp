#pragma once
// Roots of a few tiny ELF files, a line a file.

#include "elf_builder.hpp"
#include "root/memory.hpp"

#include <string>

namespace pare::test {

inline RootPath at(std::string text) {
  return RootPath::trusted(std::move(text));
}

inline void add_elf(MemoryRoot& root, const std::string& path, const ElfSpec& spec = {}) {
  root.add_file(at(path), build_elf(spec), 0755);
}

/// A library that has its file's name as soname.
inline void
add_library(MemoryRoot& root, const std::string& path, std::vector<std::string> needed = {}) {
  add_elf(root, path, {.needed = std::move(needed), .soname = path.substr(path.rfind('/') + 1)});
}

inline const std::string glibc_name = "/lib64/ld-linux-x86-64.so.2",
                         musl_name = "/lib/ld-musl-x86_64.so.1";

/// glibc's loader as far as its constants go: folders /lib and /usr/lib, a cache, glibc-hwcaps.
inline void add_glibc(MemoryRoot& root, const std::string& more_constants = "") {
  using namespace std::string_literals;
  add_elf(root,
          glibc_name,
          {.soname = "ld-linux-x86-64.so.2",
           .versions = {"ld-linux-x86-64.so.2", "GLIBC_PRIVATE"},
           .constants = "\0/lib/\0/usr/lib/\0/etc/ld.so.cache\0glibc-hwcaps\0"s + more_constants});
}

inline ElfSpec glibc_program(std::vector<std::string> needed) {
  return {.interpreter = glibc_name, .needed = std::move(needed)};
}

inline ElfSpec musl_program(std::vector<std::string> needed) {
  return {.interpreter = musl_name, .needed = std::move(needed)};
}

/// An ld.so.cache of the new format, whose names are sorted downwards already.
inline std::string build_cache(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string out = "glibc-ld.so.cache1.1", strings;
  const auto put = [&out](std::uint64_t value, unsigned width) {
    for (unsigned i = 0; i < width; ++i) {
      out += static_cast<char>(value >> 8 * i & 0xff);
    }
  };
  const std::size_t strings_at = 48 + 24 * entries.size();
  put(entries.size(), 4);
  put(0, 4); // size of the strings: nobody looks
  put(2, 4); // little-endian
  put(0, 8); // no extension
  put(0, 8);
  for (const auto& [name, path] : entries) {
    put(0x0303, 4); // FLAG_X8664_LIB64 | FLAG_ELF_LIBC6
    put(strings_at + strings.size(), 4);
    strings += name + '\0';
    put(strings_at + strings.size(), 4);
    strings += path + '\0';
    put(0, 4);
    put(0, 8);
  }
  return out + strings;
}

} // namespace pare::test
