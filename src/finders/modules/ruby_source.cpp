// Ruby's grammar needs a parser to tell every literal for sure; require and its kin stand in plain
// places, so that tokens do, if quotes are not lost: a slash begins a regular expression, a percent
// a literal, if what stands before it and the blanks around it say so, which is how people write.

#include "finders/modules/ruby_source.hpp"

#include "finders/modules/lookup.hpp"
#include "finders/modules/shell.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t longest_text = 4096;
constexpr std::size_t most_values = 1000; ///< Of variables that a source requires.
constexpr std::size_t most_levels = 50;   ///< Of texts in texts.
const std::string unknown(1, '\0');

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_letter(c) || is_digit(c);
}

struct Token {
  enum class Kind : std::uint8_t { name, text, command, symbol, other, mark, newline };
  Kind kind = Kind::mark;
  std::string_view text;    ///< Of a text: between its quotes, as it is written.
  bool has_escapes = false; ///< Of a text: `\n` and `#{…}` mean something.
  std::uint32_t indent = 0; ///< Blanks in front of its line.
};

class Scanner {
public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Token> scan() {
    while (pos_ < text_.size()) {
      if (at_line_start_ && starts_line()) {
        continue;
      }
      at_line_start_ = false;
      one();
    }
    return std::move(tokens_);
  }

private:
  char at(std::size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0';
  }
  bool here(std::string_view what) const {
    return text_.substr(std::min(pos_, text_.size())).starts_with(what);
  }

  void add(Token::Kind kind, std::string_view text, bool has_escapes = false) {
    tokens_.push_back({kind, text, has_escapes, indent_});
  }

  /// Whatever is special at the start of a line; false: nothing was read.
  bool starts_line() {
    if (here("=begin") && !is_word(at(6))) {
      const std::size_t end = text_.find("\n=end", pos_);
      pos_ = end == std::string_view::npos ? text_.size()
                                           : std::min(text_.find('\n', end + 1), text_.size());
      return true;
    }
    if (here("__END__") && (at(7) == '\n' || at(7) == '\r' || at(7) == '\0')) {
      pos_ = text_.size();
      return true;
    }
    indent_ = 0;
    while (at(indent_) == ' ' || at(indent_) == '\t') {
      ++indent_;
    }
    at_line_start_ = false;
    return false;
  }

  void newline() {
    ++pos_;
    add(Token::Kind::newline, {});
    for (const auto& [end, indented] : std::exchange(heredocs_, {})) {
      while (pos_ < text_.size()) {
        const std::size_t stop = std::min(text_.find('\n', pos_), text_.size());
        std::string_view line = text_.substr(pos_, stop - pos_);
        pos_ = std::min(stop + 1, text_.size());
        if (line.ends_with('\r')) {
          line.remove_suffix(1);
        }
        if (indented) {
          line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        }
        if (line == end) {
          break;
        }
      }
    }
    at_line_start_ = true;
  }

  /// Whether a value ended right before: then a slash divides.
  bool after_value() const {
    if (tokens_.empty()) {
      return false;
    }
    const Token& last = tokens_.back();
    switch (last.kind) {
    case Token::Kind::mark:
      return last.text == ")" || last.text == "]" || last.text == "}";
    case Token::Kind::newline:
      return false;
    case Token::Kind::name:
      return !is_one_of(" if unless while until when and or not return puts print in then else "
                        "elsif do case yield ",
                        last.text);
    default:
      return true;
    }
  }

