#include "closure/start.hpp"

#include "formats/script.hpp"
#include "loaders/machines.hpp"
#include "loaders/musl.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace pare {
namespace {

constexpr std::string_view usual_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr int most_nested_scripts = 5; // Linux, fs/exec.c, exec_binprm: then ELOOP

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ":"));
}

bool is_musl(const Examined* interpreter, const std::string& name) {
  if (interpreter != nullptr && interpreter->elf() != nullptr &&
      is_glibc_loader(*interpreter->elf())) {
    return false;
  }
  return is_musl_interpreter_name(name);
}

/// Why the loader would give up over this opening; empty: it would not.
std::string why_not(const Loading& loading, const Opened& opened) {
  const Answer& own = loading.answers[opened.first];
  if (opened.file == nullptr) {
    return own.outcome == Outcome::damaged ? own.damage : "is not found";
  }
  std::unordered_set<const Examined*> loaded = {opened.file};
  for (std::size_t i = opened.first + 1; i < opened.last; ++i) {
    const Answer& answer = loading.answers[i];
    if (answer.outcome == Outcome::found) {
      loaded.insert(answer.file);
    } else if (!answer.optional) {
      return fmt::format("{} needs {}, which {}",
                         answer.by->path.text(),
                         answer.name,
                         answer.outcome == Outcome::damaged ? answer.damage : "is not found");
    }
  }
  for (const MissingVersion& version : loading.versions) {
    if (loaded.contains(version.by)) {
      return fmt::format("{} needs {}, which {} does not define",
                         version.by->path.text(),
                         version.version,
                         version.library->path.text());
    }
  }
  return "";
}

} // namespace

Starter::Starter(Files& files, const Options& options, Graph& graph)
    : files_(files), options_(options), graph_(graph), windows_(files, options, graph) {
  start_.library_path = joined(options.library_path);
  start_.preload = joined(options.preload);
  if (const auto audit = options.environment.find("LD_AUDIT"); audit != options.environment.end()) {
    start_.audit = audit->second;
  }
  start_.working_folder = options.working_folder;
}

// ------------------------------------------------------------------------------------------------
// by a name

std::string Starter::place_of(const std::string& name, const std::string& path_list) {
  if (name.find('/') != std::string::npos) {
    return name.starts_with('/')
               ? name
               : fmt::format(
                     "{}/{}", options_.working_folder == "/" ? "" : options_.working_folder, name);
  }
  return find_in_path(name, path_list).value_or("");
}

/// execvp(3): the first regular file that may be executed.
std::optional<std::string> Starter::find_in_path(std::string_view name,
                                                 std::string_view path_list) {
  while (true) {
    const std::size_t colon = path_list.find(':');
    const std::string folder(path_list.substr(0, colon));
    std::string place =
        fmt::format("{}/{}", folder.empty() ? options_.working_folder : folder, name);
    const Found& found = files_.open(place);
    if (found.file != nullptr && (found.file->stat.mode & 0111) != 0) {
      return place;
    }
    if (colon == std::string_view::npos) {
      return std::nullopt;
    }
    path_list.remove_prefix(colon + 1);
  }
}

std::string Starter::path_variable() const {
  const auto found = options_.environment.find("PATH");
  return found == options_.environment.end() ? std::string(usual_path) : found->second;
}

// ------------------------------------------------------------------------------------------------
// ELF

void Starter::start(FileId id, const Examined& file, const std::string& place) {
  if (const Script* script = std::get_if<Script>(&file.facts)) {
    if (started_scripts_.insert(&file).second) {
      start_script(id, file, *script);
    }
    return;
  }
  if (file.pe() != nullptr) {
    windows_.start(file, RootPath::lexical(place));
    return;
  }
  const Elf* elf = file.elf();
  if (elf == nullptr || !loaded_.insert({&file, elf->interpreter ? std::string() : place}).second) {
    return;
  }
  if (elf->interpreter) {
    start_dynamic(id, file, place);
  } else if (elf->is_dynamic && !elf->dependencies.empty() && elf->type == elf::et_dyn) {
    begin(library_process(file, place));
  } else {
    processes_.push_back({.program = &file, .started_as = place, .objects = {&file}});
  }
}

