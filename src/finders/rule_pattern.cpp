#include "finders/rule_pattern.hpp"

#include <algorithm>
#include <array>

namespace pare {
namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

bool is_blank(char c) {
  return blanks.find(c) != std::string_view::npos;
}

// By hand: no locale decides what a letter is.
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_word(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '{' ||
         c == '}' || c == '*';
}

/// One element of a pattern over names.
struct NamePart {
  enum { text, one, set, run, long_run } kind;
  std::string_view text_or_set; ///< A set without its brackets.
  std::string_view capture;     ///< Of a run: its name, or empty.
};

/// Splits off the first element. nullopt: a brace without an end.
std::optional<NamePart> take_part(std::string_view& pattern) {
  const auto cut = [&pattern](std::size_t length) {
    const std::string_view front = pattern.substr(0, length);
    pattern.remove_prefix(length);
    return front;
  };
  switch (pattern[0]) {
  case '*': {
    const bool is_long = pattern.starts_with("**");
    cut(is_long ? 2 : 1);
    return NamePart{is_long ? NamePart::long_run : NamePart::run, {}, {}};
  }
  case '?':
    cut(1);
    return NamePart{NamePart::one, {}, {}};
  case '[': {
    const std::size_t first = pattern.starts_with("[!") ? 3 : 2; // a `]` in front stands for itself
    const std::size_t end = pattern.find(']', first);
    if (end != std::string_view::npos) {
      return NamePart{NamePart::set, cut(end + 1).substr(1, end - 1), {}};
    }
    return NamePart{NamePart::text, cut(1), {}};
  }
  case '{': {
    const std::size_t end = pattern.find('}');
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    std::string_view name = cut(end + 1).substr(1, end - 1);
    const bool is_long = name.ends_with("**");
    name.remove_suffix(is_long ? 2 : 0);
    return NamePart{is_long ? NamePart::long_run : NamePart::run, {}, name};
  }
  case '\\':
    cut(pattern.size() > 1 ? 1 : 0);
    return NamePart{NamePart::text, cut(1), {}};
  default:
    return NamePart{
        NamePart::text, cut(std::min(pattern.find_first_of("*?[{\\"), pattern.size())), {}};
  }
}

bool in_set(std::string_view set, char c) {
  const bool negated = set.starts_with('!');
  set.remove_prefix(negated ? 1 : 0);
  bool inside = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool is_range = i + 2 < set.size() && set[i + 1] == '-';
    const auto byte = [](char each) { return static_cast<unsigned char>(each); };
    inside = inside || (byte(set[i]) <= byte(c) && byte(c) <= byte(set[is_range ? i + 2 : i]));
    i += is_range ? 2 : 0;
  }
  return inside != negated && c != '/';
}

/// Where to go on when what follows a run does not match: let the run take one character more.
struct Resume {
  bool is_set = false;
  std::size_t part = 0;
  std::size_t end = 0; ///< Where the run ends now.
};

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

} // namespace

bool match_pattern(std::string_view pattern, std::string_view text, Captures& captures) {
  // What most patterns fail by, before anything is taken apart.
  const std::size_t plain = literal_length(pattern);
  if (text.substr(0, plain) != pattern.substr(0, plain)) {
    return false;
  }
  const std::size_t last_special = pattern.find_last_of("*?[]{}\\");
  if (last_special != std::string_view::npos && !text.ends_with(pattern.substr(last_special + 1))) {
    return false;
  }
  std::vector<NamePart> parts;
  for (std::string_view rest = pattern; !rest.empty();) {
    const std::optional<NamePart> part = take_part(rest);
    if (!part) {
      return false;
    }
    parts.push_back(*part);
  }
  // A run that ends at a slash cannot grow: then the last run over slashes does. Nothing before
  // those two need be tried again.
  std::vector<std::size_t> starts(parts.size()), ends(parts.size());
  Resume run, long_run;
  std::size_t at = 0, i = 0;
  while (i < parts.size() || at < text.size()) {
    bool fits = i < parts.size();
    if (fits) {
      const NamePart& part = parts[i];
      switch (part.kind) {
      case NamePart::text:
        fits = text.substr(at).starts_with(part.text_or_set);
        at += fits ? part.text_or_set.size() : 0;
        break;
      case NamePart::one:
      case NamePart::set:
        fits = at < text.size() &&
               (part.kind == NamePart::one ? text[at] != '/' : in_set(part.text_or_set, text[at]));
        at += fits ? 1 : 0;
        break;
      case NamePart::run:
      case NamePart::long_run: {
        const bool is_long = part.kind == NamePart::long_run;
        starts[i] = at;
        if (!part.capture.empty()) { // not empty
          fits = at < text.size() && (is_long || text[at] != '/');
          at += fits ? 1 : 0;
        }
        if (fits) {
          ends[i] = at;
          (is_long ? long_run : run) = {true, i, at};
          if (is_long) {
            run.is_set = false;
          }
        }
        break;
      }
      }
    }
    if (fits) {
      ++i;
      continue;
    }
    Resume* resume = nullptr;
    if (run.is_set && run.end < text.size() && text[run.end] != '/') {
      resume = &run;
    } else if (long_run.is_set && long_run.end < text.size()) {
      resume = &long_run;
      run.is_set = false;
    } else {
      return false;
    }
    at = ++resume->end;
    ends[resume->part] = at;
    i = resume->part + 1;
  }
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (!parts[part].capture.empty()) {
      captures.insert_or_assign(std::string(parts[part].capture),
                                std::string(text.substr(starts[part], ends[part] - starts[part])));
    }
  }
  return true;
}

