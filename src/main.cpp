#include "base/interrupt.hpp"
#include "base/output_file.hpp"
#include "cli/commands.hpp"
#include "cli/terminal.hpp"

#include <pare/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <malloc.h>
#include <new>
#include <span>
#include <string_view>

namespace {

struct Command {
  std::string_view name;
  const char* summary;
  pare::Run (*set_up)(pare::OptionList&);
  bool runs_another = false; ///< What follows `--` is a command line of its own.
};

constexpr std::array commands = {
    Command{
        "tree", "The closure of programs as a tree: what they need, and why", pare::set_up_tree},
    Command{"copy", "The closure as COPY lines of a Dockerfile", pare::set_up_copy},
    Command{"stage", "A ready runtime stage of a Dockerfile", pare::set_up_stage},
    Command{"rootfs", "Write the minimal root: a folder or a tar", pare::set_up_rootfs},
    Command{"why", "Every chain of reasons from a program to a file", pare::set_up_why},
    Command{"trace", "Run a command and record every file that it uses", pare::set_up_trace, true},
    Command{"verify",
            "Run a command inside the minimal root, and say what it misses",
            pare::set_up_verify,
            true},
    Command{"rules", "The rules: what is known of libraries and programs", pare::set_up_rules},
    Command{"sbom", "A bill of materials: what the minimal root holds", pare::set_up_sbom},
    Command{"check", "Hold a project to its size budget and its lock file", pare::set_up_check},
    Command{"diff", "What came, went and grew between two reports or images", pare::set_up_diff},
    Command{"image", "Write a runnable image", pare::set_up_image},
};

int run(int argc, char** argv) {
  const std::string_view called = argc > 1 ? argv[1] : "";
  const auto command = std::ranges::find(commands, called, &Command::name);
  if (!called.empty() && !called.starts_with('-') && command == commands.end()) {
    throw pare::UsageError(fmt::format("{}: no such command; pare --help lists them", called));
  }
  if (called.empty()) {
    throw pare::UsageError("a command is required; pare --help lists them");
  }
  CLI::App app("Everything that a program needs at run time, and nothing else.", "pare");
  app.set_version_flag("--version", "pare " PARE_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  pare::Run todo;
  int own = argc; // arguments of pare itself
  for (const Command& each : commands) {
    // Start-up is most of a short run's time: only the command that is called is set up.
    if (command == commands.end()) {
      app.add_subcommand(std::string(each.name), each.summary);
    } else if (&each == &*command) {
      if (each.runs_another) {
        own = static_cast<int>(std::find(argv, argv + argc, std::string_view("--")) - argv);
      }
      pare::OptionList options(*app.add_subcommand(std::string(each.name), each.summary),
                               std::span(argv + 2, argv + own),
                               std::span(argv + std::min(own + 1, argc), argv + argc));
      todo = each.set_up(options);
    }
  }
  try {
    app.parse(own, argv);
  } catch (const CLI::Success& success) { // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    throw pare::UsageError(error.what());
  }
  return static_cast<int>(todo());
}

} // namespace

int main(int argc, char** argv) {
  using enum pare::ExitCode;
#ifdef __GLIBC__
  // What is freed is used again, not given back at once: three brk(2) of 5 us in a short run. A
  // second arena would cost the thread that reads ahead five system calls; the two share one.
  mallopt(M_TRIM_THRESHOLD, 32 << 20);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_ARENA_MAX, 1);
#endif
  pare::catch_interrupts();
  pare::ExitCode code = yes;
  try {
    return run(argc, argv);
  } catch (const pare::ClosedPipe&) {
    return static_cast<int>(yes);
  } catch (const pare::Interrupted&) {
    return static_cast<int>(interrupted);
  } catch (const pare::UsageError& error) {
    pare::say(error.what());
    code = usage;
  } catch (const pare::OutputError& error) {
    pare::say(error.what());
    code = output;
  } catch (const pare::Error& error) {
    pare::say(error.what());
    code = input;
  } catch (const std::bad_alloc&) {
    pare::say("out of memory");
    code = input;
  }
  return static_cast<int>(code);
}
