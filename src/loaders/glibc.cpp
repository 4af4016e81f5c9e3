// glibc finds a library by asking, in this order: what is loaded already (by name, then by soname),
// DT_RPATH of the object and of all that led to it, LD_LIBRARY_PATH, DT_RUNPATH of the object,
// ld.so.cache, the built-in folders. In each folder, subfolders for the CPU come first. Instead of
// rules of thumb this file replays the loader: a list of modules in breadth-first order, each
// knowing who caused it to be loaded.
//
// The answer depends on the CPU where subfolders for CPUs are there. So the loading is played for a
// CPU that has the machine's baseline only, and, if anything of a newer one came into sight, once
// more for each kind of CPU: the minimal root must run on all.

#include "loaders/glibc.hpp"

#include "loaders/glibc_system.hpp"
#include "loaders/tokens.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <span>
#include <unordered_set>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t most_modules = 16384;

struct Module {
  const Examined* file = nullptr;
  std::string opened_as; // l_name, made absolute
  bool is_main = false;
  bool is_interpreter = false;
  bool has_rpath = false;   // itself, or one of those that led to it
  Module* loader = nullptr; // l_loader
  std::optional<std::vector<SearchFolder*>> rpath, runpath; // decomposed on first use
};

/// arch/*/vdso of Linux: the sonames of the objects that the kernel maps.
bool is_vdso(std::string_view name) {
  return name == "linux-vdso.so.1" || name == "linux-gate.so.1" || name == "linux-vdso32.so.1" ||
         name == "linux-vdso64.so.1";
}

/// One start of one program on one kind of CPU.
class Process {
public:
  Process(GlibcSystem& loader, const CpuProfile& cpu, const StartOptions& options)
      : loader_(loader), cpu_(cpu), options_(options) {}

  Loading
  load(const Examined& program, const std::string& started_as, const std::string& interpreter_name);

  /// Whether another kind of CPU may find other files.
  bool saw_levels() const { return saw_levels_; }

private:
  Module& add(const Examined* file, std::string opened_as, Module* loader) {
    Module& module = modules_.emplace_back();
    module.file = file;
    module.opened_as = std::move(opened_as);
    module.loader = loader;
    module.has_rpath =
        (file->elf() != nullptr && file->elf()->rpath) || (loader != nullptr && loader->has_rpath);
    return module;
  }

  std::string absolute(std::string_view path) const {
    if (path.starts_with('/')) {
      return std::string(path);
    }
    return options_.working_folder == "/" ? fmt::format("/{}", path)
                                          : fmt::format("{}/{}", options_.working_folder, path);
  }

  std::optional<std::string> expand(const Module& module, std::string_view text);
  const std::vector<SearchFolder*>& decompose(std::optional<std::vector<SearchFolder*>>& folders,
                                              const std::optional<std::string>& text,
                                              const Module& module);
  std::vector<SearchFolder*>
  decompose_text(std::string_view text, std::string_view separators, const Module& module);

  enum class Verdict { take, skip, end };
  Verdict judge(const Found& found, Answer& answer) const;
  bool open_path(const std::vector<SearchFolder*>& folders, std::string_view name, Answer& answer);
  bool try_file(std::string_view folder, std::string_view name, Answer& answer, bool& stop);
  bool look_in_cache(const Module* by, std::string_view name, Answer& answer);
  void search(Module* by, std::string_view name, bool for_audit, Answer& answer);
  void search_all(Module* by, std::string_view name, bool for_audit, Answer& answer);
  void note_cache(std::string_view name, const Answer& answer);
  Module* ask(Module* by, std::string_view name, bool optional);
  void load_all(std::deque<Module*> queue);
  void open(const Opening& opening);
  void load_auditors(Module& main);
  void check_versions();
  bool allowed_by_legacy(std::string_view path);
  const std::vector<std::string>& legacy_subfolders() {
    if (legacy_subfolders_.empty()) {
      legacy_subfolders_ = legacy_subfolders_of(cpu_);
    }
    return legacy_subfolders_;
  }

  GlibcSystem& loader_;
  const CpuProfile& cpu_;
  const StartOptions& options_;
  std::deque<Module> modules_;
  Module* main_ = nullptr;
  std::unordered_map<std::string_view, Module*>
      by_name_; // every name and soname that a loaded module answers to
  std::unordered_map<const Examined*, Module*> by_file_;
  std::vector<SearchFolder*> library_path_;
  std::string opened_as_; // of the last file that a search took
  std::vector<std::string> legacy_subfolders_;
  bool saw_levels_ = false;
  bool used_configured_ = false;
  bool cache_noted_ = false;
  std::unordered_set<Module*> queued_; // whose dependencies were, or will be, asked for
  Loading loading_;
};

