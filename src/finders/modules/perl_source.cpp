#include "finders/modules/perl_source.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t longest_string = 200, deepest_block = 1000, longest_condition = 100,
                      deepest_call = 50;

enum class Kind : std::uint8_t {
  end,
  word,     ///< "Name::name"
  variable, ///< With its sigil: "$name", "$^O"; "$" alone in front of a block.
  number,
  string,  ///< A constant: its text between the quotes, up to what is interpolated.
  words,   ///< qw: its text.
  pattern, ///< A match or substitution: its first part.
  command, ///< `...` and qx: its text.
  sign,
};

struct Token {
  Kind kind = Kind::end;
  bool interpolates = false; ///< Of a string: it goes on with what is computed.
  std::string_view text;     ///< Of a sign: one to three bytes.
  std::string_view rest;     ///< Of a string that interpolates: what follows the variable, roughly.
};

bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word_part(char c) {
  return is_word_start(c) || is_digit(c);
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/// After these words perl expects an operand: a `/` begins a pattern.
constexpr std::array operand_words = std::to_array<std::string_view>(
    {"and",     "cmp",   "die",  "else",  "elsif", "eq",     "for",   "foreach",
     "ge",      "grep",  "gt",   "if",    "join",  "le",     "lt",    "map",
     "ne",      "not",   "or",   "print", "push",  "return", "split", "unless",
     "unshift", "until", "warn", "when",  "while", "x",      "xor"});

class Lexer {
public:
  explicit Lexer(std::string_view text)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  const char* damage = nullptr;

  Token next() {
    if (!skip_blank()) {
      return {};
    }
    const Token token = read();
    previous_ = token;
    return token;
  }

  /// Whether the next byte that is no blank begins with `text`.
  bool sees(std::string_view text) const {
    const char* at = std::find_if_not(at_, end_, is_space);
    return std::string_view(at, static_cast<std::size_t>(end_ - at)).starts_with(text);
  }

private:
  char peek(std::size_t ahead = 0) const {
    return static_cast<std::size_t>(end_ - at_) > ahead ? at_[ahead] : '\0';
  }

  std::string_view line_from(const char* at) const {
    return {at, static_cast<std::size_t>(std::find(at, end_, '\n') - at)};
  }

  /// False: the text has ended.
  bool skip_blank() {
    while (at_ != end_) {
      if (*at_ == '\n') {
        ++at_;
        skip_documents();
        skip_pod();
      } else if (is_space(*at_)) {
        ++at_;
      } else if (*at_ == '#') {
        at_ = std::find(at_, end_, '\n');
      } else if (at_ == begin_ && *at_ == '=') {
        skip_pod();
        if (at_ == begin_) {
          return true;
        }
      } else {
        return true;
      }
    }
    return false;
  }

  /// The bodies of the here-documents that the line has begun.
  void skip_documents() {
    for (const Document& document : std::exchange(documents_, {})) {
      while (true) {
        if (at_ == end_) {
          damage = "a here-document has no end";
          return;
        }
        std::string_view line = line_from(at_);
        at_ += line.size() + (at_ + line.size() != end_ ? 1 : 0);
        if (line.ends_with('\r')) {
          line.remove_suffix(1);
        }
        if (document.is_indented) {
          line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        }
        if (line == document.end) {
          break;
        }
      }
    }
  }

  /// perlpod(1): from a `=` at the start of a line to the line `=cut`.
  void skip_pod() {
    while (at_ != end_ && *at_ == '=' && is_word_start(peek(1)) && (peek(1) & 0x80) == 0) {
      while (at_ != end_) {
        const std::string_view line = line_from(at_);
        at_ += line.size() + (at_ + line.size() != end_ ? 1 : 0);
        if (line.starts_with("=cut") && (line.size() == 4 || !is_word_part(line[4]))) {
          break;
        }
      }
    }
  }

  bool operand_expected() const {
    switch (previous_.kind) {
    case Kind::end:
      return true;
    case Kind::word:
      return std::ranges::find(operand_words, previous_.text) != operand_words.end();
    case Kind::sign:
      return previous_.text != ")" && previous_.text != "]" && previous_.text != "}";
    default:
      return false;
    }
  }

  static char closing(char open) {
    return open == '(' ? ')' : open == '[' ? ']' : open == '{' ? '}' : open == '<' ? '>' : open;
  }

  /// The text between delimiters; `at_` stands at the opening one.
  std::string_view delimited() {
    const char open = *at_++, close = closing(open);
    const char* start = at_;
    std::size_t depth = 1;
    for (; at_ != end_; ++at_) {
      if (*at_ == '\\') {
        if (++at_ == end_) {
          break;
        }
      } else if (*at_ == close && --depth == 0) {
        const std::string_view text(start, static_cast<std::size_t>(at_ - start));
        ++at_;
        return text;
      } else if (*at_ == open && open != close) {
        ++depth;
      }
    }
    damage = "a quote has no end";
    return {};
  }

  void skip_flags() { at_ = std::find_if_not(at_, end_, is_word_part); }

  static Token quoted(std::string_view text, bool interpolates) {
    Token token{.kind = Kind::string, .interpolates = false, .text = text, .rest = {}};
    if (interpolates) {
      for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
          ++i;
        } else if ((text[i] == '$' || text[i] == '@') && i + 1 < text.size() &&
                   (is_word_part(text[i + 1]) || text[i + 1] == '{' || text[i + 1] == '$' ||
                    text[i + 1] == ':')) {
          token.interpolates = true;
          token.text = text.substr(0, i);
          std::size_t after = text.find_first_of("}./ ", i);
          after = after == std::string_view::npos ? text.size()
                  : text[after] == '}'            ? after + 1
                                                  : after;
          token.rest = text.substr(after);
          break;
        }
      }
    }
    return token;
  }

  Token read() {
    const char c = *at_;
    if (is_word_start(c)) {
      return word();
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      const char* start = at_;
      for (++at_;
           at_ != end_ && (is_word_part(*at_) || (*at_ == '.' && peek(1) != '.' && at_[-1] != '.'));
           ++at_) {
      }
      return {.kind = Kind::number, .interpolates = false, .text = {start, at_}, .rest = {}};
    }
    switch (c) {
    case '"':
      return quoted(delimited(), true);
    case '\'':
      return quoted(delimited(), false);
    case '`':
      return {.kind = Kind::command, .interpolates = false, .text = delimited(), .rest = {}};
    case '$':
    case '@':
      return variable();
    case '%':
      if ((operand_expected() || previous_.kind == Kind::word) &&
          (is_word_start(peek(1)) ||
           std::string_view("${:+-!^").find(peek(1)) != std::string_view::npos)) {
        return variable();
      }
      break;
    case '&':
      if (operand_expected() && (is_word_start(peek(1)) || peek(1) == '$' || peek(1) == '{')) {
        ++at_;
        return {.kind = Kind::sign, .interpolates = false, .text = "&", .rest = {}};
      }
      break;
    case '*':
      if (operand_expected() && std::ispunct(static_cast<unsigned char>(peek(1))) != 0 &&
          peek(1) != '{' && peek(1) != '*' && peek(1) != ':') {
        at_ += 2; // *", the glob of a punctuation variable (perldata(1), Typeglobs)
        return {.kind = Kind::variable, .interpolates = false, .text = {at_ - 2, 2}, .rest = {}};
      }
      break;
    case '/':
      if (operand_expected()) {
        const Token token{
            .kind = Kind::pattern, .interpolates = false, .text = delimited(), .rest = {}};
        skip_flags();
        return token;
      }
      break;
    case '<':
      if (const Token token = angle(); token.kind != Kind::end) {
        return token;
      }
      break;
    default:
      break;
    }
    return sign();
  }

  /// `<<"END"`, `<FILE>`, `<*.c>`, or nothing of the kind.
  Token angle() {
    const char third = peek(2) == '~' ? peek(3) : peek(2);
    // `print $out <<"END"`: what follows at once is no number to shift by.
    const bool is_document = third == '"' || third == '\'' ||
                             (at_ != begin_ && is_space(at_[-1]) && third >= 'A' && third <= 'Z');
    if (peek(1) == '<' && (operand_expected() || previous_.kind == Kind::word || is_document)) {
      const char* at = at_ + 2;
      const bool is_indented = at != end_ && *at == '~';
      at += is_indented ? 1 : 0;
      const char* blank = std::find_if_not(at, end_, [](char d) { return d == ' ' || d == '\t'; });
      if (blank != end_ && (*blank == '"' || *blank == '\'')) {
        const char* close = std::find(blank + 1, end_, *blank);
        if (close != end_) {
          documents_.push_back({{blank + 1, close}, is_indented});
          at_ = close + 1;
          return {.kind = Kind::string, .interpolates = true, .text = {}, .rest = {}};
        }
      } else if (at != end_ && is_word_start(*at)) {
        const char* close = std::find_if_not(at, end_, is_word_part);
        documents_.push_back({{at, close}, is_indented});
        at_ = close;
        return {.kind = Kind::string, .interpolates = true, .text = {}, .rest = {}};
      }
      return {};
    }
    if (!operand_expected()) {
      return {};
    }
    const std::string_view line = line_from(at_);
    const std::size_t close = line.find('>');
    if (close == std::string_view::npos) {
      return {};
    }
    const std::string_view inside = line.substr(1, close - 1);
    if (inside.find_first_of(" ;=") != std::string_view::npos &&
        inside.find('*') == std::string_view::npos) {
      return {};
    }
    at_ += close + 1;
    const bool is_handle =
        std::ranges::all_of(inside, [](char d) { return is_word_part(d) || d == '$' || d == ':'; });
    // A glob is File::Glob's (perlop(1), I/O Operators).
    return {.kind = is_handle ? Kind::string : Kind::words,
            .interpolates = true,
            .text = is_handle ? "" : "<glob>",
            .rest = {}};
  }

  Token variable() {
    const char* start = at_++;
    if (*start == '$' && peek() == '#' &&
        (peek(1) == '{' || peek(1) == '$' || is_word_start(peek(1)))) {
      ++at_;
    }
    while (peek() == '$' &&
           (is_word_part(peek(1)) || peek(1) == '$' || peek(1) == '{' || peek(1) == ':')) {
      ++at_;
    }
    if (peek() == '^' && is_word_start(peek(1))) {
      at_ += 2;
    } else if (is_word_start(peek()) || (peek() == ':' && peek(1) == ':')) {
      name();
    } else if (is_digit(peek())) {
      at_ = std::find_if_not(at_, end_, is_digit);
    } else if (peek() == '{' && peek(1) == '^') {
      at_ = std::find(at_, end_, '}');
      at_ += at_ != end_ ? 1 : 0;
    } else if (*start == '$' ? peek() != '{' && !is_space(peek()) && peek() != '\0'
                             : (*start == '%' ? peek() == '+' || peek() == '-' || peek() == '!'
                                              : peek() == '-' || peek() == '+')) {
      ++at_; // $!, $@, %+
    }
    return {.kind = Kind::variable, .interpolates = false, .text = {start, at_}, .rest = {}};
  }

  /// Over "Name::name"; a `'` between parts is left to history.
  void name() {
    while (at_ != end_) {
      if (is_word_part(*at_)) {
        ++at_;
      } else if (*at_ == ':' && peek(1) == ':' && peek(2) != '$') {
        at_ += 2;
      } else {
        break;
      }
    }
  }

  Token word() {
    const bool starts_line = at_ == begin_ || at_[-1] == '\n';
    const char* start = at_;
    name();
    if (*start == 'v' && at_ - start > 1 && std::all_of(start + 1, at_, is_digit)) {
      at_ = std::find_if_not(at_, end_, [](char d) { return is_digit(d) || d == '.'; }); // v5.36.0
    }
    const std::string_view text(start, static_cast<std::size_t>(at_ - start));
    Token token{.kind = Kind::word, .interpolates = false, .text = text, .rest = {}};
    if (starts_line && (text == "__END__" || text == "__DATA__")) {
      at_ = end_;
      return {};
    }
    const bool is_test = text.size() == 1 && previous_.kind == Kind::sign &&
                         previous_.text == "-" && start[-1] == '-';
    const bool is_member =
        previous_.kind == Kind::sign && (previous_.text == "->" || previous_.text == "&");
    const bool is_key = previous_.kind == Kind::sign && previous_.text == "{" && sees("}");
    const bool is_declared =
        previous_.kind == Kind::word && (previous_.text == "sub" || previous_.text == "package");
    if (is_test || is_member || is_key || is_declared || sees("=>")) {
      return token;
    }
    if (starts_line && text == "format") {
      skip_format();
      return token;
    }
    return quote_like(text, token);
  }

  /// perlform(1): a picture up to a line with a dot.
  void skip_format() {
    const std::string_view line = line_from(at_);
    if (line.find('=') == std::string_view::npos ||
        line.substr(line.find('=') + 1).find_first_not_of(" \t\r") != std::string_view::npos) {
      return;
    }
    at_ += line.size();
    while (at_ != end_) {
      ++at_;
      const std::string_view picture = line_from(at_);
      at_ += picture.size();
      if (picture == "." || picture == ".\r") {
        return;
      }
    }
  }

  Token quote_like(std::string_view text, const Token& word) {
    const bool is_quote = text == "q" || text == "qq" || text == "qw" || text == "qx" ||
                          text == "qr" || text == "m" || text == "s" || text == "y" || text == "tr";
    if (!is_quote) {
      return word;
    }
    const char* start = at_;
    const char* delimiter = std::find_if_not(at_, end_, is_space);
    const bool is_bound =
        previous_.kind == Kind::sign && (previous_.text == "=~" || previous_.text == "!~");
    if (delimiter == end_ || (*delimiter == ',' && !is_bound) || *delimiter == ';' ||
        *delimiter == ')' || (*delimiter == '=' && (delimiter != start || text.size() == 1)) ||
        (*delimiter == '#' && delimiter != start) ||
        (is_word_part(*delimiter) && delimiter == start)) {
      return word;
    }
    at_ = delimiter;
    const char open = *at_;
    const std::string_view first = delimited();
    if (text == "s" || text == "y" || text == "tr") {
      if (closing(open) != open) {
        at_ = std::find_if_not(at_, end_, is_space);
        if (at_ != end_) {
          delimited();
        }
      } else if (damage == nullptr) {
        --at_; // the middle delimiter opens the second part
        delimited();
      }
    }
    if (text == "q" || text == "qq") {
      return quoted(first, text == "qq");
    }
    if (text == "qw") {
      return {.kind = Kind::words, .interpolates = false, .text = first, .rest = {}};
    }
    if (text == "qx") {
      return {.kind = Kind::command, .interpolates = false, .text = first, .rest = {}};
    }
    skip_flags();
    return {.kind = Kind::pattern, .interpolates = false, .text = first, .rest = {}};
  }

  Token sign() {
    static constexpr std::array longer = std::to_array<std::string_view>({"->",
                                                                          "=>",
                                                                          "=~",
                                                                          "!~",
                                                                          "||",
                                                                          "&&",
                                                                          "//",
                                                                          "==",
                                                                          "!=",
                                                                          "<=",
                                                                          ">=",
                                                                          "::",
                                                                          "..",
                                                                          "**",
                                                                          "++",
                                                                          "--"});
    const std::string_view two(at_,
                               static_cast<std::size_t>(std::min<std::ptrdiff_t>(2, end_ - at_)));
    const std::size_t size = std::ranges::find(longer, two) != longer.end() ? 2 : 1;
    const Token token{.kind = Kind::sign, .interpolates = false, .text = {at_, size}, .rest = {}};
    at_ += size;
    return token;
  }

  struct Document {
    std::string_view end;
    bool is_indented;
  };
  const char* begin_;
  const char* at_;
  const char* end_;
  Token previous_;
  std::vector<Document> documents_;
};

