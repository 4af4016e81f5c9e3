// There is no tree of the grammar: who wants to know which commands a script may start needs to
// know where commands stand. So one pass walks over the text; words that open or close a compound
// command (if, then, {) leave it where a command may begin, and only what hides words that are no
// commands is understood: case patterns, for lists, [[ ]], (( )), here-documents.

#include "finders/modules/shell_syntax.hpp"

#include "finders/modules/lookup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t most_levels = 200;

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name(char c) {
  return is_name_start(c) || (c >= '0' && c <= '9');
}
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}
/// What ends a word that is not quoted.
bool is_meta(char c) {
  return is_blank(c) || c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')' ||
         c == '<' || c == '>';
}

/// The word, if it is text and nothing of it was quoted: only then it may be a word of the grammar.
std::string_view plain(const ShellWord& word) {
  return word.size() == 1 && word[0].kind == ShellPart::Kind::text && !word[0].is_quoted
             ? std::string_view(word[0].value)
             : std::string_view();
}

/// Words after which a command begins, or that stand where one would.
bool is_connecting(std::string_view word) {
  constexpr std::string_view words = " ! { } if then elif else fi while until do done time coproc ";
  return is_one_of(words, word);
}

class Parser {
public:
  Parser(std::string_view text, ShellScript& script) : text_(text), script_(script) {}

  void run() {
    while (pos_ < text_.size()) {
      commands(Until::end);
      ++pos_; // a `)` or `;;` that nothing opened
    }
    heredocs();
  }

private:
  enum class Until : std::uint8_t {
    end,
    parenthesis, ///< A `)`, which is left for the caller.
    branch,      ///< `;;`, `;&` or `esac`, likewise.
  };

  struct Heredoc {
    std::string end;
    bool is_quoted;
    bool strips_tabs;
  };

  char at(std::size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0';
  }
  bool here(std::string_view what) const {
    return text_.substr(std::min(pos_, text_.size())).starts_with(what);
  }
  bool at_end() const { return pos_ >= text_.size(); }

  void count_lines() {
    for (; counted_ < std::min(pos_, text_.size()); ++counted_) {
      line_ += text_[counted_] == '\n' ? 1 : 0;
    }
  }

  void damage(std::string_view what) {
    if (script_.damage.empty()) {
      count_lines();
      script_.damage = fmt::format("line {}: {}", line_, what);
    }
  }

  void skip_blanks() {
    while (!at_end()) {
      if (is_blank(at())) {
        ++pos_;
      } else if (here("\\\n")) {
        pos_ += 2;
      } else if (at() == '#') { // only called where a word may begin
        while (!at_end() && at() != '\n') {
          ++pos_;
        }
      } else {
        return;
      }
    }
  }

  void newline() {
    ++pos_;
    heredocs();
  }

  /// The bodies of here-documents follow the line that named them.
  void heredocs() {
    for (const Heredoc& document : std::exchange(pending_, {})) {
      const std::size_t start = pos_;
      std::size_t end = text_.size();
      while (!at_end()) {
        const std::size_t line_start = pos_;
        const std::size_t stop = std::min(text_.find('\n', pos_), text_.size());
        std::string_view line = text_.substr(line_start, stop - line_start);
        if (document.strips_tabs) {
          line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
        }
        pos_ = std::min(stop + 1, text_.size());
        if (line == document.end) {
          end = line_start;
          break;
        }
      }
      if (!document.is_quoted && end > start) {
        const std::size_t after = std::exchange(pos_, start);
        ShellWord ignored;
        part_in_quotes(end, ignored);
        pos_ = after;
      }
    }
  }

  // ---------------------------------------------------------------- commands

  void commands(Until until) {
    if (depth_ == most_levels) {
      damage("nested too deeply");
      pos_ = text_.size();
      return;
    }
    ++depth_;
    while (true) {
      skip_blanks();
      if (at_end()) {
        break;
      }
      if (at() == '\n') {
        newline();
      } else if (at() == ')') {
        if (until != Until::end) {
          break;
        }
        ++pos_;
      } else if (here(";;") || here(";&")) {
        if (until == Until::branch) {
          break;
        }
        pos_ += 2;
      } else if (at() == ';' || at() == '&' || at() == '|') {
        if (here("&>")) {
          command();
        } else {
          ++pos_;
        }
      } else if (here("((")) {
        arithmetic_command();
      } else if (at() == '(') {
        ++pos_;
        commands(Until::parenthesis);
        close();
      } else {
        const std::size_t start = pos_;
        if (until == Until::branch && keyword("esac")) {
          pos_ = start;
          break;
        }
        command();
        if (pos_ == start) {
          ++pos_; // whatever it is, the walk goes on
        }
      }
    }
    --depth_;
  }

