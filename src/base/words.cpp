#include "base/words.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace pare {

namespace {

/// Whether a backslash in front of `next` goes away (POSIX, Shell Command Language, 2.2 Quoting).
bool is_escape(char quote, char next) {
  return quote == 0 ||
         (quote == '"' && (next == '"' || next == '\\' || next == '$' || next == '`'));
}

} // namespace

std::vector<std::string> split_words(std::string_view text) {
  if (text.starts_with('[')) {
    const nlohmann::json array = nlohmann::json::parse(text, nullptr, false);
    if (!array.is_array() ||
        !std::ranges::all_of(array, [](const nlohmann::json& word) { return word.is_string(); })) {
      throw UsageError(fmt::format("{}: not a JSON array of strings", text));
    }
    return array.get<std::vector<std::string>>();
  }
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_blank = c == ' ' || c == '\t' || c == '\n';
    if (quote == 0 && is_blank) {
      if (open) {
        words.push_back(std::move(word));
        word.clear();
        open = false;
      }
      continue;
    }
    open = true;
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && i + 1 < text.size() && is_escape(quote, text[i + 1])) {
      word += text[++i];
    } else {
      word += c;
    }
  }
  if (quote != 0) {
    throw UsageError(fmt::format("{}: a quote has no end", text));
  }
  if (open) {
    words.push_back(std::move(word));
  }
  return words;
}

} // namespace pare
