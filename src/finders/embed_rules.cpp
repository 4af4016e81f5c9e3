// A program of the build: checks rules and writes them as C++ tables.  embed_rules OUTPUT FILE...

#include "finders/rule_book.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace pare {

// The program that makes it has none.
const RuleBook& embedded_rules() {
  static const RuleBook none;
  return none;
}

namespace {

std::string literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += fmt::format("\\{:03o}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"sv";
}

void write_triggers(std::ofstream& out, std::string_view name, std::span<const Trigger> triggers) {
  out << fmt::format("constexpr std::array<Trigger, {}> {} = {{{{\n", triggers.size(), name);
  for (const Trigger& trigger : triggers) {
    out << fmt::format("  {{ConditionKind({}), {}, {}, {}, {}, {}}},\n",
                       static_cast<int>(trigger.kind),
                       literal(trigger.key),
                       literal(trigger.pattern),
                       trigger.rule,
                       trigger.alternative,
                       trigger.condition);
  }
  out << "}};\n";
}

void write_texts(std::ofstream& out,
                 std::string_view name,
                 std::span<const std::string_view> texts) {
  out << fmt::format("constexpr std::array<std::string_view, {}> {} = {{{{\n", texts.size(), name);
  for (const std::string_view text : texts) {
    out << "  " << literal(text) << ",\n";
  }
  out << "}};\n";
}

int run(std::span<char* const> arguments) {
  std::vector<Rule> rules;
  for (const char* file : arguments.subspan(2)) {
    for (Rule& rule : read_rules(file)) {
      rules.push_back(std::move(rule));
    }
  }
  RuleSet().add(rules, "rules"); // do they fit together?
  const OwnedRules owned(rules);
  std::ofstream out(arguments[1]);
  out << "#include \"finders/rule_book.hpp\"\n\n#include <array>\n\nnamespace pare {\nnamespace "
         "{\n\n"
         "using namespace std::string_view_literals;\n\n";
  write_triggers(out, "exact", owned.book().exact);
  write_triggers(out, "patterns", owned.book().patterns);
  write_texts(out, "packed", owned.book().rules);
  write_texts(out, "ids", owned.book().ids);
  out << "\n} // namespace\n\nconst RuleBook& embedded_rules() {\n"
         "  static constexpr RuleBook book = {exact, patterns, packed, ids};\n  return "
         "book;\n}\n\n} // namespace pare\n";
  out.close();
  return out ? 0 : 1;
}

} // namespace
} // namespace pare

int main(int argc, char** argv) {
  if (argc < 3) {
    return 2;
  }
  try {
    return pare::run(std::span(argv, static_cast<std::size_t>(argc)));
  } catch (const std::exception& error) {
    std::fputs((std::string(error.what()) + "\n").c_str(), stderr);
    return 1;
  }
}
