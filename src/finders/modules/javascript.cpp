// No tree is built: what is asked for stands in calls of well-known names, and their arguments are
// texts, or sums and joins of texts and of the source's own folder. The one hard question of the
// tokens is whether a slash begins a regular expression: the token before it decides, which is
// right but for code that nobody writes.

#include "finders/modules/javascript.hpp"

#include "finders/modules/lookup.hpp"
#include "finders/modules/shell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t most_levels = 100;
constexpr std::size_t most_alternatives = 8;
constexpr std::size_t longest_text = 4096; ///< Of a name that is followed.
const std::string unknown(1, '\0');

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
struct Token {
  enum class Kind : std::uint8_t { name, text, pattern, number, regex, mark };
  Kind kind = Kind::mark;
  std::uint32_t offset = 0; ///< In the source; of a text behind its quote.
  std::uint32_t size = 0;
  std::uint32_t other = 0; ///< Of a template: its place in Tokens::patterns. Of a mark that opens a
                           ///< group: the place of the one that closes it, or the stream's end.
};
using Stream = std::vector<Token>;

/// A piece of a template literal: its text, or the stream of an expression.
struct Piece {
  std::uint32_t offset = 0, size = 0;
  std::int32_t stream = -1;
};

struct Tokens {
  std::vector<Stream>
      streams; ///< The source's own last; those of expressions in templates before it.
  std::vector<std::vector<Piece>> patterns;
};

class Scanner {
public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Tokens scan() {
    if (text_.starts_with("#!")) {
      skip_line();
    }
    while (!at_end()) {
      Stream stream;
      tokens(stream);
      tokens_.streams.push_back(std::move(stream));
      ++pos_; // a brace that nothing opened
    }
    return std::move(tokens_);
  }

private:
  bool at_end() const { return pos_ >= text_.size(); }
  char at(std::size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0';
  }
  void skip_line() { pos_ = std::min(text_.find('\n', pos_), text_.size()); }

  void add(Stream& stream, Token::Kind kind, std::size_t offset, std::size_t size) {
    stream.push_back(
        {kind, static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(size), 0});
  }

