#pragma once
// The options that commands share, once.

#include "cli/option_list.hpp"
#include "cli/terminal.hpp"
#include "root/sources.hpp"

#include <pare/resolve.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace pare {

/// What every command that computes a closure is told.
struct ClosureArguments {
  std::string root;          ///< Empty: not said.
  std::string image;         ///< --image; empty: the root is a folder.
  std::string platform;      ///< Of --image.
  std::string image_size;    ///< --max-image-size
  std::string image_entries; ///< --max-image-entries
  std::vector<std::string> programs;
  std::vector<std::string> includes;      ///< PATH or PATH=DST
  std::vector<std::string> include_files; ///< --include-from
  std::vector<std::string> excludes;
  std::vector<std::string> allow_missing;
  std::vector<std::string> library_path;
  std::vector<std::string> preload;
  std::vector<std::string> environment;
  std::vector<std::string> traces;
  std::vector<std::string> rule_folders;
  std::string with; ///< --with: of commands that write a root.
  std::string hints = "all";
  std::string confidence = "likely";
  std::string colour = "auto";
  std::string output = "-";
  bool digests = false;
  bool packages = false;
  bool no_cache = false;
  bool quiet = false;
  bool verbose = false;
  bool with_healthcheck = false; ///< An image's Healthcheck counts as one of its own programs,
  bool no_healthcheck = false;   ///< unless --no-healthcheck is given.
  /// Instead of the image's own Entrypoint and Cmd.
  std::optional<std::vector<std::string>> entrypoint, cmd;

  ColourChoice colour_choice() const;
};

/// `output_help`: what -o means for this command; null: it adds its own.
void add_closure_options(OptionList& options, ClosureArguments& arguments, const char* output_help);

/// A closure, and the root that it is of.
struct Computed {
  std::unique_ptr<Root> root;
  std::optional<ImageFacts> image; ///< With --image.
  Options options;
  Report report;
};

/// Opens the root and resolves; says warnings (and what is missing, if asked) unless -q.
Computed compute(const ClosureArguments& arguments, bool say_missing);

/// The words of --with. Throws UsageError for one that is none.
std::set<std::string> with_words(const ClosureArguments& arguments);

/// The bytes of a file of the host. Throws InputError.
std::string read_host_file(const std::string& name);

/// TMPDIR, or /tmp.
std::string temporary_folder();

/// Splits NAME=VALUE. Throws UsageError, which names the option.
std::pair<std::string, std::string> name_and_value(const std::string& text,
                                                   std::string_view option);

/// Writes text to where -o points.
void write_result(const std::string& destination, std::string_view text);

/// SOURCE_DATE_EPOCH of the environment; throws UsageError when it is no number.
std::optional<std::int64_t> source_date_epoch();

} // namespace pare
