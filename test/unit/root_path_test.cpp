#include <pare/root.hpp>

#include <doctest/doctest.h>

using namespace pare;

TEST_SUITE_BEGIN("root");

TEST_CASE("a typed path is cleaned by its text alone") {
  const auto lexical = [](std::string_view text) { return RootPath::lexical(text).text(); };
  CHECK(lexical("") == "/");
  CHECK(lexical("/") == "/");
  CHECK(lexical("//") == "/");
  CHECK(lexical("usr//lib/./x/") == "/usr/lib/x");
  CHECK(lexical("/usr/../lib") == "/lib");
  CHECK(lexical("/../../x") == "/x");
  CHECK(lexical("a/b/../../..") == "/");
  CHECK(lexical("/...") == "/...");
  CHECK(lexical("/a/..b") == "/a/..b");
  CHECK(lexical("/\xff\n") == "/\xff\n");
}

TEST_CASE("names and parents") {
  const RootPath path = RootPath::trusted("/usr/lib/libz.so.1");
  CHECK(path.name() == "libz.so.1");
  CHECK(path.parent().text() == "/usr/lib");
  CHECK(path.parent().parent().parent() == RootPath());
  CHECK(RootPath().name().empty());
  CHECK(RootPath().parent() == RootPath());
  CHECK((RootPath() / "x").text() == "/x");
  CHECK((RootPath() / "x" / "y").text() == "/x/y");
}

TEST_CASE("below means by whole parts") {
  const auto at = [](const char* text) { return RootPath::trusted(text); };
  CHECK(at("/usr/lib").is_in(at("/usr")));
  CHECK(at("/usr").is_in(at("/usr")));
  CHECK(at("/usr").is_in(RootPath()));
  CHECK(RootPath().is_in(RootPath()));
  CHECK_FALSE(at("/usrlib").is_in(at("/usr")));
  CHECK_FALSE(at("/usr").is_in(at("/usr/lib")));
  CHECK_FALSE(RootPath().is_in(at("/usr")));
}

TEST_SUITE_END();