  void close() {
    if (at() == ')') {
      ++pos_;
    } else {
      damage("a parenthesis has no end");
    }
  }

  /// Whether the next word is this one; then it is read.
  bool keyword(std::string_view word) {
    const std::size_t after = pos_ + word.size();
    if (here(word) && (after >= text_.size() || is_meta(text_[after]))) {
      pos_ = after;
      return true;
    }
    return false;
  }

  void skip_lines() {
    skip_blanks();
    while (at() == '\n') {
      newline();
      skip_blanks();
    }
  }

  /// Whatever begins with a word: a simple command up to its end, or the head of a compound one.
  void command() {
    count_lines();
    ShellCommand command;
    command.line = line_;
    while (true) {
      skip_blanks();
      if (at_end() || at() == '\n' || at() == ')' || at() == ';' || at() == '|' ||
          (at() == '&' && !here("&>"))) {
        break;
      }
      if (redirection(command)) {
        continue;
      }
      if (at() == '(') {
        if (command.words.size() == 1 && function_parentheses()) {
          define(command.words[0]);
          return;
        }
        if (depth_ < most_levels) { // an array in `declare -a x=(…)`, a pattern of zsh
          ++pos_;
          ++depth_;
          ShellCommand group;
          words_until_parenthesis(group.words);
          --depth_;
        } else {
          ++pos_;
        }
        continue;
      }
      const bool is_first = command.words.empty();
      if ((is_first || declares(plain(command.words[0]))) && assignment()) {
        continue;
      }
      const std::size_t start = pos_;
      ShellWord word = read_word();
      if (pos_ == start) {
        break;
      }
      if (is_first) {
        const std::string_view name = plain(word);
        if (is_connecting(name)) {
          return;
        }
        if (name == "case") {
          return case_command();
        }
        if (name == "for" || name == "select" || name == "foreach") {
          return for_command();
        }
        if (name == "function") {
          skip_blanks();
          define(read_word());
          skip_blanks();
          function_parentheses();
          return;
        }
        if (name == "[[") {
          return test_command();
        }
      }
      command.words.push_back(std::move(word));
    }
    note_aliases(command);
    if (!command.words.empty() || !command.inputs.empty()) {
      script_.commands.push_back(std::move(command));
    }
  }

  static bool declares(std::string_view name) {
    return name == "export" || name == "readonly" || name == "local" || name == "declare" ||
           name == "typeset" || name == "env";
  }

  void define(const ShellWord& name) {
    if (const std::string_view text = plain(name); !text.empty()) {
      script_.functions.emplace_back(text);
    }
  }

  void note_aliases(const ShellCommand& command) {
    if (command.words.empty() || plain(command.words[0]) != "alias") {
      return;
    }
    for (const ShellWord& word : command.words) {
      if (!word.empty() && word[0].kind == ShellPart::Kind::text) {
        const std::size_t equals = word[0].value.find('=');
        if (equals != std::string::npos && equals > 0) {
          script_.functions.push_back(word[0].value.substr(0, equals));
        }
      }
    }
  }

  /// `()` of a function's definition.
  bool function_parentheses() {
    std::size_t end = pos_ + 1;
    while (end < text_.size() && is_blank(text_[end])) {
      ++end;
    }
    if (at() != '(' || end >= text_.size() || text_[end] != ')') {
      return false;
    }
    pos_ = end + 1;
    return true;
  }

  void case_command() {
    skip_blanks();
    read_word();
    skip_lines();
    keyword("in");
    while (true) {
      skip_lines();
      if (at_end()) {
        damage("a case has no end");
        return;
      }
      if (keyword("esac")) {
        return;
      }
      if (at() == '(') {
        ++pos_;
      }
      while (!at_end() && at() != ')') { // the patterns
        const std::size_t start = pos_;
        skip_blanks();
        if (at() == '|' || at() == '\n' || at() == '(') {
          ++pos_;
        } else if (at() != ')') {
          read_word();
          if (pos_ == start) {
            ++pos_;
          }
        }
      }
      if (at_end()) {
        damage("a case has no end");
        return;
      }
      ++pos_;
      commands(Until::branch);
      if (here(";;&")) {
        pos_ += 3;
      } else if (here(";;") || here(";&") || here(";|")) {
        pos_ += 2;
      } else if (at() == ')') {
        return; // $(case …): the parenthesis is that of who opened it
      } else if (depth_ >= most_levels) {
        return;
      }
    }
  }

