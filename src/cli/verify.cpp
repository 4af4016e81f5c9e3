// A look-up that fails inside the minimal root and would succeed in the full one is a miss. Many
// are harmless: a program looks for a cache or a translation, and does without. So what decides is
// how the command ends, and the misses say why.

#include "base/bytes.hpp"
#include "base/descriptor.hpp"
#include "base/glob.hpp"
#include "base/names.hpp"
#include "base/sizes.hpp"
#include "cli/commands.hpp"
#include "cli/made_entries.hpp"
#include "cli/options.hpp"
#include "cli/run_options.hpp"
#include "formats/recording.hpp"
#include "outputs/minimal_root.hpp"
#include "root/follow.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sys/mman.h>
#include <unistd.h>

namespace pare {
namespace {

constexpr int most_rounds = 30; ///< Of --repair: each finds what the one before could not come to.
constexpr int timed_out = 124;  ///< As timeout(1) has it.
constexpr std::size_t most_entries = 1'000'000; ///< Of an image that is run whole.
constexpr std::size_t most_said = 40;
constexpr std::size_t most_names = 3;

struct VerifyArguments {
  ClosureArguments closure;
  MadeArguments made;
  RunArguments run;
  std::vector<std::string> writable;
  std::string network = "none";
  bool compare = false;
  bool repair = false;
};

/// What a look-up that failed would have found.
struct Miss {
  RootPath path; ///< Its real path in the full root.
  FileType type = FileType::regular;
  std::uint64_t size = 0;
  bool is_of_full = false;        ///< Only the run in the full root looked for it.
  std::vector<std::string> asked; ///< In order: the names by which it was looked for.
};

struct OneRun {
  RecordEnd end;
  std::vector<TracedUse> uses;
  std::string output, error; ///< With --compare.
};

Descriptor memory_file(const char* name) {
  Descriptor file(memfd_create(name, MFD_CLOEXEC));
  if (!file) {
    throw OutputError(fmt::format("a file in memory: {}", std::strerror(errno)));
  }
  return file;
}

std::string content_of(const Descriptor& file) {
  std::string text;
  std::array<char, 65536> some;
  for (ssize_t count = 0;
       (count = pread(file.get(), some.data(), some.size(), static_cast<off_t>(text.size()))) >
       0;) {
    text.append(some.data(), static_cast<std::size_t>(count));
  }
  return text;
}

void write_whole(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count < 0 && errno != EINTR) {
      return;
    }
    text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }
}

/// The standard input, for commands that run several times; none: a terminal, which is asked anew.
Descriptor kept_input() {
  if (isatty(STDIN_FILENO) == 1) {
    return Descriptor();
  }
  Descriptor file = memory_file("input");
  std::array<char, 65536> some;
  for (ssize_t count = 0; (count = read(STDIN_FILENO, some.data(), some.size())) > 0;) {
    write_whole(file.get(), {some.data(), static_cast<std::size_t>(count)});
  }
  return file;
}

/// A report of all that a root holds. Throws InputError when that is more than a million entries.
Report whole(const Root& root) {
  Report report;
  std::vector<RootPath> folders = {RootPath()};
  while (!folders.empty()) {
    const RootPath folder = std::move(folders.back());
    folders.pop_back();
    for (const std::string& name : root.list(folder)) {
      const RootPath path = folder / name;
      const std::optional<Stat> stat = root.lstat(path);
      if (!stat) {
        continue;
      }
      ReportFile file{.path = path, .stat = *stat};
      if (stat->type == FileType::directory) {
        file.kind = FileKind::directory;
        folders.push_back(path);
      } else if (stat->type == FileType::symlink) {
        file.kind = FileKind::symlink;
        file.target = root.read_link(path).value_or("");
      }
      report.files.push_back(std::move(file));
      if (report.files.size() > most_entries) {
        throw InputError(fmt::format("{}: more than {} entries", root.label(), most_entries));
      }
    }
  }
  std::ranges::sort(report.files, {}, &ReportFile::path);
  return report;
}

class Verifier {
public:
  Verifier(const VerifyArguments& arguments, Computed computed)
      : arguments_(arguments), computed_(std::move(computed)),
        record_(record_options(arguments.run, *computed_.root)), binds_(binds_of(arguments.run)) {
    set_environment();
    if (arguments.compare || arguments.repair) {
      input_ = kept_input();
    }
  }