bool is_module_name(std::string_view text) {
  if (text.empty() || text.size() > 200 || !is_word_start(text[0]) || (text[0] & 0x80) != 0) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':') {
      if (i + 2 >= text.size() || text[i + 1] != ':' || !is_word_part(text[i + 2])) {
        return false;
      }
      ++i;
    } else if (!is_word_part(text[i]) || (text[i] & 0x80) != 0) {
      return false;
    }
  }
  return true;
}

bool is_identifier(std::string_view text) {
  return is_module_name(text) && text.find(':') == std::string_view::npos;
}

class Reader {
public:
  Reader(std::string_view text, NameTable& names) : lexer_(text), names_(names) {
    source_.units.emplace_back();
    blocks_.push_back({});
    options(text);
  }

  PerlSource read() {
    while (advance()) {
      token();
    }
    if (lexer_.damage != nullptr) {
      source_.damage = lexer_.damage;
    }
    return std::move(source_);
  }

private:
  struct Block {
    std::uint32_t unit = 0;
    bool dead = false; ///< Of another system.
  };

  bool advance() {
    if (lexer_.damage != nullptr) {
      return false;
    }
    now_ = lexer_.next();
    return now_.kind != Kind::end && lexer_.damage == nullptr;
  }

  bool is_sign(std::string_view text) const { return now_.kind == Kind::sign && now_.text == text; }
  bool is_word(std::string_view text) const { return now_.kind == Kind::word && now_.text == text; }

