#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/names.hpp"
#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/root_source.hpp"
#include "outputs/diff_text.hpp"
#include "packages/packages.hpp"
#include "report/read.hpp"
#include "reviews/list_root.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <unistd.h>

namespace pare {
namespace {

struct DiffArguments {
  std::string old_name;
  std::string new_name;
  std::string format = "text";
  bool all = false;
  bool exit_code = false;
  ClosureArguments closure; ///< How closures of images are computed.
};

bool is_folder(const std::string& name) {
  std::error_code error;
  return name.starts_with("dir:") ||
         (!names_transport(name) && std::filesystem::is_directory(name, error));
}

/// A report file, or the closure of what an image starts, or all that a root holds.
Report report_of(const std::string& name, bool all, const DiffArguments& arguments) {
  if (!names_transport(name) && !is_folder(name)) {
    const std::string text = read_host_file(name);
    if (text.size() > largest_report) {
      throw InputError(fmt::format("{}: larger than any report", name));
    }
    try {
      return read_report(text);
    } catch (const InputError& error) {
      throw InputError(fmt::format("{}: {}", name, error.what()));
    }
  }
  ClosureArguments closure = arguments.closure;
  closure.image = name;
  closure.packages = true;
  if (!all) {
    return compute(closure, true).report;
  }
  const Computed computed = open_root(closure);
  return list_root(*computed.root);
}

ExitCode run_diff(const DiffArguments& arguments) {
  const bool all =
      arguments.all || (is_folder(arguments.old_name) && is_folder(arguments.new_name));
  if (!all && (is_folder(arguments.old_name) || is_folder(arguments.new_name))) {
    throw UsageError("a folder does not say what it starts: --all compares every file");
  }
  const Report before = report_of(arguments.old_name, all, arguments);
  const Report after = report_of(arguments.new_name, all, arguments);
  const ReportDiff diff = diff_reports(before, after);
  const DiffSides sides = {.old_name = arguments.old_name,
                           .new_name = arguments.new_name,
                           .old_report = &before,
                           .new_report = &after,
                           .with_reasons = !all};
  const ClosureArguments& closure = arguments.closure;
  const bool colour = closure.output == "-" && wants_colour(closure.colour_choice(), STDOUT_FILENO);
  write_result(closure.output,
               arguments.format == "json"       ? diff_json(diff, sides)
               : arguments.format == "markdown" ? diff_markdown(diff, sides)
                                                : diff_text(diff, sides, colour));
  return arguments.exit_code && !diff.is_empty() ? ExitCode::no : ExitCode::yes;
}

} // namespace

Run set_up_diff(OptionList& options) {
  const auto arguments = std::make_shared<DiffArguments>();
  options.positional("OLD", arguments->old_name, "A report (*.json), an image, or a folder");
  options.positional("NEW", arguments->new_name, "The one to compare it with");
  options.choice("--format",
                 arguments->format,
                 "FORMAT",
                 "text (default), json, markdown (for a pull request)",
                 {"text", "json", "markdown"});
  options.flag(
      "--all", arguments->all, "Every file, not only what images need (two folders: always)");
  options.flag("--exit-code", arguments->exit_code, "Exit 1 if they differ");
  ClosureArguments& closure = arguments->closure;
  options.value("--platform", closure.platform, "OS/ARCH", "Of images for several platforms");
  options.value("--hints", closure.hints, "LIST", "Which finders are on (default: all)");
  options.choice("--confidence",
                 closure.confidence,
                 "LEVEL",
                 "Compare files that are at least this sure (default: likely)",
                 {"certain", "likely", "possible"});
  options.flag("--no-cache", closure.no_cache, "Neither read nor keep facts between runs");
  options.choice(
      "--color", closure.colour, "WHEN", "Colours (default: auto)", {"auto", "always", "never"});
  options.value(
      "-o,--output", closure.output, "FILE", "Write to this file instead of standard output");
  options.flag("-q,--quiet", closure.quiet, "No warnings");
  return [arguments] { return run_diff(*arguments); };
}

} // namespace pare