  /// Up to the end, or to a `}` that closes what opened the stream.
  void tokens(Stream& stream) {
    std::size_t braces = 0;
    struct Group {
      std::size_t place;
      bool
          is_head; ///< The parenthesis of `if (…)` and its kin: a regular expression may follow it.
    };
    std::vector<Group> groups;
    const auto end_stream = [&] {
      for (const Group& group : groups) {
        stream[group.place].other = static_cast<std::uint32_t>(stream.size());
      }
    };
    bool regex_may_follow = true;
    while (!at_end()) {
      const char c = at();
      const std::size_t start = pos_;
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
        ++pos_;
        continue;
      }
      if (c == '/' && at(1) == '/') {
        skip_line();
        continue;
      }
      if (c == '/' && at(1) == '*') {
        pos_ = text_.find("*/", pos_ + 2);
        pos_ = pos_ == std::string_view::npos ? text_.size() : pos_ + 2;
        continue;
      }
      if (is_letter(c)) {
        while (is_letter(at()) || is_digit(at())) {
          ++pos_;
        }
        add(stream, Token::Kind::name, start, pos_ - start);
        regex_may_follow = is_one_of(
            " return typeof instanceof in of new delete void throw case do else await yield ",
            text_.substr(start, std::min<std::size_t>(pos_ - start, 12)));
        continue;
      }
      if (is_digit(c)) {
        while (is_letter(at()) || is_digit(at()) || at() == '.') {
          ++pos_;
        }
        add(stream, Token::Kind::number, start, pos_ - start);
        regex_may_follow = false;
        continue;
      }
      if (c == '"' || c == '\'') {
        string(stream, c);
        regex_may_follow = false;
        continue;
      }
      if (c == '`') {
        pattern(stream);
        regex_may_follow = false;
        continue;
      }
      if (c == '/' && regex_may_follow) {
        regex(stream);
        regex_may_follow = false;
        continue;
      }
      if (c == '}' && braces == 0) {
        break;
      }
      braces += c == '{' ? 1 : 0;
      braces -= c == '}' ? 1 : 0;
      regex_may_follow = c != ']' && c != ')';
      if (c == '(' || c == '[' || c == '{') {
        const bool is_head =
            c == '(' && !stream.empty() && stream.back().kind == Token::Kind::name &&
            is_one_of(
                " if while for with ",
                text_.substr(stream.back().offset, std::min<std::uint32_t>(stream.back().size, 6)));
        groups.push_back({stream.size(), is_head});
      } else if ((c == ')' || c == ']' || c == '}') && !groups.empty()) {
        stream[groups.back().place].other = static_cast<std::uint32_t>(stream.size());
        regex_may_follow = c == '}' || (c == ')' && groups.back().is_head);
        groups.pop_back();
      }
      pos_ += operator_size();
      if (pos_ - start == 2 && (c == '+' || c == '-') && text_[start + 1] == c) {
        regex_may_follow = false; // x++ / y
      }
      add(stream, Token::Kind::mark, start, pos_ - start);
    }
    end_stream();
  }

  /// Only those operators need to be one token whose parts mean something else here.
  std::size_t operator_size() const {
    const char c = at(), next = at(1);
    switch (c) {
    case '.':
      return next == '.' && at(2) == '.' ? 3 : 1;
    case '=':
    case '!':
      return next != '=' ? (c == '=' && next == '>' ? 2 : 1) : at(2) == '=' ? 3 : 2;
    case '|':
    case '&':
    case '-':
      return next == c ? 2 : 1;
    case '+':
      return next == '+' || next == '=' ? 2 : 1;
    case '?':
      return next == '?' || (next == '.' && !is_digit(at(2))) ? 2 : 1;
    default:
      return 1;
    }
  }

  void string(Stream& stream, char quote) {
    const std::size_t start = ++pos_;
    while (!at_end() && at() != quote && at() != '\n') {
      pos_ += at() == '\\' ? 2 : 1;
    }
    const std::size_t end = std::min(pos_, text_.size());
    add(stream, Token::Kind::text, start, end - start);
    pos_ = end + (at() == quote ? 1 : 0);
  }

  void regex(Stream& stream) {
    const std::size_t start = pos_++;
    bool in_class = false;
    while (!at_end() && at() != '\n' && (in_class || at() != '/')) {
      if (at() == '\\') {
        ++pos_;
      } else if (at() == '[') {
        in_class = true;
      } else if (at() == ']') {
        in_class = false;
      }
      ++pos_;
    }
    if (at() != '/') { // it was none
      pos_ = start + 1;
      add(stream, Token::Kind::mark, start, 1);
      return;
    }
    ++pos_;
    while (is_letter(at())) {
      ++pos_;
    }
    add(stream, Token::Kind::regex, start, pos_ - start);
  }

  void pattern(Stream& stream) {
    const std::size_t whole = pos_;
    std::vector<Piece> pieces;
    std::size_t start = ++pos_;
    const auto end_piece = [&] {
      if (pos_ > start) {
        pieces.push_back({static_cast<std::uint32_t>(start),
                          static_cast<std::uint32_t>(std::min(pos_, text_.size()) - start),
                          -1});
      }
    };
    while (!at_end() && at() != '`') {
      if (at() == '\\') {
        pos_ += 2;
      } else if (at() == '$' && at(1) == '{') {
        end_piece();
        pos_ += 2;
        if (depth_ == most_levels) {
          pos_ = text_.size();
          return;
        }
        ++depth_;
        Stream inner;
        tokens(inner);
        --depth_;
        ++pos_; // the brace
        pieces.push_back({0, 0, static_cast<std::int32_t>(tokens_.streams.size())});
        tokens_.streams.push_back(std::move(inner));
        start = pos_;
      } else {
        ++pos_;
      }
    }
    end_piece();
    ++pos_;
    stream.push_back({Token::Kind::pattern,
                      static_cast<std::uint32_t>(whole),
                      0,
                      static_cast<std::uint32_t>(tokens_.patterns.size())});
    tokens_.patterns.push_back(std::move(pieces));
  }

  std::string_view text_;
  std::size_t pos_ = 0;
  std::size_t depth_ = 0;
  Tokens tokens_;
};

