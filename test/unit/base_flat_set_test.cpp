#include "base/flat_set.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace pare;

TEST_SUITE_BEGIN("base");

TEST_CASE("a flat set says what std::set says") {
  FlatSet set;
  std::set<std::pair<std::uint64_t, std::uint64_t>> judge;
  std::uint64_t random = 1;
  for (int i = 0; i < 20000; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u; // Knuth's MMIX
    const std::uint64_t first = (random >> 40 & 0x7f) << 32, second = (random >> 33 & 0x3f) + 1;
    REQUIRE(set.insert(first, second) == judge.emplace(first, second).second);
  }
}

TEST_CASE("a flat set of addresses") {
  FlatSet set;
  const int a = 0, b = 0;
  CHECK_FALSE(set.contains(&a, &b));
  CHECK(set.insert(&a, &b));
  CHECK_FALSE(set.insert(&a, &b));
  CHECK(set.contains(&a, &b));
  CHECK_FALSE(set.contains(&b, &a));
}

TEST_SUITE_END();
