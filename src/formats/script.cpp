#include "formats/script.hpp"

#include <algorithm>
#include <utility>

namespace pare {
namespace {

constexpr std::string_view path_when_unset = "/bin:/usr/bin"; // confstr(3), _CS_PATH of glibc

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

/// `env -S`: splits as coreutils 9.1 does (src/env.c, build_argv): blanks, quotes, and the escapes
/// that matter in practice. Variables (${NAME}) are not known here: they stay as they are.
std::vector<std::string> split_string(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool open = false; // a word has begun, be it empty ('')
  char quote = 0;
  const auto end_word = [&] {
    if (open) {
      words.push_back(std::exchange(word, {}));
      open = false;
    }
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && (is_blank(c) || c == '\n' || c == '\v' || c == '\f' || c == '\r')) {
      end_word();
    } else if (quote == 0 && c == '#' && !open) {
      break; // a comment
    } else if (c == '\'' || c == '"') {
      if (quote == 0) {
        quote = c;
        open = true;
      } else if (quote == c) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\\' && i + 1 < text.size() &&
               !(quote == '\'' && text[i + 1] != '\\' && text[i + 1] != '\'')) {
      const char next = text[++i];
      if (next == 'c') {
        break;
      }
      if (next == '_' && quote == 0) {
        end_word();
        continue;
      }
      const std::string_view from = "_fnrtv", to = " \f\n\r\t\v";
      const std::size_t at = from.find(next);
      word += at == std::string_view::npos ? next : to[at];
      open = true;
    } else {
      word += c;
      open = true;
    }
  }
  end_word();
  return words;
}

} // namespace

// Linux 5.1 to 6.18, fs/binfmt_script.c, load_script().
std::optional<Script> read_script(std::string_view first_bytes) {
  first_bytes = first_bytes.substr(0, script_line_limit);
  if (!first_bytes.starts_with("#!")) {
    return std::nullopt;
  }
  std::string_view line = first_bytes.substr(2);
  const std::size_t newline = line.find('\n');
  if (newline != std::string_view::npos) {
    line = line.substr(0, newline);
  } else if (first_bytes.size() == script_line_limit) {
    // The kernel's buffer ends in a byte of its own. An interpreter that runs up to there is cut
    // off; an argument may be.
    line = line.substr(0, line.size() - 1);
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos ||
        line.find_first_of(std::string_view(" \t\0", 3), start) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  line = line.substr(0, line.find('\0'));
  line = trimmed(line);
  if (line.empty()) {
    return std::nullopt;
  }
  const std::size_t blank = line.find_first_of(" \t");
  if (blank == std::string_view::npos) {
    return Script{std::string(line), {}};
  }
  return Script{std::string(line.substr(0, blank)), std::string(trimmed(line.substr(blank)))};
}

EnvCommand read_env_arguments(const std::vector<std::string>& arguments) {
  std::vector<std::string> ahead = arguments;
  EnvCommand command;
  std::size_t i = 0;
  const auto split_here = [&](std::string_view text) {
    std::vector<std::string> words = split_string(text);
    ahead.erase(ahead.begin(), ahead.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    ahead.insert(ahead.begin(), words.begin(), words.end());
    i = 0;
  };
  const auto unset = [&](std::string_view name) {
    if (name == "PATH") {
      command.path = path_when_unset;
    }
  };
  std::size_t budget = 64; // `-S` inside `-S`: each shortens the text, but bound it all the same
  for (; i < ahead.size() && budget > 0; --budget) {
    const std::string word = ahead[i];
    if (word == "--") {
      ++i;
      break;
    }
    if (word == "-" || word == "-i" || word == "--ignore-environment") {
      command.path = path_when_unset;
      ++i;
    } else if (word.starts_with("--split-string=")) {
      split_here(word.substr(15));
    } else if (word == "--split-string" && i + 1 < ahead.size()) {
      ++i;
      split_here(ahead[i]);
    } else if (word.starts_with("--unset=")) {
      unset(word.substr(8));
      ++i;
    } else if (word == "--unset" || word == "--chdir" || word == "-u" || word == "-C") {
      if (word.ends_with('u') || word.ends_with("set")) {
        unset(i + 1 < ahead.size() ? ahead[i + 1] : "");
      }
      i += 2;
    } else if (word.starts_with("--")) {
      ++i;
    } else if (word.size() > 1 && word.front() == '-') {
      // A cluster of short options; -S, -u and -C take what is left of it.
      const std::size_t takes = word.find_first_of("SuC", 1);
      if (word.substr(1, takes - 1).find('i') != std::string::npos) {
        command.path = path_when_unset;
      }
      if (takes == std::string::npos) {
        ++i;
      } else if (word[takes] == 'S') {
        std::string text = word.substr(takes + 1);
        if (text.empty() && i + 1 < ahead.size()) {
          text = ahead[++i];
        }
        split_here(text);
      } else {
        const bool attached = takes + 1 < word.size();
        if (word[takes] == 'u') {
          unset(attached               ? word.substr(takes + 1)
                : i + 1 < ahead.size() ? ahead[i + 1]
                                       : std::string());
        }
        i += attached ? 1 : 2;
      }
    } else {
      break;
    }
  }
  for (; i < ahead.size() && ahead[i].find('=') != std::string::npos; ++i) {
    if (ahead[i].starts_with("PATH=")) {
      command.path = ahead[i].substr(5);
    }
  }
  if (i < ahead.size()) {
    command.program = ahead[i];
    command.arguments.assign(ahead.begin() + static_cast<std::ptrdiff_t>(i) + 1, ahead.end());
  }
  return command;
}

} // namespace pare