  void one() {
    const char c = at();
    const std::size_t start = pos_;
    const bool is_spaced = start > 0 && (text_[start - 1] == ' ' || text_[start - 1] == '\t');
    // `name /x/`: an argument, if the blank stands before it only
    const bool may_begin =
        !after_value() || (is_spaced && at(1) != ' ' && at(1) != '=' && !tokens_.empty() &&
                           tokens_.back().kind == Token::Kind::name);
    if (c == '\n') {
      newline();
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++pos_;
    } else if (c == '\\' && at(1) == '\n') {
      pos_ += 2;
    } else if (c == '#') {
      pos_ = std::min(text_.find('\n', pos_), text_.size());
    } else if (c == '"' || c == '\'' || c == '`') {
      quoted(c, c, c == '`' ? Token::Kind::command : Token::Kind::text, c != '\'');
    } else if (c == '/' && may_begin) {
      quoted('/', '/', Token::Kind::other, true);
    } else if (c == '%' && may_begin && percent()) {
      return;
    } else if (c == '<' && at(1) == '<' && heredoc()) {
      return;
    } else if (c == '?' && !after_value() && at(1) != '\0' && at(1) != ' ' && at(1) != '\n' &&
               !is_word(at(2))) {
      pos_ += 2; // a character
      add(Token::Kind::other, {});
    } else if (c == '$' && at(1) != '\0') {
      ++pos_;
      do {
        ++pos_;
      } while (is_word(text_[pos_ - 1]) && is_word(at()));
      add(Token::Kind::name, text_.substr(start, pos_ - start));
    } else if (c == ':' && at(1) == '"' && !after_value()) {
      ++pos_;
      quoted('"', '"', Token::Kind::symbol, true);
    } else if (c == ':' && is_letter(at(1)) && (start == 0 || text_[start - 1] != ':')) {
      ++pos_;
      while (is_word(at())) {
        ++pos_;
      }
      add(Token::Kind::symbol, text_.substr(start + 1, pos_ - start - 1));
    } else if (is_letter(c) || c == '@') {
      ++pos_;
      while (is_word(at()) || (at() == '@' && pos_ == start + 1)) {
        ++pos_;
      }
      if ((at() == '?' || at() == '!') && at(1) != '=') {
        ++pos_;
      }
      add(Token::Kind::name, text_.substr(start, pos_ - start));
    } else if (is_digit(c)) {
      while (is_word(at()) || (at() == '.' && is_digit(at(1)))) {
        ++pos_;
      }
      add(Token::Kind::other, text_.substr(start, pos_ - start));
    } else {
      pos_ += here("::") || here("<<") || here("=>") || here("==") || here("=~") || here("&.") ||
                      here("+=")
                  ? 2
                  : 1;
      add(Token::Kind::mark, text_.substr(start, pos_ - start));
    }
  }

  /// From an opening quote at this place to the one that closes it; brackets nest.
  void quoted(char open, char close, Token::Kind kind, bool has_escapes) {
    const std::size_t start = ++pos_;
    std::size_t nested = 0;
    while (pos_ < text_.size()) {
      const char c = at();
      if (c == '\\') {
        pos_ += 2;
      } else if (has_escapes && c == '#' && at(1) == '{') {
        pos_ += 2;
        interpolation();
      } else if (c == close && nested == 0) {
        break;
      } else {
        nested += open != close && c == open ? 1 : 0;
        nested -= open != close && c == close ? 1 : 0;
        ++pos_;
      }
    }
    const std::size_t end = std::min(pos_, text_.size());
    ++pos_;
    add(kind, text_.substr(start, end - start), has_escapes);
    if (kind == Token::Kind::other) {
      while (is_letter(at())) { // options of a regular expression
        ++pos_;
      }
    }
  }

  /// Up to the brace that closes `#{`. What stands there is code, with quotes and expressions of
  /// its own; it is read for its end only.
  void interpolation() {
    const std::size_t kept = tokens_.size();
    const bool was_at_line_start = at_line_start_;
    ++level_;
    add(Token::Kind::mark, "{");
    for (std::size_t open = 0; pos_ < text_.size();) {
      const char c = at();
      if (c == '}' && open == 0) {
        ++pos_;
        break;
      }
      open += c == '{' ? 1 : 0;
      open -= c == '}' ? 1 : 0;
      if (level_ < most_levels) {
        one();
      } else {
        ++pos_;
      }
    }
    --level_;
    tokens_.resize(kept);
    at_line_start_ = was_at_line_start;
  }