class Reader {
public:
  Reader(std::string_view text, const JsPlace& place) : text_(text), place_(place) {}

  JsNeeds read() {
    tokens_ = Scanner(text_).scan();
    if (text_.find("child_process") != std::string_view::npos) {
      runs_programs_ = true;
    }
    // Constants come first: templates, whose expressions are streams of their own, use those of the
    // source.
    for (auto stream = tokens_.streams.rbegin(); stream != tokens_.streams.rend(); ++stream) {
      constants(*stream);
    }
    for (auto stream = tokens_.streams.rbegin(); stream != tokens_.streams.rend(); ++stream) {
      calls(*stream);
    }
    return std::move(needs_);
  }

private:
  using Texts = std::vector<std::string>;

  std::string_view text_of(const Token& token) const {
    return text_.substr(token.offset, token.size);
  }

  bool is(const Stream& stream, std::size_t i, std::string_view what) const {
    return i < stream.size() && stream[i].size == what.size() &&
           text_[stream[i].offset] == what[0] &&
           (stream[i].kind == Token::Kind::mark || stream[i].kind == Token::Kind::name) &&
           text_of(stream[i]) == what;
  }
  bool is_name(const Stream& stream, std::size_t i) const {
    return i < stream.size() && stream[i].kind == Token::Kind::name;
  }
  bool is_text(const Stream& stream, std::size_t i) const {
    return i < stream.size() && stream[i].kind == Token::Kind::text;
  }

  /// Escapes undone, those of characters beyond ASCII left as unknown.
  static std::string cooked(std::string_view raw) {
    std::string text;
    for (std::size_t i = 0; i < raw.size() && text.size() <= longest_text; ++i) {
      if (raw[i] != '\\' || i + 1 == raw.size()) {
        text += raw[i];
        continue;
      }
      const char c = raw[++i];
      switch (c) {
      case 'n':
        text += '\n';
        break;
      case 't':
        text += '\t';
        break;
      case 'u':
      case 'x':
        text += '\0';
        break;
      case '\n':
        break;
      default:
        text += c;
      }
    }
    return text;
  }

  // ---------------------------------------------------------------- expressions

  /// Past a group that opens at `i`, or past one token.
  std::size_t past_group(const Stream& stream, std::size_t i) const {
    const bool opens =
        i < stream.size() && stream[i].kind == Token::Kind::mark && stream[i].other != 0;
    return opens ? stream[i].other + 1 : i + 1;
  }

  void merge(Texts& into, Texts more) const {
    for (std::string& text : more) {
      if (into.size() < most_alternatives && std::ranges::find(into, text) == into.end()) {
        into.push_back(std::move(text));
      }
    }
  }

  /// All that the expression at `i` may be; `i` is left at the token that ends it.
  Texts expression(const Stream& stream, std::size_t& i, std::size_t depth) {
    if (depth > 32) {
      i = stream.size();
      return {unknown};
    }
    Texts result = sum(stream, i, depth);
    while (i < stream.size()) {
      if (is(stream, i, "?")) {
        ++i;
        Texts both = expression(stream, i, depth + 1);
        if (is(stream, i, ":")) {
          ++i;
          merge(both, expression(stream, i, depth + 1));
        }
        return both;
      }
      if (is(stream, i, "||") || is(stream, i, "??") || is(stream, i, "&&")) {
        ++i;
        Texts both;
        std::erase(result, unknown);
        merge(both, std::move(result));
        merge(both, expression(stream, i, depth + 1));
        return both;
      }
      if (!is_operator(stream, i)) {
        break;
      }
      ++i;
      sum(stream, i, depth);
      result = {unknown};
    }
    return result;
  }