  /// perlrun(1): `-MName`, `-mName` of the `#!` line.
  void options(std::string_view text) {
    std::string_view line = text.substr(0, text.find('\n'));
    if (!line.starts_with("#!")) {
      return;
    }
    for (std::size_t at = line.find(" -"); at != std::string_view::npos;
         at = line.find(" -", at + 1)) {
      std::string_view option = line.substr(at + 2);
      if (option.starts_with('M') || option.starts_with('m')) {
        option = option.substr(1, option.find_first_of(" =\r") - 1);
        add(PerlTopic::module, option.starts_with('-') ? option.substr(1) : option, 0);
      }
    }
  }

  /// What the code here does when it runs.
  void add(PerlTopic topic, std::string_view name) {
    if (!blocks_.back().dead) {
      add(topic, name, blocks_.back().unit);
    }
  }

  /// What happens whichever code runs: at compile time.
  void add(PerlTopic topic, std::string_view name, std::uint32_t unit) {
    if (name.size() > longest_string) {
      return;
    }
    source_.needs.push_back({.topic = topic, .unit = unit, .name = std::string(name)});
  }

  void mention(std::string_view name) {
    const std::size_t colon = name.rfind(':');
    if (colon != std::string_view::npos) {
      name.remove_prefix(colon + 1);
    }
    if (name.size() < 2) {
      return;
    }
    const NameNumber number = names_.number(name);
    const std::uint32_t here = blocks_.back().unit;
    marks_.resize(source_.units.size());
    if (marks_[here] == 0) {
      marks_[here] = names_.new_mark();
    }
    if (names_.mark(number, marks_[here])) {
      source_.units[here].mentions.push_back(number);
    }
  }

