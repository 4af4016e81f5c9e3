#pragma once
// The three little languages of rules: patterns over names, patterns over lines of config files,
// and templates. Work is bounded by the product of the lengths of pattern and text, for lines by
// their sum.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// What patterns captured, by name.
using Captures = std::map<std::string, std::string, std::less<>>;

/// A pattern over a whole name or path: `*` any run without a slash, `**` any run, `?` one
/// character but a slash, `[a-z]` and
/// `[!a-z]` one of a set, `{name}` a run without a slash that is not empty, captured; `{name**}`
/// the same with slashes; `\` takes the next as it is. Bytes are compared.
bool match_pattern(std::string_view pattern, std::string_view text, Captures& captures);

/// What is wrong with a pattern; empty: nothing. Adds the names that it captures.
std::string check_pattern(std::string_view pattern, std::vector<std::string>& names);

/// Whether a pattern is a plain text. Then it matches that text alone.
bool is_literal(std::string_view pattern);

/// How many characters at its front stand for themselves.
std::size_t literal_length(std::string_view pattern);

/// A pattern over one record of a config file. Letters match in either case. A blank stands for
/// blanks: one at least between two letters or captures, else any number. `*` is any run, up to
/// where the text after it comes first; in front, the pattern is looked for everywhere in the
/// record. `{name}` is captured: what is in quotes; else up to the character after it in the
/// pattern; else a run without blanks. `{name...}`, at the end: each of the rest's words, by blanks
/// and commas. What follows the match is not looked at.
class LinePattern {
public:
  explicit LinePattern(std::string_view text);

  /// What is wrong with it; empty: nothing.
  const std::string& fault() const { return fault_; }
  const std::vector<std::string>& names() const { return names_; }

  /// Each match: the captures by their place in names().
  std::vector<std::vector<std::string>> match(std::string_view record) const;

private:
  enum class Part { text, blanks, some_blanks, any, capture, words };
  struct Element {
    Part part;
    std::string text; ///< In lower case.
  };
  bool match_at(std::string_view record,
                std::size_t& at,
                std::vector<std::vector<std::string>>& found) const;

  std::vector<Element> elements_;
  std::vector<std::string> names_;
  std::string fault_;
};

/// A placeholder of a template: `{name}`, `{name|filter}`.
struct Placeholder {
  std::string_view name;
  std::string_view filter;
};

/// The placeholders of a template. nullopt: a brace has no end.
std::optional<std::vector<Placeholder>> placeholders(std::string_view text);

bool is_filter(std::string_view name);

/// Values of one placeholder; empty: there is none, and the template yields nothing.
using Values = std::vector<std::string>;

/// All texts that a template stands for: one for each combination of values, 64 at most. A value
/// that is an absolute path takes the place of what stands before it. None longer than 4096 bytes.
template <typename Lookup>
std::vector<std::string> expand(std::string_view text, const Lookup& values_of);

/// What a filter makes of a value: `codeset` "de_DE.UTF-8" -> "de_DE.utf8" (glibc 2.36,
/// intl/l10nflist.c, _nl_normalize_codeset); `charset` -> "UTF-8"; `languages` -> the locale
/// without codeset and modifier, and its language; `first` -> the first character; `lower`.
Values filtered(std::string_view filter, const std::string& value);

template <typename Lookup>
std::vector<std::string> expand(std::string_view text, const Lookup& values_of) {
  constexpr std::size_t most = 64, longest = 4096;
  std::vector<std::string> texts = {""};
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    for (std::string& each : texts) {
      each += text.substr(0, open);
    }
    text.remove_prefix(open);
    if (text.empty()) {
      break;
    }
    const std::size_t close = std::min(text.find('}'), text.size() - 1);
    const std::string_view inside = text.substr(1, close - 1);
    const std::size_t bar = inside.find('|');
    Values values;
    for (const std::string& value : values_of(inside.substr(0, bar))) {
      if (bar == std::string_view::npos) {
        values.push_back(value);
      } else {
        for (std::string& each : filtered(inside.substr(bar + 1), value)) {
          values.push_back(std::move(each));
        }
      }
    }
    std::vector<std::string> longer;
    for (const std::string& each : texts) {
      for (const std::string& value : values) {
        if (longer.size() < most && each.size() + value.size() <= longest) {
          longer.push_back(each.ends_with('/') && value.starts_with('/') ? value : each + value);
        }
      }
    }
    texts = std::move(longer);
    text.remove_prefix(close + 1);
  }
  return texts;
}

} // namespace pare