void Starter::start_dynamic(FileId id, const Examined& file, const std::string& place) {
  const std::string& name = *file.elf()->interpreter;
  const std::string absolute =
      name.starts_with('/') ? name : fmt::format("{}/{}", options_.working_folder, name);
  const Found& found = files_.open(absolute);
  if (found.file == nullptr) {
    miss_interpreter(name, file, MissingKind::interpreter);
  } else {
    graph_.take(*found.file,
                FileKind::interpreter,
                {.kind = ReasonKind::interpreter, .by = id},
                name,
                &found,
                absolute);
  }
  begin(
      {.program = &file, .started_as = place, .interpreter = found.file, .interpreter_name = name});
}

/// A library is loaded by programs of its own machine: with their usual loader.
Process Starter::library_process(const Examined& file, const std::string& place) {
  Process process = {.program = &file, .started_as = place};
  const std::vector<std::string> usual = usual_interpreters(*file.elf());
  for (const std::string& name : usual) {
    const Found& found = files_.open(name);
    if (found.file != nullptr) {
      process.interpreter = found.file;
      process.interpreter_name = name;
      return process;
    }
  }
  process.interpreter_name = usual.empty() ? "" : usual.front();
  return process;
}

void Starter::begin(Process process) {
  Loading loading = load(process);
  process.objects = std::move(loading.objects);
  take_over(loading, process, 0);
  processes_.push_back(std::move(process));
}

Loading Starter::load(const Process& process) {
  start_.openings = process.openings;
  const Examined& file = *process.program;
  return is_musl(process.interpreter, process.interpreter_name)
             ? load_with_musl(files_,
                              file,
                              process.started_as,
                              process.interpreter,
                              process.interpreter_name,
                              start_)
             : glibc_loader(process.interpreter, file.elf()->machine)
                   .load(file, process.started_as, process.interpreter_name, start_);
}

GlibcLoader& Starter::glibc_loader(const Examined* interpreter, const ElfMachine& machine) {
  std::unique_ptr<GlibcLoader>& loader = loaders_[{interpreter, machine_of(machine).name}];
  if (!loader) {
    const bool readable = interpreter != nullptr && interpreter->elf() != nullptr;
    loader = std::make_unique<GlibcLoader>(files_, readable ? interpreter : nullptr, machine);
  }
  return *loader;
}

std::vector<OpeningEnd> Starter::open(std::size_t number,
                                      const std::vector<WantedOpening>& wanted) {
  std::vector<OpeningEnd> ends(wanted.size(), OpeningEnd::taken);
  Process process = processes_[number];
  const std::size_t before = process.openings.size();
  while (true) {
    process.openings.resize(before);
    std::vector<std::size_t> tried;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (ends[i] == OpeningEnd::taken) {
        process.openings.push_back(wanted[i].opening);
        tried.push_back(i);
      }
    }
    if (tried.empty()) {
      return ends;
    }
    Loading loading = load(process);
    // What is left out may have brought what another one finds loaded: so once more without it.
    bool is_final = true;
    for (std::size_t i = 0; i < tried.size(); ++i) {
      const Opened& opened = loading.opened[before + i];
      const WantedOpening& one = wanted[tried[i]];
      const bool is_absent = loading.answers[opened.first].outcome == Outcome::missing;
      const std::string why = why_not(loading, opened);
      if (is_absent || (!why.empty() && one.edge.confidence != Confidence::certain)) {
        ends[tried[i]] = is_absent ? OpeningEnd::absent : OpeningEnd::left_out;
        is_final = false;
        if (!is_absent) {
          graph_.warn(loading.answers[opened.first].way != nullptr
                          ? loading.answers[opened.first].way->walk.path.text()
                          : one.opening.name,
                      fmt::format("left out: {}", why));
        }
      }
    }
    if (!is_final) {
      continue;
    }
    for (std::size_t i = 0; i < tried.size(); ++i) {
      const Opened& opened = loading.opened[before + i];
      const Answer& answer = loading.answers[opened.first];
      if (answer.file != nullptr) {
        process.opened.push_back(answer.file);
        graph_.take(*answer.file,
                    FileKind::library,
                    wanted[tried[i]].edge,
                    wanted[tried[i]].detail,
                    answer.way,
                    answer.name);
      }
      for (std::size_t at = opened.first + 1; at < opened.last; ++at) {
        take_over(loading.answers[at], process);
      }
    }
    process.objects = std::move(loading.objects);
    take_over(loading, process, loading.opened.back().last);
    processes_[number] = std::move(process);
    return ends;
  }
}