  // ----------------------------------------------------------------------------------------------

  void token() {
    switch (now_.kind) {
    case Kind::word:
      if (nesting_ < deepest_call) {
        ++nesting_;
        word();
        --nesting_;
      }
      return;
    case Kind::string:
      string(now_);
      starts_ = false;
      return;
    case Kind::words:
      if (now_.text == "<glob>") {
        add(PerlTopic::module, "File::Glob", 0);
      } else {
        words(now_.text);
      }
      starts_ = false;
      return;
    case Kind::pattern:
      named_characters(now_.text);
      starts_ = false;
      return;
    case Kind::command:
      command(now_.text, true);
      starts_ = false;
      return;
    case Kind::variable:
      variable();
      starts_ = false;
      return;
    case Kind::sign:
      sign();
      return;
    default:
      starts_ = false;
      return;
    }
  }

  void sign() {
    const bool ends = now_.text == ";" || now_.text == "{" || now_.text == "}";
    if (now_.text == "{") {
      Block block = blocks_.back();
      if (!sub_.empty() || is_sub_) {
        block.unit = static_cast<std::uint32_t>(source_.units.size());
        PerlUnit made;
        made.name = std::exchange(sub_, {});
        made.parent = blocks_.back().unit;
        source_.units.push_back(std::move(made));
        is_sub_ = false;
      }
      block.dead |= std::exchange(next_is_dead_, false);
      if (blocks_.size() < deepest_block) {
        blocks_.push_back(block);
      } else {
        ++too_deep_;
      }
    } else if (now_.text == "}") {
      if (too_deep_ > 0) {
        --too_deep_;
      } else if (blocks_.size() > 1) {
        blocks_.pop_back();
      }
    } else if (now_.text == ";") {
      sub_.clear();
      is_sub_ = false;
      exports_ = false;
      next_is_dead_ = false;
    }
    if (ends) {
      starts_ = true;
      statement_needs_ = source_.needs.size();
    }
  }

