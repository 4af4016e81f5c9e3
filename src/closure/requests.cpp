#include "closure/requests.hpp"

#include "base/build_id.hpp"
#include "code/cached_reach.hpp"
#include "finders/calls.hpp"
#include "finders/modules/java.hpp"
#include "finders/modules/node.hpp"
#include "finders/modules/perl.hpp"
#include "finders/modules/php.hpp"
#include "finders/modules/python.hpp"
#include "finders/modules/ruby.hpp"
#include "finders/modules/shell.hpp"
#include "finders/never_runs.hpp"
#include "finders/notes.hpp"
#include "finders/paths.hpp"
#include "finders/rules.hpp"
#include "finders/script_paths.hpp"
#include "finders/strings.hpp"
#include "root/expand.hpp"
#include "root/runtime_places.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t most_files_of_a_folder = 200'000;
constexpr int deepest_folder = 100;
constexpr unsigned arguments_of_rules = 3; ///< Rules look at the first ones of a call.
constexpr std::uint64_t largest_key =
    16384; ///< Of private keys, with the certificates beside them.

class Asker {
public:
  Asker(Files& files,
        const Options& options,
        Graph& graph,
        Starter& starter,
        const std::unordered_set<const Examined*>& own)
      : files_(files), options_(options), graph_(graph), starter_(starter), own_(own) {
    const auto is_on = [&](Hint hint) { return options.hints.contains(hint); };
    if (is_on(Hint::notes)) {
      finders_.push_back(std::make_unique<NotesFinder>());
    }
    if (is_on(Hint::modules)) {
      finders_.push_back(std::make_unique<PythonModules>(context_));
      finders_.push_back(std::make_unique<ShellModules>(context_));
      finders_.push_back(std::make_unique<NodeModules>(context_));
      finders_.push_back(std::make_unique<PerlModules>(context_));
      finders_.push_back(std::make_unique<RubyModules>(context_));
      finders_.push_back(std::make_unique<PhpModules>(context_));
      finders_.push_back(std::make_unique<JavaModules>(context_));
    }
    if (is_on(Hint::rules)) {
      for (const std::string& folder : options.rule_folders) {
        rules_.add_folder(folder);
      }
      auto rules = std::make_unique<RuleFinder>(context_, rules_);
      rule_finder_ = rules.get();
      reached_finders_.push_back(rules.get());
      finders_.push_back(std::move(rules));
    }
    if (is_on(Hint::calls)) {
      own_reached_finders_.push_back(std::make_unique<CallsFinder>());
    }
    if (is_on(Hint::strings)) {
      own_reached_finders_.push_back(std::make_unique<StringsFinder>());
    }
    if (is_on(Hint::paths)) {
      auto paths = std::make_unique<PathsFinder>(context_);
      finders_.push_back(std::make_unique<ScriptPathsFinder>(context_, *paths));
      own_reached_finders_.push_back(std::move(paths));
    }
    for (const std::unique_ptr<ReachedFinder>& finder : own_reached_finders_) {
      reached_finders_.push_back(finder.get());
    }
    if (!reached_finders_.empty()) {
      set_up_reach();
    }
  }

  void run() {
    take_traced();
    open_libraries();
    while (!finders_.empty() || reach_ != nullptr) {
      show_new_files();
      if (requests_.empty() && reach_ != nullptr) {
        follow_code();
      }
      if (requests_.empty()) {
        if (sweeps_.empty()) {
          return;
        }
        for (const Request& sweep : std::exchange(sweeps_, {})) {
          answer(sweep);
        }
      }
      for (Request& request : std::exchange(requests_, {})) {
        if (request.confidence >= options_.confidence && seen_.insert(request).second) {
          is_sweep(request) ? sweeps_.push_back(std::move(request)) : answer(request);
        }
      }
      open_libraries();
    }
  }

private:
  /// A request for a library that waits for its process, and the alternatives that are left.
  struct Wish {
    WantedOpening wanted;
    std::size_t request = 0;
    std::size_t alternative = 0;
  };

  // ----------------------------------------------------------------------------------------------
  // what code can reach