  ExitCode verify() {
    OneRun run = run_minimal();
    std::vector<Miss> misses = misses_of(run);
    const std::vector<Miss> first = misses;
    for (int round = 0; arguments_.repair && round < most_rounds && add(misses); ++round) {
      computed_.report = resolve(*computed_.root, computed_.options);
      run = run_minimal();
      misses = misses_of(run);
    }
    if (arguments_.compare) {
      write_whole(STDERR_FILENO, run.error);
      write_whole(arguments_.repair ? STDERR_FILENO : STDOUT_FILENO, run.output);
    }
    say_end(run, arguments_.repair ? first : misses);
    const bool passed = arguments_.compare ? is_as_in_full_root(run) : run.end.code == 0;
    if (!arguments_.closure.quiet) {
      say(passed ? "passed" : "failed");
    }
    if (arguments_.repair) {
      write_result(arguments_.closure.output, settings());
    }
    return passed ? ExitCode::yes : ExitCode::no;
  }

private:
  // ----------------------------------------------------------------------------------------------
  // running

  /// What a container has: little, and what was asked for.
  void set_environment() {
    std::map<std::string, std::string> variables = {
        {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        {"HOME", home_of(record_.identity.value_or(Identity()), *computed_.root)},
        {"HOSTNAME", "pare"}};
    if (const char* term = std::getenv("TERM"); term != nullptr && isatty(STDOUT_FILENO) == 1) {
      variables["TERM"] = term;
    }
    const Options& options = computed_.options;
    if (!options.library_path.empty()) {
      variables["LD_LIBRARY_PATH"] = fmt::format("{}", fmt::join(options.library_path, ":"));
    }
    if (!options.preload.empty()) {
      variables["LD_PRELOAD"] = fmt::format("{}", fmt::join(options.preload, ":"));
    }
    for (const auto& [name, value] : options.environment) {
      variables[name] = value;
    }
    record_.environment.emplace();
    for (const auto& [name, value] : variables) {
      record_.environment->push_back(fmt::format("{}={}", name, value));
    }
  }

  /// /tmp is as empty as in a new container, unless it holds what is to be run.
  SandboxOptions sandbox_options() {
    const auto is_in_tmp = [](std::string_view path) { return path.starts_with("/tmp/"); };
    has_own_tmp_ = !is_in_tmp(record_.command.front()) &&
                   std::ranges::none_of(computed_.report.files, [&](const ReportFile& file) {
                     return is_in_tmp(file.destination().text());
                   });
    return {.binds = binds_,
            .writable = arguments_.writable,
            .working_folder = arguments_.run.working_folder,
            .identity = record_.identity,
            .has_network = arguments_.network == "host",
            .has_own_tmp = has_own_tmp_};
  }

  /// `is_quiet`: what it writes is kept, not shown.
  OneRun run_in(const SandboxOptions& sandbox, bool is_quiet) {
    const Descriptor recording = memory_file("recording");
    const Descriptor output = memory_file("output"), error = memory_file("error");
    OneRun run;
    run.end = run_in_sandbox(sandbox, [&] {
      if (input_) {
        lseek(input_.get(), 0, SEEK_SET);
        dup2(input_.get(), STDIN_FILENO);
      }
      if (is_quiet) {
        dup2(output.get(), STDOUT_FILENO);
        dup2(error.get(), STDERR_FILENO);
      } else if (arguments_.repair) {
        dup2(STDERR_FILENO, STDOUT_FILENO); // the standard output is for the settings
      }
      FactWriter facts(Descriptor(fcntl(recording.get(), F_DUPFD_CLOEXEC, 3)), "the recording");
      return record(record_, facts);
    });
    if (run.end.is_interrupted) {
      throw Interrupted();
    }
    const std::string facts = content_of(recording);
    if (!facts.empty()) {
      run.uses = read_recording(facts, "/").uses;
    }
    run.output = content_of(output);
    run.error = content_of(error);
    return run;
  }

  /// The same command in the full root, once.
  const OneRun& full_run() {
    if (!full_) {
      SandboxOptions sandbox = sandbox_options();
      if (computed_.image) {
        sandbox.fill = [&](const std::string& destination) {
          const Report report = whole(*computed_.root);
          std::vector<Warning> said;
          write_minimal_root({report, *computed_.root, {}}, destination, {}, said);
        };
      } else {
        sandbox.folder = computed_.root->label(); // a folder's: its path
      }
      full_ = run_in(sandbox, true);
    }
    return *full_;
  }

  OneRun run_minimal() {
    SandboxOptions sandbox = sandbox_options();
    sandbox.fill = [&](const std::string& destination) {
      std::vector<Warning> said; // owners and the like: nothing that a run here could keep
      const RootContents contents{
          computed_.report,
          *computed_.root,
          made_entries(arguments_.made, arguments_.closure, computed_, said)};
      write_minimal_root(contents, destination, {}, said);
    };
    return run_in(sandbox, arguments_.compare);
  }

  // ----------------------------------------------------------------------------------------------
  // misses

  bool is_given(std::string_view path) const {
    const auto is_in = [&](std::string_view folder) {
      return path == folder || (path.starts_with(folder) && path.size() > folder.size() &&
                                path[folder.size()] == '/');
    };
    return path == "/" || is_in("/proc") || is_in("/sys") || is_in("/dev") || path == "/run" ||
           (has_own_tmp_ && is_in("/tmp")) || std::ranges::any_of(arguments_.writable, is_in) ||
           std::ranges::any_of(binds_, [&](const Bind& bind) { return is_in(bind.target); });
  }

  /// What look-ups of a run failed to find. When it failed itself, also what it would have come to:
  /// a program that reads a folder's names once looks for nothing that is not among them, and one
  /// that gives up early for nothing more.
  std::vector<Miss> misses_of(const OneRun& run) {
    std::map<RootPath, Miss> misses;
    const auto add_from = [&](const std::vector<TracedUse>& uses, bool is_of_full) {
      std::set<std::string_view> made; // by the run itself: what it looked for before is a miss
      for (const TracedUse& use : uses) {
        using enum TracedOperation;
        if (use.operation == create || use.operation == mkdir) {
          made.insert(use.path);
        }
        if ((use.operation == missing) != is_of_full && !made.contains(use.path)) {
          add_miss(misses, use.path, is_of_full, run.end.code != 0);
        }
      }
    };
    add_from(run.uses, false);
    if (run.end.code != 0 && run.end.code != timed_out) {
      add_from(full_run().uses, true);
    }
    std::vector<Miss> out;
    for (auto& [path, miss] : misses) {
      out.push_back(std::move(miss));
    }
    return out;
  }

  void add_miss(std::map<RootPath, Miss>& misses,
                const std::string& path,
                bool is_of_full,
                bool has_failed) {
    if (is_given(path)) {
      return;
    }
    const Walk walk = walker_.follow(path);
    if (walk.end != WalkEnd::found || is_given(walk.path.text()) || is_laid(walk)) {
      return;
    }
    if (walk.path.text() == "/etc/ld.so.cache" && (is_of_full || !has_failed)) {
      return; // the loader asks for it always, and needs it only where its folders do not do
    }
    const std::optional<Stat> stat = computed_.root->lstat(walk.path);
    if (!stat || stat->type == FileType::socket) {
      return;
    }
    Miss& miss = misses.try_emplace(walk.path).first->second;
    if (miss.asked.empty()) {
      miss = {.path = walk.path, .type = stat->type, .size = stat->size, .is_of_full = is_of_full};
    }
    if (std::ranges::find(miss.asked, path) == miss.asked.end()) {
      miss.asked.push_back(path);
    }
  }

  /// Whether the whole way is in the minimal root: then the look-up failed for another reason.
  bool is_laid(const Walk& walk) const {
    return computed_.report.find(walk.path) != nullptr &&
           std::ranges::all_of(walk.hops, [&](const Hop& hop) {
             return computed_.report.find(hop.path) != nullptr;
           });
  }

  /// Takes what was missed. Whether that is anything new.
  bool add(const std::vector<Miss>& misses) {
    bool is_new = false;
    for (const Miss& miss : misses) {
      for (const std::string& asked : miss.asked) {
        if (!added_.insert(asked).second) {
          continue;
        }
        is_new = true;
        // What was excluded by hand is missed all the same: the repaired settings are without it.
        std::erase_if(computed_.options.excludes, [&](const std::string& glob) {
          return matches_glob(glob, asked) || matches_glob(glob, miss.path.text());
        });
        if (miss.type == FileType::directory) {
          added_folders_.insert(miss.path.text()); // what is in it shows in the next round
          computed_.options.traced.push_back({asked, TracedOperation::stat});
        } else {
          added_files_.insert(asked);
          computed_.options.includes.push_back({asked, {}});
        }
      }
    }
    return is_new;
  }

  /// For pare.toml.
  std::string settings() const {
    std::vector<std::string> folders;
    for (const std::string& folder : added_folders_) {
      const auto next = added_files_.lower_bound(folder + "/");
      const bool has_file = next != added_files_.end() && next->starts_with(folder + "/");
      if (!has_file) {
        folders.push_back(folder);
      }
    }
    std::string text;
    append_setting(text, "include", added_files_);
    append_setting(text, "mkdir", folders);
    return text;
  }

  template <typename Names>
  static void append_setting(std::string& text, std::string_view name, const Names& values) {
    if (values.empty()) {
      return;
    }
    text += fmt::format("{} = [\n", name);
    for (const std::string& value : values) {
      text += "  \"";
      append_json(text, value); // TOML's basic strings escape the same way (toml.io, v1.0.0)
      text += "\",\n";
    }
    text += "]\n";
  }

  // ----------------------------------------------------------------------------------------------
  // telling

  void say_end(const OneRun& run, const std::vector<Miss>& misses) const {
    if (arguments_.closure.quiet) {
      return;
    }
    for (const std::string& note : run.end.notes) {
      say("warning: " + note);
    }
    for (std::size_t i = 0; i < std::min(misses.size(), most_said); ++i) {
      const Miss& miss = misses[i];
      std::vector<std::string> names(miss.asked.begin(),
                                     miss.asked.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                              miss.asked.size(), most_names)));
      std::erase(names, miss.path.text());
      say(fmt::format("{}: {} ({}){}{}{}",
                      miss.is_of_full ? "used in the full root" : "missed",
                      miss.path.text(),
                      miss.type == FileType::directory ? "a folder" : human_size(miss.size),
                      names.empty() ? "" : ", looked for as ",
                      fmt::join(names, ", "),
                      miss.asked.size() > most_names ? ", …" : ""));
    }
    if (misses.size() > most_said) {
      say(fmt::format("missed: {} more", misses.size() - most_said));
    }
    if (!run.end.failure.empty()) {
      say(run.end.failure);
    }
    say(fmt::format(
        "exit code {} in the minimal root{}; {}",
        run.end.code,
        full_ && !arguments_.compare ? fmt::format(", {} in the full one", full_->end.code) : "",
        misses.empty() ? "nothing missed" : counted(misses.size(), "file missed", "files missed")));
  }

  /// Whether the command ended alike in the full root, and wrote the same.
  bool is_as_in_full_root(const OneRun& run) {
    const OneRun& full = full_run();
    const auto differ = [&](std::string_view what, std::string_view here, std::string_view there) {
      if (here == there) {
        return false;
      }
      const std::size_t at =
          static_cast<std::size_t>(std::ranges::mismatch(here, there).in1 - here.begin());
      const auto line = [&](std::string_view text) {
        const std::size_t start = text.rfind('\n', at == 0 ? 0 : at - 1);
        text = text.substr(start == std::string_view::npos || at == 0 ? 0 : start + 1);
        return std::string(text.substr(0, std::min<std::size_t>(text.find('\n'), 200)));
      };
      say(fmt::format("{} differs: {}", what, here.size() == there.size() ? "" : "in length too"));
      say(fmt::format("  minimal root: {}", line(here)));
      say(fmt::format("  full root:    {}", line(there)));
      return true;
    };
    bool is_same = run.end.code == full.end.code;
    if (!is_same) {
      say(fmt::format("exit code {} in the full root", full.end.code));
    }
    is_same &= !differ("the standard output", run.output, full.output);
    is_same &= !differ("the standard error", run.error, full.error);
    return is_same;
  }

  const VerifyArguments& arguments_;
  Computed computed_;
  RecordOptions record_;
  std::vector<Bind> binds_;
  Walker walker_{*computed_.root};
  std::optional<OneRun> full_;
  bool has_own_tmp_ = true;
  Descriptor input_;
  std::set<std::string> added_;         ///< Every name that was taken already.
  std::set<std::string> added_files_;   ///< Of these, those of files.
  std::set<std::string> added_folders_; ///< Real paths.
};