  void variable() {
    const std::string_view text = now_.text;
    if (text == "%!" || (text == "$!" && lexer_.sees("{"))) {
      add(PerlTopic::module, "Errno", 0); // perlvar(1)
    } else if (text.size() > 1 && is_word_start(text[1])) {
      if (text == "@EXPORT" || text == "@EXPORT_OK" || text == "%EXPORT_TAGS" ||
          text == "@CARP_NOT") {
        exports_ = true; // the names that it offers, or hides in messages, are no calls
      }
      mention(text.substr(1));
    }
  }

  void words(std::string_view text) {
    while (!text.empty()) {
      text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
      const std::string_view one = text.substr(0, text.find_first_of(" \t\r\n"));
      text.remove_prefix(one.size());
      if (!exports_) {
        name_in_string(one);
        if (!one.empty() && one.size() <= longest_string) {
          source_.strings.emplace_back(one);
        }
      }
    }
  }

  void name_in_string(std::string_view text) {
    if (blocks_.back().dead) {
      return;
    }
    if (text.starts_with('&')) {
      text.remove_prefix(1);
    }
    if (is_identifier(text)) {
      mention(text);
    } else if (is_module_name(text)) {
      source_.units[blocks_.back().unit].modules.emplace_back(text);
      mention(text);
    }
  }

  /// `\N{NAME}` asks charnames (perlre(1), perlop(1)).
  void named_characters(std::string_view text) {
    const std::size_t at = text.find("\\N{");
    if (at != std::string_view::npos && at + 3 < text.size() &&
        !text.substr(at + 3).starts_with("U+") && !is_digit(text[at + 3])) {
      add(PerlTopic::module, "_charnames", 0);
    }
  }

  void layers(std::string_view text) {
    const std::size_t at = text.find(":encoding(");
    if (at != std::string_view::npos) {
      const std::string_view name = text.substr(at + 10);
      add(PerlTopic::module, "PerlIO");
      add(PerlTopic::module, "PerlIO::encoding");
      add(PerlTopic::encoding, name.substr(0, name.find(')')));
    }
  }

  void string(const Token& token) {
    const std::string_view text = token.text;
    named_characters(text);
    if (text.size() <= longest_string) {
      layers(text);
      if (token.interpolates) {
        if (text.find("::") != std::string_view::npos &&
            (text.ends_with(':') || text.ends_with('_')) &&
            is_module_name(text.substr(0, text.size() - (text.ends_with(':') ? 2 : 0)))) {
          add(PerlTopic::computed, text);
        } else if (text.ends_with('/') && text.size() > 1 && is_word_start(text[0]) &&
                   token.rest.starts_with(".pm")) {
          std::string name;
          for (const char c : text) {
            name += c == '/' ? std::string("::") : std::string(1, c);
          }
          if (is_module_name(std::string_view(name).substr(0, name.size() - 2))) {
            add(PerlTopic::computed, name);
          }
        }
      } else if (!text.empty()) {
        source_.strings.emplace_back(text);
        if (text.ends_with("::") && lexer_.sees(".") &&
            is_module_name(text.substr(0, text.size() - 2))) {
          add(PerlTopic::computed, text);
        }
        if (!exports_) {
          name_in_string(text);
        }
      }
    }
  }

  // ----------------------------------------------------------------------------------------------

  void word() {
    const std::string_view text = now_.text;
    const bool starts = std::exchange(starts_, false);
    if (lexer_.sees("=>")) {
      mention(text);
      return;
    }
    if (starts && (text == "use" || text == "no")) {
      use();
    } else if (text == "require") {
      require();
    } else if (text == "do") {
      if (!lexer_.sees("{")) {
        file(PerlTopic::file);
      }
    } else if (text == "eval") {
      eval();
    } else if (text == "package") {
      if (advance() && now_.kind == Kind::word) {
        source_.packages.emplace_back(now_.text);
      } else {
        token();
      }
    } else if (text == "sub") {
      is_sub_ = false;
      if (lexer_.sees("{") || lexer_.sees("(")) {
        return; // without a name: the code of who makes it
      }
      if (advance() && now_.kind == Kind::word) {
        const std::size_t colon = now_.text.rfind(':');
        sub_ = now_.text.substr(colon == std::string_view::npos ? 0 : colon + 1);
        is_sub_ = true;
      } else {
        token();
      }
    } else if (text == "if" || text == "unless" || text == "elsif") {
      condition(starts, text == "unless");
    } else if (text == "system" || text == "exec") {
      run();
    } else if (text == "open" || text == "opendir" || text == "binmode") {
      open();
    } else if (text == "glob") {
      add(PerlTopic::module, "File::Glob", 0);
    } else if (text == "decode" || text == "encode" || text == "find_encoding" ||
               text == "from_to") {
      mention(text);
      encoding();
    } else if (text == "XSLoader::load" || text == "bootstrap" || text == "DynaLoader::bootstrap" ||
               text == "bootstrap_inherit" || text == "XSLoader") {
      mention(text);
      compiled();
    } else if (text == "STDIN" || text == "STDOUT" || text == "STDERR") {
      if (lexer_.sees("->")) {
        add(PerlTopic::module,
            "IO::File"); // a handle's method brings it (perl 5.14, pp_hot.c, S_opmethod_stash)
      }
    } else {
      if (text == "autoflush" || text == "getline" || text == "getlines" || text == "opened") {
        add(PerlTopic::module, "IO::File");
      }
      if (text == "load" || text == "load_class" || text == "use_module" ||
          text == "require_module" || text == "use_package_optimistically" ||
          text == "load_optional_class") {
        source_.computes_modules = true;
      }
      mention(text);
    }
  }