  /// One that yields no text. A line that ends without a semicolon is followed by something else.
  bool is_operator(const Stream& stream, std::size_t i) const {
    if (stream[i].kind == Token::Kind::name) {
      return is_one_of(" instanceof in ", text_of(stream[i]).substr(0, 12));
    }
    return stream[i].kind == Token::Kind::mark &&
           is_one_of(" = == === != !== < > * / % - | & ^ => += ", text_of(stream[i]));
  }

  Texts sum(const Stream& stream, std::size_t& i, std::size_t depth) {
    Texts all = primary(stream, i, depth);
    while (is(stream, i, "+")) {
      ++i;
      all = joined(all, primary(stream, i, depth));
    }
    return all;
  }

  static Texts joined(const Texts& before, const Texts& after) {
    Texts all;
    for (const std::string& a : before) {
      for (const std::string& b : after) {
        if (all.size() < most_alternatives) {
          all.push_back(a.size() + b.size() <= longest_text ? a + b : unknown);
        }
      }
    }
    return all;
  }

  Texts primary(const Stream& stream, std::size_t& i, std::size_t depth) {
    if (i >= stream.size()) {
      return {unknown};
    }
    const Token& token = stream[i];
    Texts value = {unknown};
    switch (token.kind) {
    case Token::Kind::text:
      value = {cooked(text_of(token))};
      ++i;
      break;
    case Token::Kind::pattern:
      value = template_text(token, depth);
      ++i;
      break;
    case Token::Kind::number:
      value = {std::string(text_of(token))};
      ++i;
      break;
    case Token::Kind::name:
      value = named(stream, i, depth);
      break;
    default:
      if (is(stream, i, "(")) {
        ++i;
        value = expression(stream, i, depth + 1);
        while (is(stream, i, ",")) {
          ++i;
          value = expression(stream, i, depth + 1);
        }
        i += is(stream, i, ")") ? 1 : 0;
      } else if (is(stream, i, "!") || is(stream, i, "-") || is(stream, i, "...") ||
                 is(stream, i, "~")) {
        ++i;
        if (depth < 32) {
          primary(stream, i, depth + 1);
        }
      } else {
        i = past_group(stream, i);
      }
    }
    // What is done with it: the text of a URL stays, anything else is not followed.
    while (i < stream.size()) {
      if (is(stream, i, ".") || is(stream, i, "?.")) {
        const std::string_view member =
            is_name(stream, i + 1) ? text_of(stream[i + 1]) : std::string_view();
        if (!is_one_of(" href pathname default toString ", member)) {
          value = {unknown};
        }
        i += 2;
      } else if (is(stream, i, "(") || is(stream, i, "[")) {
        const bool is_empty = is(stream, i, "(") && is(stream, i + 1, ")");
        value = is_empty ? value : Texts{unknown};
        i = past_group(stream, i);
      } else {
        break;
      }
    }
    return value;
  }

  Texts template_text(const Token& token, std::size_t depth) {
    Texts all = {""};
    for (const Piece& piece : tokens_.patterns[token.other]) {
      if (piece.stream < 0) {
        all = joined(all, {cooked(text_.substr(piece.offset, piece.size))});
      } else {
        const Stream& inner = tokens_.streams[static_cast<std::size_t>(piece.stream)];
        std::size_t i = 0;
        all = joined(all, expression(inner, i, depth + 1));
      }
    }
    return all;
  }

  /// The arguments of a call whose parenthesis is at `i`; `i` is left behind it.
  std::vector<Texts> arguments(const Stream& stream, std::size_t& i, std::size_t depth) {
    std::vector<Texts> all;
    ++i;
    while (i < stream.size() && !is(stream, i, ")") && all.size() < 16) {
      const std::size_t start = i;
      all.push_back(expression(stream, i, depth + 1));
      if (is(stream, i, ",") || i == start) {
        ++i;
      } else if (!is(stream, i, ")")) {
        break;
      }
    }
    i += is(stream, i, ")") ? 1 : 0;
    return all;
  }