std::string check_pattern(std::string_view pattern, std::vector<std::string>& names) {
  if (pattern.empty()) {
    return "an empty pattern";
  }
  while (!pattern.empty()) {
    const bool is_brace = pattern[0] == '{';
    const std::optional<NamePart> part = take_part(pattern);
    if (!part) {
      return "a brace without an end";
    }
    if (is_brace) {
      if (!is_name(part->capture)) {
        return "a capture's name is of small letters, digits and _";
      }
      names.emplace_back(part->capture);
    }
  }
  return "";
}

std::size_t literal_length(std::string_view pattern) {
  return std::min(pattern.find_first_of("*?[{\\"), pattern.size());
}

bool is_literal(std::string_view pattern) {
  return literal_length(pattern) == pattern.size();
}

LinePattern::LinePattern(std::string_view text) {
  const auto add_text = [this](char c) {
    if (elements_.empty() || elements_.back().part != Part::text) {
      elements_.push_back({Part::text, ""});
    }
    elements_.back().text += lower(c);
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!elements_.empty() && elements_.back().part == Part::words) {
      fault_ = "{name...} stands at the end";
      return;
    }
    if (is_blank(c)) {
      const bool between_words =
          i > 0 && i + 1 < text.size() && is_word(text[i - 1]) && is_word(text[i + 1]);
      elements_.push_back({between_words ? Part::some_blanks : Part::blanks, ""});
    } else if (c == '*') {
      elements_.push_back({Part::any, ""});
    } else if (c == '\\' && i + 1 < text.size()) {
      add_text(text[++i]);
    } else if (c == '{') {
      const std::size_t end = text.find('}', i);
      if (end == std::string_view::npos) {
        fault_ = "a brace without an end";
        return;
      }
      std::string_view name = text.substr(i + 1, end - i - 1);
      const bool is_list = name.ends_with("...");
      name.remove_suffix(is_list ? 3 : 0);
      if (!is_name(name)) {
        fault_ = "a capture's name is of small letters, digits and _";
        return;
      }
      if (!elements_.empty() &&
          (elements_.back().part == Part::any || elements_.back().part == Part::capture)) {
        fault_ = "nothing tells where the capture begins";
        return;
      }
      elements_.push_back({is_list ? Part::words : Part::capture, ""});
      names_.emplace_back(name);
      i = end;
    } else {
      add_text(c);
    }
  }
  if (elements_.empty()) {
    fault_ = "an empty pattern";
  }
}

namespace {

/// The same for texts whose case does not matter; `needle` is in lower case.
std::size_t find_folded(std::string_view text, std::string_view needle, std::size_t from) {
  const auto found =
      std::search(text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size())),
                  text.end(),
                  needle.begin(),
                  needle.end(),
                  [](char a, char b) { return lower(a) == b; });
  return found == text.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - text.begin());
}

bool starts_folded(std::string_view text, std::string_view needle) {
  return text.size() >= needle.size() &&
         std::equal(needle.begin(), needle.end(), text.begin(), [](char a, char b) {
           return a == lower(b);
         });
}

/// One word at `at`: what is in quotes, or a run up to any of `ends`.
std::optional<std::string>
take_word(std::string_view record, std::size_t& at, std::string_view ends) {
  if (at >= record.size()) {
    return std::nullopt;
  }
  if (record[at] == '"' || record[at] == '\'') {
    const std::size_t end = record.find(record[at], at + 1);
    if (end != std::string_view::npos) {
      const std::string_view inside = record.substr(at + 1, end - at - 1);
      at = end + 1;
      return std::string(inside);
    }
  }
  const std::size_t end = std::min(record.find_first_of(ends, at), record.size());
  if (end == at) {
    return std::nullopt;
  }
  const std::string_view word = record.substr(at, end - at);
  at = end;
  return std::string(word);
}

} // namespace

