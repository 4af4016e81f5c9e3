#include <algorithm>
#include <array>
#include <cstdio>
#include <new>

#include <pare/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/interrupt.hpp"
#include "base/output_file.hpp"
#include "cli/commands.hpp"
#include "cli/terminal.hpp"

namespace {

struct Command {
  const char* name;
  const char* summary;
  pare::Run (*set_up)(CLI::App&);
};

constexpr std::array commands = {
    Command{"tree", "The closure of programs as a tree: what they need, and why", pare::set_up_tree},
    Command{"copy", "The closure as COPY lines of a Dockerfile", pare::set_up_copy},
    Command{"stage", "A ready runtime stage of a Dockerfile", pare::set_up_stage},
    Command{"rootfs", "Write the minimal root: a folder or a tar", pare::set_up_rootfs},
};

int run(int argc, char** argv) {
  CLI::App app("Everything that a program needs at run time, and nothing else.", "pare");
  app.set_version_flag("--version", "pare " PARE_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  if (argc > 1 && argv[1][0] != '-' && std::ranges::none_of(commands, [&](const Command& c) { return std::string_view(argv[1]) == c.name; })) {
    throw pare::UsageError(fmt::format("{}: no such command; pare --help lists them", argv[1]));
  }
  pare::Run todo;
  for (const Command& command : commands) {
    CLI::App* sub = app.add_subcommand(command.name, command.summary);
    // Options are set up for the one command that is called: start-up is most of a short run's time.
    if (argc > 1 && std::string_view(argv[1]) == command.name) {
      todo = command.set_up(*sub);
    }
  }
  try {
    app.parse(argc, argv);
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