std::optional<std::string> Process::expand(const Module& module, std::string_view text) {
  if (text.find('$') == std::string_view::npos) {
    return std::string(text);
  }
  const std::size_t slash = module.opened_as.rfind('/');
  return expand_tokens(
      text,
      {.origin = slash == 0 ? "/" : std::string_view(module.opened_as).substr(0, slash),
       .lib = loader_.lib,
       .platform = cpu_.platform,
       .saw_platform = [this] { saw_levels_ = saw_levels_ || loader_.machine.cpus.size() > 1; }});
}

/// elf/dl-load.c, fillin_rpath: an empty element is the working folder; each folder counts once.
std::vector<SearchFolder*>
Process::decompose_text(std::string_view text, std::string_view separators, const Module& module) {
  std::vector<SearchFolder*> folders;
  for (const std::string_view part : split_at(text, separators)) {
    const std::optional<std::string> expanded = expand(module, part);
    if (!expanded || (expanded->empty() && !part.empty())) {
      continue;
    }
    SearchFolder* folder =
        loader_.search_folder(expanded->empty() ? options_.working_folder : absolute(*expanded));
    if (std::ranges::find(folders, folder) == folders.end()) {
      folders.push_back(folder);
    }
  }
  return folders;
}

const std::vector<SearchFolder*>&
Process::decompose(std::optional<std::vector<SearchFolder*>>& folders,
                   const std::optional<std::string>& text,
                   const Module& module) {
  if (!folders) {
    folders.emplace();
    if (text && !text->empty()) {
      *folders = decompose_text(*text, ":", module);
    }
  }
  return *folders;
}

/// elf/dl-load.c, open_verify: another class or machine is passed over; anything else that is wrong
/// ends the program.
Process::Verdict Process::judge(const Found& found, Answer& answer) const {
  const auto damaged = [&answer](std::string why) {
    answer.damage = std::move(why);
    return Verdict::end;
  };
  if (found.walk.end != WalkEnd::found) {
    return Verdict::skip;
  }
  if (found.file == nullptr) {
    return damaged("is no regular file");
  }
  const ElfMachine& wanted = main_->file->elf()->machine;
  if (found.file->machine && !same_machine(*found.file->machine, wanted)) {
    return Verdict::skip;
  }
  const Elf* elf = found.file->elf();
  if (elf == nullptr) {
    return damaged(found.file->damage.empty() ? "is no ELF file" : found.file->damage);
  }
  if (elf->machine.big_endian != wanted.big_endian) {
    return damaged("has the other byte order");
  }
  if (elf->type != elf::et_dyn || (elf->flags_1 & elf::df_1_pie) != 0) {
    return damaged(
        "is no shared object"); // _dl_map_object_from_fd: "cannot dynamically load executable"
  }
  if (!elf->is_dynamic) {
    return damaged("has no dynamic section");
  }
  return Verdict::take;
}

bool Process::try_file(std::string_view folder, std::string_view name, Answer& answer, bool& stop) {
  const Found& found = loader_.files.open(folder, name);
  switch (judge(found, answer)) {
  case Verdict::skip:
    stop = found.walk.end ==
           WalkEnd::loop; // open_path: an error other than ENOENT and EACCES ends this list
    return false;
  case Verdict::end:
    answer.outcome = Outcome::damaged;
    break;
  case Verdict::take:
    answer.outcome = Outcome::found;
    break;
  }
  answer.way = &found;
  answer.file = found.file;
  opened_as_ = found.asked;
  return true;
}

bool Process::open_path(const std::vector<SearchFolder*>& folders,
                        std::string_view name,
                        Answer& answer) {
  for (SearchFolder* folder : folders) {
    bool stop = false;
    if (!folder->is_known) {
      loader_.look_for_subfolders(*folder);
    }
    if (folder->has_levels) {
      saw_levels_ = true;
      for (const std::string& level : cpu_.levels) {
        if (try_file(fmt::format("{}/glibc-hwcaps/{}", folder->text, level), name, answer, stop)) {
          return true;
        }
      }
    }
    if (folder->has_legacy) {
      saw_levels_ = true;
      for (const std::string& subfolder : legacy_subfolders()) {
        if (try_file(fmt::format("{}/{}", folder->text, subfolder), name, answer, stop)) {
          return true;
        }
      }
    }
    if (try_file(folder->text, name, answer, stop)) {
      return true;
    }
    answer.tried.push_back(folder->said);
    if (stop) {
      return false;
    }
  }
  return false;
}

