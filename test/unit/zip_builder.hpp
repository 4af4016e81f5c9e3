#pragma once
// Small zip archives.

#include <cstdint>
#include <libdeflate.h>
#include <string>
#include <utility>
#include <vector>

namespace pare::test {

inline void put_number(std::string& out, std::uint64_t value, unsigned width) {
  for (unsigned i = 0; i < width; ++i) {
    out += static_cast<char>(value >> 8 * i & 0xff);
  }
}

inline std::string deflated(const std::string& text) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_deflate_compress_bound(compressor, text.size()), '\0');
  out.resize(
      libdeflate_deflate_compress(compressor, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

/// Names and contents; `packed`: deflated, else stored.
inline std::string build_zip(const std::vector<std::pair<std::string, std::string>>& files,
                             bool packed = false) {
  std::string out, directory;
  for (const auto& [name, text] : files) {
    const std::string bytes = packed ? deflated(text) : text;
    const std::size_t offset = out.size();
    const auto put_common = [&](std::string& to) {
      put_number(to, 20, 2); // version
      put_number(to, 0, 2);  // flags
      put_number(to, packed ? 8 : 0, 2);
      put_number(to, 0, 4); // time
      put_number(to, 0, 4); // CRC: nobody looks
      put_number(to, bytes.size(), 4);
      put_number(to, text.size(), 4);
      put_number(to, name.size(), 2);
      put_number(to, 0, 2); // extra
    };
    out += "PK\3\4";
    put_common(out);
    out += name + bytes;
    directory += "PK\1\2";
    put_number(directory, 20, 2);
    put_common(directory);
    directory.append(10, char(0)); // comment, disk, attributes
    put_number(directory, offset, 4);
    directory += name;
  }
  const std::size_t at = out.size();
  out += directory + "PK\5\6";
  put_number(out, 0, 4);
  put_number(out, files.size(), 2);
  put_number(out, files.size(), 2);
  put_number(out, directory.size(), 4);
  put_number(out, at, 4);
  put_number(out, 0, 2);
  return out;
}

} // namespace pare::test
