#include "base/sizes.hpp"

#include <doctest/doctest.h>

using namespace pare;

TEST_SUITE_BEGIN("base");

TEST_CASE("sizes have three digits or so") {
  CHECK(human_size(0) == "0 B");
  CHECK(human_size(1023) == "1023 B");
  CHECK(human_size(1024) == "1.0 KiB");
  CHECK(human_size(102348) == "99.9 KiB");
  CHECK(human_size(102400) == "100 KiB");
  CHECK(human_size(1048575) == "1.0 MiB"); // never "1024 KiB"
  CHECK(human_size(1922136) == "1.8 MiB");
  CHECK(human_size(5ull << 30) == "5.0 GiB");
  CHECK(human_size(~0ull) == "16.0 EiB");
}

TEST_CASE("one is singular, none is not") {
  CHECK(counted(0, "file", "files") == "0 files");
  CHECK(counted(1, "file", "files") == "1 file");
  CHECK(counted(2, "library", "libraries") == "2 libraries");
}

TEST_SUITE_END();
