#include "formats/shell.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace pare {

namespace {

constexpr std::size_t most_text = std::size_t{1} << 20;
constexpr std::size_t most_commands = 20000;

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Words after which a command begins (2.4 Reserved Words).
bool is_reserved(std::string_view word) {
  constexpr std::array<std::string_view, 15> words = {"!",
                                                      "{",
                                                      "}",
                                                      "do",
                                                      "done",
                                                      "elif",
                                                      "else",
                                                      "esac",
                                                      "fi",
                                                      "if",
                                                      "then",
                                                      "until",
                                                      "while",
                                                      "time",
                                                      "function"};
  return std::ranges::find(words, word) != words.end();
}

class Lexer {
public:
  Lexer(std::string_view text, std::map<std::string, std::string> variables)
      : text_(text.substr(0, most_text)), variables_(std::move(variables)) {}

  std::vector<ShellCommand> read() {
    while (at_ < text_.size() && commands_.size() < most_commands) {
      const char c = text_[at_];
      if (c == '\n') {
        end_command();
        ++at_;
        skip_here_documents();
      } else if (c == ' ' || c == '\t' || c == '\r') {
        ++at_;
      } else if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') {
        at_ += 2;
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == ';' || c == '&' || c == '|' || c == '(' || c == ')') {
        end_command();
        ++at_;
      } else if (c == '<' || c == '>') {
        read_redirection();
      } else {
        read_word();
      }
    }
    end_command();
    return std::move(commands_);
  }

private:
  char peek(std::size_t ahead) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void end_command() {
    if (!command_.empty()) {
      commands_.push_back(std::move(command_));
      command_.clear();
    }
  }

  void read_word() {
    const std::size_t start = at_;
    ShellWord word = take_word();
    const std::string_view raw = text_.substr(start, at_ - start);
    if (command_.empty()) {
      if (is_reserved(raw)) {
        return;
      }
      if (assign(raw, word)) {
        return;
      }
    }
    const bool is_number = !raw.empty() && raw.find_first_not_of("0123456789") == raw.npos;
    if (is_number && (peek(0) == '<' || peek(0) == '>')) {
      return; // the descriptor of a redirection
    }
    command_.push_back(std::move(word));
  }

  /// NAME=VALUE in front of a command, or alone.
  bool assign(std::string_view raw, const ShellWord& word) {
    const std::size_t equals = raw.find('=');
    if (equals == std::string_view::npos || equals == 0 ||
        std::isdigit(static_cast<unsigned char>(raw[0])) != 0 ||
        !std::ranges::all_of(raw.substr(0, equals), is_name_character)) {
      return false;
    }
    const std::string name(raw.substr(0, equals));
    if (word.is_known && !word.is_arguments) {
      variables_[name] = word.text.substr(word.text.find('=') + 1);
    } else {
      variables_.erase(name);
    }
    return true;
  }

