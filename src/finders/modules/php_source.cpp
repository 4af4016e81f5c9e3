#include "finders/modules/php_source.hpp"

#include "finders/modules/lookup.hpp"
#include "finders/modules/shell.hpp"

#include <algorithm>
#include <cstdint>
#include <set>

namespace pare {
namespace {

constexpr std::size_t longest_text = 4096;
const std::string unknown(1, '\0');

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

struct Token {
  enum class Kind : std::uint8_t { name, variable, text, number, mark };
  Kind kind = Kind::mark;
  std::string_view text; ///< Of a text: what stands between the quotes, as it is written.
  char quote = 0;        ///< Of a text: ' or ".
  std::size_t other =
      0; ///< Of a mark that opens a group: the place of the one that closes it, or the end.
};

/// The code between `<?php` and `?>` (php.net, Language Reference, Basic syntax).
std::vector<Token> scan(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t pos = 0;
  bool in_code = false;
  const auto at = [&](std::size_t ahead = 0) {
    return pos + ahead < text.size() ? text[pos + ahead] : '\0';
  };
  while (pos < text.size()) {
    if (!in_code) {
      pos = text.find("<?", pos);
      if (pos == std::string_view::npos) {
        break;
      }
      const bool is_php = text.substr(pos, 5) == "<?php" || text.substr(pos, 3) == "<?=";
      pos += is_php ? (at(2) == '=' ? 3 : 5) : 2;
      in_code = is_php;
      continue;
    }
    const char c = at();
    const std::size_t start = pos;
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++pos;
    } else if (c == '?' && at(1) == '>') {
      pos += 2;
      in_code = false;
      tokens.push_back({.text = ";"});
    } else if ((c == '#' && at(1) != '[') || (c == '/' && at(1) == '/')) {
      while (pos < text.size() && at() != '\n' && !(at() == '?' && at(1) == '>')) {
        ++pos;
      }
    } else if (c == '/' && at(1) == '*') {
      pos = std::min(text.find("*/", pos + 2), text.size() - 2) + 2;
    } else if (c == '\'' || c == '"' || c == '`') {
      ++pos;
      while (pos < text.size() && at() != c) {
        pos += at() == '\\' ? 2 : 1;
      }
      pos = std::min(pos, text.size());
      tokens.push_back(
          {.kind = Token::Kind::text, .text = text.substr(start + 1, pos - start - 1), .quote = c});
      ++pos;
    } else if (text.substr(pos, 3) == "<<<") {
      pos += 3;
      while (at() == ' ' || at() == '\'' || at() == '"') {
        ++pos;
      }
      const std::size_t name = pos;
      while (is_letter(at()) || is_digit(at())) {
        ++pos;
      }
      const std::string_view end = text.substr(name, pos - name);
      // The line that begins with the name, after blanks, ends it (PHP 7.3).
      while (pos < text.size() && !end.empty()) {
        pos = text.find('\n', pos);
        if (pos == std::string_view::npos) {
          pos = text.size();
          break;
        }
        ++pos;
        const std::size_t first = text.find_first_not_of(" \t", pos);
        if (first != std::string_view::npos && text.substr(first).starts_with(end)) {
          const char after = first + end.size() < text.size() ? text[first + end.size()] : '\0';
          if (!is_letter(after) && !is_digit(after)) {
            pos = first + end.size();
            break;
          }
        }
      }
      tokens.push_back(
          {.kind = Token::Kind::number, .text = "0"}); // a text of which nothing is known
    } else if (is_letter(c) || (c == '\\' && is_letter(at(1)))) {
      ++pos;
      while (is_letter(at()) || is_digit(at()) || (at() == '\\' && is_letter(at(1)))) {
        ++pos;
      }
      tokens.push_back({.kind = Token::Kind::name, .text = text.substr(start, pos - start)});
    } else if (c == '$' && is_letter(at(1))) {
      ++pos;
      while (is_letter(at()) || is_digit(at())) {
        ++pos;
      }
      tokens.push_back({.kind = Token::Kind::variable, .text = text.substr(start, pos - start)});
    } else if (is_digit(c)) {
      while (is_letter(at()) || is_digit(at())) {
        ++pos;
      }
      tokens.push_back({.kind = Token::Kind::number, .text = text.substr(start, pos - start)});
    } else {
      const std::string_view two = text.substr(pos, 2);
      pos += two == "=>" || two == "->" || two == "::" || two == "==" || two == ".=" ||
                     two == "??" || two == "?:"
                 ? 2
                 : 1;
      tokens.push_back({.text = text.substr(start, pos - start)});
    }
  }
  return tokens;
}

class Reader {
public:
  Reader(std::string_view text,
         const std::string& path,
         std::map<std::string, std::string>& constants)
      : path_(path), constants_(constants), tokens_(scan(text)) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (is(i, "(") || is(i, "[")) {
        tokens_[i].other = tokens_.size();
        open.push_back(i);
      } else if ((is(i, ")") || is(i, "]")) && !open.empty()) {
        tokens_[open.back()].other = i;
        open.pop_back();
      }
    }
  }

  PhpNeeds read() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (token.kind == Token::Kind::variable && is(i + 1, "=")) {
        assign(i);
      } else if (token.kind == Token::Kind::text) {
        text(i);
      } else if (token.kind == Token::Kind::name) {
        i = name(i);
      }
    }
    needs_.classes.assign(classes_.begin(), classes_.end());
    return std::move(needs_);
  }

