#include "finders/modules/python_source.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t longest_string = 200, deepest_block = 200, deepest_format = 8,
                      longest_argument = 1000;

enum class Kind : std::uint8_t { name, number, string, sign };

struct Token {
  Kind kind = Kind::sign;
  char sign = 0; ///< Of a sign its first byte; `==` E, `!=` N, `<=` l, `>=` g, `:=` W, `->` R.
  bool computed =
      false; ///< An f-string with a replacement field, or one of several joined strings that is.
  NameNumber number = 0; ///< Of a name.
  std::string_view text; ///< Of a string what lies between the quotes, up to the first field.
};

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

constexpr std::array<bool, 256> name_parts = [] {
  std::array<bool, 256> parts{};
  for (int c = 0; c < 256; ++c) {
    parts[static_cast<std::size_t>(c)] =
        is_name_start(static_cast<char>(c)) || is_digit(static_cast<char>(c));
  }
  return parts;
}();

bool is_name_part(char c) {
  return name_parts[static_cast<unsigned char>(c)];
}

/// Logical lines (The Python Language Reference, 2.1.5) as tokens.
class Lexer {
public:
  Lexer(std::string_view text, NameTable& names)
      : names_(names), at_(text.data()), end_(text.data() + text.size()) {
    if (text.starts_with("\xEF\xBB\xBF")) {
      at_ += 3;
    }
  }

  std::vector<Token> tokens; ///< Of the line that next_line() read.
  int column = 0;            ///< Of its first token; a tab goes to the next multiple of 8.
  const char* damage = nullptr;

  /// False: the text has ended.
  bool next_line() {
    tokens.clear();
    if (!find_line()) {
      return false;
    }
    depth_ = 0;
    lex(end_, 0);
    return damage == nullptr || !tokens.empty();
  }

private:
  bool find_line() {
    while (damage == nullptr) {
      column = 0;
      for (; at_ != end_; ++at_) {
        if (*at_ == ' ') {
          ++column;
        } else if (*at_ == '\t') {
          column = (column / 8 + 1) * 8;
        } else if (*at_ == '\f') {
          column = 0;
        } else {
          break;
        }
      }
      if (at_ == end_) {
        return false;
      }
      if (*at_ == '#') {
        skip_comment();
      } else if (*at_ == '\n' || *at_ == '\r') {
        ++at_;
      } else if (*at_ == '\\' && end_ - at_ > 1 && (at_[1] == '\n' || at_[1] == '\r')) {
        at_ += 2;
      } else {
        return true;
      }
    }
    return false;
  }

  void skip_comment() { at_ = std::find(at_, end_, '\n'); }

  void put(char sign) {
    tokens.push_back(
        {.kind = Kind::sign, .sign = sign, .computed = false, .number = 0, .text = {}});
  }

  /// Up to the end of the line, or inside an f-string (`format` > 0) up to `stop`.
  void lex(const char* stop, std::size_t format) {
    while (at_ < stop && damage == nullptr) {
      const char c = *at_;
      if (c == ' ' || c == '\t' || c == '\f' || c == '\r') {
        ++at_;
      } else if (c == '\n') {
        ++at_;
        if (depth_ == 0 && format == 0) {
          return;
        }
      } else if (c == '#') {
        if (format > 0) {
          return;
        }
        skip_comment();
      } else if (c == '\\') {
        ++at_; // joins lines; what it stands before is blank or harmless
        if (at_ < stop && *at_ == '\r') {
          ++at_;
        }
        if (at_ < stop && *at_ == '\n') {
          ++at_;
        }
      } else if (is_name_start(c)) {
        const char* start = at_;
        at_ = std::find_if_not(at_, stop, is_name_part);
        if (at_ < stop && (*at_ == '"' || *at_ == '\'') && is_prefix({start, at_})) {
          string({start, at_}, stop, format);
        } else {
          const std::string_view name(start, static_cast<std::size_t>(at_ - start));
          tokens.push_back({.kind = Kind::name,
                            .sign = 0,
                            .computed = false,
                            .number = names_.number(name),
                            .text = name});
        }
      } else if (is_digit(c)) {
        const char* start = at_;
        at_ = std::find_if_not(at_, stop, [](char d) { return is_name_part(d) || d == '.'; });
        tokens.push_back({.kind = Kind::number,
                          .sign = 0,
                          .computed = false,
                          .number = 0,
                          .text = {start, at_}});
      } else if (c == '"' || c == '\'') {
        string({}, stop, format);
      } else {
        sign(c, stop);
      }
    }
  }

  void sign(char c, const char* stop) {
    const char next = at_ + 1 < stop ? at_[1] : '\0';
    if (c == '(' || c == '[' || c == '{') {
      ++depth_;
    } else if ((c == ')' || c == ']' || c == '}') && depth_ > 0) {
      --depth_;
    }
    char sign = c;
    if (next == '=') {
      sign = c == '=' ? 'E' : c == '!' ? 'N' : c == '<' ? 'l' : c == '>' ? 'g' : c == ':' ? 'W' : c;
    } else if (c == '-' && next == '>') {
      sign = 'R';
    }
    at_ += sign == c ? 1 : 2;
    put(sign);
  }

  static bool is_prefix(std::string_view text) {
    return text.size() <= 2 && text.find_first_not_of("rRbBuUfFtT") == std::string_view::npos;
  }

