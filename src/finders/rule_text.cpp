#include "finders/rule_text.hpp"

#include "finders/rule_pattern.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <set>

namespace pare {
namespace {

constexpr std::array<std::pair<std::string_view, ConditionKind>, 12> condition_keys = {{
    {"calls", ConditionKind::call},
    {"strings", ConditionKind::string},
    {"symbols", ConditionKind::symbol},
    {"files", ConditionKind::file},
    {"needed", ConditionKind::needed},
    {"rules", ConditionKind::rule},
    {"environment", ConditionKind::environment},
    {"unset", ConditionKind::unset},
    {"exists", ConditionKind::exists},
    {"holds", ConditionKind::holds},
    {"defines", ConditionKind::defines},
    {"lacks", ConditionKind::lacks},
}};

class Parser {
public:
  Parser(std::string_view text, std::string_view name) : name_(name) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      lines_.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }

  std::vector<Rule> parse(std::string_view text) {
    toml::table table;
    try {
      table = toml::parse(text, name_);
    } catch (const toml::parse_error& error) {
      throw UsageError(
          fmt::format("{}:{}: {}", name_, error.source().begin.line, error.description()));
    }
    known_keys(table, {"subject", "rule"});
    const std::string subject = required_text(table, "subject");
    std::vector<Rule> rules;
    std::vector<std::size_t> starts;
    for (const toml::table* each : tables(table, "rule")) {
      starts.push_back(start_of(*each));
      rules.push_back(rule(*each));
      rules.back().subject = subject;
      if (std::ranges::count(rules, rules.back().id, &Rule::id) > 1) {
        fail(*each, fmt::format("the id {} is there twice", rules.back().id));
      }
    }
    if (rules.empty()) {
      fail(table, "no [[rule]]");
    }
    for (std::size_t i = 0; i < rules.size(); ++i) {
      rules[i].text = text_between(starts[i], i + 1 < rules.size() ? starts[i + 1] : lines_.size());
    }
    return rules;
  }

private:
  [[noreturn]] void fail(const toml::node& node, const std::string& what) const {
    throw UsageError(fmt::format("{}:{}: {}", name_, std::max(node.source().begin.line, 1U), what));
  }

  /// The place in lines_ where a rule begins: its header, or the comment right above.
  std::size_t start_of(const toml::table& table) const {
    std::size_t line = std::max(table.source().begin.line, 1U) - 1;
    while (line > 0 && lines_[line - 1].starts_with('#')) {
      --line;
    }
    return line;
  }

  std::string text_between(std::size_t from, std::size_t to) const {
    while (to > from && lines_[to - 1].empty()) {
      --to;
    }
    std::string text;
    for (std::size_t i = from; i < to; ++i) {
      text.append(lines_[i]).append("\n");
    }
    return text;
  }