ExitCode run_verify(const VerifyArguments& arguments) {
  if (arguments.run.command.empty()) {
    throw UsageError("verify: expected -- CMD ARG... behind the programs");
  }
  VerifyArguments effective = arguments;
  effective.run.user = arguments.made.user;
  Computed computed = compute(arguments.closure, true);
  if (computed.image) { // what it does not say, the image's config does
    const ImageConfig& config = computed.image->config;
    effective.made.image_user = config.user;
    if (effective.run.user.empty()) {
      effective.run.user = config.user;
    }
    if (effective.run.working_folder.empty()) {
      effective.run.working_folder = config.working_folder;
    }
  }
  return Verifier(effective, std::move(computed)).verify();
}

} // namespace

Run set_up_verify(OptionList& options) {
  const auto arguments = std::make_shared<VerifyArguments>();
  add_closure_options(options,
                      arguments->closure,
                      "With --repair: write the settings to this file instead of standard output");
  add_made_options(options, arguments->made, arguments->closure);
  add_run_options(options, arguments->run, false);
  options.list("--writable",
               arguments->writable,
               "DIR",
               "An empty folder that belongs to who runs the command (repeatable)");
  options.choice("--network",
                 arguments->network,
                 "WHICH",
                 "none (default): a loopback of its own; host: the machine's",
                 {"none", "host"});
  options.flag("--compare",
               arguments->compare,
               "Run it in the full root too: it passes if both end alike and write the same");
  options.flag("--repair",
               arguments->repair,
               "Add what it misses, until nothing is missed; then print that as settings of "
               "pare.toml (the command's own output goes to standard error)");
  options.command(arguments->run.command);
  return [arguments] { return run_verify(*arguments); };
}

} // namespace pare