  void string(std::string_view prefix, const char* stop, std::size_t format) {
    const bool is_format = prefix.find_first_of("fFtT") != std::string_view::npos;
    const char quote = *at_;
    const bool is_long = stop - at_ >= 3 && at_[1] == quote && at_[2] == quote;
    at_ += is_long ? 3 : 1;
    Token token{.kind = Kind::string, .sign = 0, .computed = false, .number = 0, .text = {}};
    const char* start = at_;
    const char* text_end = nullptr; // where the first field begins
    std::vector<Token> inner;       // of the fields
    while (true) {
      if (at_ >= stop || (*at_ == '\n' && !is_long)) {
        damage = "a string has no end";
        return;
      }
      if (*at_ == '\\') {
        at_ += at_ + 1 < stop ? 2 : 1;
      } else if (*at_ == quote &&
                 (!is_long || (stop - at_ >= 3 && at_[1] == quote && at_[2] == quote))) {
        break;
      } else if (is_format && *at_ == '{' && at_ + 1 < stop && at_[1] == '{') {
        at_ += 2;
      } else if (is_format && *at_ == '{') {
        if (text_end == nullptr) {
          text_end = at_;
        }
        field(stop, format, inner);
        if (damage != nullptr) {
          return;
        }
      } else {
        ++at_;
      }
    }
    token.computed = text_end != nullptr;
    token.text = {start, text_end != nullptr ? text_end : at_};
    at_ += is_long ? 3 : 1;
    if (!tokens.empty() && tokens.back().kind == Kind::string && inner.empty()) {
      join(tokens.back(), token);
      return;
    }
    tokens.push_back(token);
    if (!inner.empty()) {
      put('(');
      tokens.insert(tokens.end(), inner.begin(), inner.end());
      put(')');
    }
  }

  /// "a" "b": one string. Its text is what the first says when they do not lie in one piece.
  void join(Token& first, const Token& second) {
    if (!first.computed && first.text.size() <= longest_string) { // a longer one is of no use
      joined_.push_back(std::string(first.text) + std::string(second.text));
      first.text = joined_.back();
      first.computed = second.computed;
    }
  }

  /// `{expression!r:format}`; `at_` stands at its brace. Quotes inside may be the string's own (PEP
  /// 701).
  void field(const char* stop, std::size_t format, std::vector<Token>& inner) {
    const char* start = ++at_;
    std::size_t braces = 1;
    char quote = 0;
    for (; at_ < stop && braces > 0; ++at_) {
      if (quote != 0) {
        if (*at_ == '\\') {
          ++at_;
        } else if (*at_ == quote || *at_ == '\n') {
          quote = 0;
        }
      } else if (*at_ == '\'' || *at_ == '"') {
        quote = *at_;
      } else if (*at_ == '{') {
        ++braces;
      } else if (*at_ == '}') {
        --braces;
      }
    }
    if (braces > 0) {
      damage = "an f-string has no end";
      return;
    }
    if (format == deepest_format) {
      return;
    }
    const char* after = at_;
    const std::size_t depth = depth_, before = tokens.size();
    at_ = start;
    put('('); // keeps strings in the field apart from those around it
    lex(after - 1, format + 1);
    at_ = after;
    depth_ = depth;
    damage = nullptr; // what follows the colon is a format, and need not be an expression
    inner.insert(inner.end(), tokens.begin() + static_cast<std::ptrdiff_t>(before), tokens.end());
    inner.push_back({.kind = Kind::sign, .sign = ')', .computed = false, .number = 0, .text = {}});
    tokens.resize(before);
  }

  NameTable& names_;
  const char* at_;
  const char* end_;
  std::size_t depth_ = 0;
  std::deque<std::string> joined_;
};

enum class Truth : std::uint8_t { no, yes, unknown };

Truth truth(bool value) {
  return value ? Truth::yes : Truth::no;
}

Truth negated(Truth value) {
  return value == Truth::unknown ? value : truth(value == Truth::no);
}

/// Names that the reader itself knows. The table of names begins with them: a name's number is its
/// place here.
// clang-format off
constexpr std::array known_names = std::to_array<std::string_view>({
    "CDLL", "ImportError", "LoadLibrary", "ModuleNotFoundError", "Path", "Popen", "PosixPath",
    "PurePath", "PyDLL", "TYPE_CHECKING", "ZoneInfo", "__all__", "__file__", "__getattr__",
    "__import__", "__path__", "and", "as", "async", "attrgetter", "check_call", "check_output",
    "class", "contents", "create_subprocess_exec", "create_subprocess_shell", "decode", "def",
    "distribution", "distributions", "dlopen", "elif", "else", "encode", "encoding",
    "entry_points", "except", "execl", "execlp", "execv", "execve", "execvp", "execvpe", "files",
    "finally", "find_executable", "find_library", "for", "from", "get_data", "get_distribution",
    "getattr", "getdecoder", "getencoder", "getincrementaldecoder", "getincrementalencoder",
    "getoutput", "getreader", "getstatusoutput", "getwriter", "gettz", "glob", "global",
    "globals", "group", "if", "iglob", "import", "import_module", "in", "is_resource",
    "iter_entry_points", "lambda", "listdir", "load_cert_chain", "load_entry_point",
    "load_verify_locations", "lookup", "metadata", "methodcaller", "nonlocal", "not", "open",
    "open_binary", "open_text", "or", "path", "popen", "read_binary", "read_text", "require",
    "requires", "resolve_name", "resource_filename", "resource_listdir", "resource_stream",
    "resource_string", "run", "run_module", "scandir", "shell", "spawnl", "spawnlp", "spawnv",
    "spawnvp", "system", "timezone", "try", "version", "which", "while", "with",
    // Keywords and what is as frequent: mentioning them says nothing.
    "False", "None", "True", "assert", "await", "break", "cls", "continue", "del", "is", "pass",
    "raise", "return", "self", "yield"});
// clang-format on

consteval std::uint32_t known(std::string_view name) {
  for (std::uint32_t i = 0; i < known_names.size(); ++i) {
    if (known_names[i] == name) {
      return i;
    }
  }
  throw "not among the known names";
}

/// Decorators that hand a function to nobody.
// clang-format off
constexpr std::array harmless_decorators = std::to_array<std::string_view>({
    "abstractmethod", "asynccontextmanager", "cache", "cached_property", "classmethod",
    "contextmanager", "coroutine", "deleter", "deprecated", "final", "getter", "lru_cache",
    "overload", "override", "property", "recursive_repr", "setter", "staticmethod",
    "total_ordering", "wraps"});
// clang-format on

class Reader {
public:
  /// `names` begins with known_names.
  Reader(std::string_view text, const PythonReading& reading, NameTable& names)
      : lexer_(text, names), reading_(reading), names_(names) {
    accelerator_ = "_" + std::string(reading.module);
    source_.units.emplace_back();
    source_.encoding = cookie(text);
    blocks_.push_back({.column = -1});
  }