OpeningEnd Starter::open_alone(const Found& found, const WantedOpening& wanted) {
  const std::string place(found.asked);
  Process process = library_process(*found.file, place);
  Loading loading = load(process);
  loading.opened.push_back({.file = found.file, .first = 0, .last = loading.answers.size()});
  // Its own look-up, which no loader was asked for.
  loading.answers.insert(loading.answers.begin(), Answer{.outcome = Outcome::found});
  ++loading.opened.back().last;
  const std::string why = why_not(loading, loading.opened.back());
  if (!why.empty() && wanted.edge.confidence != Confidence::certain) {
    graph_.warn(found.file->path.text(), fmt::format("left out: {}", why));
    return OpeningEnd::left_out;
  }
  if (wanted.opening.by == nullptr) {
    // A recording says that it was opened, not by whom: what is not found from here, that process
    // had found already, or by folders of its own, and the recording has it.
    std::erase_if(loading.answers,
                  [](const Answer& answer) { return answer.outcome == Outcome::missing; });
    loading.versions.clear();
  }
  if (graph_.take(*found.file, FileKind::library, wanted.edge, wanted.detail, &found, place) &&
      loaded_.insert({found.file, place}).second) {
    process.objects = std::move(loading.objects);
    take_over(loading, process, 1);
    processes_.push_back(std::move(process));
  }
  return OpeningEnd::taken;
}

void Starter::take_over(const Loading& loading, const Process& process, std::size_t first) {
  for (std::size_t i = first; i < loading.answers.size(); ++i) {
    take_over(loading.answers[i], process);
  }
  for (const MissingVersion& version : loading.versions) {
    if (graph_.closure.find(version.by->path)) {
      Missing& missing =
          graph_.miss(std::string(version.version), *version.by, MissingKind::version);
      missing.library = version.soname;
      missing.found = version.library->path.text();
    }
  }
  for (const LoaderFile& read : loading.loader_files) {
    const std::optional<FileId> by = process.interpreter == nullptr
                                         ? std::nullopt
                                         : graph_.closure.find(process.interpreter->path);
    if (by) {
      const std::string& path = read.way->walk.path.text();
      graph_.take(*read.way->file,
                  FileKind::data,
                  {.kind = ReasonKind::needed, .by = *by},
                  path,
                  read.way,
                  path);
    }
  }
  for (const std::string& text : loading.warnings) {
    graph_.warn(process.program->path.text(), text);
  }
}

void Starter::take_over(const Answer& answer, const Process& process) {
  const std::optional<FileId> by = answer.by == nullptr ? no_file : graph_.id_of(*answer.by);
  if (!by) {
    return; // it was refused: what only it needs is not taken
  }
  const Edge edge = {.kind = ReasonKind::needed, .by = *by};
  switch (answer.outcome) {
  case Outcome::found:
    graph_.take(*answer.file,
                answer.file == process.interpreter ? FileKind::interpreter : FileKind::library,
                edge,
                answer.name,
                answer.way,
                answer.name);
    break;
  case Outcome::damaged:
    if (answer.file != nullptr) {
      graph_.take(*answer.file, FileKind::library, edge, answer.name, answer.way, answer.name);
    }
    graph_.warn(answer.way->walk.path.text(),
                fmt::format("{}: {} cannot load it",
                            answer.damage,
                            answer.by == nullptr ? "the loader" : answer.by->path.text()));
    break;
  case Outcome::missing:
    miss_library(answer, *process.program);
    break;
  }
}

