#include "cli/options.hpp"

#include "base/names.hpp"
#include "base/output_file.hpp"
#include "cli/root_source.hpp"
#include "formats/recording.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

namespace pare {
namespace {

Include parse_include(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return {text, {}};
  }
  if (equals == 0 || equals + 1 == text.size() || text[equals + 1] != '/') {
    throw UsageError(
        fmt::format("--include {}: expected PATH or PATH=DST, DST being absolute", text));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// A path a line; `#` begins a line that is none.
void read_include_file(const std::string& name, std::vector<Include>& includes) {
  const std::string text = read_host_file(name);
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (!line.empty() && line.front() != '#') {
      includes.push_back(parse_include(std::string(line)));
    }
  }
}

std::vector<Include> all_includes(const ClosureArguments& arguments) {
  std::vector<Include> includes;
  for (const std::string& text : arguments.includes) {
    includes.push_back(parse_include(text));
  }
  for (const std::string& name : arguments.include_files) {
    read_include_file(name, includes);
  }
  return includes;
}

std::vector<TracedUse> all_traced(const ClosureArguments& arguments, const std::string& folder) {
  std::vector<TracedUse> uses;
  for (const std::string& name : arguments.traces) {
    const std::string text = read_host_file(name);
    try {
      Recording recording = read_recording(text, folder);
      if (!arguments.quiet && !recording.faults.empty()) {
        say(fmt::format("{}: {}", shown(name), fmt::join(recording.faults, "; ")));
      }
      std::ranges::move(recording.uses, std::back_inserter(uses));
    } catch (const InputError& error) {
      throw InputError(fmt::format("{}: {}", name, error.what()));
    }
  }
  return uses;
}

Confidence parse_confidence(const std::string& text) {
  return text == "certain"  ? Confidence::certain
         : text == "likely" ? Confidence::likely
                            : Confidence::possible;
}

std::set<Hint> parse_hints(const std::string& text) {
  static const std::map<std::string_view, Hint> words = {{"notes", Hint::notes},
                                                         {"calls", Hint::calls},
                                                         {"strings", Hint::strings},
                                                         {"paths", Hint::paths},
                                                         {"modules", Hint::modules},
                                                         {"rules", Hint::rules}};
  if (text == "all" || text == "none") {
    return text == "all" ? all_hints : std::set<Hint>();
  }
  std::set<Hint> hints;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    const auto word = words.find(rest.substr(0, comma));
    if (word == words.end()) {
      throw UsageError(
          fmt::format("--hints {}: expected all, none, or a list of notes, calls, strings, paths, "
                      "modules, rules",
                      text));
    }
    hints.insert(word->second);
    if (comma == std::string_view::npos) {
      return hints;
    }
    rest.remove_prefix(comma + 1);
  }
}

} // namespace

std::string read_host_file(const std::string& name) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file{std::fopen(name.c_str(), "re"),
                                                                &std::fclose};
  std::string text;
  std::array<char, 65536> piece;
  while (file != nullptr) {
    const std::size_t count = std::fread(piece.data(), 1, piece.size(), file.get());
    text.append(piece.data(), count);
    if (count == 0) {
      break;
    }
  }
  if (file == nullptr || std::ferror(file.get()) != 0) {
    throw InputError(fmt::format("{}: {}", name, std::strerror(errno)));
  }
  return text;
}

ColourChoice ClosureArguments::colour_choice() const {
  return colour == "always"  ? ColourChoice::always
         : colour == "never" ? ColourChoice::never
                             : ColourChoice::automatic;
}