  void for_command() {
    skip_blanks();
    if (here("((")) {
      arithmetic_command();
      return;
    }
    const ShellWord name = read_word();
    skip_lines();
    if (keyword("in") || at() == '(') {
      skip_blanks();
      if (at() == '(') { // zsh: for x (a b)
        ++pos_;
      }
      while (true) {
        skip_blanks();
        const std::size_t start = pos_;
        if (at_end() || at() == '\n' || at() == ';' || at() == ')') {
          break;
        }
        ShellWord value = read_word();
        if (pos_ == start) {
          ++pos_;
          continue;
        }
        script_.assignments.push_back({std::string(plain(name)), std::move(value), 0});
      }
      if (at() == ')') {
        ++pos_;
      }
    }
  }

  /// `[[ … ]]`: its words are no commands, but substitutions in them are, and so are the files that
  /// it asks for.
  void test_command() {
    ShellCommand test;
    test.line = line_;
    test.words.push_back({ShellPart{.value = "[["}});
    while (true) {
      skip_blanks();
      while (at() == '\n') {
        ++pos_;
        skip_blanks();
      }
      if (at_end()) {
        damage("a [[ has no end");
        break;
      }
      if (keyword("]]")) {
        break;
      }
      const std::size_t start = pos_;
      ShellWord word = read_word();
      if (pos_ == start) {
        ++pos_; // &&, ||, <, a parenthesis of a regular expression
      } else {
        test.words.push_back(std::move(word));
      }
    }
    script_.commands.push_back(std::move(test));
  }

  /// `((…))`; if it does not end so, it was a subshell in a subshell.
  void arithmetic_command() {
    const std::size_t start = pos_;
    pos_ += 2;
    ShellWord ignored;
    if (!arithmetic(ignored)) {
      pos_ = start + 1;
      commands(Until::parenthesis);
      close();
    }
  }

  /// Up to the `))` that closes it; false: a single parenthesis does, or none that is near, and
  /// nothing was read.
  bool arithmetic(ShellWord& word) {
    constexpr std::size_t most = 4096;
    std::size_t open = 0, end = pos_;
    for (; end < text_.size() && end - pos_ < most; ++end) {
      if (text_[end] == ')' && open == 0) {
        break;
      }
      open += text_[end] == '(' ? 1 : 0;
      open -= text_[end] == ')' ? 1 : 0;
    }
    if (!text_.substr(std::min(end, text_.size())).starts_with("))")) {
      return false;
    }
    part_in_quotes(end, word);
    pos_ = end + 2;
    return true;
  }

  /// What lies between here and `end`, read as if double quotes stood around it.
  void part_in_quotes(std::size_t end, ShellWord& word) {
    const std::string_view whole = std::exchange(text_, text_.substr(0, end));
    in_double_quotes(word, '\0');
    text_ = whole;
    pos_ = end;
  }

  /// The words of an array.
  void words_until_parenthesis(std::vector<ShellWord>& words) {
    while (true) {
      skip_lines();
      if (at_end()) {
        damage("a parenthesis has no end");
        return;
      }
      if (at() == ')') {
        ++pos_;
        return;
      }
      const std::size_t start = pos_;
      ShellWord word = read_word();
      if (pos_ == start) {
        ++pos_;
      } else {
        words.push_back(std::move(word));
      }
    }
  }

  /// NAME=value, NAME+=value, NAME[x]=value, NAME=(…); false: it is none, and nothing was read.
  bool assignment() {
    std::size_t end = pos_;
    while (end < text_.size() && is_name(text_[end])) {
      ++end;
    }
    if (end == pos_ || !is_name_start(at())) {
      return false;
    }
    const std::string name(text_.substr(pos_, end - pos_));
    if (end < text_.size() && text_[end] == '[') {
      end = text_.find_first_of("]\n", end);
      if (end == std::string_view::npos || text_[end] != ']') {
        return false;
      }
      ++end;
    }
    if (text_.substr(end).starts_with("+=")) {
      ++end;
    }
    if (end >= text_.size() || text_[end] != '=') {
      return false;
    }
    pos_ = end + 1;
    if (at() == '(') {
      ++pos_;
      std::vector<ShellWord> values;
      if (depth_ < most_levels) {
        ++depth_;
        words_until_parenthesis(values);
        --depth_;
      }
      for (std::size_t place = 0; place < values.size(); ++place) {
        script_.assignments.push_back({name, std::move(values[place]), place});
      }
    } else {
      ShellWord value = read_word();
      script_.assignments.push_back({name, std::move(value), 0});
    }
    return true;
  }

