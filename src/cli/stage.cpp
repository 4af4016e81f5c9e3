// A base is chosen, fitted and proved in reviews/; the stage's text is made in outputs/; here is
// what ties them together.

#include "outputs/stage.hpp"

#include "base/sizes.hpp"
#include "cli/commands.hpp"
#include "cli/image_config.hpp"
#include "cli/made_entries.hpp"
#include "cli/options.hpp"
#include "cli/root_source.hpp"
#include "formats/sniff.hpp"
#include "outputs/tree.hpp"
#include "reviews/base_fit.hpp"
#include "reviews/windows_base.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace pare {
namespace {

struct StageArguments {
  ClosureArguments closure;
  MadeArguments made;
  std::string base = "scratch";
  std::string from = "build";
  std::string style = "copy";
  std::string pare = "pare";
  ConfigArguments config;
};

ElfMachine machine_of_programs(const Computed& computed) {
  for (const ReportFile& file : computed.report.files) {
    if (file.kind != FileKind::program && file.kind != FileKind::library) {
      continue;
    }
    const std::optional<Root::Opened> opened = computed.root->open(file.path);
    const Reading reading = opened ? read_facts(*opened->bytes) : Reading{};
    if (reading.machine) {
      return *reading.machine;
    }
  }
  throw InputError("--base: no program says which machine it is for");
}

struct Chosen {
  Base base;
  BaseFit fit;
};

std::uint64_t weight(const Chosen& chosen) {
  return chosen.base.bytes + chosen.fit.bytes;
}

struct KnownBases {
  std::vector<Chosen> fitting; ///< The lightest first, image and copies together.
  std::vector<std::pair<std::uint64_t, std::string>>
      refused; ///< The image's bytes, and why it does not fit.
};

/// Over which of the known bases everything resolves. One without a C library fits programs that
/// need none: a C library that is copied in is not a base's.
KnownBases try_known_bases(const Computed& computed, const CopyPlan& plan) {
  KnownBases known;
  for (Base& base : described_bases(machine_of_programs(computed))) {
    BaseFit fit = fit_to_base(base, *computed.root, computed.report, computed.options, plan);
    if (fit.problems.empty() && !fit.brings_libc) {
      known.fitting.push_back({std::move(base), std::move(fit)});
    } else {
      known.refused.emplace_back(
          base.bytes,
          fmt::format("{}: {}",
                      base.image,
                      fit.problems.empty() ? "has no C library" : fit.problems.front()));
    }
  }
  std::ranges::sort(known.fitting, {}, weight);
  std::ranges::sort(known.refused);
  return known;
}

Chosen choose_base(const Computed& computed, const CopyPlan& plan, Stage& stage) {
  KnownBases known = try_known_bases(computed, plan);
  if (known.fitting.empty()) {
    std::string why;
    for (const auto& [bytes, text] : known.refused) {
      why += "; " + text;
    }
    throw InputError("--base auto: none of the known bases fits, scratch always does" + why);
  }
  Chosen chosen = std::move(known.fitting.front());
  stage.notes.push_back(
      fmt::format("{} is the smallest base that fits: {}, {} with what is copied.",
                  chosen.base.image,
                  human_size(chosen.base.bytes),
                  human_size(weight(chosen))));
  for (const auto& [bytes, text] : known.refused) {
    if (bytes < chosen.base.bytes) {
      stage.notes.push_back("  smaller, but " + text);
    }
  }
  return chosen;
}

/// Which known images would do where the chosen one does not.
std::string bases_that_would_do(const Computed& computed, const CopyPlan& plan) {
  std::string names;
  for (const Chosen& chosen : try_known_bases(computed, plan).fitting) {
    names += (names.empty() ? "" : ", ") + chosen.base.image;
  }
  return names.empty() ? "none of the known bases would do; scratch does"
                       : "these would do: " + names;
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ":"));
}