  /// A name and what is chained to it: a constant, something of the process, a call that yields a
  /// path.
  Texts named(const Stream& stream, std::size_t& i, std::size_t depth) {
    std::string_view first = text_of(stream[i]);
    if (depth > 32) {
      ++i;
      return {unknown};
    }
    if (first == "await" || first == "typeof" || first == "void") {
      ++i;
      Texts value = primary(stream, i, depth + 1);
      return first == "await" ? value : Texts{unknown};
    }
    if (first == "function" || first == "class") {
      for (std::size_t k = 0; k < 20 && i < stream.size() && !is(stream, i, "{"); ++k) {
        i = past_group(stream, i);
      }
      i = past_group(stream, i);
      return {unknown};
    }
    const bool is_new = first == "new";
    if (is_new) {
      ++i;
      if (!is_name(stream, i)) {
        return {unknown};
      }
      first = text_of(stream[i]);
    }
    std::string chain(first);
    std::string_view last = first;
    ++i;
    if (chain == "require" && is(stream, i, "(") && is_text(stream, i + 1) &&
        is(stream, i + 2, ")")) {
      chain = cooked(text_of(stream[i + 1])); // require('path').join(…)
      last = {};
      i += 3;
    }
    while ((is(stream, i, ".") || is(stream, i, "?.")) && is_name(stream, i + 1) &&
           chain.size() < 200) {
      last = text_of(stream[i + 1]);
      if (is_one_of(" href pathname toString ", last)) {
        break;
      }
      chain += "." + std::string(last);
      i += 2;
    }
    if (is(stream, i, "(")) {
      return called(stream, i, chain, last, is_new, depth);
    }
    if (chain == "__dirname" || chain == "import.meta.dirname") {
      return {std::string(folder_of(place_.path))};
    }
    if (chain == "__filename" || chain == "import.meta.filename" || chain == "import.meta.url") {
      return {place_.path};
    }
    if (chain == "process.platform") {
      return {"linux"};
    }
    if (chain == "process.arch" && !place_.arch.empty()) {
      return {place_.arch};
    }
    if (chain.starts_with("process.env.") && place_.environment != nullptr) {
      const auto found = place_.environment->find(chain.substr(12));
      return {found == place_.environment->end() ? unknown : found->second};
    }
    if (const auto found = constants_.find(chain); found != constants_.end()) {
      return found->second;
    }
    return {unknown};
  }

  Texts called(const Stream& stream,
               std::size_t& i,
               const std::string& chain,
               std::string_view last,
               bool is_new,
               std::size_t depth) {
    const bool is_url = is_new && last == "URL";
    if (!is_url && (is_new || !is_one_of(" join resolve normalize dirname basename fileURLToPath "
                                         "pathToFileURL cwd arch platform ",
                                         last))) {
      i = past_group(stream, i);
      return {unknown};
    }
    const std::vector<Texts> all = arguments(stream, i, depth);
    if (chain == "process.cwd" || last == "cwd") {
      return {place_.working_folder};
    }
    if (last == "platform") {
      return {"linux"};
    }
    if (last == "arch") {
      return {place_.arch.empty() ? unknown : place_.arch};
    }
    if (all.empty()) {
      return {unknown};
    }
    Texts result;
    if (is_url) {
      // Only what is relative to this source is a file; a lone address is something of the net.
      if (all.size() < 2 || all[1] != Texts{place_.path}) {
        return {unknown};
      }
      for (const std::string& name : all[0]) {
        result.push_back(joined_names(folder_of(place_.path), name));
      }
      return result;
    }
    result = all[0];
    if (last == "dirname") {
      for (std::string& text : result) {
        text = text.starts_with('/') ? std::string(folder_of(text)) : unknown;
      }
    } else if (last == "basename") {
      for (std::string& text : result) {
        text = base_of(text);
      }
    } else if (last == "join" || last == "resolve") {
      for (std::size_t k = 1; k < all.size(); ++k) {
        Texts longer;
        for (const std::string& folder : result) {
          for (const std::string& name : all[k]) {
            if (longer.size() < most_alternatives) {
              longer.push_back(last == "resolve" && name.starts_with('/') ? name
                                                                          : folder + "/" + name);
            }
          }
        }
        result = std::move(longer);
      }
      for (std::string& text : result) {
        text = text.starts_with('/') ? joined_names("/", text)
               : last == "resolve" && chain != "resolve" && !text.starts_with('\0')
                   ? joined_names(place_.working_folder, text)
                   : text;
      }
    }
    return result;
  }

