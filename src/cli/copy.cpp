#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "outputs/copy_list.hpp"
#include "outputs/paths.hpp"

namespace pare {
namespace {

struct CopyArguments {
  ClosureArguments closure;
  std::string from = "build";
  std::string format = "dockerfile";
};

ExitCode run_copy(const CopyArguments& arguments) {
  const Computed computed = compute(arguments.closure, true);
  const Report& report = computed.report;
  if (arguments.format != "dockerfile") {
    write_result(arguments.closure.output, path_list(report, arguments.format == "paths0" ? '\0' : '\n'));
    return report.lacks_something() ? ExitCode::no : ExitCode::yes;
  }
  const CopyPlan plan = plan_copies(report, *computed.root);
  write_result(arguments.closure.output, copy_lines(report, plan.items, {.from = arguments.from}));
  if (!arguments.closure.quiet && !plan.cannot.empty()) {
    say(fmt::format("COPY cannot carry {}; `pare stage --style root` can", fmt::join(plan.cannot, ", ")));
  }
  return report.lacks_something() ? ExitCode::no : ExitCode::yes;
}

} // namespace

Run set_up_copy(CLI::App& app) {
  const auto arguments = std::make_shared<CopyArguments>();
  add_closure_options(app, arguments->closure, "Write to this file instead of standard output");
  app.add_option("--from", arguments->from, "The stage that is copied from; . if the build context is the root")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--format", arguments->format, "dockerfile (COPY lines), paths (files, links, folders) or paths0 (with NUL)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"dockerfile", "paths", "paths0"}))
      ->capture_default_str();
  return [arguments] { return run_copy(*arguments); };
}

} // namespace pare
