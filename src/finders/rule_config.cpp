#include "finders/rule_config.hpp"

#include <algorithm>

namespace pare {
namespace {

constexpr std::size_t most_matches = 4096;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// The text without comments, with lines that go on joined. A comment's sign counts at a record's
/// start and after a blank.
std::string plain_text(std::string_view text, const Config& config) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at, 2) == "\\\n") {
      out += ' ';
      at += 2;
      continue;
    }
    const bool may_begin = out.empty() || out.back() == ' ' || out.back() == '\t' ||
                           config.split.find(out.back()) != std::string::npos || out.back() == '\n';
    bool skipped = false;
    for (const std::string& comment : config.comments) {
      const std::size_t blank = std::min(comment.find(' '), comment.size());
      if (!text.substr(at).starts_with(comment.substr(0, blank)) ||
          (blank == comment.size() && !may_begin)) {
        continue;
      }
      const std::string end = blank < comment.size() ? comment.substr(blank + 1) : "\n";
      const std::size_t stop = text.find(end, at + blank);
      at = stop == std::string_view::npos ? text.size()
                                          : stop + (blank < comment.size() ? end.size() : 0);
      skipped = true;
      break;
    }
    if (!skipped) {
      out += text[at++];
    }
  }
  return out;
}

struct CompiledLine {
  const Line* line;
  std::vector<LinePattern> patterns;
};

} // namespace

std::vector<ConfigMatch> match_config(std::string_view text, const Config& config) {
  std::vector<CompiledLine> lines;
  for (const Line& line : config.lines) {
    CompiledLine& compiled = lines.emplace_back(CompiledLine{&line, {}});
    for (const std::string& pattern : line.match) {
      compiled.patterns.emplace_back(pattern);
    }
  }
  std::vector<ConfigMatch> found;
  std::string section;
  const std::string plain = plain_text(text, config);
  for (std::size_t at = 0; at < plain.size();) {
    const std::size_t end = std::min(plain.find_first_of(config.split, at), plain.size());
    const std::string_view record = trimmed(std::string_view(plain).substr(at, end - at));
    at = end + 1;
    if (record.starts_with('[') && record.ends_with(']')) {
      section = trimmed(record.substr(1, record.size() - 2));
      continue;
    }
    for (const CompiledLine& compiled : lines) {
      Captures captures = {{"section", section}};
      if (record.empty() || (!compiled.line->section.empty() &&
                             !match_pattern(compiled.line->section, section, captures))) {
        continue;
      }
      for (const LinePattern& pattern : compiled.patterns) {
        for (std::vector<std::string>& values : pattern.match(record)) {
          if (found.size() == most_matches) {
            return found;
          }
          ConfigMatch& match = found.emplace_back(ConfigMatch{compiled.line, captures});
          for (std::size_t i = 0; i < values.size(); ++i) {
            match.captures[pattern.names()[i]] = std::move(values[i]);
          }
        }
      }
    }
  }
  return found;
}

} // namespace pare