  /// As joined_path(), for texts with parts that are not known.
  static std::string joined_names(std::string_view folder, std::string_view name) {
    if (name.size() > longest_text) {
      return unknown;
    }
    const bool is_folder = name.ends_with('/');
    std::string joined = joined_path(folder, name.starts_with('/') ? name.substr(1) : name);
    if (name.starts_with('/')) {
      joined = joined_path("/", name);
    }
    return is_folder && name.find('\0') != std::string_view::npos ? joined + "/" : joined;
  }

  // ---------------------------------------------------------------- the source

  /// `const NAME = TEXT`; also names that require() or child_process go by.
  void constants(const Stream& stream) {
    for (std::size_t i = 1; i + 1 < stream.size(); ++i) {
      if (!is(stream, i, "=") || !is_name(stream, i - 1)) {
        continue;
      }
      const std::string_view name = text_of(stream[i - 1]);
      if (is(stream, i - 2, ".") && i >= 2) {
        continue;
      }
      if (is_name(stream, i + 1)) {
        const std::string_view from = text_of(stream[i + 1]);
        if ((from == "createRequire" && is(stream, i + 2, "(")) ||
            (is(stream, i + 3, "createRequire") && is(stream, i + 4, "(")) ||
            (from == "require" && !is(stream, i + 2, "(") && !is(stream, i + 2, "."))) {
          require_names_.emplace(name);
          continue;
        }
        if (from == "require" && is(stream, i + 2, "(") && is_text(stream, i + 3) &&
            is_one_of(" child_process node:child_process ", text_of(stream[i + 3]))) {
          child_names_.emplace(name);
          continue;
        }
        if (from == "function" || from == "class" || from == "async") {
          continue;
        }
      } else if (stream[i + 1].kind != Token::Kind::text &&
                 stream[i + 1].kind != Token::Kind::pattern && !is(stream, i + 1, "(")) {
        continue;
      }
      std::size_t at = i + 1;
      Texts value = expression(stream, at, 0);
      std::erase_if(value, [](const std::string& text) {
        return text == unknown || text.size() > longest_text;
      });
      if (!value.empty() && constants_.size() < 10'000) {
        merge(constants_[std::string(name)], std::move(value));
      }
    }
  }

  void calls(const Stream& stream) {
    for (std::size_t i = 0; i < stream.size(); ++i) {
      if (stream[i].kind != Token::Kind::name) {
        continue;
      }
      const std::string_view name = text_of(stream[i]);
      if (name.size() > 40) {
        continue;
      }
      const bool is_member = i > 0 && (is(stream, i - 1, ".") || is(stream, i - 1, "?."));
      if (name == "import" && !is_member) {
        import(stream, i);
      } else if (name == "export" && !is_member) {
        export_from(stream, i);
      } else if (is(stream, i + 1, "(")) {
        call(stream, i, name, is_member);
      } else if ((name == "require" || require_names_.contains(name)) && is(stream, i + 1, ".") &&
                 is(stream, i + 2, "resolve") && is(stream, i + 3, "(")) {
        note(needs_.requires_, stream, i + 3, "require.resolve");
      }
    }
  }