void add_closure_options(OptionList& options,
                         ClosureArguments& arguments,
                         const char* output_help) {
  options.positionals("PROGRAM",
                      arguments.programs,
                      "A program, script or shared library: a path in the root, or a name in PATH");
  options.value("--root", arguments.root, "DIR", "The folder that is looked at as / (default: /)");
  options.value("--image",
                arguments.image,
                "SOURCE",
                "An image instead: oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, or "
                "docker://... by skopeo; with no PROGRAM, what it starts itself");
  options.value("--platform",
                arguments.platform,
                "OS/ARCH",
                "Of an image for several platforms (default: this machine's)");
  options.value("--max-image-size",
                arguments.image_size,
                "SIZE",
                "Refuse an image whose layers unpack to more (default: 16 GiB)");
  options.value("--max-image-entries",
                arguments.image_entries,
                "N",
                "Refuse an image whose layers hold more files (default: 1000000)");
  options.list(
      "--include",
      arguments.includes,
      "PATH[=DST]",
      "Also this file or folder, with what it needs itself; =DST lays it elsewhere (repeatable)");
  options.list("--include-from",
               arguments.include_files,
               "FILE",
               "A file of such paths, one a line (repeatable)");
  options.list(
      "--trace",
      arguments.traces,
      "FILE",
      "Also what this recording (of pare trace, or strace -f -o) says was used (repeatable)");
  options.list("--exclude",
               arguments.excludes,
               "GLOB",
               "Never these, nor what only these need (repeatable)");
  options.list("--allow-missing",
               arguments.allow_missing,
               "GLOB",
               "A missing library that is no fault (repeatable)");
  options.list("--library-path", arguments.library_path, "DIRS", "LD_LIBRARY_PATH at run time");
  options.list("--preload", arguments.preload, "LIB", "LD_PRELOAD at run time");
  options.list("--env",
               arguments.environment,
               "NAME=VALUE",
               "Another variable of the environment at run time (repeatable)");
  options.list("--rules",
               arguments.rule_folders,
               "DIR",
               "A folder of more rules, on top of the built-in ones (repeatable)");
  options.value("--hints",
                arguments.hints,
                "LIST",
                "Which finders beside the loader's own are on: notes,calls,strings,paths,modules,"
                "rules; all (default); none");
  options.choice("--confidence",
                 arguments.confidence,
                 "LEVEL",
                 "Take files that are at least this sure (default: likely)",
                 {"certain", "likely", "possible"});
  options.flag("--digests", arguments.digests, "The report has the files' SHA-256");
  options.flag("--packages", arguments.packages, "The report has the files' packages");
  options.flag("--no-cache",
               arguments.no_cache,
               "Neither read nor keep in XDG_CACHE_HOME/pare what took long: what code reaches, "
               "layers, unpacked, and what was checked");
  options.choice(
      "--color", arguments.colour, "WHEN", "Colours (default: auto)", {"auto", "always", "never"});
  if (output_help != nullptr) {
    options.value("-o,--output", arguments.output, "FILE", output_help);
  }
  options.flag("-q,--quiet", arguments.quiet, "No warnings");
  options.flag("-v,--verbose", arguments.verbose, "More detail");
}

Computed compute(const ClosureArguments& arguments, bool say_missing) {
  if (arguments.programs.empty() && arguments.image.empty()) {
    throw UsageError("PROGRAM is required");
  }
  Computed computed = open_root(arguments);
  Options& options = computed.options;
  options.programs = arguments.programs;
  options.includes = all_includes(arguments);
  include_with(arguments, computed);
  options.excludes = arguments.excludes;
  options.allow_missing = arguments.allow_missing;
  options.library_path = arguments.library_path;
  options.preload = arguments.preload;
  options.confidence = parse_confidence(arguments.confidence);
  options.digests = arguments.digests;
  options.rule_folders = arguments.rule_folders;
  options.hints = parse_hints(arguments.hints);
  options.packages = arguments.packages;
  set_environment(arguments, computed);
  if (options.programs.empty()) {
    take_own_programs(arguments, computed);
  }
  options.cache_folder = cache_folder(arguments);
  options.traced = all_traced(arguments, options.working_folder);
  computed.report = resolve(*computed.root, options);
  if (!arguments.quiet) {
    say_findings(computed.report, say_missing);
  }
  return computed;
}

std::pair<std::string, std::string> name_and_value(const std::string& text,
                                                   std::string_view option) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos) {
    throw UsageError(fmt::format("{} {}: expected NAME=VALUE", option, text));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

void write_result(const std::string& destination, std::string_view text) {
  OutputFile file(destination);
  file.write(std::as_bytes(std::span(text)));
  file.finish();
}

std::optional<std::int64_t> source_date_epoch() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr || *text == '\0') {
    return std::nullopt;
  }
  std::int64_t seconds = 0;
  const char* end = text + std::strlen(text);
  if (const auto parsed = std::from_chars(text, end, seconds);
      parsed.ec != std::errc() || parsed.ptr != end) {
    throw UsageError(fmt::format("SOURCE_DATE_EPOCH={}: not a number of seconds", text));
  }
  return seconds;
}

} // namespace pare