  ShellWord take_word() {
    ShellWord word;
    const std::size_t start = at_;
    char quote = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (quote == '\'') {
        if (c == '\'') {
          quote = 0;
        } else {
          word.text += c;
        }
        ++at_;
      } else if (c == '$') {
        take_expansion(word);
      } else if (c == '`') {
        skip_backticks();
        word.is_known = false;
      } else if (c == '\\') {
        if (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') {
          const char next = text_[at_ + 1];
          if (quote == '"' && next != '"' && next != '\\' && next != '$' && next != '`') {
            word.text += c;
          }
          word.text += next;
        }
        at_ = std::min(at_ + 2, text_.size());
      } else if (quote == '"') {
        if (c == '"') {
          quote = 0;
        } else {
          word.text += c;
        }
        ++at_;
      } else if (c == '\'' || c == '"') {
        quote = c;
        ++at_;
      } else if (std::string_view(" \t\r\n;&|()<>").find(c) != std::string_view::npos) {
        break;
      } else {
        word.text += c;
        ++at_;
      }
    }
    const std::string_view raw = text_.substr(start, at_ - start);
    word.is_arguments = raw == "$@" || raw == "\"$@\"" || raw == "$*" || raw == "\"$*\"" ||
                        raw == "\"${@}\"" || raw == "${@}" || raw == "${1+\"$@\"}";
    return word;
  }

  void take_expansion(ShellWord& word) {
    const char next = peek(1);
    if (next == '(') {
      ++at_;
      skip_parentheses();
      word.is_known = false;
      return;
    }
    if (next == '{') {
      const std::size_t end = text_.find('}', at_);
      const std::size_t name_end =
          std::min(static_cast<std::size_t>(
                       std::ranges::find_if_not(text_.substr(std::min(at_ + 2, text_.size())),
                                                is_name_character) -
                       text_.begin()),
                   text_.size());
      const std::string name(text_.substr(at_ + 2, name_end - at_ - 2));
      const std::string_view rest = end == std::string_view::npos || end < name_end
                                        ? std::string_view()
                                        : text_.substr(name_end, end - name_end);
      const auto known = variables_.find(name);
      const bool has_value = known != variables_.end() && !known->second.empty();
      if (rest.empty() || (has_value && (rest.starts_with(":-") || rest.starts_with("-") ||
                                         rest.starts_with(":?") || rest.starts_with(":=")))) {
        put(word, known != variables_.end() ? std::optional(known->second) : std::nullopt);
      } else if ((rest.starts_with(":-") || rest.starts_with(":=")) &&
                 rest.find_first_of("$`'\"\\{") == std::string_view::npos) {
        put(word, std::string(rest.substr(2)));
      } else {
        put(word, std::nullopt);
      }
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
      return;
    }
    if (is_name_character(next) && std::isdigit(static_cast<unsigned char>(next)) == 0) {
      std::size_t end = at_ + 1;
      while (end < text_.size() && is_name_character(text_[end])) {
        ++end;
      }
      const auto known = variables_.find(std::string(text_.substr(at_ + 1, end - at_ - 1)));
      put(word, known != variables_.end() ? std::optional(known->second) : std::nullopt);
      at_ = end;
      return;
    }
    const bool is_special =
        std::string_view("@*#?-$!0123456789").find(next) != std::string_view::npos;
    if (next == '\0' || !is_special) {
      word.text += '$'; // it stands for itself
      ++at_;
      return;
    }
    word.is_known = false;
    at_ += 2;
  }

  static void put(ShellWord& word, const std::optional<std::string>& value) {
    word.text += value.value_or("");
    word.is_known = word.is_known && value.has_value();
  }

  /// From "(" to the ")" that closes it.
  void skip_parentheses() {
    int depth = 0;
    char quote = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote != 0) {
        at_ += c == '\\' && quote == '"' ? 1 : 0;
        quote = c == quote ? '\0' : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '\\') {
        ++at_;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        ++at_;
        break;
      }
    }
    at_ = std::min(at_, text_.size());
  }

  void skip_backticks() {
    for (++at_; at_ < text_.size() && text_[at_] != '`'; ++at_) {
      at_ += text_[at_] == '\\' ? 1 : 0;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  /// The operator and the word after it; of `<<` the word ends a text that begins at the next line.
  void read_redirection() {
    const bool is_here_document = peek(0) == '<' && peek(1) == '<' && peek(2) != '<';
    while (at_ < text_.size() &&
           std::string_view("<>&|-").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
    while (peek(0) == ' ' || peek(0) == '\t') {
      ++at_;
    }
    const std::string end = take_word().text;
    if (is_here_document && !end.empty()) {
      here_documents_.push_back(end);
    }
  }

  void skip_here_documents() {
    for (const std::string& end : here_documents_) {
      while (at_ < text_.size()) {
        const std::size_t newline = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = text_.substr(at_, newline - at_);
        line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
        at_ = std::min(newline + 1, text_.size());
        if (line == end) {
          break;
        }
      }
    }
    here_documents_.clear();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::map<std::string, std::string> variables_;
  ShellCommand command_;
  std::vector<ShellCommand> commands_;
  std::vector<std::string> here_documents_;
};

} // namespace

std::vector<ShellCommand> shell_commands(std::string_view text,
                                         std::map<std::string, std::string> variables) {
  return Lexer(text, std::move(variables)).read();
}

} // namespace pare