/// The stage in front, in which pare itself lays out the root. Exec form: the builder needs no
/// shell.
std::string root_builder(const StageArguments& arguments) {
  const ClosureArguments& closure = arguments.closure;
  std::vector<std::string> run = {"/.pare/pare", "rootfs", "-o", "/.pare/root"};
  const auto add = [&run](std::string_view option, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      run.emplace_back(option);
      run.push_back(value);
    }
  };
  add("--include", closure.includes);
  add("--exclude", closure.excludes);
  add("--allow-missing", closure.allow_missing);
  add("--library-path", closure.library_path);
  add("--preload", closure.preload);
  add("--env", closure.environment);
  add("--mkdir", arguments.made.folders);
  if (!closure.with.empty()) {
    add("--with", {closure.with});
  }
  if (!arguments.made.user.empty()) {
    add("--user", {arguments.made.user});
  }
  if (arguments.made.metadata != "none") {
    add("--metadata", {arguments.made.metadata});
  }
  if (closure.hints != "all") {
    add("--hints", {closure.hints});
  }
  if (closure.confidence != "likely") {
    add("--confidence", {closure.confidence});
  }
  run.emplace_back("--");
  run.insert(run.end(), closure.programs.begin(), closure.programs.end());

  const bool is_image = arguments.pare.find_first_of(":/") != std::string::npos &&
                        !arguments.pare.starts_with('/') && !arguments.pare.starts_with("./") &&
                        !arguments.pare.starts_with("../") &&
                        !std::filesystem::exists(arguments.pare);
  std::string lines = arguments.from == "." ? "FROM scratch AS pare-root\nCOPY . /\n"
                                            : fmt::format("FROM {} AS pare-root\n", arguments.from);
  lines += is_image ? fmt::format("COPY --from={} /pare /.pare/pare\n", arguments.pare)
                    : fmt::format("COPY {} /.pare/pare\n", arguments.pare);
  return lines + fmt::format("RUN {}\n", exec_form(run));
}

/// WORKDIR makes folders; nothing without a shell makes files.
void add_made(Stage& stage, const std::vector<MadeEntry>& made, std::vector<std::string>& notes) {
  std::vector<std::string> files;
  for (const MadeEntry& entry : made) {
    if (entry.type != FileType::directory) {
      files.push_back(entry.path.text());
      continue;
    }
    stage.folders.push_back(entry.path.text());
    if (entry.mode != 0755 || entry.uid != 0 || entry.gid != 0) {
      notes.push_back(
          fmt::format("{}: only --style root gives it its mode and owner", entry.path.text()));
    }
  }
  if (!files.empty()) {
    notes.push_back(fmt::format("only --style root makes {}", fmt::join(files, ", ")));
  }
}

/// "C:/app/x.exe": forward slashes, as Docker for Windows takes them everywhere.
std::string windows_path(std::string_view path) {
  return fmt::format("C:{}", path);
}

/// PATH of the container's own and the folders of --library-path; empty: the images' is enough.
std::string windows_search_path(const std::vector<std::string>& folders) {
  std::string path;
  for (const std::string& joined : folders) {
    std::string_view rest = joined;
    while (!rest.empty()) {
      const std::string_view folder = rest.substr(0, rest.find(':'));
      rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
      std::string place = windows_path(folder);
      std::ranges::replace(place, '/', '\\');
      path += (path.empty() ? "C:\\Windows\\system32;C:\\Windows;" : ";") + place;
    }
  }
  return path;
}

/// A base of Windows: there is no scratch, so that means auto, too.
ExitCode use_windows_base(const StageArguments& arguments, const Computed& computed, Stage& stage) {
  if (arguments.style == "root") {
    throw UsageError("--style root runs pare in the build, which a program of Windows has no Linux "
                     "for: --style copy");
  }
  const WindowsBase base = choose_windows_base(
      computed.report, *computed.root, arguments.base == "scratch" ? "auto" : arguments.base);
  stage.is_for_windows = true;
  stage.base = base.image;
  stage.notes.insert(stage.notes.end(), base.notes.begin(), base.notes.end());
  for (const std::string& problem : base.problems) {
    stage.notes.push_back("DOES NOT RUN: " + problem);
    say(problem);
  }
  return base.problems.empty() ? ExitCode::yes : ExitCode::no;
}

