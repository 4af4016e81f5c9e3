#include "formats/xml_tags.hpp"

#include <algorithm>

namespace pare {
namespace {

constexpr std::size_t most_tags = 65536;
constexpr std::string_view blanks = " \t\r\n";

/// Only what ASCII holds matters to us: other characters become `?`.
std::string from_utf16(std::string_view text, bool big_endian) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const char low = text[i + (big_endian ? 1 : 0)], high = text[i + (big_endian ? 0 : 1)];
    out += high == 0 && static_cast<unsigned char>(low) < 0x80 ? low : '?';
  }
  return out;
}

std::string resolved(std::string_view text) {
  constexpr std::pair<std::string_view, char> entities[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
  std::string out;
  while (!text.empty()) {
    const auto entity = std::ranges::find_if(
        entities, [&](const auto& known) { return text.starts_with(known.first); });
    out += entity != std::end(entities) ? entity->second : text.front();
    text.remove_prefix(entity != std::end(entities) ? entity->first.size() : 1);
  }
  return out;
}

std::string_view without_prefix(std::string_view name) {
  return name.substr(name.find(':') + 1);
}

class TagReader {
public:
  explicit TagReader(std::string_view text) : rest_(text) {}

  /// False: the document ends, or breaks off.
  bool next(XmlTag& tag) {
    while (skip_past("<", false)) {
      if (rest_.starts_with("!--")) {
        rest_.remove_prefix(3);
        skip_past("-->", true);
      } else if (rest_.starts_with("![CDATA[")) {
        skip_past("]]>", true);
      } else if (rest_.starts_with("?")) {
        skip_past("?>", true);
      } else if (rest_.starts_with("!")) {
        skip_past(">", true);
      } else {
        return read(tag);
      }
    }
    return false;
  }

private:
  bool skip_past(std::string_view end, bool at_end_too) {
    const std::size_t at = rest_.find(end);
    rest_ = at == std::string_view::npos ? std::string_view() : rest_.substr(at + end.size());
    return at != std::string_view::npos || at_end_too;
  }

  std::string_view word(std::string_view ends) {
    const std::string_view taken = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
  }

  bool read(XmlTag& tag) {
    tag = {};
    if (rest_.starts_with('/')) {
      rest_.remove_prefix(1);
      tag.opens = false;
      tag.closes = true;
    }
    tag.name = without_prefix(word(" \t\r\n/>"));
    while (true) {
      skip_blanks();
      if (rest_.empty()) {
        return false;
      }
      if (rest_.front() == '>') {
        rest_.remove_prefix(1);
        return true;
      }
      if (rest_.front() == '/') {
        rest_.remove_prefix(1);
        tag.closes = true;
        continue;
      }
      const std::string_view name = word(" \t\r\n=/>");
      skip_blanks();
      if (!rest_.starts_with('=')) {
        if (name.empty()) {
          rest_.remove_prefix(1);
        }
        continue;
      }
      rest_.remove_prefix(1);
      skip_blanks();
      if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) {
        continue;
      }
      const std::string quote(1, rest_.front());
      rest_.remove_prefix(1);
      const std::string_view value = word(quote);
      if (rest_.empty()) {
        return false;
      }
      rest_.remove_prefix(1);
      tag.attributes.emplace_back(without_prefix(name), resolved(value));
    }
  }

  std::string_view rest_;
};

} // namespace

std::string_view XmlTag::attribute(std::string_view wanted) const {
  const auto found = std::ranges::find(
      attributes, wanted, [](const auto& attribute) { return std::string_view(attribute.first); });
  return found == attributes.end() ? std::string_view() : found->second;
}

std::vector<XmlTag> read_xml_tags(std::string_view text) {
  std::string converted;
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    converted = from_utf16(text.substr(2), text.front() == '\xfe');
    text = converted;
  }
  TagReader reader(text);
  std::vector<XmlTag> tags;
  XmlTag tag;
  while (tags.size() < most_tags && reader.next(tag)) {
    tags.push_back(std::move(tag));
  }
  return tags;
}

} // namespace pare
