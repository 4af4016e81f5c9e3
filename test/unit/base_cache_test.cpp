#include "base/cache.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using pare::Cache;

TEST_SUITE_BEGIN("base");

TEST_CASE("what is kept is found by its key, by the next cache of the folder too") {
  const pare::test::TempFolder folder;
  const std::string place = folder.path() / "not/there/yet";
  Cache cache(place);
  CHECK(cache.get("key") == std::nullopt);
  cache.put("key", std::string("a\0b", 3));
  CHECK(cache.get("key") == std::string("a\0b", 3));
  CHECK(Cache(place).get("key") == std::string("a\0b", 3));
  CHECK(Cache(place).get("other") == std::nullopt);
  cache.put("key", "");
  CHECK(cache.get("key") == "");
}

TEST_CASE("a damaged entry is as good as none") {
  const pare::test::TempFolder folder;
  Cache cache(folder.path());
  cache.put("key", "value");
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::fstream(entry.path(), std::ios::in | std::ios::out | std::ios::ate) << "x";
  }
  CHECK(cache.get("key") == std::nullopt);
}

TEST_CASE("a folder that cannot be written keeps nothing and says nothing") {
  Cache cache("/proc/nothing");
  cache.put("key", "value");
  CHECK(cache.get("key") == std::nullopt);
  Cache off("");
  off.put("key", "value");
  CHECK(off.get("key") == std::nullopt);
}

TEST_CASE("all entries together stay below the limit") {
  const pare::test::TempFolder folder;
  for (int i = 0; i < 20; ++i) {
    Cache(folder.path(), 4000).put(std::to_string(i), std::string(900, 'x'));
  }
  std::uintmax_t total = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    total += entry.file_size();
  }
  CHECK(total <= 4000 + 1000);
  CHECK(Cache(folder.path(), 4000).get("19") == std::string(900, 'x'));
  CHECK(Cache(folder.path(), 4000).get("0") == std::nullopt);
}

TEST_SUITE_END();