  /// The first argument of the call at `open`, into a list.
  void
  note(std::vector<JsText>& list, const Stream& stream, std::size_t open, std::string_view how) {
    std::size_t i = open + 1;
    for (std::string& text : expression(stream, i, 0)) {
      if (!text.empty() && text != unknown && text.size() <= longest_text) {
        std::string shown_text = text;
        std::ranges::replace(shown_text, '\0', '*');
        list.push_back({std::move(text), fmt::format("{} '{}'", how, shown_text)});
      }
    }
  }

  /// Packages that look for the compiled addon of whoever calls them.
  static bool finds_addons(std::string_view package) {
    return is_one_of(
        " bindings node-gyp-build node-gyp-build-optional-packages @mapbox/node-pre-gyp"
        " node-pre-gyp pkg-prebuilds prebuildify ",
        package);
  }

  void import(const Stream& stream, std::size_t i) {
    if (is(stream, i + 1, "(")) {
      note(needs_.imports, stream, i + 1, "import");
      return;
    }
    if (is(stream, i + 1, ".")) {
      if (is(stream, i + 3, ".") && is(stream, i + 4, "resolve") && is(stream, i + 5, "(")) {
        note(needs_.imports, stream, i + 5, "import.meta.resolve");
      }
      return;
    }
    for (std::size_t k = i + 1; k < stream.size() && k < i + 2000; ++k) {
      if (is_text(stream, k) && (k == i + 1 || is(stream, k - 1, "from"))) {
        std::string text = cooked(text_of(stream[k]));
        if (is_one_of(" child_process node:child_process ", text)) {
          for (std::size_t n = i + 1; n + 1 < k; ++n) {
            if (is_name(stream, n) && !is(stream, n, "from") && !is(stream, n, "as")) {
              child_names_.emplace(text_of(stream[n]));
            }
          }
        }
        needs_.loads_addon = needs_.loads_addon || finds_addons(text);
        std::string detail = fmt::format("import '{}'", text);
        needs_.imports.push_back({std::move(text), std::move(detail)});
        return;
      }
      const bool fits = is_name(stream, k) || is_text(stream, k) || is(stream, k, ",") ||
                        is(stream, k, "{") || is(stream, k, "}") || is(stream, k, "*");
      if (!fits) {
        return;
      }
    }
  }

  void export_from(const Stream& stream, std::size_t i) {
    std::size_t k = i + 1;
    if (is(stream, k, "{")) {
      k = past_group(stream, k);
    } else if (is(stream, k, "*")) {
      k += is(stream, k + 1, "as") ? 3 : 1;
    } else {
      return;
    }
    if (is(stream, k, "from") && is_text(stream, k + 1)) {
      std::string text = cooked(text_of(stream[k + 1]));
      std::string detail = fmt::format("export from '{}'", text);
      needs_.imports.push_back({std::move(text), std::move(detail)});
    }
  }