  /// `XSLoader::load 'Name', VERSION`, `bootstrap Name VERSION`; without a name, the package's.
  void compiled() {
    std::string name = source_.packages.empty() ? std::string() : source_.packages.back();
    if (lexer_.sees("(") || lexer_.sees("'") || lexer_.sees("\"")) {
      if (advance() && is_sign("(") && !(lexer_.sees("'") || lexer_.sees("\""))) {
        add(PerlTopic::compiled, name, 0);
        return;
      }
      if (now_.kind != Kind::string && !advance()) {
        return;
      }
      if (now_.kind == Kind::string && !now_.interpolates && is_module_name(now_.text)) {
        name = now_.text;
      }
    }
    add(PerlTopic::compiled, name, 0);
  }

  /// `use Name LIST;`: at compile time, wherever it stands.
  void use() {
    std::vector<Token> list;
    int depth = 0;
    while (advance() && list.size() < 2000) {
      if (now_.kind == Kind::sign) {
        depth += now_.text == "{" || now_.text == "(" || now_.text == "["   ? 1
                 : now_.text == "}" || now_.text == ")" || now_.text == "]" ? -1
                                                                            : 0;
        if (depth < 0 || (depth == 0 && now_.text == ";")) {
          break;
        }
      }
      if (is_word("eval") && !list.empty()) {
        eval(); // `use constant HAS_X => eval { require X; 1 }`
      } else if (is_word("require") && !list.empty()) {
        require();
      } else {
        list.push_back(now_);
      }
    }
    const bool closes = is_sign("}");
    if (!list.empty()) {
      used(list);
    }
    if (closes) {
      sign();
    }
    starts_ = true;
  }

  void used(std::vector<Token>& list) {
    const Token& first = list.front();
    const bool is_version =
        first.kind == Kind::number || (first.kind == Kind::word && first.text.size() > 1 &&
                                       first.text[0] == 'v' && is_digit(first.text[1]));
    if (is_version || first.kind != Kind::word) {
      return; // the features of a version are built in (perl 5.16, op.c, utilize)
    }
    const std::string_view name = first.text;
    const std::uint32_t file = 0;
    add(PerlTopic::module, name, file);
    std::vector<std::string_view> strings;
    for (std::size_t i = 1; i < list.size(); ++i) {
      const Token& token = list[i];
      if (token.kind == Kind::words) {
        std::string_view text = token.text;
        while (!text.empty()) {
          text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
          const std::string_view one = text.substr(0, text.find_first_of(" \t\r\n"));
          text.remove_prefix(one.size());
          if (!one.empty()) {
            strings.push_back(one);
          }
        }
      } else if (token.kind == Kind::string && !token.interpolates) {
        strings.push_back(token.text);
      } else if (token.kind == Kind::variable || token.kind == Kind::word) {
        const std::string_view bare =
            token.kind == Kind::variable ? token.text.substr(1) : token.text;
        if (!bare.empty() && is_word_start(bare[0])) {
          mention(bare);
        }
      }
    }
    for (const std::string_view text : strings) {
      layers(text);
      mention_use(name, text);
    }
    if (name == "parent" || name == "base" || name == "aliased" || name == "ok") {
      const bool loads =
          std::ranges::find(strings, std::string_view("-norequire")) == strings.end() &&
          !(list.size() > 2 && list[1].text == "-" && list[2].text == "norequire");
      for (const std::string_view text : strings) {
        if (loads && is_module_name(text)) {
          add(PerlTopic::module, text, file);
        }
      }
    } else if (name == "autouse" && !strings.empty()) {
      add(PerlTopic::module, strings.front(), file);
    } else if (name == "if") {
      used_if(list);
    } else if (name == "lib") {
      used_lib(list);
    } else if (name == "open" || name == "encoding") {
      for (const std::string_view text : strings) {
        if (name == "encoding" && !text.starts_with(':')) {
          add(PerlTopic::encoding, text);
        }
      }
    } else if (name == "AutoLoader" || name == "SelfLoader") {
      add(PerlTopic::autoloaded,
          source_.packages.empty() ? std::string() : source_.packages.back(),
          file);
    } else if (name == "XSLoader" || name == "DynaLoader") {
      add(PerlTopic::compiled,
          source_.packages.empty() ? std::string() : source_.packages.back(),
          file);
    }
  }

  void mention_use(std::string_view module, std::string_view text) {
    text.remove_prefix(
        !text.empty() && std::string_view("&$@%").find(text[0]) != std::string_view::npos ? 1 : 0);
    if (is_identifier(text)) {
      mention(text);
    } else if (is_module_name(text) && module != "parent" && module != "base") {
      source_.units[0].modules.emplace_back(text);
    }
  }

  /// `use if CONDITION, Name => LIST`.
  void used_if(const std::vector<Token>& list) {
    int depth = 0;
    for (std::size_t i = 1; i + 1 < list.size(); ++i) {
      const std::string_view text = list[i].kind == Kind::sign ? list[i].text : std::string_view();
      depth += text == "(" || text == "[" || text == "{"   ? 1
               : text == ")" || text == "]" || text == "}" ? -1
                                                           : 0;
      if (depth == 0 && (text == "," || text == "=>")) {
        if (!is_never(std::span(list).subspan(1, i - 1)) &&
            (list[i + 1].kind == Kind::word || list[i + 1].kind == Kind::string)) {
          add(PerlTopic::module, list[i + 1].text, 0);
        }
        return;
      }
    }
  }