/// A legacy hwcap entry of the cache is for the CPUs that its folder's name says.
bool Process::allowed_by_legacy(std::string_view path) {
  return std::ranges::any_of(legacy_subfolders(), [&](const std::string& subfolder) {
    const SplitPath parts = split_path(path);
    return parts.folder.ends_with(fmt::format("/{}", subfolder));
  });
}

/// elf/dl-cache.c, search_cache: the best subfolder of this CPU, else the first entry of the
/// machine's kind.
bool Process::look_in_cache(const Module* by, std::string_view name, Answer& answer) {
  const LdSoCache* cache = loader_.the_cache();
  if (cache == nullptr) {
    return false;
  }
  std::vector<CacheEntry> entries;
  try {
    entries = cache->find(name);
  } catch (const InputError& error) {
    loader_.cache_damage = error.what();
    return false;
  }
  const CacheEntry* best = nullptr;
  std::size_t best_level = cpu_.levels.size();
  for (const CacheEntry& entry : entries) {
    if (entry.flags != 1 && std::ranges::find(loader_.machine.cache_flags, entry.flags) ==
                                loader_.machine.cache_flags.end()) {
      continue;
    }
    if (!entry.level.empty()) {
      saw_levels_ = true;
      const std::size_t level = static_cast<std::size_t>(
          std::ranges::find(cpu_.levels, entry.level) - cpu_.levels.begin());
      if (level < best_level) {
        best = &entry;
        best_level = level;
      }
      continue;
    }
    if (entry.hwcap != 0) {
      saw_levels_ = true;
    }
    if (best == nullptr && (entry.hwcap == 0 || allowed_by_legacy(entry.path))) {
      best = &entry;
    }
  }
  if (best == nullptr || !best->path.starts_with('/')) {
    return false;
  }
  if (by != nullptr && (by->file->elf()->flags_1 & elf::df_1_nodeflib) != 0 &&
      std::ranges::any_of(loader_.system_folders,
                          [&](const std::string& f) { return best->path.starts_with(f); })) {
    return false;
  }
  bool stop = false;
  const SplitPath parts = split_path(best->path);
  return try_file(parts.folder == "/" ? "" : parts.folder, parts.name, answer, stop);
}

/// The cache belongs to the closure when the built-in folders would have given another file.
void Process::note_cache(std::string_view name, const Answer& answer) {
  if (cache_noted_ || loader_.cache_way == nullptr) {
    return;
  }
  const std::string kept = opened_as_;
  Answer built_in;
  if (!open_path(loader_.default_folders, name, built_in) || built_in.file != answer.file) {
    loading_.loader_files.push_back({loader_.cache_way});
    cache_noted_ = true;
  }
  opened_as_ = kept;
}

/// Most objects name no folders: then the answer is the one that another object, or another
/// program, got before.
void Process::search(Module* by, std::string_view name, bool for_audit, Answer& answer) {
  const bool is_plain = by != nullptr && !for_audit && !by->has_rpath &&
                        !by->file->elf()->runpath && !main_->has_rpath && library_path_.empty() &&
                        (by->file->elf()->flags_1 & elf::df_1_nodeflib) == 0 &&
                        &cpu_ == &loader_.machine.cpus.front();
  if (!is_plain) {
    search_all(by, name, for_audit, answer);
    return;
  }
  const auto [known, is_new] = loader_.plain_searches.try_emplace(name);
  PlainSearch& plain = known->second;
  if (is_new) {
    const bool saw_levels = std::exchange(saw_levels_, false),
               used_configured = std::exchange(used_configured_, false);
    const bool noted = std::exchange(cache_noted_, false);
    search_all(by, name, for_audit, plain.answer);
    plain.opened_as = opened_as_;
    plain.saw_levels = std::exchange(saw_levels_, saw_levels || saw_levels_);
    plain.used_configured = std::exchange(used_configured_, used_configured || used_configured_);
    plain.needs_cache = std::exchange(cache_noted_, noted || cache_noted_);
    if (plain.needs_cache && noted) {
      loading_.loader_files.pop_back(); // it stands there already
    }
  } else if (plain.needs_cache && !cache_noted_) {
    loading_.loader_files.push_back({loader_.cache_way});
    cache_noted_ = true;
  }
  saw_levels_ = saw_levels_ || plain.saw_levels;
  used_configured_ = used_configured_ || plain.used_configured;
  opened_as_ = plain.opened_as;
  answer.outcome = plain.answer.outcome;
  answer.file = plain.answer.file;
  answer.way = plain.answer.way;
  answer.damage = plain.answer.damage;
  answer.tried = plain.answer.tried;
}

