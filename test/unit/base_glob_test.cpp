#include "base/glob.hpp"

#include <doctest/doctest.h>

#include <fnmatch.h>
#include <string>

using namespace pare;

TEST_SUITE_BEGIN("base");

TEST_CASE("patterns match what fnmatch(3) matches") {
  const char* patterns[] = {"",       "*",           "?",      "a",
                            "a*",     "*a",          "a*b",    "*a*b*",
                            "**",     "a?c",         "[abc]",  "[a-c]*",
                            "[!a-c]", "[^a]",        "[]a]",   "[!]a]",
                            "[a-]",   "[a",          "*[0-9]", "lib*.so.[0-9]*",
                            "/usr/*", "/usr/**/x",   "\\*",    "\\a",
                            "a\\?",   "[\xc0-\xff]", "*.so",   "?*?",
                            "[[]",    "a[b]c*"};
  const char* texts[] = {"",        "a",          "b",      "ab",   "abc",   "aXb", "ba",
                         "]",       "-",          "[",      "[a",   "*",     "a?",  "libz.so.1",
                         "libz.so", "/usr/lib/x", "/usr/x", "\xe9", "a\xff", "aab", "abab",
                         "axbxb",   "x7",         "a[b]c",  "abcd"};
  for (const char* pattern : patterns) {
    for (const char* text : texts) {
      CAPTURE(pattern);
      CAPTURE(text);
      CHECK(matches_glob(pattern, text) == (fnmatch(pattern, text, 0) == 0));
    }
  }
}

TEST_CASE("a backslash at the end is itself") {
  CHECK(matches_glob("a\\", "a\\"));
}

TEST_CASE("many stars end in time") {
  std::string pattern;
  for (int i = 0; i < 500; ++i) {
    pattern += "*a";
  }
  CHECK_FALSE(matches_glob(pattern + "b", std::string(5000, 'a')));
}

TEST_SUITE_END();