  /// %w[a b], %q(…), %(…), %r{…}; false: it is an operator.
  bool percent() {
    std::size_t ahead = 1;
    const char type = is_letter(at(1)) ? at(1) : 'Q';
    ahead += is_letter(at(1)) ? 1 : 0;
    const char open = at(ahead);
    if (std::string_view("wWiIqQrxs").find(type) == std::string_view::npos || open == '\0' ||
        is_word(open) || open == ' ' || open == '\n' || open == '=') {
      return false;
    }
    const std::string_view opening = "([{<", closing = ")]}>";
    const std::size_t which = opening.find(open);
    pos_ += ahead;
    const Token::Kind kind = type == 'x'                  ? Token::Kind::command
                             : type == 'q' || type == 'Q' ? Token::Kind::text
                                                          : Token::Kind::other;
    quoted(open,
           which == std::string_view::npos ? open : closing[which],
           kind,
           type != 'q' && type != 'w' && type != 'i');
    return true;
  }

  /// <<~NAME, <<-'NAME', <<NAME; false: it is an operator.
  bool heredoc() {
    std::size_t ahead = 2;
    const bool indented = at(ahead) == '~' || at(ahead) == '-';
    ahead += indented ? 1 : 0;
    const char quote = at(ahead) == '"' || at(ahead) == '\'' || at(ahead) == '`' ? at(ahead) : '\0';
    ahead += quote != '\0' ? 1 : 0;
    const std::size_t name = pos_ + ahead;
    if (!is_letter(at(ahead)) ||
        (quote == '\0' && !indented && !(at(ahead) >= 'A' && at(ahead) <= 'Z'))) {
      return false;
    }
    std::size_t end = name;
    while (end < text_.size() &&
           (quote == '\0' ? is_word(text_[end]) : text_[end] != quote && text_[end] != '\n')) {
      ++end;
    }
    heredocs_.emplace_back(text_.substr(name, end - name), indented);
    pos_ = end + (quote != '\0' ? 1 : 0);
    add(Token::Kind::other, {});
    return true;
  }

  std::string_view text_;
  std::size_t pos_ = 0;
  bool at_line_start_ = true;
  std::size_t level_ = 0; ///< Of interpolations, one in the other.
  std::uint32_t indent_ = 0;
  std::vector<std::pair<std::string_view, bool>> heredocs_;
  std::vector<Token> tokens_;
};

class Reader {
public:
  Reader(std::string_view text, const std::string& path)
      : text_(text), path_(path), tokens_(Scanner(text).scan()) {}

  RubyNeeds read() {
    magic_comment();
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].kind == Token::Kind::name) {
        value(i);
        name(i);
      } else if (tokens_[i].kind == Token::Kind::command) {
        note_line(cooked(tokens_[i]));
      }
    }
    for (const RubyRequire& require : by_variable_) {
      const auto [begin, end] = values_.equal_range(require.name);
      for (auto value = begin; value != end; ++value) {
        needs_.requires_.push_back(require);
        needs_.requires_.back().name = value->second;
      }
    }
    return std::move(needs_);
  }