private:
  bool is(std::size_t i, std::string_view mark) const {
    return i < tokens_.size() && tokens_[i].kind == Token::Kind::mark && tokens_[i].text == mark;
  }
  bool is_kind(std::size_t i, Token::Kind kind) const {
    return i < tokens_.size() && tokens_[i].kind == kind;
  }

  static std::string cooked(const Token& token) {
    std::string out;
    for (std::size_t i = 0; i < token.text.size() && out.size() <= longest_text; ++i) {
      const char c = token.text[i];
      if (c == '\\' && i + 1 < token.text.size()) {
        const char next = token.text[i + 1];
        if (next == '\\' || next == token.quote || next == '$') {
          out += next;
          ++i;
          continue;
        }
      }
      // "text $variable {$more}": what follows is not known
      if (token.quote == '"' && c == '$' && i + 1 < token.text.size() &&
          (is_letter(token.text[i + 1]) || token.text[i + 1] == '{')) {
        return out + unknown;
      }
      if (token.quote == '"' && c == '{' && i + 1 < token.text.size() && token.text[i + 1] == '$') {
        return out + unknown;
      }
      out += c;
    }
    return out;
  }

  // ---------------------------------------------------------------- texts

  /// The text at `i`: a sum (`.`) of texts, constants and folders; `i` is left behind it.
  std::string expression(std::size_t& i, std::size_t depth = 0) {
    std::string out = primary(i, depth);
    while (is(i, ".") && out.size() <= longest_text) {
      ++i;
      out += primary(i, depth);
    }
    return out;
  }

  std::string primary(std::size_t& i, std::size_t depth) {
    if (i >= tokens_.size() || depth > 32) {
      ++i;
      return unknown;
    }
    const Token& token = tokens_[i];
    switch (token.kind) {
    case Token::Kind::text:
      ++i;
      return cooked(token);
    case Token::Kind::variable: {
      ++i;
      const auto found = variables_.find(token.text);
      const bool is_plain = !is(i, "[") && !is(i, "->") && !is(i, "::") && !is(i, "(");
      skip_chain(i);
      return is_plain && found != variables_.end() ? found->second : unknown;
    }
    case Token::Kind::number:
      ++i;
      return unknown;
    case Token::Kind::mark:
      if (is(i, "(")) {
        ++i;
        std::string out = expression(i, depth + 1);
        i += is(i, ")") ? 1 : 0;
        return out;
      }
      ++i;
      return unknown;
    case Token::Kind::name:
      break;
    }
    const std::string name =
        lower(token.text.starts_with('\\') ? token.text.substr(1) : token.text);
    ++i;
    if (name == "__dir__") {
      return std::string(folder_of(path_));
    }
    if (name == "__file__") {
      return path_;
    }
    if (name == "directory_separator") {
      return "/";
    }
    if (is(i, "(")) {
      const std::size_t open = i;
      if (name == "dirname" || name == "realpath" || name == "array") {
        ++i;
        std::string value = expression(i, depth + 1);
        std::size_t levels = 1;
        if (is(i, ",") && is_kind(i + 1, Token::Kind::number) && tokens_[i + 1].text.size() == 1) {
          levels = static_cast<std::size_t>(tokens_[i + 1].text[0] - '0');
        }
        i = open;
        skip_chain(i);
        for (; name == "dirname" && levels > 0 && value.starts_with('/'); --levels) {
          value = folder_of(value);
        }
        return value;
      }
      skip_chain(i);
      return unknown;
    }
    const auto found = constants_.find(std::string(token.text));
    skip_chain(i);
    return found == constants_.end() ? unknown : found->second;
  }

  /// Calls, elements and members that follow a value.
  void skip_chain(std::size_t& i) {
    while (i < tokens_.size()) {
      if (is(i, "(") || is(i, "[")) {
        i = tokens_[i].other + 1;
      } else if (is(i, "->") || is(i, "::")) {
        i += 2;
      } else {
        return;
      }
    }
  }

  /// `$dir = __DIR__ . '/x'`; the last one counts.
  void assign(std::size_t i) {
    std::size_t at = i + 2;
    if (!is_kind(at, Token::Kind::text) && !is_kind(at, Token::Kind::name) &&
        !is_kind(at, Token::Kind::variable)) {
      return;
    }
    std::string value = expression(at);
    if (value.find('\0') == std::string::npos && value.size() <= longest_text) {
      variables_[tokens_[i].text] = std::move(value);
    }
  }

  /// 'Name\\' => path, 'Name\\' => array(path, …), 'a class'.
  void text(std::size_t i) {
    const std::string value = cooked(tokens_[i]);
    if (is(i + 1, "=>")) {
      std::size_t at = i + 2;
      if (is_kind(at, Token::Kind::name) && lower(tokens_[at].text) == "array" && is(at + 1, "(")) {
        at += 2;
      } else if (is(at, "[")) {
        ++at;
      }
      // array(0 => path, 1 => path)
      for (std::size_t count = 0; count < 64 && at < tokens_.size(); ++count) {
        if (is_kind(at, Token::Kind::number) && is(at + 1, "=>")) {
          at += 2;
        }
        if (!is_kind(at, Token::Kind::variable) && !is_kind(at, Token::Kind::name) &&
            !is_kind(at, Token::Kind::text)) {
          break;
        }
        std::string path = expression(at);
        if (path.starts_with('/') && path.find('\0') == std::string::npos) {
          needs_.map.emplace_back(value, joined_path("/", path));
        }
        if (!is(at, ",") || is(at + 2, "=>")) {
          break;
        }
        ++at;
      }
    }
    if (value.find('\\') != std::string::npos && value.size() < 300 &&
        std::ranges::all_of(value,
                            [](char c) { return is_letter(c) || is_digit(c) || c == '\\'; })) {
      note_class(value.starts_with('\\') ? value.substr(1) : value);
    }
  }

  /// Words of the language that stand where the name of a class could.
  static bool is_keyword(std::string_view word) {
    return is_one_of(" abstract and array as break callable case catch class clone const continue "
                     "declare default do echo"
                     " else elseif empty extends false final finally fn for foreach function "
                     "global goto if implements"
                     " include include_once instanceof insteadof interface isset list match "
                     "namespace new null or parent"
                     " print private protected public readonly require require_once return self "
                     "static string switch"
                     " throw trait true try use var void while xor yield ",
                     word);
  }

  void note_class(std::string name) {
    if (classes_.size() < 100'000 && !name.empty()) {
      classes_.insert(std::move(name));
    }
  }

  // ---------------------------------------------------------------- names

  /// What a name means here; the place of the last token that was used up.
  std::size_t name(std::size_t i) {
    const std::string_view text = tokens_[i].text;
    const std::string word = text.size() < 24 ? lower(text) : std::string();
    const bool is_member = i > 0 && (is(i - 1, "->") || is(i - 1, "::"));
    if (word == "namespace" && is_kind(i + 1, Token::Kind::name)) {
      namespace_ = tokens_[i + 1].text;
      imports_.clear();
      return i + 1;
    }
    if (word == "use" && is_kind(i + 1, Token::Kind::name)) {
      return use(i + 1);
    }
    if (!is_member && (word == "include" || word == "require" || word == "include_once" ||
                       word == "require_once")) {
      std::size_t at = i + 1;
      std::string path = expression(at);
      if (path != unknown && !path.empty() && path.size() <= longest_text) {
        needs_.includes.push_back({std::move(path)});
      }
      return i;
    }
    if (!is_member && word == "define" && is(i + 1, "(") && is_kind(i + 2, Token::Kind::text) &&
        is(i + 3, ",")) {
      std::size_t at = i + 4;
      note_constant(cooked(tokens_[i + 2]), expression(at));
      return i + 2;
    }
    if (word == "const" && is_kind(i + 1, Token::Kind::name) && is(i + 2, "=")) {
      std::size_t at = i + 3;
      note_constant(std::string(tokens_[i + 1].text), expression(at));
      return i + 1;
    }
    if (!is_member && is(i + 1, "(")) {
      call(i, word);
    }
    if (!is_member && !is(i + 1, "(") && !is_keyword(word)) {
      note_class(full_name(text));
    } else if (!is_member && i > 0 && is_kind(i - 1, Token::Kind::name) &&
               lower(tokens_[i - 1].text) == "new") {
      note_class(full_name(text));
    }
    return i;
  }

  void note_constant(std::string name, std::string value) {
    if (value.find('\0') == std::string::npos && value.size() <= longest_text &&
        constants_.size() < 10'000) {
      constants_.emplace(std::move(name), std::move(value));
    }
  }

  void call(std::size_t i, const std::string& word) {
    std::size_t at = i + 2;
    if (is_one_of(" exec shell_exec system passthru popen proc_open ", word)) {
      for (std::string& program : commands_of(expression(at))) {
        if (program.find('\0') == std::string::npos) {
          needs_.programs.push_back(std::move(program));
        }
      }
    } else if (is_one_of(
                   " fopen file file_get_contents readfile parse_ini_file simplexml_load_file ",
                   word)) {
      std::string path = expression(at);
      if (path.starts_with('/') && path.find('\0') == std::string::npos) {
        needs_.files.push_back(std::move(path));
      }
    }
  }

  /// use A\B; use A\B as C; use A\{B, C as D}; use function f: what a name stands for from here on.
  std::size_t use(std::size_t i) {
    const std::string word = lower(tokens_[i].text);
    if ((word == "function" || word == "const") && is_kind(i + 1, Token::Kind::name)) {
      ++i;
    }
    while (is_kind(i, Token::Kind::name)) {
      std::string full(tokens_[i].text.starts_with('\\') ? tokens_[i].text.substr(1)
                                                         : tokens_[i].text);
      ++i;
      if (is(i, "\\") && is(i + 1, "{")) {
        i += 2;
        while (is_kind(i, Token::Kind::name)) {
          i = import(full + "\\" + std::string(tokens_[i].text), i + 1);
          i += is(i, ",") ? 1 : 0;
        }
        i += is(i, "}") ? 1 : 0;
      } else {
        i = import(full, i);
      }
      if (!is(i, ",")) {
        break;
      }
      ++i;
    }
    return i > 0 ? i - 1 : i;
  }

  std::size_t import(const std::string& full, std::size_t i) {
    std::string alias = full.substr(full.rfind('\\') + 1);
    if (is_kind(i, Token::Kind::name) && lower(tokens_[i].text) == "as" &&
        is_kind(i + 1, Token::Kind::name)) {
      alias = tokens_[i + 1].text;
      i += 2;
    }
    if (imports_.size() < 10'000) {
      imports_[lower(alias)] = full;
    }
    note_class(full);
    return i;
  }

  /// Name resolution rules (php.net, Language Reference, Namespaces).
  std::string full_name(std::string_view name) const {
    if (name.starts_with('\\')) {
      return std::string(name.substr(1));
    }
    const std::size_t slash = name.find('\\');
    const std::string_view first = name.substr(0, slash);
    if (const auto found = imports_.find(lower(first)); found != imports_.end()) {
      return slash == std::string_view::npos ? found->second
                                             : found->second + std::string(name.substr(slash));
    }
    return namespace_.empty() ? std::string(name) : namespace_ + "\\" + std::string(name);
  }

  const std::string& path_;
  std::map<std::string, std::string>& constants_;
  std::vector<Token> tokens_;
  PhpNeeds needs_;
  std::string namespace_;
  std::map<std::string, std::string> imports_; ///< By the name in lower case.
  std::map<std::string_view, std::string> variables_;
  std::set<std::string> classes_;
};

} // namespace

PhpNeeds read_php(std::string_view text,
                  const std::string& path,
                  std::map<std::string, std::string>& constants) {
  return Reader(text, path, constants).read();
}

} // namespace pare
