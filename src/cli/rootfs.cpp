#include "cli/commands.hpp"
#include "cli/made_entries.hpp"
#include "cli/options.hpp"
#include "outputs/minimal_root.hpp"
#include "outputs/tar.hpp"
#include "outputs/tree.hpp"

#include <fmt/format.h>

#include <memory>

namespace pare {
namespace {

struct RootfsArguments {
  ClosureArguments closure;
  MadeArguments made;
};

bool is_tar_name(const std::string& name) {
  return name == "-" || name.ends_with(".tar") || compression_by_name(name) != Compression::none;
}

ExitCode run_rootfs(const RootfsArguments& arguments) {
  const Computed computed = compute(arguments.closure, true);
  const std::string& destination = arguments.closure.output;
  std::vector<Warning> said;
  const RootContents contents{computed.report,
                              *computed.root,
                              made_entries(arguments.made, arguments.closure, computed, said)};
  const WriteOptions options{.source_date_epoch = source_date_epoch()};
  if (is_tar_name(destination)) {
    write_tar(contents, destination, compression_by_name(destination), options, said);
  } else {
    write_minimal_root(contents, destination, options, said);
  }
  if (!arguments.closure.quiet) {
    for (const Warning& warning : said) {
      say(fmt::format(
          "warning: {}{}{}", warning.path, warning.path.empty() ? "" : ": ", warning.message));
    }
    if (destination != "-") {
      say(fmt::format("{}: {}", destination, summary_line(computed.report)));
    }
  }
  return computed.report.lacks_something() ? ExitCode::no : ExitCode::yes;
}

} // namespace

Run set_up_rootfs(OptionList& options) {
  const auto arguments = std::make_shared<RootfsArguments>();
  add_closure_options(options, arguments->closure, nullptr);
  options.value("-o,--output",
                arguments->closure.output,
                "DEST",
                "A new or empty folder, a FILE.tar, FILE.tar.gz or FILE.tar.zst, or - (a tar to "
                "standard output)",
                true);
  add_made_options(options, arguments->made, arguments->closure);
  return [arguments] { return run_rootfs(*arguments); };
}

} // namespace pare