/// What a Linux image says by LD_LIBRARY_PATH and `nonroot`.
void adapt_to_windows(Stage& stage,
                      const StageArguments& arguments,
                      const std::vector<std::string>& library_path) {
  std::erase_if(stage.environment,
                [](const auto& variable) { return variable.first == "LD_LIBRARY_PATH"; });
  if (const std::string path = windows_search_path(library_path); !path.empty()) {
    stage.environment.emplace_back("PATH", path);
  }
  if (arguments.made.user == "nonroot") {
    stage.user = "ContainerUser";
  }
  if (arguments.config.entrypoint.empty() && !stage.entrypoint.empty()) {
    stage.entrypoint.front() = windows_path(stage.entrypoint.front());
  }
}

/// Times are nanoseconds; Docker takes no part of a millisecond.
std::string healthcheck_line(const ImageConfig& config) {
  const std::vector<std::string> command = healthcheck_command(config);
  if (command.empty()) {
    return config.healthcheck && config.healthcheck->test == std::vector<std::string>{"NONE"}
               ? "NONE"
               : "";
  }
  std::string line;
  const auto add_time = [&line](std::string_view name, std::int64_t nanoseconds) {
    if (nanoseconds >= 1'000'000) {
      line += fmt::format("--{}={}ms ", name, nanoseconds / 1'000'000);
    }
  };
  add_time("interval", config.healthcheck->interval);
  add_time("timeout", config.healthcheck->timeout);
  add_time("start-period", config.healthcheck->start_period);
  add_time("start-interval", config.healthcheck->start_interval);
  if (config.healthcheck->retries > 0) {
    line += fmt::format("--retries={} ", config.healthcheck->retries);
  }
  return line + "CMD " + exec_form(command);
}

void take_config(Stage& stage,
                 const StageArguments& arguments,
                 const Computed& computed,
                 const std::vector<std::string>& library_path) {
  const ImageConfig config =
      result_config(arguments.config, arguments.made, arguments.closure, computed);
  for (const std::string& text : config.environment) {
    stage.environment.push_back(name_and_value(text, "Env"));
  }
  const auto known = std::ranges::find(
      stage.environment, "LD_LIBRARY_PATH", &std::pair<std::string, std::string>::first);
  if (known != stage.environment.end()) {
    known->second = joined(library_path);
  } else if (!library_path.empty()) {
    stage.environment.insert(stage.environment.begin(), {"LD_LIBRARY_PATH", joined(library_path)});
  }
  stage.labels.assign(config.labels.begin(), config.labels.end());
  stage.ports = arguments.config.ports.empty() ? config.exposed_ports : arguments.config.ports;
  stage.user = config.user;
  stage.workdir = config.working_folder;
  stage.stop_signal = config.stop_signal;
  stage.healthcheck = healthcheck_line(config);
  stage.entrypoint = config.entrypoint;
  stage.cmd = config.command;
}

