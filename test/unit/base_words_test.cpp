#include "base/words.hpp"
#include "command.hpp"

#include <pare/error.hpp>

#include <doctest/doctest.h>

using namespace pare;

TEST_SUITE_BEGIN("base");

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    out += word + "|";
  }
  return out;
}

} // namespace

TEST_CASE("a command line is split as sh splits it") {
  for (const char* text : {"a b",
                           " a\t b\n",
                           "'a b' c",
                           "\"a b\" c",
                           "a'b'\"c\"d",
                           "'' \"\"",
                           "a\\ b",
                           "'a\\b'",
                           "\"a\\b\"",
                           "\"a\\\"b\\\\c\"",
                           "\"it's\"",
                           "'say \"x\"'",
                           "\\'a\\'",
                           "\"\\x\\y\"",
                           "größe"}) {
    CAPTURE(text);
    const test::Output judged = test::run({"/bin/sh", "-c", std::string("printf '%s|' ") + text});
    REQUIRE(judged.code == 0);
    CHECK(joined(split_words(text)) == judged.text);
  }
  CHECK(split_words("").empty());
  CHECK(split_words(" \t").empty());
}

TEST_CASE("nothing is expanded") {
  CHECK(joined(split_words("$HOME *.c ~ `id` a;b")) == "$HOME|*.c|~|`id`|a;b|");
}

TEST_CASE("an array of strings is taken as it is") {
  CHECK(joined(split_words(R"(["/bin/sh", "-c", "a 'b' \"c\""])")) == "/bin/sh|-c|a 'b' \"c\"|");
  CHECK(split_words("[]").empty());
}

TEST_CASE("what has no end, or is no array of strings, is refused") {
  for (const char* text : {"'a", "\"a", "a 'b\"", "[\"a\"", "[1]", "[\"a\", [\"b\"]]", "[a]"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(split_words(text), UsageError);
  }
}

TEST_SUITE_END();
