#include "outputs/why.hpp"

#include "base/names.hpp"
#include "cli/commands.hpp"
#include "cli/options.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <memory>
#include <unistd.h>

namespace pare {
namespace {

struct WhyArguments {
  std::string path;
  ClosureArguments closure;
  std::string format = "text";
  bool json = false;
};

ExitCode run_why(const WhyArguments& arguments) {
  const ClosureArguments& closure = arguments.closure;
  const std::string& path = arguments.path;
  const Computed computed = compute(closure, false);
  const std::string asked =
      path.find('/') == std::string::npos
          ? path
          : RootPath::lexical(path.starts_with('/') ? path
                                                    : computed.options.working_folder + "/" + path)
                .text();
  const std::vector<std::size_t> files = files_called(computed.report, asked);
  if (files.empty()) {
    say(fmt::format(
        "{}: not in the closure of {}", shown(path), fmt::join(closure.programs, ", ")));
    return ExitCode::no;
  }
  const bool as_json = arguments.json || arguments.format == "json";
  const bool colour = closure.output == "-" && wants_colour(closure.colour_choice(), STDOUT_FILENO);
  std::string text;
  for (const std::size_t file : files) {
    text += as_json ? why_json(computed.report, file) : why_text(computed.report, file, colour);
  }
  write_result(closure.output, text);
  return ExitCode::yes;
}

} // namespace

Run set_up_why(OptionList& options) {
  const auto arguments = std::make_shared<WhyArguments>();
  options.positional(
      "PATH", arguments->path, "A file of the closure: a path, or a name such as libz.so.1");
  add_closure_options(options, arguments->closure, "Write to this file instead of standard output");
  options.choice("--format", arguments->format, "FORMAT", "text (default), json", {"text", "json"});
  options.flag("--json", arguments->json, "The same as --format json");
  return [arguments] { return run_why(*arguments); };
}

} // namespace pare
