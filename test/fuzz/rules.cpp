// A pattern, a newline, a text: as a pattern over names, and over lines. The whole as a config file
// of every rule that is built in.

#include "entry.hpp"
#include "finders/rule_book.hpp"
#include "finders/rule_config.hpp"
#include "finders/rule_pattern.hpp"

using namespace pare;
using test::promise;

namespace {

void try_pattern(std::string_view pattern, std::string_view text) {
  std::vector<std::string> names;
  Captures captures;
  if (check_pattern(pattern, names).empty() && match_pattern(pattern, text, captures)) {
    for (const std::string& name : names) {
      const auto captured = captures.find(name);
      promise(captured != captures.end(), "what a pattern names, it captures");
      promise(!captured->second.empty() && text.find(captured->second) != std::string_view::npos,
              "a capture is a part of the text");
    }
  }
  std::string literal;
  for (const char c : text) {
    literal += {'\\', c};
  }
  promise(text.empty() || match_pattern(literal, text, captures), "an escaped text matches itself");
  promise(match_pattern("**", text, captures), "two stars take all");
}

void try_line(std::string_view pattern, std::string_view text) {
  const LinePattern line(pattern);
  if (!line.fault().empty()) {
    return;
  }
  for (const std::vector<std::string>& values : line.match(text)) {
    promise(values.size() == line.names().size(), "each match has all captures");
    for (const std::string& value : values) {
      promise(text.find(value) != std::string_view::npos, "a capture is a part of the record");
    }
  }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Rule> rules = [] {
    const RuleSet set;
    std::vector<Rule> all;
    for (std::uint32_t i = 0; i < set.size(); ++i) {
      all.push_back(set.get(i));
    }
    return all;
  }();
  const std::string_view input = test::text_of(data, size);
  const std::size_t end = std::min(input.find('\n'), input.size());
  try_pattern(input.substr(0, end), input.substr(std::min(end + 1, input.size())));
  try_line(input.substr(0, end), input.substr(std::min(end + 1, input.size())));
  for (const Rule& rule : rules) {
    for (const Config& config : rule.configs) {
      match_config(input, config);
    }
  }
  return 0;
}