void Starter::miss_library(const Answer& answer, const Examined& program) {
  if (answer.optional) {
    if (answer.by == nullptr) {
      graph_.warn(
          program.path.text(),
          fmt::format("{}: cannot be preloaded, it is not found; the loader goes on without it",
                      answer.name));
    }
    return;
  }
  Missing& missing = graph_.miss(std::string(answer.name), *answer.by, MissingKind::needed);
  if (missing.tried.empty()) {
    missing.tried = answer.tried;
  }
}

// ------------------------------------------------------------------------------------------------
// scripts

void Starter::start_script(FileId id, const Examined& file, const Script& script) {
  const std::string place = place_of_interpreter(script.interpreter);
  const Found& found = files_.open(place);
  if (found.file == nullptr) {
    miss_interpreter(script.interpreter, file, MissingKind::interpreter);
    if (script.interpreter.ends_with('\r')) {
      graph_.warn(file.path.text(),
                  "its #! line ends in a carriage return, which is part of the interpreter's name");
    }
    return;
  }
  if (is_nested_too_deep(file)) {
    miss_interpreter(script.interpreter, file, MissingKind::interpreter);
    graph_.warn(file.path.text(),
                "its interpreter is a script itself, and so on: too deep for the kernel");
  }
  take_program(
      *found.file, {.kind = ReasonKind::interpreter, .by = id}, script.interpreter, found, place);
  start_by_env(id, file, place, {script.argument});
}

bool Starter::is_nested_too_deep(const Examined& file) {
  const Examined* at = &file;
  for (int depth = 0; at != nullptr; ++depth) {
    const Script* script = std::get_if<Script>(&at->facts);
    if (script == nullptr) {
      return false;
    }
    if (depth == most_nested_scripts) {
      return true;
    }
    at = files_.open(place_of_interpreter(script->interpreter)).file;
  }
  return false;
}

/// The kernel opens a relative interpreter from the working folder.
std::string Starter::place_of_interpreter(const std::string& name) const {
  return name.starts_with('/') ? name : fmt::format("{}/{}", options_.working_folder, name);
}

/// `#!/usr/bin/env NAME`, the kernel giving all of the line's rest to env as one argument; and what
/// env starts in turn.
void Starter::start_by_env(FileId id,
                           const Examined& file,
                           std::string place,
                           std::vector<std::string> arguments) {
  std::string path_list = path_variable();
  while (RootPath::lexical(place).name() == "env") {
    EnvCommand command = read_env_arguments(arguments);
    if (command.program.empty()) {
      return; // env then runs the script's own name, or prints the environment
    }
    path_list = command.path.value_or(path_list);
    place = place_of(command.program, path_list);
    const Found* found = place.empty() ? nullptr : &files_.open(place);
    if (found == nullptr || found->file == nullptr) {
      miss_interpreter(command.program, file, MissingKind::program);
      return;
    }
    take_program(
        *found->file, {.kind = ReasonKind::interpreter, .by = id}, command.program, *found, place);
    arguments = std::move(command.arguments);
  }
}

void Starter::miss_interpreter(const std::string& name, const Examined& by, MissingKind kind) {
  Missing& missing = graph_.miss(name, by, kind);
  if (swept_scripts.contains(&by)) {
    // A script in a folder that somebody included whole is often an example, or for another system.
    missing.confidence = Confidence::likely;
  }
}

std::optional<FileId> Starter::take_program(const Examined& file,
                                            const Edge& edge,
                                            std::string_view detail,
                                            const Found& way,
                                            const std::string& place) {
  const std::optional<FileId> id = graph_.take(file, FileKind::program, edge, detail, &way, place);
  if (id) {
    if (!file.damage.empty()) {
      graph_.warn(file.path.text(), file.damage);
    }
    start(*id, file, place);
  }
  return id;
}

} // namespace pare
