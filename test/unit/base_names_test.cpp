#include "base/names.hpp"
#include "unescape.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace pare;

TEST_SUITE_BEGIN("base");

namespace {

std::string json_of(std::string_view name) {
  std::string out;
  append_json(out, name);
  return out;
}

} // namespace

TEST_CASE("printable names are shown as they are") {
  for (const char* name :
       {"libz.so.1", "a b", "\"q\" 'q' #$&", "größe", "日本語", "\xf0\x9f\x98\x80"}) {
    CHECK(shown(name) == name);
  }
}

TEST_CASE("what a terminal would act on is spelled out") {
  CHECK(shown("a\nb\tc\x1b[31m\x7f\r") == "a\\nb\\tc\\x1b[31m\\x7f\\x0d");
  CHECK(shown("\xc2\x9b") == "\\xc2\\x9b");                          // CSI as one character
  CHECK(shown("gpj.\xe2\x80\xae.exe") == "gpj.\\xe2\\x80\\xae.exe"); // right-to-left override
  CHECK(shown("\xe2\x81\xa6\xe2\x80\xa8") == "\\xe2\\x81\\xa6\\xe2\\x80\\xa8");
  CHECK(shown("\xff\\") == "\\xff\\\\");
}

TEST_CASE("JSON of odd names") {
  CHECK(json_of("a\"b") == R"(a\"b)");
  CHECK(json_of("a\nb\tc\x01\x7f") == R"(a\nb\tc\u0001\u007f)");
  CHECK(json_of("\xc2\x80\xe2\x80\xae") == R"(\u0080\u202e)");
  CHECK(json_of("\xff") == R"(\\xff)");
  CHECK(json_of("C:\\temp") == R"(C:\\temp)");
  CHECK(json_of("\\xff") == R"(\\\\xff)");
  CHECK(json_of("größe") == "größe");
}

TEST_CASE("no two names come out the same") {
  // All names of up to five characters out of those that matter to the escaping.
  const std::vector<std::string> alphabet = {
      "\\", "x", "f", "\xff", "\n", "\"", "\xc3", "\xa4", "\xe2\x80\xae"};
  std::vector<std::string> names = {""};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string name = names[i];
    const std::string text = shown(name), json = json_of(name);
    if (test::unescape_shown(text) != name || test::unescape_json(json) != name) {
      FAIL("not read back: ", text, " ", json);
    }
    if (names.size() < 60000) { // a longer one of each
      for (const std::string& character : alphabet) {
        names.push_back(name + character);
      }
    }
  }
}

TEST_CASE("UTF-8 is what RFC 3629 says") {
  const auto judge = [](const std::string& text) {
    return nlohmann::json::accept('"' + text + '"');
  };
  const std::string bytes("\x20\x7e\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef"
                          "\xf0\xf1\xf3\xf4\xf5\xff");
  std::vector<std::string> texts = {""};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string text = texts[i];
    if (!text.empty()) {
      const bool is_one = utf8_length(text) == text.size();
      // One character: valid, and no shorter start of it is.
      bool expected = judge(text);
      for (std::size_t length = 1; length < text.size(); ++length) {
        expected = expected && !judge(text.substr(0, length));
      }
      if (is_one != expected) {
        FAIL("utf8_length of ", shown(text));
      }
    }
    if (text.size() < 3 || (text.size() == 3 && text[0] >= '\xf0' && text[0] < 0)) {
      for (const char byte : bytes) {
        texts.push_back(text + byte);
      }
    }
  }
  CHECK(utf8_length("") == 0);
  CHECK(utf8_length("ab") == 1);
  CHECK(utf8_length("\xc3") == 0);
}

TEST_SUITE_END();