  void set_up_reach() {
    ReachOptions options;
    const bool with_rules = options_.hints.contains(Hint::rules);
    if (options_.hints.contains(Hint::calls)) {
      options.calls = CallsFinder::names();
    }
    if (with_rules) {
      for (const std::string& name : rules_.call_names()) {
        unsigned& count = options.calls[name];
        count = std::max(count, arguments_of_rules);
      }
    }
    options.interesting_symbol = [this, with_rules](std::string_view name) {
      return PathsFinder::starts_programs(name) || (with_rules && rules_.interesting_symbol(name));
    };
    options.interesting_constant = [this, with_rules](std::string_view text) {
      return PathsFinder::may_name(text) || looks_like_soname(text) ||
             (with_rules && rules_.interesting_constant(text));
    };
    // Tangled inside: everything leads to everything. Rules say what their functions open.
    options.opaque = {"libc.so.6",
                      "libc.musl-x86_64.so.1",
                      "ld-linux-x86-64.so.2",
                      "ld-linux-aarch64.so.1",
                      "libcrypto.so.3",
                      "libcrypto.so.1.1"};
    std::string question = fmt::format("{} reach", build_id());
    for (const auto& [name, count] : options.calls) {
      question += fmt::format("\n{} {}", name, count);
    }
    reach_ = std::make_unique<CachedReach>(
        files_.root(), std::move(options), cache_, std::move(question));
  }

  /// Processes that began, or grew, since the last time.
  void tell_processes() {
    const std::vector<Process>& processes = starter_.processes();
    for (std::size_t i = 0; i < processes.size(); ++i) {
      const std::vector<const Examined*>& objects = processes[i].objects;
      if (i == told_.size()) {
        told_.push_back({reach_->add_process(objects), {objects.begin(), objects.end()}, 0});
        if (!processes[i].program->elf()->is_program()) {
          reach_->enter_all(*processes[i].program);
        }
      }
      Told& told = told_[i];
      std::vector<const Examined*> later;
      for (const Examined* object : objects) {
        if (told.objects.insert(object).second) {
          later.push_back(object);
        }
      }
      if (!later.empty()) {
        reach_->extend(told.process, later);
      }
      for (; told.opened < processes[i].opened.size(); ++told.opened) {
        reach_->enter_all(*processes[i].opened[told.opened]);
      }
    }
  }

  void follow_code() {
    tell_processes();
    std::vector<Warning> warnings;
    for (const auto& [reached, chain] : reach_->run()) {
      const std::size_t before = requests_.size();
      for (ReachedFinder* finder : reached_finders_) {
        finder->reached(reached, requests_, warnings);
      }
      for (std::size_t i = before; i < requests_.size(); ++i) {
        Request& request = requests_[i];
        if (request.detail.empty()) {
          request.detail = request.names.front();
        }
        if (!chain.empty()) {
          request.detail += fmt::format(" [{}]", chain);
        }
      }
    }
    for (Warning& warning : warnings) {
      graph_.warn(warning.path, std::move(warning.message));
    }
    for (Warning& warning : reach_->take_warnings()) {
      graph_.warn(warning.path, std::move(warning.message));
    }
  }

  // ----------------------------------------------------------------------------------------------
  // what a recorded run used

  void take_traced() {
    std::unordered_set<std::string> made, absent;
    for (const TracedUse& use : options_.traced) {
      using enum TracedOperation;
      const std::string path = RootPath::lexical(use.path).text();
      switch (use.operation) {
      case missing:
      case remove:
        absent.insert(path);
        break;
      case create:
      case mkdir:
        made.insert(path);
        take_traced_path(RootPath::trusted(path).parent().text(), made);
        break;
      case connect:
        break;
      case open:
      case exec:
      case stat:
      case list:
      case readlink:
      case write:
        if (absent.contains(path)) {
          made.insert(path); // it was not there at first: the run itself made it
        }
        take_traced_path(path, made);
        break;
      }
    }
  }

  void take_traced_path(const std::string& path, const std::unordered_set<std::string>& made) {
    if (made.contains(path) || path == "/" ||
        path == "/etc/ld.so.cache") { // the loader knows when it needs that
      return;
    }
    if (const std::string_view kind = private_kind(path); !kind.empty()) {
      if (files_.open(path).walk.end == WalkEnd::found) {
        graph_.warn(path, fmt::format("the run used it, but it is not taken: {}", kind));
      }
      return;
    }
    take_path({.kind = RequestKind::file,
               .reason = ReasonKind::traced,
               .names = {path},
               .confidence = Confidence::certain},
              path,
              no_file,
              false);
  }

