#include "base/words.hpp"

#include "base/json.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

namespace pare {

namespace {

/// Whether a backslash in front of `next` goes away (POSIX, Shell Command Language, 2.2 Quoting).
bool is_escape(char quote, char next) {
  return quote == 0 ||
         (quote == '"' && (next == '"' || next == '\\' || next == '$' || next == '`'));
}

/// ["a", "b"], as Dockerfiles have it.
std::vector<std::string> read_list(std::string_view text) {
  Json array;
  try {
    array = parse_json(text);
  } catch (const InputError&) {
    // told below
  }
  std::vector<std::string> words;
  for (const Json& word : array.list()) {
    if (word.is_string()) {
      words.push_back(word.text());
    }
  }
  if (!array.is_list() || words.size() != array.list().size()) {
    throw UsageError(fmt::format("{}: not a JSON array of strings", text));
  }
  return words;
}

} // namespace

std::vector<std::string> split_words(std::string_view text) {
  if (text.starts_with('[')) {
    return read_list(text);
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