  /// `2>file`, `<file`, `<<END`, `&>file`, `{fd}>file`; false: none stands here.
  bool redirection(ShellCommand& command) {
    std::size_t end = pos_;
    while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') {
      ++end;
    }
    if (end < text_.size() && text_[end] == '&' && text_.substr(end).starts_with("&>")) {
      ++end;
    }
    if (end >= text_.size() || (text_[end] != '<' && text_[end] != '>')) {
      return false;
    }
    if (text_.substr(end).starts_with("<(") || text_.substr(end).starts_with(">(")) {
      return false; // a word
    }
    pos_ = end;
    if (here("<<<")) {
      pos_ += 3;
      skip_blanks();
      read_word();
      return true;
    }
    if (here("<<")) {
      pos_ += 2;
      const bool strips_tabs = at() == '-';
      pos_ += strips_tabs ? 1 : 0;
      skip_blanks();
      const ShellWord end_word = read_word();
      Heredoc document = {.end = {}, .is_quoted = false, .strips_tabs = strips_tabs};
      for (const ShellPart& part : end_word) {
        document.end += part.kind == ShellPart::Kind::variable ? "$" + part.value : part.value;
        document.is_quoted = document.is_quoted || part.is_quoted;
      }
      pending_.push_back(std::move(document));
      return true;
    }
    const bool reads = at() == '<';
    ++pos_;
    if (at() == '>' || at() == '|' || at() == '&') {
      ++pos_;
    }
    skip_blanks();
    ShellWord word = read_word();
    if (reads && !word.empty()) {
      command.inputs.push_back(std::move(word));
    }
    return true;
  }

  // ---------------------------------------------------------------- words

  static void add_text(ShellWord& word, std::string_view text, bool is_quoted) {
    if (!word.empty() && word.back().kind == ShellPart::Kind::text &&
        word.back().is_quoted == is_quoted) {
      word.back().value += text;
    } else {
      word.push_back({.is_quoted = is_quoted, .value = std::string(text)});
    }
  }

  ShellWord read_word() {
    ShellWord word;
    while (!at_end()) {
      const char c = at();
      if ((c == '<' || c == '>') && at(1) == '(') {
        ++pos_;
        parenthesized(word, false);
      } else if ((c == '@' || c == '!' || c == '?' || c == '+' || c == '*') && at(1) == '(' &&
                 depth_ < most_levels) {
        pos_ += 2; // a pattern of bash and ksh: @(a|b)
        std::size_t open = 1;
        for (; !at_end() && at() != '\n' && open > 0; ++pos_) {
          open += at() == '(' ? 1 : 0;
          open -= at() == ')' ? 1 : 0;
        }
        word.push_back({.kind = ShellPart::Kind::computed});
      } else if (is_meta(c)) {
        break;
      } else if (c == '\\') {
        if (at(1) != '\n' && pos_ + 1 < text_.size()) {
          add_text(word, text_.substr(pos_ + 1, 1), true);
        }
        pos_ += 2;
      } else if (c == '\'') {
        single_quotes(word);
      } else if (c == '"') {
        ++pos_;
        add_text(word, "", true);
        in_double_quotes(word, '"');
      } else if (c == '`') {
        backquotes(word, false);
      } else if (c == '$') {
        dollar(word, false);
      } else {
        const std::size_t start = pos_;
        ++pos_;
        while (!at_end() && !is_meta(at()) &&
               std::string_view("\\'\"`$@!?+*").find(at()) == std::string_view::npos) {
          ++pos_;
        }
        add_text(word, text_.substr(start, pos_ - start), false);
      }
    }
    return word;
  }

  void single_quotes(ShellWord& word) {
    const std::size_t end = text_.find('\'', pos_ + 1);
    if (end == std::string_view::npos) {
      damage("a quote has no end");
      pos_ = text_.size();
      return;
    }
    add_text(word, text_.substr(pos_ + 1, end - pos_ - 1), true);
    pos_ = end + 1;
  }

  /// $'…' of bash, ksh and zsh; only the escapes that occur in names are undone.
  void ansi_quotes(ShellWord& word) {
    std::string text;
    pos_ += 2;
    while (!at_end() && at() != '\'') {
      if (at() == '\\' && pos_ + 1 < text_.size()) {
        ++pos_;
        const std::string_view from = "ntr", to = "\n\t\r";
        const std::size_t escape = from.find(at());
        text += escape == std::string_view::npos ? at() : to[escape];
      } else {
        text += at();
      }
      ++pos_;
    }
    ++pos_;
    add_text(word, text, true);
  }

  /// Up to the quote that ends it; '\0': up to the end of the text (a here-document).
  void in_double_quotes(ShellWord& word, char end) {
    while (!at_end()) {
      const char c = at();
      if (c == end && end != '\0') {
        ++pos_;
        return;
      }
      if (c == '\\' && pos_ + 1 < text_.size()) {
        const char next = at(1);
        if (next == '$' || next == '`' || next == '"' || next == '\\') {
          add_text(word, text_.substr(pos_ + 1, 1), true);
        } else if (next != '\n') {
          add_text(word, text_.substr(pos_, 2), true);
        }
        pos_ += 2;
      } else if (c == '$') {
        dollar(word, true);
      } else if (c == '`') {
        backquotes(word, true);
      } else {
        const std::size_t start = pos_;
        ++pos_;
        while (!at_end() && at() != end && at() != '\\' && at() != '$' && at() != '`') {
          ++pos_;
        }
        add_text(word, text_.substr(start, pos_ - start), true);
      }
    }
    if (end != '\0') {
      damage("a quote has no end");
    }
  }

  /// `(…)` at this place, as a substitution.
  void parenthesized(ShellWord& word, bool is_quoted) {
    ++pos_;
    const std::size_t first = script_.commands.size();
    // A here-document of the line outside is still to come, after the substitution.
    std::vector<Heredoc> outside = std::exchange(pending_, {});
    commands(Until::parenthesis);
    pending_.insert(pending_.begin(), outside.begin(), outside.end());
    close();
    word.push_back({.kind = ShellPart::Kind::substitution,
                    .is_quoted = is_quoted,
                    .first = first,
                    .last = script_.commands.size()});
  }

  /// `…`: a backslash before `, \ or $ goes away, then it is a text of its own.
  void backquotes(ShellWord& word, bool is_quoted) {
    std::string inner;
    ++pos_;
    while (!at_end() && at() != '`') {
      if (at() == '\\' &&
          (at(1) == '`' || at(1) == '\\' || at(1) == '$' || (is_quoted && at(1) == '"'))) {
        ++pos_;
      }
      inner += at();
      ++pos_;
    }
    if (at_end()) {
      damage("a backquote has no end");
    }
    ++pos_;
    const std::size_t first = script_.commands.size();
    if (depth_ < most_levels) {
      Parser nested(inner, script_);
      nested.depth_ = depth_ + 1;
      nested.line_ = line_;
      nested.run();
    }
    word.push_back({.kind = ShellPart::Kind::substitution,
                    .is_quoted = is_quoted,
                    .first = first,
                    .last = script_.commands.size()});
  }

  void dollar(ShellWord& word, bool is_quoted) {
    const char next = at(1);
    if (next == '(') {
      if (at(2) == '(') {
        const std::size_t start = pos_;
        pos_ += 3;
        if (depth_ < most_levels && arithmetic(word)) {
          word.push_back({.kind = ShellPart::Kind::computed, .is_quoted = is_quoted});
          return;
        }
        pos_ = start;
      }
      ++pos_;
      parenthesized(word, is_quoted);
    } else if (next == '{') {
      pos_ += 2;
      braces(word, is_quoted);
    } else if (next == '\'' && !is_quoted) {
      ansi_quotes(word);
    } else if (next == '"' && !is_quoted) {
      ++pos_; // $"…": a translated text
    } else if (is_name_start(next)) {
      std::size_t end = pos_ + 1;
      while (end < text_.size() && is_name(text_[end])) {
        ++end;
      }
      word.push_back({.kind = ShellPart::Kind::variable,
                      .is_quoted = is_quoted,
                      .value = std::string(text_.substr(pos_ + 1, end - pos_ - 1))});
      pos_ = end;
    } else if ((next >= '0' && next <= '9') ||
               std::string_view("@*#?-$!").find(next) != std::string_view::npos) {
      if (next == '\0') {
        add_text(word, "$", is_quoted);
        ++pos_;
        return;
      }
      word.push_back({.kind = ShellPart::Kind::variable,
                      .is_quoted = is_quoted,
                      .value = std::string(1, next)});
      pos_ += 2;
    } else {
      add_text(word, "$", is_quoted);
      ++pos_;
    }
  }

  /// `${…}` behind its brace.
  void braces(ShellWord& word, bool is_quoted) {
    ShellPart part = {.kind = ShellPart::Kind::variable, .is_quoted = is_quoted};
    std::size_t end = pos_;
    while (end < text_.size() && is_name(text_[end])) {
      ++end;
    }
    if (end == pos_ && std::string_view("@*#?-$").find(at()) != std::string_view::npos &&
        at(1) == '}') {
      ++end;
    }
    part.value = text_.substr(pos_, end - pos_);
    pos_ = end;
    if (part.value.empty()) { // ${#x}, ${!x}, a flag of zsh
      part.kind = ShellPart::Kind::computed;
    }
    if (at() == '[') {
      pos_ = std::min(text_.find_first_of("]\n", pos_), text_.size());
      pos_ += at() == ']' ? 1 : 0;
    }
    if (at() == '}') {
      ++pos_;
      word.push_back(std::move(part));
      return;
    }
    const bool has_colon = at() == ':';
    const char operation = has_colon ? at(1) : at();
    const std::size_t start = pos_;
    pos_ += has_colon ? 2 : 1;
    ShellWord rest;
    rest_of_braces(rest);
    const std::string_view written = text_.substr(start, pos_ > start ? pos_ - 1 - start : 0);
    switch (operation) {
    case '-':
    case '=':
    case '+':
      if (operation == '=') {
        script_.assignments.push_back({part.value, rest, 0});
      }
      part.fallback = std::move(rest);
      break;
    case '?':
      break;
    default:
      if (written == "%/*") {
        part.cut = ShellPart::Cut::folder;
      } else if (written == "##*/") {
        part.cut = ShellPart::Cut::base;
      } else if (written != "%/" && written != "%%/" && written != "@Q") {
        part.kind = ShellPart::Kind::computed;
      }
    }
    word.push_back(std::move(part));
  }

  /// A word that may hold blanks, up to the brace that closes it.
  void rest_of_braces(ShellWord& word) {
    if (depth_ >= most_levels) {
      damage("nested too deeply");
      pos_ = text_.size();
      return;
    }
    ++depth_;
    std::size_t open = 0;
    while (!at_end()) {
      const char c = at();
      if (c == '}' && open == 0) {
        ++pos_;
        --depth_;
        return;
      }
      if (c == '\\' && pos_ + 1 < text_.size()) {
        add_text(word, text_.substr(pos_ + 1, 1), true);
        pos_ += 2;
      } else if (c == '"') {
        ++pos_;
        in_double_quotes(word, '"');
      } else if (c == '\'' && quotes_matter()) {
        single_quotes(word);
      } else if (c == '$') {
        dollar(word, true);
      } else if (c == '`') {
        backquotes(word, true);
      } else {
        open += c == '{' ? 1 : 0;
        open -= c == '}' ? 1 : 0;
        add_text(word, text_.substr(pos_, 1), true);
        ++pos_;
      }
    }
    --depth_;
    damage("a brace has no end");
  }

  /// In "${x:-it's}" the quote is a letter: one that closes before the brace does is taken as a
  /// quote.
  bool quotes_matter() const {
    const std::string_view near = text_.substr(pos_ + 1, 1024);
    const std::size_t quote = near.find('\'');
    return quote < near.find('\n') && quote < near.find("}\"");
  }

  std::string_view text_;
  ShellScript& script_;
  std::size_t pos_ = 0;
  std::size_t counted_ = 0;
  std::size_t line_ = 1;
  std::size_t depth_ = 0;
  std::vector<Heredoc> pending_;
};

} // namespace

ShellScript read_shell(std::string_view text) {
  ShellScript script;
  Parser(text, script).run();
  return script;
}

} // namespace pare