  /// What belongs to whoever recorded the run, not to the program; empty: nothing of that kind.
  std::string_view private_kind(const std::string& path) {
    const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
    if (name.ends_with("_history") || name == ".lesshst" || name == ".viminfo") {
      return "a history of what a person did";
    }
    if (path.starts_with("/var/cache/") || path.find("/.cache/") != std::string::npos) {
      return "a cache";
    }
    const Found& found = files_.open(path);
    if (found.file == nullptr || found.file->stat.size > largest_key) {
      return "";
    }
    const std::optional<Root::Opened> opened = files_.root().open(found.file->path);
    return opened && read_all(*opened->bytes, largest_key).find("PRIVATE KEY-----") !=
                         std::string::npos
               ? "a private key"
               : "";
  }

  // ----------------------------------------------------------------------------------------------
  // what finders ask for

  void show_new_files() {
    std::vector<Warning> warnings;
    for (const NewFile& shown : std::exchange(graph_.new_files, {})) {
      const Subject subject = {
          .file = shown.file, .kind = shown.kind, .is_own = own_.contains(shown.file)};
      for (const std::unique_ptr<Finder>& finder : finders_) {
        const std::size_t before = requests_.size();
        finder->examine(subject, requests_, warnings);
        for (std::size_t i = before; i < requests_.size(); ++i) {
          if (requests_[i].by == nullptr) {
            requests_[i].by = shown.file;
          }
        }
      }
    }
    for (Warning& warning : warnings) {
      graph_.warn(warning.path, std::move(warning.message));
    }
  }

  /// A folder for which a string is the only evidence. It waits until nothing else is left to ask:
  /// rules that know what of it is needed have fired by then.
  static bool is_sweep(const Request& request) {
    return request.kind == RequestKind::folder && request.reason == ReasonKind::path_string;
  }

  void answer(const Request& request) {
    const std::optional<FileId> by = graph_.id_of(*request.by);
    if (!by) {
      return; // refused: what only it needs is not taken
    }
    if (request.kind == RequestKind::library) {
      wishes_.push_back({.request = kept_.size()});
      kept_.push_back(request);
      return;
    }
    const bool found = std::ranges::any_of(
        request.names, [&](const std::string& name) { return take(request, name, *by); });
    if (!found && request.required) {
      miss(request);
    }
  }

  void miss(const Request& request) {
    graph_
        .miss(fmt::format("{}", fmt::join(request.names, " | ")),
              *request.by,
              request.reason == ReasonKind::dlopen_note ? MissingKind::dlopen_note
              : request.kind == RequestKind::program    ? MissingKind::program
                                                        : MissingKind::needed)
        .confidence = request.confidence;
  }

  static Edge edge_of(const Request& request, FileId by) {
    return {.kind = request.reason, .confidence = request.confidence, .by = by};
  }

  static const std::string& detail_of(const Request& request, const std::string& name) {
    return request.detail.empty() ? name : request.detail;
  }

  /// Whether something of that name is there.
  bool take(const Request& request, const std::string& name, FileId by) {
    switch (request.kind) {
    case RequestKind::library:
      break;
    case RequestKind::program: {
      const std::string place = starter_.place_of(name, starter_.path_variable());
      const Found* found = place.empty() ? nullptr : &files_.open(place);
      if (found == nullptr || found->file == nullptr) {
        return false;
      }
      starter_.take_program(
          *found->file, edge_of(request, by), detail_of(request, name), *found, place);
      return true;
    }
    case RequestKind::file:
      return take_path(request, name, by, false);
    case RequestKind::folder:
      return take_path(request, name, by, true);
    case RequestKind::glob: {
      const std::vector<std::string> paths = expand(files_.walker(), name);
      for (const std::string& path : paths) {
        if (!never_runs(path)) {
          take_path(request, path, by, false);
        }
      }
      return !paths.empty();
    }
    }
    return false;
  }