  PythonSource read() {
    while (lexer_.next_line()) {
      line();
    }
    mark_shadowed();
    if (lexer_.damage != nullptr) {
      source_.damage = lexer_.damage;
    }
    return std::move(source_);
  }

private:
  enum class BlockKind : std::uint8_t {
    other,
    branch,
    lazy_attribute,
    attempt,
    handler,
    function,
    type
  };

  struct Block {
    int column = -1; ///< Of the line that opens it.
    BlockKind kind = BlockKind::other;
    bool dead = false;     ///< Never runs here.
    bool handles = false;  ///< In a handler of some exception.
    bool unlikely = false; ///< Runs when something unforeseen has failed.
    bool decided = false;  ///< Of a branch: this or an earlier one is always taken.
    bool imports = false;  ///< Of an attempt and its handlers: its body imports something
    bool failed = false;   ///< and one of these imports fails.
    std::uint32_t unit = 0;
    std::string_view class_name = {}; ///< Of a class, and what lies in it up to the next function.
    bool class_is_plain = true;
  };

  /// PEP 263: in the first two lines.
  static std::string cookie(std::string_view text) {
    for (int i = 0; i < 2; ++i) {
      const std::string_view line = text.substr(0, text.find('\n'));
      const std::size_t at = line.find("coding");
      if (line.find('#') < at && at != std::string_view::npos && at + 6 < line.size() &&
          (line[at + 6] == ':' || line[at + 6] == '=')) {
        std::string_view name = line.substr(at + 7);
        name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
        const auto is_part = [](char c) { return is_name_part(c) || c == '-' || c == '.'; };
        return {name.begin(), std::find_if_not(name.begin(), name.end(), is_part)};
      }
      text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return {};
  }

  const Token& token(std::size_t i) const {
    static const Token none{
        .kind = Kind::sign, .sign = '\0', .computed = false, .number = 0, .text = {}};
    return i < lexer_.tokens.size() ? lexer_.tokens[i] : none;
  }
  bool is_sign(std::size_t i, char sign) const {
    return token(i).kind == Kind::sign && token(i).sign == sign;
  }
  bool is_name(std::size_t i) const { return token(i).kind == Kind::name; }
  bool is_name(std::size_t i, std::string_view name) const {
    return is_name(i) && token(i).text == name;
  }
  bool is_known(std::size_t i, NameNumber name) const { return known_at(i) == name; }
  /// The place among known_names, or more.
  NameNumber known_at(std::size_t i) const { return is_name(i) ? token(i).number : UINT32_MAX; }

  static bool is_keyword(NameNumber name) {
    switch (name) {
    case known("and"):
    case known("as"):
    case known("elif"):
    case known("else"):
    case known("for"):
    case known("from"):
    case known("if"):
    case known("in"):
    case known("lambda"):
    case known("not"):
    case known("or"):
    case known("while"):
    case known("with"):
      return true;
    default:
      return name >= known("False") && name < known_names.size();
    }
  }

  static int step(const Token& token) {
    if (token.kind != Kind::sign) {
      return 0;
    }
    const char c = token.sign;
    return c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
  }

  PythonUnit& unit() { return source_.units[blocks_.back().unit]; }

  // ----------------------------------------------------------------------------------------------
  // lines and blocks

  void line() {
    Block previous;
    while (blocks_.size() > 1 && blocks_.back().column >= lexer_.column) {
      previous = blocks_.back();
      blocks_.pop_back();
    }
    if (previous.column != lexer_.column) {
      previous = {};
    }
    const std::size_t end = lexer_.tokens.size();
    std::size_t first = 0;
    if (is_sign(0, '@')) {
      decorator();
      return;
    }
    if (is_known(0, known("async"))) {
      first = 1;
    }
    const bool decorated = std::exchange(is_decorated_, false);
    switch (known_at(first)) {
    case known("def"):
      function(first, decorated);
      return;
    case known("class"):
      type(first, decorated);
      return;
    case known("if"):
      branch(first, {});
      return;
    case known("elif"):
      branch(first, previous);
      return;
    case known("else"): {
      Block block{};
      if (previous.kind == BlockKind::branch || previous.kind == BlockKind::lazy_attribute) {
        block.dead = previous.decided;
      } else if (previous.kind == BlockKind::handler || previous.kind == BlockKind::attempt) {
        block.dead = previous.failed;
      }
      open_block(block, first + 1);
      return;
    }
    case known("try"):
      open_block({.kind = BlockKind::attempt}, first + 1);
      return;
    case known("except"): {
      const std::size_t colon = header_end(first + 1);
      Block block{
          .kind = BlockKind::handler, .imports = previous.imports, .failed = previous.failed};
      if (previous.imports && !previous.failed) {
        for (std::size_t i = first + 1; i < colon; ++i) {
          block.dead |= is_name(i, "ImportError") || is_name(i, "ModuleNotFoundError");
        }
      }
      // Not a bare `except:`: that is often the other way to the same end.
      block.handles = true;
      block.unlikely = is_name(first + 1, "Exception") || is_name(first + 1, "BaseException");
      scan(first + 1, colon);
      open_block(block, colon);
      return;
    }
    case known("finally"):
      open_block({}, first + 1);
      return;
    case known("for"):
    case known("while"):
    case known("with"): {
      Block block{};
      const std::size_t colon = header_end(first + 1);
      if (is_known(first, known("while"))) {
        block.dead = evaluate(first + 1, colon) == Truth::no;
      }
      scan(first + 1, colon);
      open_block(block, colon);
      return;
    }
    default:
      break;
    }
    if (end > 2 && is_sign(end - 1, ':') && is_name(0)) { // match, case
      scan(0, end);
      open_block({}, end - 1);
      return;
    }
    statements(0);
  }

  /// The place of the colon that ends the header of a block.
  std::size_t header_end(std::size_t i) const {
    int depth = 0, lambdas = 0;
    for (; i < lexer_.tokens.size(); ++i) {
      depth += step(token(i));
      if (depth == 0 && is_known(i, known("lambda"))) {
        ++lambdas;
      } else if (depth == 0 && is_sign(i, ':') && lambdas-- == 0) {
        return i;
      }
    }
    return i;
  }

  /// `colon`: where the header ends; what follows on the line is the body.
  void open_block(Block block, std::size_t colon) {
    block.column = lexer_.column;
    const Block& parent = blocks_.back();
    block.dead |= parent.dead;
    if (block.kind != BlockKind::function) {
      block.unlikely |= parent.unlikely;
      block.handles |= parent.handles;
    }
    if (block.kind != BlockKind::function && block.kind != BlockKind::lazy_attribute) {
      block.unit = parent.unit;
      if (block.kind != BlockKind::type) {
        block.class_name = parent.class_name;
        block.class_is_plain = parent.class_is_plain;
      }
    }
    if (blocks_.size() < deepest_block) {
      blocks_.push_back(block);
    }
    statements(colon + 1);
  }

  void branch(std::size_t first, const Block& previous) {
    const std::size_t colon = header_end(first + 1);
    Block block{.kind = BlockKind::branch};
    const Truth value = evaluate(first + 1, colon);
    block.dead = previous.decided || value == Truth::no;
    block.decided = previous.decided || value == Truth::yes;
    scan(first + 1, colon);
    if (!block.dead && !blocks_.back().dead && in_lazy_attribute() && colon == first + 4 &&
        is_name(first + 1) && is_sign(first + 2, 'E') && token(first + 3).kind == Kind::string) {
      // `if name == "Pool":` in a module's __getattr__ (PEP 562) runs for who takes this name.
      block.kind = BlockKind::lazy_attribute;
      block.unit = add_unit(token(first + 3).text, false);
    }
    open_block(block, colon);
  }

  std::uint32_t add_unit(std::string_view name, bool decorated) {
    const Block& parent = blocks_.back();
    PythonUnit made;
    made.name = name;
    made.class_name = parent.class_name;
    made.class_is_plain = parent.class_is_plain;
    made.parent = parent.unit;
    made.is_registered = decorated;
    source_.units.push_back(std::move(made));
    return static_cast<std::uint32_t>(source_.units.size() - 1);
  }

  void decorator() {
    std::size_t i = 1;
    while (is_name(i) && is_sign(i + 1, '.')) {
      i += 2;
    }
    is_decorated_ |=
        std::ranges::find(harmless_decorators, token(i).text) == harmless_decorators.end();
    scan(1, lexer_.tokens.size());
  }

  void function(std::size_t first, bool decorated) {
    const std::size_t colon = header_end(first + 1);
    scan(first + 2, colon);
    Block block{.kind = BlockKind::function};
    if (!blocks_.back().dead) {
      block.unit = add_unit(token(first + 1).text, decorated);
    }
    open_block(block, colon);
  }

  void type(std::size_t first, bool decorated) {
    const std::size_t colon = header_end(first + 1);
    scan(first + 2, colon);
    Block block{.kind = BlockKind::type};
    block.class_name = token(first + 1).text;
    block.class_is_plain =
        !decorated && (colon <= first + 4 || (colon == first + 5 && is_name(first + 3, "object")));
    open_block(block, colon);
  }

  void statements(std::size_t i) {
    const std::size_t end = lexer_.tokens.size();
    while (i < end) {
      std::size_t stop = i;
      while (stop < end && !is_sign(stop, ';')) {
        ++stop;
      }
      if (!blocks_.back().dead) {
        statement(i, stop);
      }
      i = stop + 1;
    }
  }

  void statement(std::size_t i, std::size_t end) {
    if (is_known(i, known("import"))) {
      import(i + 1, end);
      return;
    }
    if (is_known(i, known("from"))) {
      from_import(i + 1, end);
      return;
    }
    if (is_known(i, known("global")) || is_known(i, known("nonlocal"))) {
      return;
    }
    if (token(i).kind == Kind::string && i + 1 == end) {
      return; // what documents
    }
    if (is_name(i) && is_sign(i + 1, '=') && blocks_.back().unit == 0 &&
        blocks_.back().class_name.empty()) {
      const Truth value = evaluate(i + 2, end);
      const auto [flag, fresh] = flags_.try_emplace(token(i).text, value);
      if (!fresh && flag->second != value) {
        flag->second = Truth::unknown;
      }
    }
    no_strings_ = is_known(i, known("__all__"));
    remember_constant(i);
    const std::size_t value = table(i, end);
    if (value != 0) {
      // Functions in a table of the module are called through it.
      Block block = blocks_.back();
      block.unit = add_unit(token(i).text, false);
      blocks_.push_back(block);
      scan(value, end);
      blocks_.pop_back();
    } else {
      scan(i, end);
    }
    no_strings_ = false;
  }

  /// `name = "constant"`, `name = ["constant", ...]`: what a call is then given by its name.
  void remember_constant(std::size_t i) {
    if (!is_name(i) || !is_sign(i + 1, '=')) {
      return;
    }
    const std::size_t value = is_sign(i + 2, '[') ? i + 3 : i + 2;
    const Token& text = token(value);
    const bool is_whole = value == i + 3 || value + 1 == lexer_.tokens.size();
    if (text.kind == Kind::string && !text.computed && is_whole) {
      constants_[token(i).number] = {blocks_.back().unit, text.text};
    } else {
      constants_.erase(token(i).number);
    }
  }

  /// The constant that a name stands for in this function, or in the module. Empty: none is known.
  std::string_view remembered(std::size_t i) const {
    if (!is_name(i) || !(is_sign(i + 1, ',') || is_sign(i + 1, ')'))) {
      return {};
    }
    const auto found = constants_.find(token(i).number);
    return found != constants_.end() &&
                   (found->second.unit == blocks_.back().unit || found->second.unit == 0)
               ? found->second.text
               : std::string_view();
  }

  /// `NAME = value` or `NAME[key] = value` of the module, where the value mentions something and
  /// calls nothing: its place; else 0.
  std::size_t table(std::size_t i, std::size_t end) const {
    if (!is_name(i) || blocks_.back().unit != 0 || !blocks_.back().class_name.empty()) {
      return 0;
    }
    std::size_t equals = i + 1;
    if (is_sign(equals, '[')) {
      equals = closes_at(equals, end) + 1;
    }
    if (!is_sign(equals, '=')) {
      return 0;
    }
    bool mentions = false;
    for (std::size_t at = equals + 1; at < end; ++at) {
      if (is_sign(at, '(') && (is_name(at - 1) || is_sign(at - 1, ')') || is_sign(at - 1, ']'))) {
        return 0;
      }
      mentions |= is_name(at) && known_at(at) >= known_names.size();
    }
    return mentions ? equals + 1 : 0;
  }

  /// `from _heapq import heappush` at the end of a module: what it has defined under that name
  /// never runs.
  void shadow(std::string_view name) {
    if (blocks_.back().unit != 0 ||
        std::any_of(blocks_.begin() + 1, blocks_.end(), [](const Block& block) {
          return block.kind != BlockKind::attempt || block.failed;
        })) {
      return;
    }
    shadows_[std::string(name)] = source_.units.size();
  }

  void mark_shadowed() {
    const auto all = shadows_.find("*");
    for (std::size_t i = 1; i < source_.units.size(); ++i) {
      PythonUnit& made = source_.units[i];
      const std::string& name = made.class_name.empty() ? made.name : made.class_name;
      const auto one = shadows_.find(name);
      made.is_shadowed = made.parent == 0 &&
                         ((one != shadows_.end() && i < one->second) ||
                          (all != shadows_.end() && i < all->second && !name.starts_with('_')));
    }
  }

  // ----------------------------------------------------------------------------------------------
  // imports

  bool in_lazy_attribute() const {
    const PythonUnit& here = source_.units[blocks_.back().unit];
    return here.name == "__getattr__" && here.class_name.empty();
  }

  static bool tells_of_failure(std::string_view module) {
    return module == "logging" || module == "pdb" || module == "traceback" || module == "warnings";
  }

  void add(PythonTopic topic, std::string name, std::string member = {}, std::uint8_t level = 0) {
    source_.needs.push_back({.topic = topic,
                             .level = level,
                             .is_lazy_attribute = in_lazy_attribute(),
                             .is_unlikely = blocks_.back().unlikely ||
                                            (blocks_.back().handles && tells_of_failure(name)),
                             .unit = blocks_.back().unit,
                             .name = std::move(name),
                             .member = std::move(member)});
  }

  /// Tells the `try:` around it whether the import succeeds.
  void note_import(int level, std::string_view module) {
    bool asked = false, exists = false;
    for (std::size_t b = blocks_.size(); b-- > 0 && blocks_[b].kind != BlockKind::function;) {
      if (blocks_[b].kind == BlockKind::attempt) {
        if (!asked) {
          asked = true;
          exists = !reading_.exists || reading_.exists(level, module);
        }
        blocks_[b].imports = true;
        blocks_[b].failed |= !exists;
      }
    }
  }

  std::string dotted(std::size_t& i, std::size_t end) const {
    std::string name;
    while (i < end && is_name(i)) {
      name += token(i++).text;
      if (!is_sign(i, '.')) {
        break;
      }
      name += '.';
      ++i;
    }
    return name;
  }

  void import(std::size_t i, std::size_t end) {
    while (i < end) {
      std::string name = dotted(i, end);
      if (name.empty()) {
        return;
      }
      note_import(0, name);
      add(PythonTopic::module, std::move(name));
      if (is_known(i, known("as"))) {
        i += 2;
      }
      if (!is_sign(i, ',')) {
        return;
      }
      ++i;
    }
  }

  void from_import(std::size_t i, std::size_t end) {
    std::uint8_t level = 0;
    for (; is_sign(i, '.'); ++i) {
      level = static_cast<std::uint8_t>(std::min(level + 1, 255));
    }
    std::string module;
    if (!is_known(i, known("import"))) {
      module = dotted(i, end);
    }
    if (!is_known(i, known("import")) || (module.empty() && level == 0)) {
      return; // `yield from`, or no Python
    }
    ++i;
    if (!module.empty()) {
      note_import(level, module);
    }
    for (; i < end; ++i) {
      if (is_sign(i, '*')) {
        add(PythonTopic::module, module, {}, level);
        if (level == 0 && module == accelerator_ && reading_.exists && reading_.exists(0, module)) {
          shadow("*");
        }
        continue;
      }
      if (!is_name(i)) {
        continue;
      }
      const std::string member(token(i).text);
      if (module.empty()) {
        note_import(level, member);
      }
      add(PythonTopic::module, module, member, level);
      if (!module.empty() && blocks_.back().unit == 0 && source_.units.size() > 1 &&
          reading_.exists && reading_.exists(level, module)) {
        shadow(is_known(i + 1, known("as")) ? token(i + 2).text : token(i).text);
      }
      if (is_command_line(member)) {
        mention(names_.number(module.substr(module.rfind('.') + 1) + "." + member));
      }
      if (is_known(i + 1, known("as"))) {
        if (token(i + 2).text != member) {
          mention(token(i).number);
        }
        i += 2;
      }
    }
  }

  // ----------------------------------------------------------------------------------------------
  // expressions

  void mention(NameNumber number) {
    const std::uint32_t here = blocks_.back().unit;
    marks_.resize(source_.units.size());
    if (marks_[here] == 0) {
      marks_[here] = names_.new_mark();
    }
    if (names_.mark(number, marks_[here])) {
      unit().mentions.push_back(number);
    }
  }

  void scan(std::size_t i, std::size_t end) {
    if (blocks_.back().dead) {
      return;
    }
    for (; i < end; ++i) {
      const Token& here = token(i);
      if (here.kind == Kind::string) {
        if (!no_strings_ && !here.text.empty() && here.text.size() <= longest_string) {
          unit().strings.emplace_back(here.text);
          if (here.computed) {
            unit().strings.back() += '{';
          }
        }
        continue;
      }
      if (here.kind != Kind::name || is_keyword(here.number)) {
        continue;
      }
      const NameNumber name = here.number;
      if (is_sign(i + 1, '=') && i > 0 && (is_sign(i - 1, '(') || is_sign(i - 1, ','))) {
        keyword_argument(name, i);
        continue;
      }
      mention(here.number);
      if (is_sign(i - 1, '.') && is_name(i - 2) && i >= 2 && is_command_line(here.text)) {
        mention(names_.number(std::string(token(i - 2).text) + "." + std::string(here.text)));
      }
      if (name >= known_names.size()) {
        continue;
      }
      if (is_sign(i + 1, '(')) {
        call(name, i);
      }
      switch (name) {
      case known("getattr"):
      case known("attrgetter"):
      case known("methodcaller"):
        source_.reflects = true;
        break;
      case known("globals"):
        source_.reflects |= is_sign(i + 2, ')') && is_sign(i + 3, '[');
        break;
      case known("__file__"):
      case known("__path__"):
        source_.uses_own_place = true;
        break;
      default:
        break;
      }
    }
  }

  void keyword_argument(NameNumber name, std::size_t i) {
    if (name == known("encoding")) {
      encodings(i + 2);
    } else if (name == known("shell") && is_known(i + 2, known("True"))) {
      add(PythonTopic::shell, "");
    }
  }

  /// A whole argument that is a constant string.
  std::optional<std::string> constant(std::size_t i) const {
    const Token& here = token(i);
    if (const std::string_view known_text = remembered(i);
        !known_text.empty() && known_text.size() <= longest_string) {
      return std::string(known_text);
    }
    if (here.kind != Kind::string || here.computed || here.text.empty() ||
        here.text.size() > longest_string || !(is_sign(i + 1, ',') || is_sign(i + 1, ')'))) {
      return std::nullopt;
    }
    return std::string(here.text);
  }

  /// The encodings that an argument may be: a constant, and what `or` and `else` give instead.
  /// False: it is none.
  bool encodings(std::size_t i) {
    bool found = false;
    if (const std::string_view text = remembered(i);
        !text.empty() && text.size() <= longest_string) {
      add(PythonTopic::encoding, std::string(text));
      found = true;
    }
    int depth = 0;
    const std::size_t first = i;
    for (const std::size_t end = std::min(lexer_.tokens.size(), i + longest_argument); i < end;
         ++i) {
      const Token& here = token(i);
      depth += step(here);
      if (depth < 0 || (depth == 0 && is_sign(i, ','))) {
        break;
      }
      const bool is_choice =
          i == first || (depth == 0 && is_name(i - 1) &&
                         (token(i - 1).text == "or" || token(i - 1).text == "else"));
      if (is_choice && here.kind == Kind::string && !here.computed && !here.text.empty() &&
          here.text.size() <= longest_string) {
        add(PythonTopic::encoding, std::string(here.text));
        found = true;
      }
    }
    return found;
  }

  /// The place of the next argument, behind the comma; 0: there is none.
  std::size_t next_argument(std::size_t i) const {
    int depth = 0;
    for (const std::size_t end = std::min(lexer_.tokens.size(), i + longest_argument); i < end;
         ++i) {
      depth += step(token(i));
      if (depth < 0) {
        return 0;
      }
      if (depth == 0 && is_sign(i, ',')) {
        return i + 1;
      }
    }
    return 0;
  }

  std::string_view qualifier(std::size_t i) const {
    return i >= 2 && is_sign(i - 1, '.') && is_name(i - 2) ? token(i - 2).text : std::string_view();
  }

  /// `i`: the last part of the function's name; its parenthesis follows.
  void call(NameNumber name, std::size_t i) {
    const std::size_t first = i + 2;
    const std::optional<std::string> text = constant(first);
    const bool is_method = i >= 1 && is_sign(i - 1, '.');
    switch (name) {
    case known("__import__"):
    case known("import_module"):
    case known("run_module"):
    case known("resolve_name"):
      import_call(first, text);
      return;
    case known("encode"):
    case known("decode"):
    case known("lookup"):
    case known("getdecoder"):
    case known("getencoder"):
    case known("getincrementaldecoder"):
    case known("getincrementalencoder"):
    case known("getreader"):
    case known("getwriter"):
      if (encodings(first)) {
        return;
      }
      if (const std::size_t second = next_argument(first);
          second != 0 && qualifier(i) == "codecs") {
        encodings(second);
      }
      return;
    case known("CDLL"):
    case known("PyDLL"):
    case known("LoadLibrary"):
    case known("dlopen"):
      if (text) {
        add(PythonTopic::library, *text);
      }
      return;
    case known("find_library"):
      if (text) {
        add(PythonTopic::find_library, *text);
      }
      return;
    case known("run"):
      if (!(is_sign(first, '[') && token(first + 1).kind == Kind::string) &&
          qualifier(i) != "subprocess" && remembered(first).empty()) {
        return;
      }
      [[fallthrough]];
    case known("Popen"):
    case known("check_call"):
    case known("check_output"):
    case known("create_subprocess_exec"):
    case known("which"):
    case known("find_executable"):
    case known("execl"):
    case known("execlp"):
    case known("execv"):
    case known("execve"):
    case known("execvp"):
    case known("execvpe"):
      program(is_sign(first, '[') || is_sign(first, '(') ? first + 1 : first);
      return;
    case known("spawnl"):
    case known("spawnlp"):
    case known("spawnv"):
    case known("spawnvp"):
      program(std::max<std::size_t>(next_argument(first), first));
      return;
    case known("system"):
    case known("popen"):
      if (qualifier(i) != "os") {
        return;
      }
      [[fallthrough]];
    case known("getoutput"):
    case known("getstatusoutput"):
    case known("create_subprocess_shell"):
      add(PythonTopic::shell, text.value_or(""));
      return;
    case known("open"):
    case known("Path"):
    case known("PosixPath"):
    case known("PurePath"):
    case known("listdir"):
    case known("scandir"):
    case known("glob"):
    case known("iglob"):
    case known("load_cert_chain"):
    case known("load_verify_locations"):
      if (text && text->front() == '/') {
        add(PythonTopic::path, *text);
      }
      return;
    case known("version"):
    case known("metadata"):
    case known("distribution"):
    case known("requires"):
    case known("get_distribution"):
    case known("require"):
      if (text) {
        add(PythonTopic::distribution, *text);
      } else if (is_name(first, "__name__") || is_name(first, "__package__")) {
        add(PythonTopic::distribution, "");
      }
      return;
    case known("distributions"):
      add(PythonTopic::distribution, "*");
      return;
    case known("load_entry_point"):
      if (text) {
        const std::size_t second = next_argument(first);
        add(PythonTopic::distribution, *text, second == 0 ? "" : std::string(token(second).text));
      }
      return;
    case known("entry_points"):
    case known("iter_entry_points"):
      if (is_known(first, known("group"))) {
        add(PythonTopic::entry_points,
            token(first + 2).kind == Kind::string ? std::string(token(first + 2).text) : "");
      } else {
        add(PythonTopic::entry_points, text.value_or(""));
      }
      return;
    case known("timezone"):
      if (qualifier(i) != "pytz" || !text) {
        return;
      }
      [[fallthrough]];
    case known("ZoneInfo"):
    case known("gettz"):
      if (!is_sign(first, ')')) {
        add(PythonTopic::zone, text.value_or(""));
      }
      return;
    case known("files"):
    case known("get_data"):
    case known("contents"):
    case known("is_resource"):
    case known("open_binary"):
    case known("open_text"):
    case known("path"):
    case known("read_binary"):
    case known("read_text"):
    case known("resource_filename"):
    case known("resource_listdir"):
    case known("resource_stream"):
    case known("resource_string"):
      resource(first, text, is_method);
      return;
    default:
      return;
    }
  }

  void program(std::size_t i) {
    const Token& here = token(i);
    const std::string_view text =
        here.kind == Kind::string && !here.computed ? here.text : remembered(i);
    if (!text.empty() && text.size() <= longest_string) {
      // `Popen("ls -l", shell=True)` is a command line.
      const bool is_line = text.find(' ') != std::string_view::npos;
      add(is_line ? PythonTopic::shell : PythonTopic::program, std::string(text));
    }
  }

  void resource(std::size_t first, const std::optional<std::string>& text, bool is_method) {
    std::string package;
    if (text) {
      package = *text;
    } else if (!is_name(first, "__name__") && !is_name(first, "__package__")) {
      return;
    }
    if (!is_method && package.find('/') != std::string::npos) {
      return;
    }
    const std::size_t second = next_argument(first);
    std::string member;
    if (second != 0 && token(second).kind == Kind::string) {
      member = token(second).text;
    }
    add(PythonTopic::resource, std::move(package), std::move(member));
  }

  void import_call(std::size_t first, const std::optional<std::string>& text) {
    if (text) {
      std::string name = *text;
      name = name.substr(0, name.find(':'));
      const std::size_t dots = std::min<std::size_t>(name.find_first_not_of('.'), name.size());
      const auto level = static_cast<std::uint8_t>(std::min<std::size_t>(dots, 255));
      name.erase(0, dots);
      if (!name.empty()) {
        note_import(level, name);
        add(PythonTopic::module, std::move(name), {}, level);
      }
      return;
    }
    const Token& here = token(first);
    if (here.kind == Kind::string && (here.computed || is_sign(first + 1, '%') ||
                                      is_sign(first + 1, '+') || is_sign(first + 1, '.'))) {
      std::string_view begin = here.text.substr(0, here.text.find_first_of("%{"));
      const std::size_t dots = std::min<std::size_t>(begin.find_first_not_of('.'), begin.size());
      add(PythonTopic::computed,
          std::string(begin.substr(dots)),
          {},
          static_cast<std::uint8_t>(std::min<std::size_t>(dots, 255)));
    } else if ((is_name(first, "__name__") || is_name(first, "__package__")) &&
               is_sign(first + 1, '+')) {
      const bool names_more = token(first + 2).kind == Kind::string;
      std::string_view begin = names_more ? token(first + 2).text : std::string_view();
      begin.remove_prefix(begin.starts_with('.') ? 1 : 0);
      add(PythonTopic::computed, std::string(begin.substr(0, begin.find_first_of("%{"))), {}, 1);
    } else if (in_lazy_attribute()) {
      add(PythonTopic::computed, "", {}, 1);
    } else {
      source_.computes_imports = true;
    }
  }

  // ----------------------------------------------------------------------------------------------
  // conditions

  /// The place of a name outside of brackets; `end`: none.
  std::size_t find_name(std::size_t i, std::size_t end, NameNumber name) const {
    int depth = 0;
    for (; i < end; ++i) {
      depth += step(token(i));
      if (depth == 0 && is_known(i, name)) {
        return i;
      }
    }
    return end;
  }

  Truth evaluate(std::size_t i, std::size_t end, int depth = 0) const {
    if (i >= end || depth > 20 || end - i > 60) {
      return Truth::unknown;
    }
    if (find_name(i, end, known("if")) != end || find_name(i, end, known("lambda")) != end) {
      return Truth::unknown;
    }
    if (const std::size_t at = find_name(i, end, known("or")); at != end) {
      const Truth left = evaluate(i, at, depth + 1), right = evaluate(at + 1, end, depth + 1);
      return left == Truth::yes || right == Truth::yes ? Truth::yes
             : left == Truth::no && right == Truth::no ? Truth::no
                                                       : Truth::unknown;
    }
    if (const std::size_t at = find_name(i, end, known("and")); at != end) {
      const Truth left = evaluate(i, at, depth + 1), right = evaluate(at + 1, end, depth + 1);
      return left == Truth::no || right == Truth::no     ? Truth::no
             : left == Truth::yes && right == Truth::yes ? Truth::yes
                                                         : Truth::unknown;
    }
    if (is_known(i, known("not"))) {
      return negated(evaluate(i + 1, end, depth + 1));
    }
    if (is_sign(i, '(') && closes_at(i, end) == end - 1) {
      return evaluate(i + 1, end - 1, depth + 1);
    }
    return atom(i, end);
  }

  std::size_t closes_at(std::size_t i, std::size_t end) const {
    int depth = 0;
    for (; i < end; ++i) {
      depth += step(token(i));
      if (depth == 0) {
        return i;
      }
    }
    return end;
  }

  std::string text_of(std::size_t i, std::size_t end) const {
    std::string text;
    for (; i < end && text.size() < 100; ++i) {
      if (token(i).kind == Kind::sign) {
        text += token(i).sign;
      } else {
        text += token(i).text;
      }
    }
    return text;
  }

  /// What a Linux system with CPython says; empty: not known.
  std::string_view value_of(std::string_view expression) const {
    return expression == "sys.platform"                       ? "linux"
           : expression == "os.name"                          ? "posix"
           : expression == "platform.system()"                ? "Linux"
           : expression == "os.sep"                           ? "/"
           : expression == "sys.implementation.name"          ? "cpython"
           : expression == "platform.python_implementation()" ? "CPython"
           : expression == "__name__" ? reading_.is_main ? "__main__" : "a module"
                                      : "";
  }

  Truth atom(std::size_t i, std::size_t end) const {
    if (end - i == 1) {
      if (is_name(i)) {
        const std::string_view name = token(i).text;
        if (name == "True" || name == "__debug__" || name == "PY3") {
          return Truth::yes;
        }
        if (name == "False" || name == "None" || name == "TYPE_CHECKING" || name == "PY2" ||
            name == "PYPY") {
          return Truth::no;
        }
        const auto flag = flags_.find(name);
        return flag == flags_.end() ? Truth::unknown : flag->second;
      }
      return token(i).kind == Kind::number ? truth(token(i).text != "0") : Truth::unknown;
    }
    if (end - i == 3 && is_sign(i + 1, '.') && is_name(i + 2)) {
      const std::string_view name = token(i + 2).text;
      return name == "TYPE_CHECKING" || name == "PY2" ? Truth::no
             : name == "PY3"                          ? Truth::yes
                                                      : Truth::unknown;
    }
    int depth = 0;
    for (std::size_t at = i; at < end; ++at) {
      depth += step(token(at));
      if (depth != 0) {
        continue;
      }
      if (token(at).kind == Kind::sign &&
          std::string_view("EN<>lg").find(token(at).sign) != std::string_view::npos) {
        return compare(text_of(i, at), token(at).sign, at + 1, end);
      }
      if (is_known(at, known("in"))) {
        const bool is_not = at > i && is_known(at - 1, known("not"));
        const std::string_view value = value_of(text_of(i, is_not ? at - 1 : at));
        if (value.empty() ||
            !(is_sign(at + 1, '(') || is_sign(at + 1, '[') || is_sign(at + 1, '{'))) {
          return Truth::unknown;
        }
        bool is_in = false;
        for (std::size_t j = at + 1; j < end; ++j) {
          is_in |= token(j).kind == Kind::string && token(j).text == value;
        }
        return truth(is_in != is_not);
      }
    }
    if (end - i >= 4 && is_sign(end - 1, ')') && token(end - 2).kind == Kind::string &&
        is_sign(end - 3, '(') && is_name(end - 4, "startswith")) {
      const std::string_view value = value_of(text_of(i, end - 5));
      return value.empty() ? Truth::unknown : truth(value.starts_with(token(end - 2).text));
    }
    return Truth::unknown;
  }

  Truth compare(std::string_view left, char sign, std::size_t i, std::size_t end) const {
    if (const std::string_view value = value_of(left); !value.empty()) {
      if (end - i != 1 || token(i).kind != Kind::string || (sign != 'E' && sign != 'N')) {
        return Truth::unknown;
      }
      return truth((token(i).text == value) == (sign == 'E'));
    }
    std::vector<int> known_part = {3, reading_.minor};
    bool is_whole = false; // nothing follows the known part
    if (left == "sys.version_info[0]" || left == "sys.version_info.major") {
      known_part.resize(1);
      is_whole = true;
    } else if (left == "sys.version_info[:2]") {
      is_whole = true;
    } else if (left != "sys.version_info") {
      return Truth::unknown;
    }
    std::vector<int> asked;
    for (; i < end; ++i) {
      if (token(i).kind == Kind::number) {
        int number = 0;
        const std::string_view text = token(i).text;
        if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) {
          return Truth::unknown;
        }
        asked.push_back(number);
      } else if (!is_sign(i, '(') && !is_sign(i, ')') && !is_sign(i, ',')) {
        return Truth::unknown;
      }
    }
    int order = 0; // of what runs against what is asked
    for (std::size_t k = 0; k < asked.size() && order == 0; ++k) {
      if (k == known_part.size()) {
        if (!is_whole) {
          return Truth::unknown; // a patch level
        }
        order = -1;
      } else {
        order = known_part[k] < asked[k] ? -1 : known_part[k] > asked[k] ? 1 : 0;
      }
    }
    if (order == 0 && (!is_whole || known_part.size() > asked.size())) {
      order = 1;
    }
    switch (sign) {
    case 'E':
      return truth(order == 0);
    case 'N':
      return truth(order != 0);
    case '<':
      return truth(order < 0);
    case '>':
      return truth(order > 0);
    case 'l':
      return truth(order <= 0);
    default:
      return truth(order >= 0);
    }
  }

  Lexer lexer_;
  const PythonReading& reading_;
  NameTable& names_;
  PythonSource source_;
  std::vector<Block> blocks_;
  std::unordered_map<std::string_view, Truth> flags_; ///< Module variables of known truth.
  std::vector<std::uint32_t> marks_;                  ///< Of the units; 0: none yet.
  struct Constant {
    std::uint32_t unit = 0;
    std::string_view text;
  };
  std::unordered_map<NameNumber, Constant> constants_; ///< Of variables that were set to one last.
  std::unordered_map<std::string, std::size_t>
      shadows_;             ///< Imported names, and how many units came before.
  std::string accelerator_; ///< The compiled module beside it: "_datetime".
  bool is_decorated_ = false;
  bool no_strings_ = false;
};

} // namespace

NameTable python_names() {
  return NameTable(known_names);
}

bool is_command_line(std::string_view function) {
  return function == "main" || function == "_main" || function == "test" || function == "_test";
}

PythonSource read_python(std::string_view text, const PythonReading& reading, NameTable& names) {
  return Reader(text, reading, names).read();
}

} // namespace pare
