#include "cli/root_source.hpp"

#include "base/sizes.hpp"
#include "closure/command.hpp"
#include "root/directory.hpp"
#include "root/follow.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <map>

namespace pare {
namespace {

std::uint64_t size_option(const std::string& text) {
  const std::optional<std::uint64_t> size = parse_size(text);
  if (!size) {
    throw UsageError(fmt::format("--max-image-size {}: expected a size, as 20GiB", text));
  }
  return *size;
}

std::uint64_t count_option(const std::string& text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw UsageError(fmt::format("--max-image-entries {}: expected a number", text));
  }
  return count;
}

} // namespace

std::string cache_folder(const ClosureArguments& arguments) {
  if (arguments.no_cache) {
    return "";
  }
  const char* folder = std::getenv("XDG_CACHE_HOME");
  if (folder != nullptr && *folder == '/') {
    return fmt::format("{}/pare", folder);
  }
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? fmt::format("{}/.cache/pare", home) : std::string();
}

SourceOptions source_options(const ClosureArguments& arguments) {
  SourceOptions options;
  if (!arguments.platform.empty()) {
    options.platform = parse_platform(arguments.platform);
  }
  options.temporary_folder = temporary_folder();
  options.cache_folder = cache_folder(arguments);
  if (!arguments.image_size.empty()) {
    options.limits.bytes = size_option(arguments.image_size);
  }
  if (!arguments.image_entries.empty()) {
    options.limits.entries = count_option(arguments.image_entries);
  }
  if (!arguments.quiet) {
    options.progress = terminal_progress(arguments.image);
  }
  return options;
}

Computed open_root(const ClosureArguments& arguments) {
  Computed computed;
  if (!arguments.image.empty()) {
    if (!arguments.root.empty()) {
      throw UsageError("--root and --image: only one of them can be the root");
    }
    Source source = open_source(arguments.image, source_options(arguments));
    computed.root = std::move(source.root);
    computed.image = std::move(source.image);
  } else {
    computed.root = open_directory(arguments.root.empty() ? "/" : arguments.root);
  }
  if (computed.image) {
    computed.options.working_folder =
        RootPath::lexical(computed.image->config.working_folder).text();
  } else if (computed.root->label() == "/") {
    std::error_code error;
    const std::filesystem::path here = std::filesystem::current_path(error);
    computed.options.working_folder = error ? "/" : here.string();
  }
  return computed;
}

void set_environment(const ClosureArguments& arguments, Computed& computed) {
  Options& options = computed.options;
  std::map<std::string, std::string> variables;
  if (computed.image) {
    for (const std::string& text : computed.image->config.environment) {
      const std::size_t equals = std::min(text.find('='), text.size());
      variables[text.substr(0, equals)] = text.substr(std::min(equals + 1, text.size()));
    }
  }
  for (const std::string& text : arguments.environment) {
    const auto [name, value] = name_and_value(text, "--env");
    variables[name] = value;
  }
  for (const auto& [name, value] : variables) {
    if (name == "LD_LIBRARY_PATH") {
      options.library_path.push_back(value);
    } else if (name == "LD_PRELOAD") {
      options.preload.push_back(value);
    } else {
      options.environment[name] = value;
    }
  }
}

void include_with(const ClosureArguments& arguments, Computed& computed) {
  // Debian and Alpine; Red Hat; SUSE; Alpine and BSD
  const std::vector<std::string> bundles = {"/etc/ssl/certs/ca-certificates.crt",
                                            "/etc/pki/tls/certs/ca-bundle.crt",
                                            "/etc/ssl/ca-bundle.pem",
                                            "/etc/ssl/cert.pem"};
  const std::vector<std::string> zones = {"/usr/share/zoneinfo", "/etc/localtime", "/etc/timezone"};
  const std::set<std::string> with = with_words(arguments);
  for (const auto& [word, paths] : {std::pair("certs", &bundles), std::pair("tzdata", &zones)}) {
    if (!with.contains(word)) {
      continue;
    }
    Walker walker(*computed.root);
    bool is_there = false;
    for (const std::string& path : *paths) {
      if (walker.follow(path).end == WalkEnd::found) {
        computed.options.includes.push_back({path, {}, ReasonKind::with});
        is_there = true;
      }
    }
    if (!is_there && !arguments.quiet) {
      say(fmt::format("warning: --with {}: {} is not there", word, paths->front()));
    }
  }
}

void take_own_programs(const ClosureArguments& arguments, Computed& computed) {
  if (!computed.image) { // --image dir:PATH
    throw UsageError("PROGRAM is required: a folder does not say what it starts");
  }
  const ImageConfig& config = computed.image->config;
  std::vector<std::vector<std::string>> commands = {
      arguments.entrypoint.value_or(config.entrypoint)};
  const std::vector<std::string> cmd = arguments.cmd.value_or(config.command);
  commands[0].insert(commands[0].end(), cmd.begin(), cmd.end());
  if (commands[0].empty()) {
    throw InputError(fmt::format("{}: starts nothing by itself: name a program", arguments.image));
  }
  if (arguments.with_healthcheck && !arguments.no_healthcheck && config.healthcheck) {
    commands.push_back(healthcheck_command(config));
  }
  std::set<std::string> known;
  for (const std::vector<std::string>& command : commands) {
    const CommandUse use = read_command(*computed.root, command, computed.options);
    for (const std::string& program : use.programs) {
      if (known.insert(program).second) {
        computed.options.programs.push_back(program);
      }
    }
    for (const std::string& file : use.files) {
      computed.options.includes.push_back({file, {}});
    }
    if (!arguments.quiet) {
      for (const std::string& name : use.missing) {
        say(fmt::format("warning: {}, which the image's own command starts, is not found", name));
      }
    }
  }
}

std::set<std::string> with_words(const ClosureArguments& arguments) {
  constexpr std::array<std::string_view, 6> known = {
      "passwd", "tmp", "home", "certs", "tzdata", "hosts"};
  std::set<std::string> words;
  for (std::size_t at = 0; at < arguments.with.size();) {
    const std::size_t comma = std::min(arguments.with.find(',', at), arguments.with.size());
    const std::string word = arguments.with.substr(at, comma - at);
    if (std::ranges::find(known, word) == known.end()) {
      throw UsageError(
          fmt::format("--with {}: {} is none of {}", arguments.with, word, fmt::join(known, ", ")));
    }
    words.insert(word);
    at = comma + 1;
  }
  return words;
}

std::string temporary_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

} // namespace pare
