#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "finders/rule_book.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace pare {
namespace {

struct RulesArguments {
  std::vector<std::string> words;
  std::vector<std::string> folders;
  std::string output = "-";
};

RuleSet all_rules(const RulesArguments& arguments) {
  RuleSet rules;
  for (const std::string& folder : arguments.folders) {
    rules.add_folder(folder);
  }
  return rules;
}

/// One line a rule, those of a subject below its line.
std::string listed(const RuleSet& rules) {
  std::string text, subject;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const Rule rule = rules.get(i);
    if (rule.subject != subject) {
      subject = rule.subject;
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", subject);
    }
    text += fmt::format("  {}\n", rule.id);
  }
  return text;
}

std::string shown_rule(const RuleSet& rules, const std::string& id) {
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    if (rules.id(i) == id) {
      const Rule rule = rules.get(i);
      return fmt::format("# {}\n\n{}", rule.subject, rule.text);
    }
  }
  throw UsageError(fmt::format("{}: there is no rule of this id; pare rules list has them", id));
}

ExitCode run_rules(const RulesArguments& arguments) {
  const std::string& action = arguments.words.front();
  if (action == "list" && arguments.words.size() == 1) {
    write_result(arguments.output, listed(all_rules(arguments)));
  } else if (action == "show" && arguments.words.size() == 2) {
    write_result(arguments.output, shown_rule(all_rules(arguments), arguments.words[1]));
  } else if (action == "check" && arguments.words.size() == 2) {
    const std::vector<Rule> rules = read_rules(arguments.words[1]);
    RuleSet known = all_rules(arguments);
    known.add(rules, arguments.words[1]);
    write_result(
        arguments.output,
        fmt::format(
            "{}: {} rule{}\n", arguments.words[1], rules.size(), rules.size() == 1 ? "" : "s"));
  } else {
    throw UsageError(fmt::format("rules {}: expected list, show ID or check FILE",
                                 fmt::join(arguments.words, " ")));
  }
  return ExitCode::yes;
}

} // namespace

Run set_up_rules(OptionList& options) {
  const auto arguments = std::make_shared<RulesArguments>();
  options.positionals("list | show ID | check FILE",
                      arguments->words,
                      "All rules by subject; one rule as it is written, with where its knowledge "
                      "is from; whether a file of rules "
                      "is right");
  options.list(
      "--rules", arguments->folders, "DIR", "More rules, on top of the built-in ones (repeatable)");
  options.value(
      "-o,--output", arguments->output, "FILE", "Write to this file instead of standard output");
  return [arguments] { return run_rules(*arguments); };
}

} // namespace pare