  void used_lib(const std::vector<Token>& list) {
    for (std::size_t i = 1; i < list.size(); ++i) {
      const Token& token = list[i];
      if (token.kind == Kind::words) {
        add(PerlTopic::library, token.text, 0);
      } else if (token.kind == Kind::string && !token.interpolates) {
        add(PerlTopic::library, token.text, 0);
      } else if (token.kind == Kind::string && token.text.empty()) {
        add(PerlTopic::library,
            "$Bin" + std::string(token.rest),
            0); // "$FindBin::Bin/../lib", "$Bin/lib", "$RealBin/lib"
      }
    }
  }

  void require() { file(PerlTopic::module); }

  /// What `require` and `do` take.
  void file(PerlTopic topic) {
    if (!advance()) {
      return;
    }
    if (now_.kind == Kind::word && topic == PerlTopic::module) {
      const bool is_version = now_.text.size() > 1 && now_.text[0] == 'v' && is_digit(now_.text[1]);
      if (!is_version && now_.text != "__PACKAGE__") {
        add(PerlTopic::module, now_.text);
        mention(now_.text);
        if (now_.text == "AutoLoader" || now_.text == "DynaLoader" || now_.text == "XSLoader") {
          add(now_.text == "AutoLoader" ? PerlTopic::autoloaded : PerlTopic::compiled,
              source_.packages.empty() ? std::string() : source_.packages.back(),
              0);
        }
      }
    } else if (now_.kind == Kind::string && !now_.interpolates) {
      add(PerlTopic::file, now_.text);
    } else {
      source_.computes_modules |= now_.kind != Kind::number && topic == PerlTopic::module;
      token();
    }
    starts_ = false;
  }

  /// `eval "require Name"`.
  void eval() {
    if (lexer_.sees("{") || !advance()) {
      return;
    }
    if (now_.kind != Kind::string) {
      token();
      return;
    }
    std::string_view text = now_.text;
    for (const std::string_view verb : {"require ", "use "}) {
      for (std::size_t at = text.find(verb); at != std::string_view::npos;
           at = text.find(verb, at + 1)) {
        if (at > 0 && is_word_part(text[at - 1])) {
          continue;
        }
        std::string_view name = text.substr(at + verb.size());
        name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
        std::size_t stop = 0;
        while (stop < name.size() && (is_word_part(name[stop]) || name[stop] == ':')) {
          ++stop;
        }
        const bool is_cut = stop == name.size() && now_.interpolates;
        name = name.substr(0, stop);
        if (is_cut && name.find("::") != std::string_view::npos) {
          add(PerlTopic::computed, name);
        } else if (is_cut) {
          source_.computes_modules = true;
        } else if (is_module_name(name)) {
          add(PerlTopic::module, name);
        }
      }
    }
    string(now_);
  }

  // ----------------------------------------------------------------------------------------------
  // other systems

  /// A condition that is false on Linux for certain: `$^O eq 'MSWin32'` and its like, and'ed and
  /// or'ed.
  static bool is_never(std::span<const Token> list) {
    if (list.size() > longest_condition) {
      return false;
    }
    while (list.size() > 2 && list.front().text == "(" && list.front().kind == Kind::sign &&
           list.back().text == ")") {
      int depth = 0;
      std::size_t close = 0;
      for (std::size_t i = 0; i < list.size(); ++i) {
        depth += list[i].kind != Kind::sign ? 0
                 : list[i].text == "("      ? 1
                 : list[i].text == ")"      ? -1
                                            : 0;
        if (depth == 0) {
          close = i;
          break;
        }
      }
      if (close != list.size() - 1) {
        break;
      }
      list = list.subspan(1, list.size() - 2);
    }
    std::size_t start = 0;
    int depth = 0;
    bool never = false; // of the part so far: one of what is and'ed is false
    for (std::size_t i = 0; i <= list.size(); ++i) {
      const std::string_view text =
          i < list.size() && list[i].kind != Kind::string ? list[i].text : std::string_view();
      depth += text == "(" ? 1 : text == ")" ? -1 : 0;
      const bool ors = depth == 0 && (text == "||" || text == "or"),
                 ands = depth == 0 && (text == "&&" || text == "and");
      if (i == list.size() || ors || ands) {
        const std::span<const Token> part = list.subspan(start, i - start);
        if (part.size() == 3 && part[0].text == "$^O") {
          never |= part[1].text == "eq" ? part[2].text != "linux"
                   : part[1].text == "ne"
                       ? part[2].text == "linux"
                       : part[1].text == "=~" && part[2].kind == Kind::pattern &&
                             is_names(part[2].text) &&
                             part[2].text.find("linux") == std::string_view::npos;
        } else if (part.size() > 2 && part.size() < list.size()) {
          never |= part.front().text == "(" && is_never(part);
        }
        start = i + 1;
        if (i == list.size()) {
          return never;
        }
        if (ors) {
          if (!never) {
            return false;
          }
          never = false;
        }
      }
    }
    return false;
  }