void Process::search_all(Module* by, std::string_view name, bool for_audit, Answer& answer) {
  const bool by_has_runpath = by != nullptr && by->file->elf()->runpath.has_value();
  bool did_main = false;
  if (!by_has_runpath) {
    for (Module* module = by; module != nullptr; module = module->loader) {
      const Elf& elf = *module->file->elf();
      if (open_path(decompose(module->rpath, elf.rpath, *module), name, answer)) {
        return;
      }
      did_main = did_main || (module->is_main && elf.rpath.has_value());
    }
    if (!did_main &&
        open_path(decompose(main_->rpath, main_->file->elf()->rpath, *main_), name, answer)) {
      return;
    }
  }
  if (for_audit &&
      open_path(decompose(main_->runpath, main_->file->elf()->runpath, *main_), name, answer)) {
    return;
  }
  if (open_path(library_path_, name, answer)) {
    return;
  }
  if (by != nullptr &&
      open_path(decompose(by->runpath, by->file->elf()->runpath, *by), name, answer)) {
    return;
  }
  const Module* owner = by != nullptr ? by : main_;
  if (look_in_cache(owner, name, answer)) {
    note_cache(name, answer);
    return;
  }
  const bool no_defaults = (owner->file->elf()->flags_1 & elf::df_1_nodeflib) != 0;
  if (!no_defaults && open_path(loader_.default_folders, name, answer)) {
    return;
  }
  // Where there is no cache, what ldconfig would put into one.
  loader_.the_cache();
  if (open_path(loader_.configured, name, answer)) {
    used_configured_ = true;
  }
}

/// elf/dl-load.c, _dl_map_object. Null: not found, or damaged.
Module* Process::ask(Module* by, std::string_view name, bool optional) {
  if (is_vdso(name)) {
    return nullptr; // the kernel brings it, and it is there before all others
  }
  Answer answer;
  answer.by = by == nullptr ? nullptr : by->file;
  answer.name = name;
  answer.optional = optional;
  const auto give = [&](Module* module) {
    if (answer.outcome != Outcome::missing) {
      answer.tried.clear();
    }
    loading_.answers.push_back(std::move(answer));
    return module;
  };
  if (const auto known = by_name_.find(name); known != by_name_.end()) {
    answer.outcome = Outcome::found;
    answer.file = known->second->file;
    return give(known->second);
  }
  Module* owner = by != nullptr ? by : main_;
  std::optional<std::string> expanded = expand(*owner, name);
  if (!expanded || expanded->empty()) {
    return give(nullptr);
  }
  if (expanded->find('/') == std::string::npos) {
    search(owner, *expanded == name ? name : loader_.kept.emplace_back(*expanded), false, answer);
  } else {
    bool stop = false;
    const std::string full = absolute(*expanded);
    const SplitPath parts = split_path(full);
    try_file(parts.folder == "/" ? "" : parts.folder, parts.name, answer, stop);
  }
  if (answer.outcome != Outcome::found) {
    return give(nullptr);
  }
  if (const auto same = by_file_.find(answer.file); same != by_file_.end()) {
    by_name_.emplace(name, same->second);
    return give(same->second);
  }
  if (modules_.size() >= most_modules) {
    loading_.warnings.push_back(
        fmt::format("more than {} libraries in one program: the rest is left out", most_modules));
    return give(nullptr);
  }
  Module& module = add(answer.file, opened_as_, owner);
  by_file_.emplace(module.file, &module);
  by_name_.emplace(name, &module);
  by_name_.emplace(loader_.kept.emplace_back(opened_as_), &module);
  if (module.file->elf()->soname) {
    by_name_.emplace(*module.file->elf()->soname, &module);
  }
  return give(&module);
}