ExitCode run_stage(StageArguments& arguments) {
  tell_command(arguments.config, arguments.closure);
  const bool root_style = arguments.style == "root";
  if (root_style && arguments.base != "scratch") {
    throw UsageError("--style root copies a whole root, which has its own C library: it goes with "
                     "--base scratch");
  }
  ExitCode code = ExitCode::yes;
  Stage stage;
  const Computed computed = compute(arguments.closure, true);
  const Report& report = computed.report;
  std::vector<Warning> said;
  std::vector<std::string>
      notes; // said when the stage is written: if it cannot be, that is the one thing to say
  std::vector<std::string> library_path = computed.options.library_path;

  stage.title = report.programs.front().started;
  stage.title +=
      report.programs.size() > 1 ? fmt::format(" and {} more", report.programs.size() - 1) : "";
  stage.title += ", with all that it needs: " + summary_line(report);
  if (is_for_windows(report, *computed.root)) {
    code = use_windows_base(arguments, computed, stage);
  }
  if (root_style) {
    stage.builder = root_builder(arguments);
    stage.copies = "COPY --from=pare-root /.pare/root/ /\n";
  } else {
    const CopyPlan plan = plan_copies(report, *computed.root);
    std::vector<CopyItem> items = plan.items;
    if (arguments.base != "scratch" && !stage.is_for_windows) {
      Chosen chosen;
      if (arguments.base == "auto") {
        chosen = choose_base(computed, plan, stage);
      } else {
        chosen.base = open_base(
            arguments.base, machine_of_programs(computed), source_options(arguments.closure));
        chosen.fit = fit_to_base(chosen.base, *computed.root, report, computed.options, plan);
      }
      const Base& base = chosen.base;
      stage.base = base.from_line;
      if (base.is_local) {
        stage.notes.push_back(
            fmt::format("The base was read from {}: let {} be the name of its image.",
                        base.image,
                        base.from_line));
      }
      if (!base.unproved.empty()) {
        stage.notes.push_back(
            fmt::format("What {} holds is not proved: {}", base.image, base.unproved));
      }
      for (const std::string& text : chosen.fit.said) {
        stage.notes.push_back(text);
        notes.push_back(text);
      }
      for (const std::string& problem : chosen.fit.problems) {
        stage.notes.push_back("DOES NOT RUN: " + problem);
        say(problem);
        code = ExitCode::no;
      }
      if (code == ExitCode::no) {
        say(bases_that_would_do(computed, plan));
      }
      items = chosen.fit.items;
      library_path.insert(
          library_path.end(), chosen.fit.library_path.begin(), chosen.fit.library_path.end());
    }
    stage.copies = copy_lines(
        report,
        items,
        {.from = arguments.from, .comments = true, .escape = stage.is_for_windows ? '`' : '\\'});
    if (!plan.cannot.empty() && !stage.is_for_windows && arguments.base == "scratch") {
      notes.push_back(
          fmt::format("COPY cannot carry {}; --style root can", fmt::join(plan.cannot, ", ")));
    }
    add_made(stage, made_entries(arguments.made, arguments.closure, computed, said), notes);
    for (const Warning& warning : said) {
      notes.push_back(warning.message);
    }
  }
  take_config(stage, arguments, computed, library_path);
  if (stage.is_for_windows) {
    adapt_to_windows(stage, arguments, library_path);
  }
  write_result(arguments.closure.output, stage_text(stage));
  if (!arguments.closure.quiet) {
    std::ranges::for_each(notes, say);
  }
  return report.lacks_something() ? ExitCode::no : code;
}

} // namespace

Run set_up_stage(OptionList& options) {
  const auto arguments = std::make_shared<StageArguments>();
  StageArguments& to = *arguments;
  add_closure_options(options, to.closure, "Write to this file instead of standard output");
  options.value(
      "--base",
      to.base,
      "IMAGE",
      "scratch (default), auto, dir:PATH, an image (oci:DIR:TAG, docker://...), or one that pare "
      "knows: what it brings is left out");
  options.value(
      "--from",
      to.from,
      "NAME",
      "The stage that is copied from (default: build); . if the build context is the root");
  options.choice("--style",
                 to.style,
                 "STYLE",
                 "copy (default): COPY lines; root: a stage in front in which pare writes the "
                 "root, and one COPY",
                 {"copy", "root"});
  options.value("--pare",
                to.pare,
                "IMAGE|PATH",
                "Where --style root finds pare: an image that has /pare, or a path in the build "
                "context (default: pare)");
  add_made_options(options, to.made, to.closure);
  add_config_options(options, to.config);
  return [arguments] { return run_stage(*arguments); };
}

} // namespace pare
