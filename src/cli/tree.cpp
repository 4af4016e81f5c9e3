#include "outputs/tree.hpp"

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "outputs/paths.hpp"
#include "report/json.hpp"

#include <memory>
#include <unistd.h>

namespace pare {
namespace {

struct TreeArguments {
  ClosureArguments closure;
  std::string format = "text";
  bool json = false;
  bool only_missing = false;
  std::optional<unsigned> depth;
};

ExitCode run_tree(const TreeArguments& arguments) {
  const std::string format = arguments.json ? "json" : arguments.format;
  const Computed computed = compute(arguments.closure, format != "text");
  const Report& report = computed.report;
  std::string text;
  if (format == "json") {
    text = to_json(report);
  } else if (format == "paths") {
    text = path_list(report, '\n');
  } else if (format == "dot") {
    text = tree_dot(report);
  } else if (format == "mermaid") {
    text = tree_mermaid(report);
  } else {
    const bool to_terminal = arguments.closure.output == "-";
    text = tree_text(
        report,
        {.colour = to_terminal && wants_colour(arguments.closure.colour_choice(), STDOUT_FILENO),
         .verbose = arguments.closure.verbose,
         .only_missing = arguments.only_missing,
         .depth = arguments.depth});
  }
  write_result(arguments.closure.output, text);
  return report.lacks_something() ? ExitCode::no : ExitCode::yes;
}

} // namespace

Run set_up_tree(OptionList& options) {
  const auto arguments = std::make_shared<TreeArguments>();
  add_closure_options(options, arguments->closure, "Write to this file instead of standard output");
  options.choice("--format",
                 arguments->format,
                 "FORMAT",
                 "text (default), json (the report), paths, dot (graphviz), mermaid",
                 {"text", "json", "paths", "dot", "mermaid"});
  options.flag("--json", arguments->json, "The same as --format json");
  options.value("--depth", arguments->depth, "N", "Levels below the programs");
  options.flag(
      "--missing", arguments->only_missing, "Only the branches that lead to something missing");
  return [arguments] { return run_tree(*arguments); };
}

} // namespace pare
