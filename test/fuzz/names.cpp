// Any bytes as a name: what leaves for a reader can be read back, so no two names look alike.

#include "base/names.hpp"

#include "../unit/unescape.hpp"
#include "entry.hpp"

using namespace pare;
using test::promise;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view name = test::text_of(data, size);
  const std::string text = shown(name);
  promise(test::unescape_shown(text) == name, "what is shown can be read back");
  std::string json;
  append_json(json, name);
  promise(test::unescape_json(json) == name, "JSON can be read back");
  for (const std::string& out : {text, json}) {
    for (const char c : out) {
      promise(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "no control character leaves");
    }
    for (std::string_view rest = out; !rest.empty(); rest.remove_prefix(utf8_length(rest))) {
      promise(utf8_length(rest) > 0, "what leaves is UTF-8");
    }
  }
  return 0;
}
