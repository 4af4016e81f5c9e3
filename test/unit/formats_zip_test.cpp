#include "base/bytes.hpp"
#include "formats/zip.hpp"
#include "zip_builder.hpp"

#include <doctest/doctest.h>

namespace pare {
namespace {

std::string contents(const std::string& archive) {
  const MemoryBytes source(archive);
  std::string out;
  for (const ZipEntry& entry : read_zip(source)) {
    out += entry.name + "=" + read_zip_entry(source, entry, 1000) + "\n";
  }
  return out;
}

std::string failure(const std::string& archive) {
  try {
    return contents(archive);
  } catch (const InputError& error) {
    return error.what();
  }
}

} // namespace

TEST_SUITE("formats") {

  TEST_CASE("zip: entries, stored and deflated, behind a script and before a comment") {
    const std::vector<std::pair<std::string, std::string>> files = {
        {"a", "text"}, {"d/", ""}, {"d/b", std::string(500, 'x')}};
    const std::string expected = "a=text\nd/=\nd/b=" + std::string(500, 'x') + "\n";
    CHECK(contents(test::build_zip(files)) == expected);
    CHECK(contents(test::build_zip(files, true)) == expected);
    CHECK(contents("#!/bin/sh\nexec java -jar $0\n" + test::build_zip(files, true)) == expected);
    CHECK(contents(test::build_zip({})) == "");
  }

  TEST_CASE("zip: an archive in an archive") {
    for (const bool packed : {false, true}) {
      const MemoryBytes outer(
          test::build_zip({{"in.jar", test::build_zip({{"x", "y"}}, true)}}, packed));
      const std::unique_ptr<ByteSource> inner = open_zip_entry(outer, read_zip(outer).at(0), 1000);
      CHECK(read_zip_entry(*inner, read_zip(*inner).at(0), 1000) == "y");
    }
  }

  TEST_CASE("zip: damage") {
    const std::string good = test::build_zip({{"a", "some text"}}, true);
    CHECK(failure("") == "is no zip archive");
    CHECK(failure(std::string(100, 'x')) == "is no zip archive, or is cut short");
    CHECK(failure(good.substr(0, good.size() - 30)) == "is no zip archive, or is cut short");
    std::string bad = good;
    bad[35] = static_cast<char>(bad[35] ^ 0x55);
    CHECK(failure(bad) == "the entry at offset 0 is damaged");
    bad = good;
    bad.replace(bad.find("PK\1\2") + 42, 4, "\xff\xff\xff\x7f");
    CHECK(failure(bad) == "the entry 0 lies outside of the file");
    bad = good;
    bad.replace(bad.size() - 6, 4, "\xff\xff\xff\x7f");
    CHECK(failure(bad) == "the directory of the archive lies outside of the file");
    for (std::size_t i = 0; i < good.size(); ++i) {
      bad = good;
      bad[i] = static_cast<char>(bad[i] ^ 0xff);
      failure(bad);
      failure(good.substr(0, i));
    }
  }
}

} // namespace pare