private:
  using Kind = RubyRequire::Kind;

  bool is(std::size_t i, std::string_view text) const {
    return i < tokens_.size() &&
           (tokens_[i].kind == Token::Kind::mark || tokens_[i].kind == Token::Kind::name) &&
           tokens_[i].text == text;
  }
  bool is_kind(std::size_t i, Token::Kind kind) const {
    return i < tokens_.size() && tokens_[i].kind == kind;
  }
  bool starts_line(std::size_t i) const {
    return i == 0 || tokens_[i - 1].kind == Token::Kind::newline;
  }

  /// "coding: NAME" in one of the first two lines.
  void magic_comment() {
    std::string_view head = text_.substr(0, 400);
    for (int line = 0; line < 2 && head.starts_with('#'); ++line) {
      const std::string_view first = head.substr(0, head.find('\n'));
      const std::size_t at = first.find("coding");
      if (at != std::string_view::npos && at + 7 < first.size() &&
          (first[at + 6] == ':' || first[at + 6] == '=')) {
        std::size_t start = at + 7;
        while (start < first.size() && first[start] == ' ') {
          ++start;
        }
        std::size_t end = start;
        while (end < first.size() &&
               (is_word(first[end]) || first[end] == '-' || first[end] == '.')) {
          ++end;
        }
        note_encoding(first.substr(start, end - start));
      }
      head.remove_prefix(std::min(first.size() + 1, head.size()));
    }
  }

  void note_encoding(std::string_view name) {
    if (!name.empty() && name.size() < 40) {
      needs_.encodings.emplace_back(name);
    }
  }

  // ---------------------------------------------------------------- texts

  std::string cooked(const Token& token) const {
    std::string out;
    const std::string_view raw = token.text;
    for (std::size_t i = 0; i < raw.size() && out.size() <= longest_text; ++i) {
      if (raw[i] == '\\' && i + 1 < raw.size()) {
        ++i;
        out += token.has_escapes && raw[i] == 'n' ? '\n' : raw[i];
      } else if (token.has_escapes && raw[i] == '#' && i + 1 < raw.size() && raw[i + 1] == '{') {
        const std::size_t end = raw.find('}', i);
        const std::string_view inner =
            raw.substr(i + 2, end == std::string_view::npos ? end : end - i - 2);
        out += inner == "__dir__" || inner == "File.dirname(__FILE__)"
                   ? std::string(folder_of(path_))
               : inner == "RUBY_ENGINE" ? "ruby"
                                        : unknown;
        if (end == std::string_view::npos) {
          break;
        }
        i = end;
      } else {
        out += raw[i];
      }
    }
    return out;
  }

  /// A sum of texts at `i`, which is left behind it.
  std::string expression(std::size_t& i, std::size_t depth = 0) {
    std::string out = primary(i, depth);
    while ((is(i, "+") || is(i, "/")) && out.size() <= longest_text) {
      const bool is_path = is(i, "/");
      ++i;
      out += (is_path ? "/" : "") + primary(i, depth);
    }
    return out;
  }

  std::string primary(std::size_t& i, std::size_t depth) {
    if (i >= tokens_.size() || depth > 32) {
      ++i;
      return unknown;
    }
    const Token& token = tokens_[i];
    if (token.kind == Token::Kind::text) {
      ++i;
      std::string text = cooked(token);
      skip_calls(i);
      return text;
    }
    if (is(i, "(")) {
      ++i;
      std::string text = expression(i, depth + 1);
      i += is(i, ")") ? 1 : 0;
      return text;
    }
    if (token.kind != Token::Kind::name) {
      ++i;
      return unknown;
    }
    if (token.text == "__dir__" || token.text == "__FILE__") {
      ++i;
      return token.text == "__FILE__" ? path_ : std::string(folder_of(path_));
    }
    if (token.text == "File" && is(i + 1, ".") && is_kind(i + 2, Token::Kind::name)) {
      const std::string_view method = tokens_[i + 2].text;
      i += 3;
      const bool has_parenthesis = is(i, "(");
      i += has_parenthesis ? 1 : 0;
      std::vector<std::string> arguments;
      while (i < tokens_.size() && arguments.size() < 16) {
        while (is_kind(i, Token::Kind::newline)) {
          ++i;
        }
        arguments.push_back(expression(i, depth + 1));
        if (!is(i, ",")) {
          break;
        }
        ++i;
      }
      i += has_parenthesis && is(i, ")") ? 1 : 0;
      return of_file(method, arguments);
    }
    if (token.text == "Pathname" &&
        (is(i + 1, "(") || (is(i + 1, ".") && is(i + 2, "new") && is(i + 3, "(")))) {
      i += is(i + 1, "(") ? 1 : 3;
      return primary(i, depth + 1);
    }
    ++i;
    return unknown;
  }

  std::string of_file(std::string_view method, const std::vector<std::string>& arguments) const {
    if (arguments.empty() || arguments[0].size() > longest_text) {
      return unknown;
    }
    if (method == "join") {
      std::string out = arguments[0];
      for (std::size_t k = 1; k < arguments.size() && out.size() <= longest_text; ++k) {
        out += "/" + arguments[k];
      }
      return out;
    }
    if (method == "dirname") {
      return arguments[0].starts_with('/') ? std::string(folder_of(arguments[0])) : unknown;
    }
    if (method == "expand_path" || method == "realpath" || method == "absolute_path") {
      if (arguments[0].starts_with('/')) {
        return joined_path("/", arguments[0]);
      }
      return arguments.size() > 1 && arguments[1].starts_with('/')
                 ? joined_path(arguments[1], arguments[0])
                 : unknown;
    }
    return unknown;
  }

  /// `.freeze`, `.to_s` behind a text.
  void skip_calls(std::size_t& i) const {
    while (is(i, ".") && (is(i + 1, "freeze") || is(i + 1, "to_s"))) {
      i += 2;
    }
  }

  // ---------------------------------------------------------------- the source

  /// Whether `i` stands inside of a method: `def` opened one at a smaller indent, and its `end` is
  /// still to come. One that ends in its own line opens none.
  void follow_methods(std::size_t i) {
    if (!starts_line(i)) {
      return;
    }
    const Token& token = tokens_[i];
    while (!methods_.empty() && token.indent <= methods_.back()) {
      methods_.pop_back();
    }
    const bool is_definition =
        token.text == "def" ||
        (is_one_of(" private protected public module_function ", token.text) && is(i + 1, "def"));
    if (is_definition) {
      for (std::size_t k = i; k < tokens_.size() && tokens_[k].kind != Token::Kind::newline; ++k) {
        if (is(k, "end")) {
          return;
        }
      }
      methods_.push_back(token.indent);
    }
  }

  void name(std::size_t i) {
    follow_methods(i);
    const std::string_view word = tokens_[i].text;
    const bool is_member =
        i > 0 && (is(i - 1, ".") || is(i - 1, "&.")) && !(i > 1 && is(i - 2, "Kernel"));
    const std::size_t first = i + (is(i + 1, "(") ? 2 : 1);
    if (!is_member && (word == "require" || word == "require_relative" || word == "load")) {
      require(first,
              word == "require" ? Kind::feature
              : word == "load"  ? Kind::file
                                : Kind::relative);
    } else if (word == "autoload" || word == "eager_autoload") {
      autoload(first);
    } else if (!is_member && word == "gem" && is_kind(first, Token::Kind::text)) {
      needs_.gems.push_back(cooked(tokens_[first]));
    } else if ((word == "activate_bin_path" || word == "bin_path") &&
               is_kind(first, Token::Kind::text) && is(first + 1, ",") &&
               is_kind(first + 2, Token::Kind::text)) {
      needs_.gem_programs.emplace_back(cooked(tokens_[first]), cooked(tokens_[first + 2]));
    } else if (word == "$LOAD_PATH" || word == "$:" || word == "$") {
      load_path(i);
    } else if (word == "Dir" &&
               (is(i + 1, "[") || (is(i + 1, ".") && (is(i + 2, "glob") || is(i + 2, "children") ||
                                                      is(i + 2, "each_child"))))) {
      std::size_t at = is(i + 1, "[") ? i + 2 : i + 3 + (is(i + 3, "(") ? 1 : 0);
      folder(expression(at));
    } else if (word == "Set" && !is_member && !(i > 0 && (is(i - 1, "::") || is(i - 1, "class"))) &&
               (is(i + 1, ".") || is(i + 1, "["))) {
      // Ruby itself loads these two when they are first used (prelude.rb of ruby 3.2).
      needs_.requires_.push_back(
          {.kind = Kind::feature, .name = "set", .constant = "Set", .is_lazy = !methods_.empty()});
    } else if (word == "pp" && !is_member && starts_line(i)) {
      needs_.requires_.push_back(
          {.kind = Kind::feature, .name = "pp", .constant = "pp", .is_lazy = !methods_.empty()});
    } else if (word == "Encoding" && is(i + 1, "::") && is_kind(i + 2, Token::Kind::name)) {
      note_encoding(tokens_[i + 2].text);
    } else if (is_member &&
               (word == "encode" || word == "force_encoding" || word == "encode!" ||
                word == "find") &&
               is_kind(first, Token::Kind::text)) {
      for (std::size_t k = first; is_kind(k, Token::Kind::text); k += 2) {
        note_encoding(tokens_[k].text);
        if (!is(k + 1, ",")) {
          break;
        }
      }
    } else if (word == "Bundler" && is(i + 1, ".") && is(i + 2, "require")) {
      needs_.requires_bundle = true;
    } else if ((word == "Zeitwerk" && is(i + 1, "::") && is(i + 2, "Loader")) ||
               (word == "ActiveSupport" && is(i + 1, "::") && is(i + 2, "Autoload"))) {
      needs_.loads_by_name = true;
    } else if (is_one_of(" system exec spawn popen capture2 capture2e capture3 popen2 popen2e "
                         "popen3 pipeline ",
                         word) &&
               (!is_member || is(i - 2, "IO") || is(i - 2, "Open3") || is(i - 2, "Process"))) {
      start(first);
    } else if (is_member && is_one_of(" read open readlines foreach binread load_file ", word) &&
               (is(i - 2, "File") || is(i - 2, "IO") || is(i - 2, "YAML"))) {
      std::size_t at = first;
      std::string path = expression(at);
      if (path.starts_with('/') && path.size() > 1 && path.find('\0') == std::string::npos) {
        needs_.files.push_back(joined_path("/", path));
      }
    }
  }

  void require(std::size_t at, Kind kind) {
    const std::size_t first = at;
    std::string name = expression(at);
    // `name`, or `NAME[key]`, of whose values it is one
    if (name == unknown && is_kind(first, Token::Kind::name) && at == first + 1 &&
        by_variable_.size() < most_values) {
      by_variable_.push_back({.kind = kind,
                              .name = std::string(tokens_[first].text),
                              .constant = {},
                              .is_lazy = !methods_.empty()});
    }
    if (name.empty() || name == unknown || name.size() > longest_text) {
      return;
    }
    needs_.requires_.push_back(
        {.kind = kind, .name = std::move(name), .constant = {}, .is_lazy = !methods_.empty()});
  }

  /// What the name at `i` may stand for, when it is set there: `name = text`, `NAME = { key =>
  /// text }`, `[text, text].each { |name|`, `%w[text text].each do |name|`.
  void value(std::size_t i) {
    const std::string name(tokens_[i].text);
    const auto add = [&](std::string text) {
      if (!text.empty() && text != unknown && text.size() <= longest_text &&
          values_.size() < most_values) {
        values_.emplace(name, std::move(text));
      }
    };
    if (is(i + 1, "=") && is(i + 2, "{")) {
      for (std::size_t at = i + 3; at < tokens_.size() && !is(at, "}"); ++at) {
        if (is(at, "=>") && is_kind(at + 1, Token::Kind::text)) {
          std::size_t text = at + 1;
          add(expression(text));
        }
      }
      return;
    }
    if (is(i + 1, "=")) {
      std::size_t at = i + 2;
      add(expression(at));
      return;
    }
    // [ ] . each { | name |
    if (i < 5 || !is(i - 1, "|") || !(is(i - 2, "{") || is(i - 2, "do")) ||
        !is_kind(i - 3, Token::Kind::name) || !is(i - 4, ".")) {
      return;
    }
    std::size_t at = i - 5;
    if (is_kind(at, Token::Kind::other)) {
      for (std::string_view words = tokens_[at].text; !words.empty();) {
        const std::string_view word = words.substr(0, words.find_first_of(" \t\n"));
        add(std::string(word));
        words.remove_prefix(std::min(word.size() + 1, words.size()));
      }
      return;
    }
    const std::size_t close = at;
    while (is(close, "]") && at > 0 && close - at < most_values && !is(at, "[")) {
      --at;
    }
    // `name[index]` is no list
    if (!is(at, "[") || (at > 0 && (is_kind(at - 1, Token::Kind::name) || is(at - 1, ")")))) {
      return;
    }
    for (; at < close; ++at) {
      if (is_kind(at, Token::Kind::text)) {
        add(cooked(tokens_[at]));
      }
    }
  }

  void autoload(std::size_t at) {
    if (!is_kind(at, Token::Kind::symbol) && !is_kind(at, Token::Kind::text)) {
      return;
    }
    const std::string constant(tokens_[at].text);
    if (is(at + 1, ",")) {
      std::size_t path = at + 2;
      std::string name = expression(path);
      if (!name.empty() && name != unknown && name.size() <= longest_text) {
        needs_.requires_.push_back({.kind = Kind::feature,
                                    .name = std::move(name),
                                    .constant = constant,
                                    .is_lazy = !methods_.empty()});
      }
    }
  }

  void load_path(std::size_t i) {
    std::size_t at = i + 1;
    if (is(at, ".") && is_kind(at + 1, Token::Kind::name) &&
        is_one_of(" unshift push prepend append << ", tokens_[at + 1].text)) {
      at += 2;
      at += is(at, "(") ? 1 : 0;
    } else if (is(at, "<<")) {
      ++at;
    } else {
      return;
    }
    std::string folder = expression(at);
    if (folder.starts_with('/') && folder.find('\0') == std::string::npos &&
        folder.size() <= longest_text) {
      needs_.load_paths.push_back(joined_path("/", folder));
    }
  }

  void folder(const std::string& pattern) {
    const std::size_t end = pattern.find_first_of(std::string_view("*?[{\0", 5));
    const std::string known = pattern.substr(0, end);
    const std::size_t slash = known.rfind('/');
    if (known.starts_with('/') && slash != 0 && known.size() <= longest_text) {
      needs_.requires_.push_back({.kind = Kind::folder,
                                  .name = joined_path("/", known.substr(0, slash)),
                                  .constant = {},
                                  .is_lazy = false});
    }
  }

  /// One text is a line for the shell; several are a program and its arguments.
  void start(std::size_t at) {
    if (!is_kind(at, Token::Kind::text)) {
      return;
    }
    std::size_t next = at;
    const std::string text = expression(next);
    if (is(next, ",") && text.find(' ') == std::string::npos) {
      if (text.find('\0') == std::string::npos && !text.empty()) {
        needs_.programs.push_back(text);
      }
    } else {
      note_line(text);
    }
  }

  void note_line(std::string line) {
    std::ranges::replace(line, '\0', '$');
    for (std::string& program : commands_of(line)) {
      needs_.programs.push_back(std::move(program));
    }
  }

  std::string_view text_;
  const std::string& path_;
  std::vector<Token> tokens_;
  RubyNeeds needs_;
  std::vector<RubyRequire> by_variable_;           ///< `require name`: the name is a variable.
  std::multimap<std::string, std::string> values_; ///< Of variables.
  std::vector<std::uint32_t> methods_;             ///< The indents of those that are open.
};

} // namespace

RubyNeeds read_ruby(std::string_view text, const std::string& path) {
  return Reader(text, path).read();
}

} // namespace pare
