#include "base/words.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pare {

std::vector<std::string> split_words(std::string_view text) {
  if (text.starts_with('[')) {
    const nlohmann::json array = nlohmann::json::parse(text, nullptr, false);
    std::vector<std::string> words;
    for (const nlohmann::json& word : array) {
      if (!array.is_array() || !word.is_string()) {
        throw UsageError(fmt::format("{}: not a JSON array of strings", text));
      }
      words.push_back(word.get<std::string>());
    }
    return words;
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
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
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