  bool take_path(const Request& request, const std::string& path, FileId by, bool with_content) {
    if (!path.starts_with('/') || is_of_the_runtime(path)) {
      return false; // asked first: /proc/self/exe leads back out
    }
    const Found& found = files_.open(path);
    if (found.walk.end != WalkEnd::found || is_of_the_runtime(found.walk.path.text())) {
      return false;
    }
    if (found.file != nullptr) {
      take_file(request, found, path, by);
      return true;
    }
    const std::optional<Stat> stat = files_.walker().lstat(found.walk.path);
    if (!stat || stat->type != FileType::directory) {
      return false;
    }
    const std::optional<FileId> id =
        graph_.closure.add(found.walk.path, FileKind::directory, *stat);
    if (id) {
      graph_.closure.add_edge(
          *id, request.reason, by, detail_of(request, path), request.confidence);
      graph_.note_way(found, *id, by, path);
      if (with_content) {
        Sweep sweep{.folder = found.walk.path};
        take_content(request, found.walk.path, by, deepest_folder, sweep);
      }
    }
    return true;
  }

  /// The taking of a folder with all that lies in it.
  struct Sweep {
    RootPath folder; ///< The real path of the one that was asked for.
    std::size_t left = most_files_of_a_folder;
  };

  void take_content(
      const Request& request, const RootPath& folder, FileId by, int levels, Sweep& sweep) {
    std::vector<std::string> names;
    try {
      names = files_.root().list(folder);
    } catch (const InputError& error) {
      graph_.warn(folder.text(), error.what());
    }
    for (const std::string& name : names) {
      const RootPath path = folder / name;
      const std::optional<Stat> stat = files_.walker().lstat(path);
      if (!stat || sweep.left == 0 || never_runs(path.text())) {
        continue;
      }
      --sweep.left;
      if (is_sweep(request) && request.confidence > Confidence::possible &&
          rule_finder_ != nullptr && rule_finder_->knows(sweep.folder, path)) {
        if (options_.confidence <= Confidence::possible) {
          Request weak = request;
          weak.confidence = Confidence::possible;
          take_one(weak, path, *stat, by, levels, sweep);
        }
      } else {
        take_one(request, path, *stat, by, levels, sweep);
      }
    }
  }

  void take_one(const Request& request,
                const RootPath& path,
                const Stat& stat,
                FileId by,
                int levels,
                Sweep& sweep) {
    if (stat.type == FileType::directory) {
      if (levels > 0 && take_path(request, path.text(), by, false)) {
        take_content(request, path, by, levels - 1, sweep);
      }
    } else {
      take_path(request, path.text(), by, false);
    }
  }

  /// A file by its path: a program or script is one that will be started, a library one that will
  /// be loaded.
  void take_file(const Request& request, const Found& found, const std::string& path, FileId by) {
    const Examined& file = *found.file;
    const std::string& detail = detail_of(request, path);
    const bool may_run = (file.stat.mode & 0111) != 0;
    if (const std::optional<FileId> known = graph_.id_of(file);
        known && graph_.closure.files[*known].kind != FileKind::data) {
      graph_.take(file, FileKind::data, edge_of(request, by), detail, &found, path);
      return;
    }
    if (const Elf* elf = file.elf();
        elf != nullptr && elf->type == elf::et_dyn && !elf->is_program() && elf->is_dynamic) {
      Request kept = request;
      kept.kind = RequestKind::library;
      kept.names = {path};
      wishes_.push_back({.request = kept_.size()});
      kept_.push_back(std::move(kept));
    } else if (const Pe* pe = file.pe(); pe != nullptr && pe->is_for_windows()) {
      const FileKind kind = pe->is_dll ? FileKind::library : FileKind::program;
      if (const std::optional<FileId> id =
              graph_.take(file, kind, edge_of(request, by), detail, &found, path)) {
        starter_.start(*id, file, path);
      }
    } else if (may_run && ((elf != nullptr && elf->is_program()) ||
                           // Modules of interpreters have #! lines of their own, for other days.
                           (request.reason != ReasonKind::module &&
                            std::holds_alternative<Script>(file.facts)))) {
      Edge edge = edge_of(request, by);
      if (request.without_programs && path != request.names.front() && !is_linked(file)) {
        edge.confidence = std::min(edge.confidence, Confidence::possible);
      }
      if (edge.confidence >= options_.confidence) {
        starter_.take_program(file, edge, detail, found, path);
      }
    } else {
      graph_.take(file, FileKind::data, edge_of(request, by), detail, &found, path);
    }
  }

