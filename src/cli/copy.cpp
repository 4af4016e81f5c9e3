#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "outputs/copy_list.hpp"
#include "outputs/paths.hpp"
#include "reviews/windows_base.hpp"

#include <fmt/format.h>

#include <memory>

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
    write_result(arguments.closure.output,
                 path_list(report, arguments.format == "paths0" ? '\0' : '\n'));
    return report.lacks_something() ? ExitCode::no : ExitCode::yes;
  }
  const CopyPlan plan = plan_copies(report, *computed.root);
  write_result(
      arguments.closure.output,
      copy_lines(report,
                 plan.items,
                 {.from = arguments.from, .break_lines = !is_for_windows(report, *computed.root)}));
  if (!arguments.closure.quiet && !plan.cannot.empty()) {
    say(fmt::format("COPY cannot carry {}; `pare stage --style root` can",
                    fmt::join(plan.cannot, ", ")));
  }
  return report.lacks_something() ? ExitCode::no : ExitCode::yes;
}

} // namespace

Run set_up_copy(OptionList& options) {
  const auto arguments = std::make_shared<CopyArguments>();
  add_closure_options(options, arguments->closure, "Write to this file instead of standard output");
  options.value(
      "--from",
      arguments->from,
      "NAME",
      "The stage that is copied from (default: build); . if the build context is the root");
  options.choice(
      "--format",
      arguments->format,
      "FORMAT",
      "dockerfile (COPY lines, default), paths (files, links, folders), paths0 (with NUL)",
      {"dockerfile", "paths", "paths0"});
  return [arguments] { return run_copy(*arguments); };
}

} // namespace pare
