#include "finders/rule_book.hpp"

#include "finders/rule_pattern.hpp"
#include "finders/rule_text.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <tuple>

namespace pare {
namespace {

// Packed: numbers of 7 bits a byte, the lowest first; texts and lists with their length in front.
// One list of fields serves both ways.

class Packer {
public:
  std::string out;

  void number(std::size_t value) {
    for (; value >= 0x80; value >>= 7) {
      out += static_cast<char>((value & 0x7f) | 0x80);
    }
    out += static_cast<char>(value);
  }
  void field(const std::string& text) {
    number(text.size());
    out += text;
  }
  template <typename Value>
  requires std::is_enum_v<Value>
  void field(const Value& value) { number(static_cast<std::size_t>(value)); }
  template <typename Value> void field(const std::vector<Value>& values);
  template <typename Value>
  requires std::is_class_v<Value>
  void field(const Value& value);
};

class Unpacker {
public:
  explicit Unpacker(std::string_view in) : in_(in) {}

  std::size_t number() {
    std::size_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(in_.at(0));
      in_.remove_prefix(1);
      value |= static_cast<std::size_t>(byte & 0x7f) << shift;
      if (byte < 0x80) {
        return value;
      }
    }
  }
  void field(std::string& text) {
    const std::size_t size = number();
    text = in_.substr(0, size);
    in_.remove_prefix(size);
  }
  template <typename Value>
  requires std::is_enum_v<Value>
  void field(Value& value) { value = static_cast<Value>(number()); }
  template <typename Value> void field(std::vector<Value>& values);
  template <typename Value>
  requires std::is_class_v<Value>
  void field(Value& value);

private:
  std::string_view in_;
};

void fields(auto& coder, auto& value) requires requires {
  value.kind;
  value.patterns;
}
{
  coder.field(value.kind);
  coder.field(value.patterns);
}

void fields(auto& coder, auto& value) requires requires {
  value.kind;
  value.names;
}
{
  coder.field(value.kind);
  coder.field(value.names);
}

void fields(auto& coder, auto& value) requires requires {
  value.match;
}
{
  coder.field(value.match);
  coder.field(value.section);
  coder.field(value.skip);
  coder.field(value.brings);
  coder.field(value.include);
}

void fields(auto& coder, auto& value) requires requires {
  value.lines;
}
{
  coder.field(value.files);
  coder.field(value.split);
  coder.field(value.comments);
  coder.field(value.lines);
}

void fields(auto& coder, auto& value) requires requires {
  value.when;
}
{
  coder.field(value.id);
  coder.field(value.subject);
  coder.field(value.source);
  coder.field(value.text);
  coder.field(value.when);
  coder.field(value.brings);
  coder.field(value.leave);
  coder.field(value.configs);
  coder.field(value.confidence);
}

template <typename Value> void Packer::field(const std::vector<Value>& values) {
  number(values.size());
  for (const Value& value : values) {
    field(value);
  }
}

template <typename Value>
requires std::is_class_v<Value>
void Packer::field(const Value& value) {
  fields(*this, value);
}

template <typename Value> void Unpacker::field(std::vector<Value>& values) {
  values.resize(number());
  for (Value& value : values) {
    field(value);
  }
}

template <typename Value>
requires std::is_class_v<Value>
void Unpacker::field(Value& value) {
  fields(*this, value);
}

/// What an event of this kind is looked up by; empty: the pattern has no such key.
std::string_view key_of(ConditionKind kind, std::string_view pattern) {
  std::string_view key = pattern;
  if (kind == ConditionKind::call) {
    key = pattern.substr(0, pattern.find('('));
  } else if (kind == ConditionKind::file) {
    key = pattern.substr(pattern.rfind('/') + 1);
  }
  return is_literal(key) ? key : "";
}

auto order_of(const Trigger& trigger) {
  return std::tuple(trigger.kind, trigger.key);
}

} // namespace

std::string pack(const Rule& rule) {
  Packer packer;
  packer.field(rule);
  return std::move(packer.out);
}

Rule unpack(std::string_view packed) {
  Rule rule;
  Unpacker(packed).field(rule);
  return rule;
}

OwnedRules::OwnedRules(const std::vector<Rule>& rules) : rules_(rules) {
  packed_.reserve(rules_.size());
  for (std::size_t rule = 0; rule < rules_.size(); ++rule) {
    packed_.push_back(pack(rules_[rule]));
    views_.push_back(packed_.back());
    ids_.push_back(rules_[rule].id);
    for (std::size_t alternative = 0; alternative < rules_[rule].when.size(); ++alternative) {
      const Alternative& conditions = rules_[rule].when[alternative];
      for (std::size_t condition = 0; condition < conditions.size(); ++condition) {
        if (!is_event(conditions[condition].kind)) {
          continue;
        }
        for (const std::string& pattern : conditions[condition].patterns) {
          const std::string_view key = key_of(conditions[condition].kind, pattern);
          (key.empty() ? patterns_ : exact_)
              .push_back({.kind = conditions[condition].kind,
                          .key = key.empty()
                                     ? std::string_view(pattern).substr(0, literal_length(pattern))
                                     : key,
                          .pattern = pattern,
                          .rule = static_cast<std::uint16_t>(rule),
                          .alternative = static_cast<std::uint8_t>(alternative),
                          .condition = static_cast<std::uint8_t>(condition)});
        }
      }
    }
  }
  std::ranges::stable_sort(exact_, {}, order_of);
  std::ranges::stable_sort(patterns_, {}, order_of);
  book_ = {exact_, patterns_, views_, ids_};
}

