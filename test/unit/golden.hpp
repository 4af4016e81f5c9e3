#pragma once
// Texts that are compared with files of test/golden. PARE_ACCEPT=1 writes them anew: git then shows
// what changed.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace pare::test {

inline std::string golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(PARE_TEST_FOLDER) / "golden" / name;
  if (std::getenv("PARE_ACCEPT") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
  }
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace pare::test

/// NAME is evaluated once; TEXT too.
#define CHECK_GOLDEN(NAME, TEXT)                                                                   \
  do {                                                                                             \
    const std::string text_ = (TEXT);                                                              \
    CHECK(text_ == pare::test::golden(NAME, text_));                                               \
  } while (false)