bool LinePattern::match_at(std::string_view record,
                           std::size_t& at,
                           std::vector<std::vector<std::string>>& found) const {
  std::vector<std::string> captured;
  bool anywhere = false;
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    const Element& element = elements_[i];
    switch (element.part) {
    case Part::any:
      anywhere = true;
      continue;
    case Part::text:
      if (anywhere) {
        const std::size_t place = find_folded(record, element.text, at);
        if (place == std::string_view::npos) {
          return false;
        }
        at = place;
      } else if (!starts_folded(record.substr(at), element.text)) {
        return false;
      }
      at += element.text.size();
      break;
    case Part::blanks:
    case Part::some_blanks: {
      if (anywhere) {
        at = std::min(record.find_first_of(blanks, at), record.size());
      }
      const std::size_t before = at;
      at = std::min(record.find_first_not_of(blanks, at), record.size());
      if (element.part == Part::some_blanks && at == before) {
        return false;
      }
      continue; // a `*` before it still holds for the text after it
    }
    case Part::capture: {
      const bool has_end = i + 1 < elements_.size() && elements_[i + 1].part == Part::text;
      std::optional<std::string> word;
      if (has_end && (at >= record.size() || (record[at] != '"' && record[at] != '\''))) {
        const std::size_t end = find_folded(record, elements_[i + 1].text, at);
        if (end != std::string_view::npos && end > at) {
          word = std::string(record.substr(at, end - at));
          at = end;
        }
      } else {
        word = take_word(record, at, blanks);
      }
      if (!word) {
        return false;
      }
      captured.push_back(*std::move(word));
      break;
    }
    case Part::words: {
      const std::string separators = std::string(blanks) + ",";
      while (true) {
        at = std::min(record.find_first_not_of(separators, at), record.size());
        std::optional<std::string> word = take_word(record, at, separators);
        if (!word) {
          return true;
        }
        found.push_back(captured);
        found.back().push_back(*std::move(word));
      }
    }
    }
    anywhere = false;
  }
  found.push_back(std::move(captured));
  return true;
}

std::vector<std::vector<std::string>> LinePattern::match(std::string_view record) const {
  std::vector<std::vector<std::string>> found;
  std::size_t at = std::min(record.find_first_not_of(blanks), record.size());
  const bool everywhere = !elements_.empty() && elements_.front().part == Part::any;
  while (true) {
    const std::size_t before = at;
    if (!match_at(record, at, found) || !everywhere || at == before || at >= record.size()) {
      return found;
    }
  }
}

std::optional<std::vector<Placeholder>> placeholders(std::string_view text) {
  std::vector<Placeholder> found;
  while (true) {
    const std::size_t open = text.find('{');
    if (open == std::string_view::npos) {
      return found;
    }
    const std::size_t close = text.find('}', open);
    if (close == std::string_view::npos) {
      return std::nullopt;
    }
    const std::string_view inside = text.substr(open + 1, close - open - 1);
    const std::size_t bar = inside.find('|');
    found.push_back(
        {inside.substr(0, bar), bar == std::string_view::npos ? "" : inside.substr(bar + 1)});
    text.remove_prefix(close + 1);
  }
}

bool is_filter(std::string_view name) {
  constexpr std::array<std::string_view, 5> filters = {
      "codeset", "charset", "languages", "first", "lower"};
  return std::ranges::find(filters, name) != filters.end();
}

Values filtered(std::string_view filter, const std::string& value) {
  const std::size_t modifier = std::min(value.find('@'), value.size());
  const std::size_t dot = std::min(value.find('.'), modifier);
  const std::string charset = dot < modifier ? value.substr(dot + 1, modifier - dot - 1) : "";
  std::string lowered = value;
  std::ranges::transform(lowered, lowered.begin(), lower);
  if (filter == "first") {
    return value.empty() ? Values() : Values{value.substr(0, 1)};
  }
  if (filter == "lower") {
    return {lowered};
  }
  if (filter == "charset") {
    return charset.empty() ? Values() : Values{charset};
  }
  if (filter == "languages") {
    const std::string region = value.substr(0, dot);
    const std::string language = region.substr(0, region.find('_'));
    return region == language ? Values{region} : Values{region, language};
  }
  if (filter == "codeset") {
    std::string normal;
    bool only_digits = true;
    for (const char c : charset) {
      const char small = lower(c);
      const bool is_letter = small >= 'a' && small <= 'z';
      if (is_letter || (c >= '0' && c <= '9')) {
        normal += small;
        only_digits = only_digits && !is_letter;
      }
    }
    if (normal.empty()) {
      return {value};
    }
    return {value.substr(0, dot) + "." + (only_digits ? "iso" : "") + normal +
            value.substr(modifier)};
  }
  return {};
}

} // namespace pare