  void known_keys(const toml::table& table, std::initializer_list<std::string_view> keys) const {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(keys, key.str()) == keys.end()) {
        fail(value, fmt::format("unknown key {}; known are {}", key.str(), fmt::join(keys, ", ")));
      }
    }
  }

  const std::string& text_of(const toml::node& node, std::string_view key) const {
    const toml::value<std::string>* text = node.as_string();
    if (text == nullptr || text->get().empty()) {
      fail(node, fmt::format("{} wants a text that is not empty", key));
    }
    return text->get();
  }

  std::string required_text(const toml::table& table, std::string_view key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      fail(table, fmt::format("{} is not there", key));
    }
    return text_of(*node, key);
  }

  /// A text, or an array of texts that is not empty. Empty: the key is not there.
  std::vector<std::string> texts(const toml::table& table, std::string_view key) const {
    const toml::node* node = table.get(key);
    return node == nullptr ? std::vector<std::string>() : texts_of(*node, key);
  }

  std::vector<std::string> texts_of(const toml::node& node, std::string_view key) const {
    const toml::array* array = node.as_array();
    if (array == nullptr) {
      return {text_of(node, key)};
    }
    if (array->empty()) {
      fail(node, fmt::format("{} is empty", key));
    }
    std::vector<std::string> found;
    for (const toml::node& each : *array) {
      found.push_back(text_of(each, key));
    }
    return found;
  }

  /// Tables under a key, whether written as [[key]] or inline.
  std::vector<const toml::table*> tables(const toml::table& table, std::string_view key) const {
    std::vector<const toml::table*> found;
    if (const toml::node* node = table.get(key)) {
      const toml::array* array = node->as_array();
      if (array == nullptr) {
        fail(*node, fmt::format("{} wants tables", key));
      }
      for (const toml::node& each : *array) {
        if (each.as_table() == nullptr) {
          fail(each, fmt::format("{} wants tables", key));
        }
        found.push_back(each.as_table());
      }
    }
    return found;
  }

  Rule rule(const toml::table& table) {
    known_keys(
        table,
        {"id", "source", "when", "take", "libraries", "programs", "leave", "config", "confidence"});
    Rule rule;
    rule.id = required_text(table, "id");
    if (!std::ranges::all_of(rule.id, [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        })) {
      fail(*table.get("id"), "an id is of small letters, digits and -");
    }
    rule.source = required_text(table, "source");
    std::vector<std::string> bound;
    for (const toml::table* each : tables(table, "when")) {
      std::vector<std::string> names;
      rule.when.push_back(alternative(*each, names));
      std::ranges::sort(names);
      if (rule.when.size() == 1) {
        bound = names;
      } else { // what every alternative captures can be used
        std::vector<std::string> common;
        std::ranges::set_intersection(bound, names, std::back_inserter(common));
        bound = std::move(common);
      }
    }
    if (rule.when.empty()) {
      fail(table, "when is not there");
    }
    rule.brings = brings(table, bound);
    rule.leave = texts(table, "leave");
    for (const std::string& pattern : rule.leave) {
      std::vector<std::string> unused;
      check_name_pattern(*table.get("leave"), pattern, unused);
    }
    rule.confidence = confidence(table);
    for (const toml::table* each : tables(table, "config")) {
      rule.configs.push_back(config(*each, bound));
    }
    return rule;
  }

  Confidence confidence(const toml::table& table) const {
    const toml::node* node = table.get("confidence");
    if (node == nullptr) {
      return Confidence::likely;
    }
    const std::string& text = text_of(*node, "confidence");
    if (text != "certain" && text != "likely" && text != "possible") {
      fail(*node, "confidence is certain, likely or possible");
    }
    return text == "certain"  ? Confidence::certain
           : text == "likely" ? Confidence::likely
                              : Confidence::possible;
  }

  Alternative alternative(const toml::table& table, std::vector<std::string>& names) const {
    Alternative alternative;
    for (const auto& [key, value] : table) {
      const auto known = std::ranges::find(
          condition_keys, key.str(), &std::pair<std::string_view, ConditionKind>::first);
      if (known == condition_keys.end()) {
        fail(value, fmt::format("unknown condition {}", key.str()));
      }
      alternative.push_back({known->second, texts_of(value, key.str())});
      check_condition(value, alternative.back(), names);
    }
    std::ranges::sort(alternative, {}, &Condition::kind);
    if (alternative.empty() || !is_event(alternative.front().kind)) {
      fail(table,
           "one of calls, strings, symbols, files, needed and rules is wanted in each alternative");
    }
    // Of the state of things, what follows may use what was captured before.
    for (const Condition& condition : alternative) {
      if (condition.kind == ConditionKind::exists || condition.kind == ConditionKind::holds) {
        for (const std::string& text : condition.patterns) {
          check_template(table, text, names);
        }
      }
    }
    return alternative;
  }

  void check_condition(const toml::node& node,
                       const Condition& condition,
                       std::vector<std::string>& names) const {
    std::vector<std::string> first;
    for (const std::string& pattern : condition.patterns) {
      std::vector<std::string> captured;
      switch (condition.kind) {
      case ConditionKind::call: {
        const std::size_t open = pattern.find('(');
        if (open == std::string::npos || open == 0 || !pattern.ends_with(')')) {
          fail(node, fmt::format("{}: a call is written NAME(ARGUMENT)", pattern));
        }
        if (!is_literal(pattern.substr(0, open))) {
          fail(node, fmt::format("{}: a call's name is no pattern", pattern));
        }
        check_name_pattern(node, pattern.substr(open + 1, pattern.size() - open - 2), captured);
        break;
      }
      case ConditionKind::environment:
        if (pattern.find('=') == 0) {
          fail(node, fmt::format("{}: a variable is written NAME or NAME=PATTERN", pattern));
        }
        check_name_pattern(node, pattern, captured);
        break;
      case ConditionKind::unset:
      case ConditionKind::exists:
      case ConditionKind::defines:
      case ConditionKind::lacks:
        break;
      case ConditionKind::holds:
        if (condition.patterns.size() < 2) {
          fail(node, "holds wants a file and the texts that are looked for in it");
        }
        break;
      default:
        check_name_pattern(node, pattern, captured);
      }
      std::ranges::sort(captured);
      if (&pattern == &condition.patterns.front()) {
        first = captured;
      } else if (captured != first) {
        fail(node, fmt::format("{}: all patterns of one key capture the same names", pattern));
      }
    }
    names.insert(names.end(), first.begin(), first.end());
  }

  void check_name_pattern(const toml::node& node,
                          const std::string& pattern,
                          std::vector<std::string>& names) const {
    if (const std::string fault = check_pattern(pattern, names); !fault.empty()) {
      fail(node, fmt::format("{}: {}", pattern, fault));
    }
  }

  void check_template(const toml::node& node,
                      const std::string& text,
                      const std::vector<std::string>& names) const {
    const std::optional<std::vector<Placeholder>> found = placeholders(text);
    if (!found) {
      fail(node, fmt::format("{}: a brace without an end", text));
    }
    for (const Placeholder& placeholder : *found) {
      const bool is_known = placeholder.name == "lib" || placeholder.name == "multiarch" ||
                            placeholder.name == "dir" || placeholder.name == "file" ||
                            placeholder.name == "base" || placeholder.name.starts_with("env:") ||
                            std::ranges::find(names, placeholder.name) != names.end();
      if (!is_known) {
        fail(node, fmt::format("{}: nothing captures {{{}}}", text, placeholder.name));
      }
      if (!placeholder.filter.empty() && !is_filter(placeholder.filter)) {
        fail(node, fmt::format("{}: there is no filter {}", text, placeholder.filter));
      }
    }
  }

  /// An array whose elements are a text each, or several to choose from.
  std::vector<std::vector<std::string>> choices(const toml::table& table,
                                                std::string_view key,
                                                const std::vector<std::string>& bound) const {
    std::vector<std::vector<std::string>> found;
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      return found;
    }
    if (const toml::array* array = node->as_array()) {
      for (const toml::node& each : *array) {
        found.push_back(texts_of(each, key));
      }
    } else {
      found.push_back({text_of(*node, key)});
    }
    for (const std::vector<std::string>& alternatives : found) {
      for (const std::string& text : alternatives) {
        check_template(*node, text, bound);
      }
    }
    return found;
  }

  std::vector<Bring> brings(const toml::table& table, const std::vector<std::string>& bound) const {
    std::vector<Bring> found;
    constexpr std::array<std::pair<std::string_view, BringKind>, 3> keys = {
        {{"take", BringKind::path},
         {"libraries", BringKind::library},
         {"programs", BringKind::program}}};
    for (const auto& [key, kind] : keys) {
      for (std::vector<std::string>& names : choices(table, key, bound)) {
        for (const std::string& name : names) {
          if (kind == BringKind::path && !name.starts_with('/') && !name.starts_with('{')) {
            fail(*table.get(key), fmt::format("{}: a path starts with / or a placeholder", name));
          }
        }
        found.push_back({kind, std::move(names)});
      }
    }
    return found;
  }

  Config config(const toml::table& table, const std::vector<std::string>& bound) const {
    known_keys(table, {"files", "split", "comment", "line"});
    Config config;
    config.files = choices(table, "files", bound);
    if (config.files.empty()) {
      fail(table, "files is not there");
    }
    if (const toml::node* node = table.get("split")) {
      config.split = text_of(*node, "split");
    }
    config.comments = texts(table, "comment");
    for (const toml::table* each : tables(table, "line")) {
      config.lines.push_back(line(*each, bound));
    }
    if (config.lines.empty()) {
      fail(table, "no [[rule.config.line]]");
    }
    return config;
  }

  Line line(const toml::table& table, std::vector<std::string> bound) const {
    known_keys(table, {"match", "section", "skip", "take", "libraries", "programs", "include"});
    Line line;
    line.match = texts(table, "match");
    if (line.match.empty()) {
      fail(table, "match is not there");
    }
    std::vector<std::string> first;
    for (const std::string& text : line.match) {
      const LinePattern pattern(text);
      if (!pattern.fault().empty()) {
        fail(*table.get("match"), fmt::format("{}: {}", text, pattern.fault()));
      }
      if (&text == &line.match.front()) {
        first = pattern.names();
      } else if (pattern.names() != first) {
        fail(*table.get("match"),
             fmt::format("{}: all patterns of one line capture the same names", text));
      }
    }
    bound.insert(bound.end(), first.begin(), first.end());
    bound.insert(bound.end(), {"confdir", "section"});
    if (const toml::node* node = table.get("section")) {
      line.section = text_of(*node, "section");
      check_name_pattern(*node, line.section, bound);
    }
    line.skip = texts(table, "skip");
    for (const std::string& pattern : line.skip) {
      std::vector<std::string> unused;
      check_name_pattern(*table.get("skip"), pattern, unused);
    }
    line.brings = brings(table, bound);
    line.include = texts(table, "include");
    for (const std::string& text : line.include) {
      check_template(*table.get("include"), text, bound);
    }
    if (line.brings.empty() && line.include.empty()) {
      fail(table, "the line brings nothing");
    }
    return line;
  }

  std::string name_;
  std::vector<std::string_view> lines_;
};

} // namespace

std::vector<Rule> parse_rules(std::string_view text, std::string_view name) {
  return Parser(text, name).parse(text);
}

} // namespace pare