  void call(const Stream& stream, std::size_t i, std::string_view name, bool is_member) {
    const std::size_t open = i + 1;
    const std::string_view object =
        is_member && i >= 2 && is_name(stream, i - 2) ? text_of(stream[i - 2]) : std::string_view();
    const bool is_definition = i > 0 && is(stream, i - 1, "function");
    if (is_definition) {
      return;
    }
    if (name == "require" || name == "__require" || name == "__non_webpack_require__" ||
        (!is_member && require_names_.contains(name))) {
      if (!is_member || object == "module") {
        note(needs_.requires_, stream, open, "require");
        if (is_text(stream, open + 1) && finds_addons(text_of(stream[open + 1]))) {
          needs_.loads_addon = true;
          if (is(stream, open + 2, ")") && is(stream, open + 3, "(") && is_text(stream, open + 4)) {
            needs_.addon = cooked(text_of(stream[open + 4]));
          }
        }
      }
      return;
    }
    if (name == "dlopen" && object == "process") {
      std::size_t at = open;
      const std::vector<Texts> all = arguments(stream, at, 0);
      if (all.size() > 1) {
        add_paths(needs_.files, all[1], "process.dlopen");
      }
      return;
    }
    if (name == "Worker" || name == "fork") {
      std::size_t at = open;
      const std::vector<Texts> all = arguments(stream, at, 0);
      if (!all.empty()) {
        add_paths(needs_.files, all[0], name);
      }
      return;
    }
    if (is_one_of(" readFileSync readFile createReadStream openSync existsSync accessSync access "
                  "statSync sendFile copyFileSync copyFile "
                  "loadFile readJsonSync readJSONSync ",
                  name)) {
      std::size_t at = open;
      const std::vector<Texts> all = arguments(stream, at, 0);
      if (!all.empty()) {
        add_paths(needs_.files, all[0], name);
      }
      return;
    }
    if (is_one_of(" readdirSync readdir opendir opendirSync static ", name) ||
        (name == "set" && is_text(stream, open + 1) && text_of(stream[open + 1]) == "views")) {
      std::size_t at = open;
      const std::vector<Texts> all = arguments(stream, at, 0);
      const std::size_t which = name == "set" ? 1 : 0;
      if (all.size() > which) {
        add_paths(needs_.folders, all[which], name);
      }
      return;
    }
    if (runs_programs_) {
      start(stream, open, name, object, is_member);
    }
  }

  void add_paths(std::vector<JsText>& list, const Texts& paths, std::string_view how) {
    for (const std::string& path : paths) {
      std::string place = path.starts_with("./") ? joined_names(place_.working_folder, path) : path;
      if (place.starts_with('/') && place.size() > 1 && place.size() <= longest_text) {
        std::string shown_text = place;
        std::ranges::replace(shown_text, '\0', '*');
        list.push_back({std::move(place), fmt::format("{} '{}'", how, shown_text)});
      }
    }
  }

  /// child_process: exec() takes a command line, and is also a method of regular expressions.
  void start(const Stream& stream,
             std::size_t open,
             std::string_view name,
             std::string_view object,
             bool is_member) {
    const bool takes_line = name == "exec" || name == "execSync";
    const bool takes_program =
        is_one_of(" spawn spawnSync execFile execFileSync execa execaSync ", name);
    if (!takes_line && !takes_program) {
      return;
    }
    const bool is_of_child =
        child_names_.contains(object) ||
        (is_member && object.empty() && open >= 4 && is(stream, open - 3, ")")) ||
        object.find("child") != std::string_view::npos;
    if (name == "exec" && is_member && !is_of_child) {
      return;
    }
    std::size_t at = open;
    const std::vector<Texts> all = arguments(stream, at, 0);
    if (all.empty()) {
      return;
    }
    for (const std::string& text : all[0]) {
      if (text == unknown || text.empty()) {
        continue;
      }
      if (takes_line) {
        needs_.programs.push_back({"sh", fmt::format("{} {}", name, "sh -c")});
        std::string line = text;
        std::ranges::replace(line, '\0', '$');
        for (std::string& program : commands_of(line)) {
          std::string detail = fmt::format("{} '{}'", name, program);
          needs_.programs.push_back({std::move(program), std::move(detail)});
        }
      } else if (text.find('\0') == std::string::npos && text.find(' ') == std::string::npos) {
        needs_.programs.push_back({text, fmt::format("{} '{}'", name, text)});
      }
    }
  }

  std::string_view text_;
  const JsPlace& place_;
  Tokens tokens_;
  JsNeeds needs_;
  bool runs_programs_ = false;
  std::map<std::string, Texts, std::less<>> constants_;
  std::set<std::string, std::less<>> require_names_, child_names_;
};

} // namespace

JsNeeds read_javascript(std::string_view text, const JsPlace& place) {
  return Reader(text, place).read();
}

} // namespace pare
