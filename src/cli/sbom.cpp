#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "outputs/cyclonedx.hpp"
#include "outputs/spdx.hpp"

#include <fmt/format.h>

#include <memory>

namespace pare {
namespace {

struct SbomArguments {
  ClosureArguments closure;
  std::string format = "spdx";
};

ExitCode run_sbom(const SbomArguments& arguments) {
  ClosureArguments closure = arguments.closure;
  closure.digests = true;
  closure.packages = true;
  const Computed computed = compute(closure, true);
  std::vector<Warning> warnings;
  const Bill bill = make_bill(computed.report, *computed.root, warnings);
  for (const Warning& warning : warnings) {
    if (!closure.quiet) {
      say(fmt::format("warning: {}: {}", warning.path, warning.message));
    }
  }
  // The same input gives the same bytes: no clock.
  const std::int64_t created = source_date_epoch().value_or(bill.newest);
  write_result(closure.output,
               arguments.format == "spdx"
                   ? to_spdx(bill, computed.report, *computed.root, created, PARE_VERSION)
                   : to_cyclonedx(bill, computed.report, created, PARE_VERSION));
  return computed.report.lacks_something() ? ExitCode::no : ExitCode::yes;
}

} // namespace

Run set_up_sbom(OptionList& options) {
  const auto arguments = std::make_shared<SbomArguments>();
  add_closure_options(options, arguments->closure, "Write to this file instead of standard output");
  options.choice("--format",
                 arguments->format,
                 "FORMAT",
                 "spdx (2.3 JSON, default), cyclonedx (1.6 JSON)",
                 {"spdx", "cyclonedx"});
  return [arguments] { return run_sbom(*arguments); };
}

} // namespace pare