void RuleSet::add(const std::vector<Rule>& rules, std::string_view file) {
  std::set<std::string_view> ids;
  for (const RuleBook& book : books_) {
    ids.insert(book.ids.begin(), book.ids.end());
  }
  for (const Rule& rule : rules) {
    if (!ids.insert(rule.id).second) {
      throw UsageError(fmt::format("{}: there is a rule {} already", file, rule.id));
    }
  }
  for (const Rule& rule : rules) {
    for (const Alternative& alternative : rule.when) {
      for (const Condition& condition : alternative) {
        for (const std::string& id : condition.patterns) {
          if (condition.kind == ConditionKind::rule && is_literal(id) && !ids.contains(id)) {
            throw UsageError(
                fmt::format("{}: rule {} waits for {}, which is no rule", file, rule.id, id));
          }
        }
      }
    }
  }
  owned_.push_back(std::make_unique<OwnedRules>(rules));
  books_.push_back(owned_.back()->book());
}

std::vector<Rule> read_rules(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    throw InputError(
        fmt::format("{}: {}", file.string(), error ? error.message() : "is no regular file"));
  }
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || (in.peek() != std::ifstream::traits_type::eof() && !(text << in.rdbuf()))) {
    throw InputError(fmt::format("{}: {}", file.string(), std::strerror(errno)));
  }
  return parse_rules(text.str(), file.string());
}

void RuleSet::add_folder(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entries(folder, error), end; !error && entries != end;
       entries.increment(error)) {
    if (entries->path().extension() == ".toml") {
      files.push_back(entries->path());
    }
  }
  if (error) {
    throw InputError(fmt::format("{}: {}", folder.string(), error.message()));
  }
  std::ranges::sort(files);
  for (const std::filesystem::path& file : files) {
    add(read_rules(file), file.string());
  }
}

std::size_t RuleSet::size() const {
  std::size_t size = 0;
  for (const RuleBook& book : books_) {
    size += book.rules.size();
  }
  return size;
}

std::string_view RuleSet::id(std::uint32_t rule) const {
  for (const RuleBook& book : books_) {
    if (rule < book.ids.size()) {
      return book.ids[rule];
    }
    rule -= static_cast<std::uint32_t>(book.ids.size());
  }
  return "";
}

Rule RuleSet::get(std::uint32_t rule) const {
  for (const RuleBook& book : books_) {
    if (rule < book.rules.size()) {
      return unpack(book.rules[rule]);
    }
    rule -= static_cast<std::uint32_t>(book.rules.size());
  }
  return {};
}

void RuleSet::for_each(ConditionKind kind,
                       std::string_view key,
                       std::string_view text,
                       const std::function<void(const Triggered&)>& take) const {
  std::uint32_t first = 0;
  for (const RuleBook& book : books_) {
    auto exact = std::ranges::lower_bound(book.exact, std::tuple(kind, key), {}, order_of);
    for (; exact != book.exact.end() && order_of(*exact) == std::tuple(kind, key); ++exact) {
      take({first + exact->rule, &*exact});
    }
    const auto take_patterns = [&](std::string_view front) {
      const auto front_of = [](const Trigger& trigger) {
        return std::tuple(trigger.kind, trigger.key.substr(0, 1));
      };
      auto pattern = std::ranges::lower_bound(book.patterns, std::tuple(kind, front), {}, front_of);
      for (; pattern != book.patterns.end() && front_of(*pattern) == std::tuple(kind, front);
           ++pattern) {
        if (text.starts_with(pattern->key)) {
          take({first + pattern->rule, &*pattern});
        }
      }
    };
    take_patterns("");
    if (!text.empty()) {
      take_patterns(text.substr(0, 1));
    }
    first += static_cast<std::uint32_t>(book.rules.size());
  }
}

bool RuleSet::has(ConditionKind kind, std::string_view text) const {
  bool found = false;
  Captures captures;
  for_each(kind, text, text, [&](const Triggered& each) {
    found = found || match_pattern(each.trigger->pattern, text, captures);
  });
  return found;
}

bool RuleSet::interesting_symbol(std::string_view name) const {
  return has(ConditionKind::symbol, name);
}

bool RuleSet::interesting_constant(std::string_view text) const {
  return has(ConditionKind::string, text);
}

std::set<std::string, std::less<>> RuleSet::call_names() const {
  std::set<std::string, std::less<>> names;
  for (const RuleBook& book : books_) {
    for (const Trigger& trigger : book.exact) {
      if (trigger.kind == ConditionKind::call) {
        names.emplace(trigger.key);
      }
    }
  }
  return names;
}

} // namespace pare
