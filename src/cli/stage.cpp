// A base is chosen, fitted and proved in reviews/; the stage's text is made in outputs/; here is
// what ties them together.

#include "outputs/stage.hpp"

#include "base/sizes.hpp"
#include "base/words.hpp"
#include "cli/commands.hpp"
#include "cli/made_entries.hpp"
#include "cli/options.hpp"
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
  std::string user;
  std::string workdir;
  std::string stop_signal;
  std::string entrypoint;
  std::string cmd;
  std::vector<std::string> set_environment;
  std::vector<std::string> labels;
  std::vector<std::string> ports;
};

/// "nonroot" is distroless' word for 65532; other names need a passwd in the image, numbers do not.
std::string user_line(const std::string& user) {
  return user == "nonroot" ? "65532:65532" : user;
}

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

std::vector<std::string> default_entrypoint(const Report& report) {
  if (report.programs.empty()) {
    return {};
  }
  const NamedProgram& first = report.programs.front();
  const ReportFile* file = report.find(first.path);
  return file != nullptr && file->kind == FileKind::program ? std::vector{first.started}
                                                            : std::vector<std::string>();
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

ExitCode run_stage(const StageArguments& arguments) {
  const bool root_style = arguments.style == "root";
  if (root_style && arguments.base != "scratch") {
    throw UsageError("--style root copies a whole root, which has its own C library: it goes with "
                     "--base scratch");
  }
  ExitCode code = ExitCode::yes;
  Stage stage;
  const Computed computed = compute(arguments.closure, true);
  const Report& report = computed.report;
  std::vector<std::string>
      notes; // said when the stage is written: if it cannot be, that is the one thing to say
  std::vector<std::string> library_path = computed.options.library_path;

  stage.title = report.programs.front().started;
  stage.title +=
      report.programs.size() > 1 ? fmt::format(" and {} more", report.programs.size() - 1) : "";
  stage.title += ", with all that the loader asks for: " + summary_line(report);
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
        chosen.base = open_base(arguments.base, machine_of_programs(computed));
        chosen.fit = fit_to_base(chosen.base, *computed.root, report, computed.options, plan);
      }
      const Base& base = chosen.base;
      stage.base = base.from_line;
      if (arguments.base.starts_with("dir:")) {
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
    for (const MadeEntry& entry : made_entries(arguments.made, *computed.root)) {
      stage.folders.push_back(entry.path.text());
      if (entry.mode != 0755 || entry.uid != 0 || entry.gid != 0) {
        notes.push_back(fmt::format("--mkdir {}: only --style root gives it its mode and owner",
                                    entry.path.text()));
      }
    }
  }
  if (stage.is_for_windows) {
    if (const std::string path = windows_search_path(library_path); !path.empty()) {
      stage.environment.emplace_back("PATH", path);
    }
  } else if (!library_path.empty()) {
    stage.environment.emplace_back("LD_LIBRARY_PATH", joined(library_path));
  }
  if (!computed.options.preload.empty()) {
    stage.environment.emplace_back("LD_PRELOAD", joined(computed.options.preload));
  }
  for (const std::string& text : arguments.set_environment) {
    stage.environment.push_back(name_and_value(text, "--set-env"));
  }
  for (const std::string& text : arguments.labels) {
    stage.labels.push_back(name_and_value(text, "--label"));
  }
  stage.ports = arguments.ports;
  stage.user = stage.is_for_windows && arguments.user == "nonroot" ? "ContainerUser"
                                                                   : user_line(arguments.user);
  stage.workdir = arguments.workdir;
  stage.stop_signal = arguments.stop_signal;
  stage.entrypoint =
      arguments.entrypoint.empty() ? default_entrypoint(report) : split_words(arguments.entrypoint);
  if (stage.is_for_windows && arguments.entrypoint.empty() && !stage.entrypoint.empty()) {
    stage.entrypoint.front() = windows_path(stage.entrypoint.front());
  }
  stage.cmd = split_words(arguments.cmd);
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
      "scratch (default), auto, dir:PATH, or an image that pare knows: what it brings is left out");
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
  add_made_options(options, to.made);
  options.value("--user", to.user, "NAME|UID[:GID]", "Who runs it (nonroot: 65532)");
  options.list("--set-env", to.set_environment, "NAME=VALUE", "An ENV of the image (repeatable)");
  options.value("--entrypoint", to.entrypoint, "WORDS", "Instead of the first program");
  options.value("--cmd", to.cmd, "WORDS", "CMD: words as in a shell, or a JSON array");
  options.value("--workdir", to.workdir, "DIR", "WORKDIR");
  options.list("--label", to.labels, "NAME=VALUE", "A LABEL (repeatable)");
  options.list("--port", to.ports, "PORT[/PROTO]", "EXPOSE (repeatable)");
  options.value("--stop-signal", to.stop_signal, "SIGNAL", "STOPSIGNAL");
  return [arguments] { return run_stage(*arguments); };
}

} // namespace pare