/// elf/dl-deps.c, _dl_map_object_deps: breadth first; what a filter stands for comes right after
/// the filter.
void Process::load_all(std::deque<Module*> queue) {
  queued_.insert(queue.begin(), queue.end());
  while (!queue.empty()) {
    Module* module = queue.front();
    queue.pop_front();
    std::vector<Module*> filtees;
    for (const Dependency& dependency : module->file->elf()->dependencies) {
      const bool is_filter = dependency.tag != DependencyTag::needed;
      Module* found = ask(module, dependency.name, dependency.tag == DependencyTag::auxiliary);
      if (found == nullptr) {
        continue;
      }
      const bool is_new = queued_.insert(found).second;
      if (is_filter && !is_new) {
        // It waits for its turn behind the filter: then it is moved; if its turn has come already,
        // it stays.
        const auto waiting = std::ranges::find(queue, found);
        if (waiting == queue.end()) {
          continue;
        }
        queue.erase(waiting);
      }
      if (is_filter) {
        filtees.push_back(found);
      } else if (is_new) {
        queue.push_back(found);
      }
    }
    queue.insert(queue.begin(), filtees.begin(), filtees.end());
  }
}

/// elf/dl-open.c, dl_open_worker: found as a dependency of the caller would be, and all that it
/// needs.
void Process::open(const Opening& opening) {
  Opened opened{.first = loading_.answers.size()};
  const auto caller = by_file_.find(opening.by);
  Module* module = ask(caller == by_file_.end() ? main_ : caller->second,
                       loader_.kept.emplace_back(opening.name),
                       true);
  if (module != nullptr) {
    opened.file = module->file;
    if (!queued_.contains(module)) {
      load_all({module});
    }
  }
  opened.last = loading_.answers.size();
  loading_.opened.push_back(opened);
}

/// elf/rtld.c, load_audit_modules: each auditor has a namespace of its own, with its own copies of
/// what it needs: the same files, found by an object that nobody loaded.
void Process::load_auditors(Module& main) {
  std::vector<std::string_view> lists = {options_.audit};
  lists.insert(lists.end(), main.file->elf()->audit.begin(), main.file->elf()->audit.end());
  for (const std::string_view names : lists) {
    for (const std::string_view name : split_at(names, ":")) {
      if (name.empty()) {
        continue;
      }
      Process other(loader_, cpu_, options_);
      other.library_path_ = library_path_;
      Module& shadow = other.add(main.file, main.opened_as, nullptr);
      shadow.is_main = true;
      other.main_ = &shadow;
      if (loader_.interpreter != nullptr) {
        Module& own = other.add(loader_.interpreter, loader_.interpreter->path.text(), nullptr);
        own.is_interpreter = true;
        other.by_file_.emplace(own.file, &own);
        if (own.file->elf()->soname) {
          other.by_name_.emplace(*own.file->elf()->soname, &own);
        }
      }
      Answer answer;
      answer.by = main.file;
      answer.name = name;
      answer.optional = true;
      const std::optional<std::string> expanded = other.expand(shadow, name);
      if (!expanded) {
        continue;
      }
      if (expanded->find('/') == std::string::npos) {
        other.search(nullptr, name, true, answer);
      } else {
        bool stop = false;
        const std::string full = absolute(*expanded);
        const SplitPath parts = split_path(full);
        other.try_file(parts.folder == "/" ? "" : parts.folder, parts.name, answer, stop);
      }
      loading_.answers.push_back(answer);
      if (answer.outcome != Outcome::found) {
        continue;
      }
      Module& auditor = other.add(answer.file, other.opened_as_, nullptr);
      other.by_file_.emplace(auditor.file, &auditor);
      other.by_name_.emplace(name, &auditor);
      if (auditor.file->elf()->soname) {
        other.by_name_.emplace(*auditor.file->elf()->soname, &auditor);
      }
      other.load_all({&auditor});
      std::ranges::move(other.loading_.answers, std::back_inserter(loading_.answers));
      std::ranges::move(other.loading_.loader_files, std::back_inserter(loading_.loader_files));
      saw_levels_ = saw_levels_ || other.saw_levels_;
    }
  }
}