  /// A pattern that is a choice of names: "^(?:MSWin32|cygwin)$".
  static bool is_names(std::string_view pattern) {
    return pattern.find_first_not_of(
               "^$()?:|ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
           std::string_view::npos;
  }

  void condition(bool starts, bool negated) {
    if (starts && !lexer_.sees("(")) {
      return;
    }
    std::vector<Token> list;
    int depth = 0;
    const std::size_t needs = statement_needs_;
    while (advance()) {
      if (is_sign("(")) {
        ++depth;
      } else if (is_sign(")") && --depth < 0) {
        break;
      }
      if (depth == 0 && (is_sign(";") || is_sign("{") || is_sign("}"))) {
        break;
      }
      if (list.size() <= longest_condition) {
        list.push_back(now_);
      }
      if (now_.kind != Kind::sign) {
        const Token kept = now_;
        if (kept.kind == Kind::word) {
          mention(kept.text);
          if (kept.text == "require" && !lexer_.sees("5")) {
            file(PerlTopic::module);
          } else if (kept.text == "eval") {
            eval();
          }
        } else {
          token();
        }
      }
      if (starts && depth == 0 && is_sign(")")) {
        break;
      }
    }
    const bool never = !negated && is_never(list);
    if (starts) {
      next_is_dead_ = never;
    } else {
      if (never && needs <= source_.needs.size()) {
        source_.needs.resize(needs);
      }
      if (now_.kind == Kind::sign) {
        sign();
      }
    }
  }

  // ----------------------------------------------------------------------------------------------
  // programs, files, encodings

  void command(std::string_view text, bool is_line) {
    const std::size_t first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) {
      return;
    }
    text.remove_prefix(first);
    // perlfunc(1), exec: without one of these, perl starts the program itself.
    const bool needs_shell =
        is_line && text.find_first_of("$&*(){}[]'\";\\|?<>~`\n") != std::string_view::npos;
    if (needs_shell) {
      add(PerlTopic::shell, text.substr(0, longest_string));
    }
    const std::string_view program = text.substr(0, text.find_first_of(" \t\n;|&<>()"));
    if (!program.empty() && program.find_first_of("$@'\"\\{}=`") == std::string_view::npos) {
      add(PerlTopic::program, program);
    }
  }

  void run() {
    if (!advance()) {
      return;
    }
    if (is_sign("(") && !advance()) {
      return;
    }
    if (now_.kind == Kind::string) {
      const bool is_list = lexer_.sees(",");
      const std::size_t blank = now_.text.find(' ');
      if (!now_.interpolates || blank != std::string_view::npos) {
        command(now_.text, !is_list);
      }
      return;
    }
    token();
  }

  /// Up to the end of the statement or the parenthesis: modes, layers, paths, commands; a scalar as
  /// a file.
  void open() {
    int depth = 0;
    bool pipes = false, backslash = false;
    for (int i = 0; i < 40 && advance(); ++i) {
      if (is_sign("(")) {
        ++depth;
      } else if (is_sign(")") && --depth <= 0) {
        return;
      }
      if (is_sign(";") || is_sign("{") || is_sign("}") || is_word("or") || is_sign("||")) {
        token();
        return;
      }
      if (backslash &&
          (now_.kind == Kind::variable || now_.kind == Kind::string || is_word("my"))) {
        add(PerlTopic::module, "PerlIO::scalar"); // perlfunc(1), open: in-memory files
      }
      backslash = is_sign("\\");
      if (now_.kind == Kind::string) {
        std::string_view text = now_.text;
        const bool is_mode = text == "-|" || text == "|-" || text.starts_with("-|:");
        const bool is_command = !is_mode && (pipes || text.ends_with('|'));
        pipes = is_mode;
        if (is_command) {
          command(text.ends_with('|') ? text.substr(0, text.size() - 1) : text, !lexer_.sees(","));
        } else if (text.starts_with('|') && !is_mode) {
          command(text.substr(1), true);
        } else if (!now_.interpolates) {
          text.remove_prefix(std::min(text.find_first_not_of("< +"), text.size()));
          if (text.starts_with('/')) {
            add(PerlTopic::path, text);
          }
        }
      }
      if (!is_sign("(") && !is_sign(")")) {
        token();
      }
    }
  }

  void encoding() {
    if (!lexer_.sees("(") && !lexer_.sees("\"") && !lexer_.sees("'")) {
      return;
    }
    if (advance() && is_sign("(") && !advance()) {
      return;
    }
    if (now_.kind == Kind::string && !now_.interpolates) {
      add(PerlTopic::encoding, now_.text);
      return;
    }
    token();
  }

  Lexer lexer_;
  NameTable& names_;
  PerlSource source_;
  Token now_;
  std::vector<Block> blocks_;
  std::vector<std::uint32_t> marks_; ///< Of the units; 0: none yet.
  std::string sub_;                  ///< Declared; its block follows.
  bool is_sub_ = false;
  bool starts_ = true; ///< A statement starts here.
  bool exports_ = false;
  bool next_is_dead_ = false;
  std::size_t too_deep_ = 0;
  std::size_t nesting_ = 0;         ///< Of words that read on: `open(open(`.
  std::size_t statement_needs_ = 0; ///< How many there were when the statement began.
};

} // namespace

PerlSource read_perl(std::string_view text, NameTable& names) {
  return Reader(text, names).read();
}

} // namespace pare
