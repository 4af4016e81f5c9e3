#include "outputs/tree.hpp"

#include <memory>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "outputs/paths.hpp"
#include "report/json.hpp"

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
    text = tree_text(report, {.colour = to_terminal && wants_colour(arguments.closure.colour_choice(), STDOUT_FILENO),
                              .verbose = arguments.closure.verbose,
                              .only_missing = arguments.only_missing,
                              .depth = arguments.depth});
  }
  write_result(arguments.closure.output, text);
  return report.lacks_something() ? ExitCode::no : ExitCode::yes;
}

} // namespace

Run set_up_tree(CLI::App& app) {
  const auto arguments = std::make_shared<TreeArguments>();
  add_closure_options(app, arguments->closure, "Write to this file instead of standard output");
  app.add_option("--format", arguments->format, "text, json (the report), paths, dot (graphviz) or mermaid")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "paths", "dot", "mermaid"}))
      ->capture_default_str();
  app.add_flag("--json", arguments->json, "The same as --format json");
  app.add_option("--depth", arguments->depth, "Levels below the programs")->type_name("N");
  app.add_flag("--missing", arguments->only_missing, "Only the branches that lead to something missing");
  return [arguments] { return run_tree(*arguments); };
}

} // namespace pare