/// elf/dl-version.c, _dl_check_map_versions.
void Process::check_versions() {
  for (const Module& module : modules_) {
    const std::vector<VersionNeed>& needs = module.file->elf()->version_needs;
    for (auto need = needs.begin(); need != needs.end();) {
      const std::string& soname = need->library;
      const auto end = std::find_if(
          need, needs.end(), [&](const VersionNeed& other) { return other.library != soname; });
      const auto named = by_name_.find(soname);
      if (named != by_name_.end()) { // else the library itself is missing
        loader_.check_versions(
            *module.file, *named->second->file, std::span(need, end), loading_.versions);
      }
      need = end;
    }
  }
}

Loading Process::load(const Examined& program,
                      const std::string& started_as,
                      const std::string& interpreter_name) {
  const bool by_kernel = program.elf()->interpreter.has_value();
  // $ORIGIN: the kernel's program is /proc/self/exe, without symlinks; a library keeps the name it
  // was given.
  Module& main = add(&program, by_kernel ? program.path.text() : started_as, nullptr);
  main.is_main = true;
  main_ = &main;
  if (by_kernel) {
    by_name_.emplace("", &main); // its l_name
  } else {
    by_file_.emplace(&program, &main);
  }
  if (program.elf()->soname) {
    by_name_.emplace(*program.elf()->soname, &main);
  }
  if (loader_.interpreter != nullptr && loader_.interpreter->elf() != nullptr &&
      loader_.interpreter != &program) {
    Module& own = add(loader_.interpreter, interpreter_name, nullptr);
    own.is_interpreter = true;
    by_name_.emplace(interpreter_name, &own);
    by_file_.emplace(own.file, &own);
    if (own.file->elf()->soname) {
      by_name_.emplace(*own.file->elf()->soname, &own);
    }
  }
  if (!options_.library_path.empty()) {
    library_path_ = decompose_text(options_.library_path, ":;", main);
  }
  load_auditors(main);
  for (const std::string_view name : split_at(options_.preload, " :")) {
    if (!name.empty()) {
      ask(nullptr, name, true);
    }
  }
  for (const std::string& name : loader_.preload_names) {
    ask(nullptr, name, true);
  }
  // Preloads stand before the program's own dependencies.
  std::deque<Module*> queue = {&main};
  for (Module& module : modules_) {
    if (!module.is_interpreter && !module.is_main) {
      queue.push_back(&module);
    }
  }
  load_all(std::move(queue));
  for (const Opening& opening : options_.openings) {
    open(opening);
  }
  check_versions();
  for (const Module& module : modules_) {
    loading_.objects.push_back(module.file);
  }
  if (loader_.preload_way != nullptr) {
    loading_.loader_files.push_back({loader_.preload_way});
  }
  if (!loader_.cache_damage.empty()) {
    loading_.warnings.push_back(fmt::format("{}: {}", loader_.cache_path, loader_.cache_damage));
  }
  if (used_configured_) {
    loading_.warnings.push_back(
        fmt::format("there is no {}: libraries were found through ld.so.conf, which the loader "
                    "does not read; run ldconfig, or set "
                    "LD_LIBRARY_PATH",
                    loader_.cache_path));
  }
  return std::move(loading_);
}

} // namespace

GlibcLoader::GlibcLoader(Files& files, const Examined* interpreter, const ElfMachine& machine)
    : system_(std::make_unique<GlibcSystem>(files, interpreter, machine)) {}

GlibcLoader::~GlibcLoader() = default;

Loading GlibcLoader::load(const Examined& program,
                          const std::string& started_as,
                          const std::string& interpreter_name,
                          const StartOptions& options) {
  Process baseline(*system_, system_->machine.cpus.front(), options);
  Loading loading = baseline.load(program, started_as, interpreter_name);
  if (baseline.saw_levels()) {
    for (std::size_t i = 1; i < system_->machine.cpus.size(); ++i) {
      Process process(*system_, system_->machine.cpus[i], options);
      Loading other = process.load(program, started_as, interpreter_name);
      // What only a newer CPU brings comes on top; what it lacks, the baseline lacks too, or it is
      // not asked for there.
      std::ranges::move(other.answers, std::back_inserter(loading.answers));
      std::ranges::move(other.versions, std::back_inserter(loading.versions));
      std::ranges::move(other.loader_files, std::back_inserter(loading.loader_files));
    }
  }
  return loading;
}

bool is_glibc_loader(const Elf& elf) {
  return std::ranges::binary_search(elf.versions, "GLIBC_PRIVATE");
}

} // namespace pare
