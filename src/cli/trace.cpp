#include "base/names.hpp"
#include "cli/commands.hpp"
#include "cli/run_options.hpp"
#include "cli/terminal.hpp"
#include "root/directory.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <memory>

namespace pare {
namespace {

constexpr int own_failure = 125; ///< As env(1) has it.

struct TraceArguments {
  RunArguments run;
  std::string root = "/";
  std::string output;
  std::optional<unsigned> process;
  bool quiet = false;
};

ExitCode run_trace(const TraceArguments& arguments) {
  if (arguments.run.command.empty() != arguments.process.has_value()) {
    throw UsageError("trace: expected -- CMD ARG..., or --pid N of what runs already");
  }
  if (arguments.process && (!arguments.run.ready.empty() || !arguments.run.probes.empty() ||
                            !arguments.run.commands.empty())) {
    throw UsageError("--pid: what runs already is not driven: no --ready, --probe or --exec");
  }
  RecordOptions options = record_options(arguments.run, *open_directory(arguments.root));
  // Only another root needs a sandbox: in it, what is set-user-ID or wants a device would not work.
  const SandboxOptions sandbox{.folder = arguments.root,
                               .binds = binds_of(arguments.run),
                               .working_folder = arguments.run.working_folder,
                               .identity = options.identity,
                               .has_network = true,
                               .has_own_tmp = false};
  const bool is_inside = arguments.root != "/" || !sandbox.binds.empty();
  if (arguments.process && is_inside) {
    throw UsageError("--pid: what runs already has its root: no --root or --bind");
  }
  if (arguments.process) {
    options.join = static_cast<pid_t>(*arguments.process);
  }
  RecordEnd end;
  try {
    FactWriter facts(arguments.output);
    const auto run = [&] { return record(options, facts); };
    end = is_inside ? run_in_sandbox(sandbox, run) : run();
  } catch (const Error& error) {
    end = {.code = own_failure, .failure = error.what()};
  }
  if (!arguments.quiet) {
    for (const std::string& note : end.notes) {
      say("warning: " + note);
    }
  }
  if (!end.failure.empty()) {
    say(end.failure);
  }
  return static_cast<ExitCode>(end.code);
}

} // namespace

Run set_up_trace(OptionList& options) {
  const auto arguments = std::make_shared<TraceArguments>();
  options.value("-o,--output",
                arguments->output,
                "FILE",
                "The recording: JSON lines, for --trace of the other commands",
                true);
  options.value("--root",
                arguments->root,
                "DIR",
                "Run it in this folder as /; what it writes there is thrown away");
  options.value("--pid", arguments->process, "N", "Join this process and its children instead");
  add_run_options(options, arguments->run, true);
  options.flag("-q,--quiet", arguments->quiet, "No warnings");
  options.command(arguments->run.command);
  return [arguments] { return run_trace(*arguments); };
}

} // namespace pare