  /// Whether the closure has the very file by another name: a hard link costs nothing.
  bool is_linked(const Examined& file) const {
    return file.stat.links > 1 &&
           std::ranges::any_of(graph_.closure.files, [&](const ClosureFile& other) {
             return other.stat.inode == file.stat.inode && other.stat.device == file.stat.device &&
                    other.kind == FileKind::program;
           });
  }

  // ----------------------------------------------------------------------------------------------
  // libraries

  /// The processes in which `file` has code, by their numbers.
  std::vector<std::size_t> processes_of(const Examined* file) const {
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < starter_.processes().size(); ++i) {
      if (std::ranges::find(starter_.processes()[i].objects, file) !=
          starter_.processes()[i].objects.end()) {
        numbers.push_back(i);
      }
    }
    return numbers;
  }

  void open_libraries() {
    while (!wishes_.empty()) {
      std::map<std::size_t, std::vector<Wish>> by_process;
      for (Wish& wish : std::exchange(wishes_, {})) {
        const Request& request = kept_[wish.request];
        const std::optional<FileId> by =
            request.by == nullptr ? std::nullopt : graph_.id_of(*request.by); // a recording's
        wish.wanted = {.opening = {.by = request.by, .name = request.names[wish.alternative]},
                       .edge = edge_of(request, by.value_or(no_file)),
                       .detail = detail_of(request, request.names[wish.alternative])};
        const std::vector<std::size_t> numbers =
            processes_of(request.loaded_in != nullptr ? request.loaded_in : request.by);
        if (numbers.empty()) {
          end(wish, open_alone(wish.wanted));
        }
        for (const std::size_t number : numbers) {
          by_process[number].push_back(wish);
        }
      }
      for (const auto& [number, wishes] : by_process) {
        std::vector<WantedOpening> wanted;
        for (const Wish& wish : wishes) {
          wanted.push_back(wish.wanted);
        }
        const std::vector<OpeningEnd> ends = starter_.open(number, wanted);
        for (std::size_t i = 0; i < wishes.size(); ++i) {
          end(wishes[i], ends[i]);
        }
      }
    }
  }

  OpeningEnd open_alone(const WantedOpening& wanted) {
    if (!wanted.opening.name.starts_with('/')) {
      return OpeningEnd::absent; // by which folders, there is nobody to say
    }
    const Found& found = files_.open(wanted.opening.name);
    return found.file == nullptr || found.file->elf() == nullptr
               ? OpeningEnd::absent
               : starter_.open_alone(found, wanted);
  }

  void end(const Wish& wish, OpeningEnd end) {
    if (end != OpeningEnd::absent) {
      return;
    }
    const Request& request = kept_[wish.request];
    if (wish.alternative + 1 < request.names.size()) {
      wishes_.push_back({.request = wish.request, .alternative = wish.alternative + 1});
    } else if (request.required) {
      miss(request);
    }
  }

  /// What the engine of reach knows of a process.
  struct Told {
    Reach::Process process = 0;
    std::unordered_set<const Examined*> objects;
    std::size_t opened = 0;
  };

  Files& files_;
  const Options& options_;
  Graph& graph_;
  Starter& starter_;
  const std::unordered_set<const Examined*>& own_;
  Cache cache_{build_id().empty() ? std::string() : options_.cache_folder};
  FinderContext context_{files_, options_, &cache_};
  RuleSet rules_;
  std::vector<std::unique_ptr<Finder>> finders_;
  std::vector<std::unique_ptr<ReachedFinder>> own_reached_finders_;
  std::vector<ReachedFinder*> reached_finders_;
  std::unique_ptr<CachedReach> reach_;
  std::vector<Told> told_;            ///< Of starter_.processes(), in their order.
  RuleFinder* rule_finder_ = nullptr; ///< One of finders_; null: rules are off.
  std::vector<Request> requests_;
  std::vector<Request> sweeps_; ///< That wait.
  std::set<Request> seen_;
  std::vector<Request> kept_; ///< Those of wishes.
  std::vector<Wish> wishes_;
};

} // namespace

void follow_requests(Files& files,
                     const Options& options,
                     Graph& graph,
                     Starter& starter,
                     const std::unordered_set<const Examined*>& own) {
  Asker(files, options, graph, starter, own).run();
}

} // namespace pare
