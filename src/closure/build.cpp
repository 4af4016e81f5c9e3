// Read each file once, answer what it asks, until nothing new turns up.

#include "closure/build.hpp"

#include "base/glob.hpp"
#include "formats/script.hpp"
#include "loaders/glibc.hpp"
#include "loaders/machines.hpp"
#include "loaders/musl.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace pare {
namespace {

constexpr std::string_view usual_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr int most_nested_scripts = 5; // Linux, fs/exec.c, exec_binprm: then ELOOP

class Builder {
public:
  Builder(const Root& root, const Options& options)
      : root_(root), options_(options), files_(root),
        closure_([this](const RootPath& path) { return is_excluded(path); }) {
    start_.library_path = joined(options.library_path);
    start_.preload = joined(options.preload);
    if (const auto audit = options.environment.find("LD_AUDIT");
        audit != options.environment.end()) {
      start_.audit = audit->second;
    }
    start_.working_folder = options.working_folder;
  }

  Closure build() {
    // What the user named. A path that --exclude matches is refused at the door, by add(), unless
    // an include names it.
    find_includes();
    ask_for_programs();
    ask_for_includes();
    // From here on, no regular file is added.
    add_parents();
    return std::move(closure_);
  }

private:
  static std::string joined(const std::vector<std::string>& parts) {
    return fmt::format("{}", fmt::join(parts, ":"));
  }

  bool is_excluded(const RootPath& path) const {
    return std::ranges::any_of(
               options_.excludes,
               [&](const std::string& glob) { return matches_glob(glob, path.text()); }) &&
           !included_.contains(path);
  }

  // ----------------------------------------------------------------------------------------------
  // what the user named

  /// The absolute path that a name means; for a bare name the first program in PATH.
  std::string place_of(const std::string& name, const std::string& path_list) {
    if (name.find('/') != std::string::npos) {
      return name.starts_with('/')
                 ? name
                 : fmt::format("{}/{}",
                               options_.working_folder == "/" ? "" : options_.working_folder,
                               name);
    }
    return find_in_path(name, path_list).value_or("");
  }

  /// execvp(3): the first regular file that may be executed.
  std::optional<std::string> find_in_path(std::string_view name, std::string_view path_list) {
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

  std::string path_variable() const {
    const auto found = options_.environment.find("PATH");
    return found == options_.environment.end() ? std::string(usual_path) : found->second;
  }

  [[noreturn]] void refuse_program(const std::string& asked, const Found& found) {
    throw InputError(fmt::format("{}: {}", asked, why_no_file(asked, found.walk)));
  }

  std::string why_no_file(const std::string& asked, const Walk& walk) {
    switch (walk.end) {
    case WalkEnd::unreadable:
      return "Permission denied";
    case WalkEnd::loop:
      return "too many levels of symbolic links";
    case WalkEnd::found: {
      const std::optional<Stat> stat = root_.lstat(walk.path);
      return stat && stat->type == FileType::directory ? "is a folder, not a program"
                                                       : "is no regular file";
    }
    case WalkEnd::absent:
      break;
    }
    const std::string label = root_.label();
    if (label != "/" && asked.starts_with(label)) {
      const std::string inside = RootPath::lexical(asked.substr(label.size())).text();
      if (files_.open(inside).file != nullptr) {
        return fmt::format("is a path of the host; inside of the root {} it is {}", label, inside);
      }
    }
    if (!walk.hops.empty()) {
      return fmt::format("is a symlink that leads nowhere ({})", walk.hops.front().path.text());
    }
    return fmt::format("no such file in the root {}", label);
  }

  void ask_for_programs() {
    for (const std::string& asked : options_.programs) {
      if (asked.empty()) {
        throw UsageError("a program with an empty name");
      }
      const std::string place = place_of(asked, path_variable());
      if (place.empty()) {
        throw InputError(fmt::format("{}: not found in PATH ({})", asked, path_variable()));
      }
      const Found& found = files_.open(place);
      if (found.file == nullptr) {
        refuse_program(asked, found);
      }
      const Examined& file = *found.file;
      if (!file.damage.empty()) {
        throw InputError(fmt::format("{}: {}", asked, file.damage));
      }
      if (file.stat.size == 0) {
        throw InputError(fmt::format("{}: is empty", asked));
      }
      if (const Elf* elf = file.elf();
          elf != nullptr && elf->type != elf::et_exec && elf->type != elf::et_dyn) {
        throw InputError(
            fmt::format("{}: is an ELF file, but neither a program nor a shared library", asked));
      }
      if (std::holds_alternative<Plain>(file.facts)) {
        throw InputError(fmt::format(
            "{}: is no program: neither an ELF file nor a script with a #! line", asked));
      }
      const std::string started = RootPath::lexical(place).text();
      closure_.programs.push_back({.asked = asked, .started = started, .path = file.path});
      const bool is_library = file.elf() != nullptr && !file.elf()->is_program();
      const std::optional<FileId> id =
          closure_.add(file.path, is_library ? FileKind::library : FileKind::program, file.stat);
      if (!id) {
        throw UsageError(fmt::format("{}: --exclude matches the program itself", asked));
      }
      closure_.add_edge(*id, ReasonKind::program, no_file, asked);
      note_way(found, *id, *id, started);
      start(*id, file, place);
    }
  }

  std::string place_of(const Include& include) const {
    return include.path.starts_with('/')
               ? include.path
               : fmt::format("{}/{}", options_.working_folder, include.path);
  }

  void find_includes() {
    for (const Include& include : options_.includes) {
      const Walk walk = files_.walker().follow(place_of(include));
      if (walk.end != WalkEnd::found) {
        throw InputError(fmt::format("--include {}: {} in the root {}",
                                     include.path,
                                     walk.end == WalkEnd::unreadable ? "may not be read"
                                                                     : "no such file or folder",
                                     root_.label()));
      }
      included_.insert(walk.path);
    }
  }

  void ask_for_includes() {
    for (const Include& include : options_.includes) {
      const std::string place = place_of(include);
      const Walk walk = files_.walker().follow(place);
      const std::optional<FileId> id = take_included(walk.path, include.path);
      if (id) {
        note_walk(walk, *id, place);
        closure_.files[*id].names.push_back({RootPath::lexical(place), files_.open(place).entry});
      }
      if (!include.destination.empty()) {
        lay_elsewhere(walk.path, RootPath::lexical(include.destination));
      }
    }
  }

  /// A file with its own closure; a folder with all that is in it.
  std::optional<FileId> take_included(const RootPath& path, const std::string& asked) {
    const std::optional<Stat> stat = root_.lstat(path);
    if (!stat) {
      return std::nullopt;
    }
    std::optional<FileId> id;
    switch (stat->type) {
    case FileType::directory:
      id = closure_.add(path, FileKind::directory, *stat);
      if (id) {
        closure_.add_edge(*id, ReasonKind::include, no_file, asked);
      }
      for (const std::string& name : root_.list(path)) {
        take_included(path / name, asked);
      }
      return id;
    case FileType::symlink: {
      id = add_link(path, root_.read_link(path).value_or(""));
      if (id) {
        closure_.add_edge(*id, ReasonKind::include, no_file, asked);
        // A link in a folder brings the file that it names; a folder elsewhere was not asked for.
        const Found& found = files_.open(path.text());
        if (found.file != nullptr) {
          take_included_file(*found.file, asked, true);
          note_walk(found.walk, *id, path.text());
        }
      }
      return id;
    }
    case FileType::regular: {
      const Found& found = files_.open(path.text());
      if (found.file == nullptr) {
        throw InputError(fmt::format("{}: may not be read", path.text()));
      }
      return take_included_file(*found.file, asked, !included_.contains(path));
    }
    default:
      id = closure_.add(path, FileKind::data, *stat);
      if (id) {
        closure_.add_edge(*id, ReasonKind::include, no_file, asked);
      }
      return id;
    }
  }

  /// `swept`: it lies in a folder that was included, and nobody named it.
  std::optional<FileId>
  take_included_file(const Examined& file, const std::string& asked, bool swept) {
    FileKind kind = FileKind::data;
    if (const Elf* elf = file.elf();
        elf != nullptr && (elf->type == elf::et_exec || elf->type == elf::et_dyn)) {
      kind = elf->is_program() ? FileKind::program : FileKind::library;
    } else if (std::holds_alternative<Script>(file.facts) && (file.stat.mode & 0111) != 0) {
      kind = FileKind::program;
    }
    const std::optional<FileId> id = closure_.add(file.path, kind, file.stat);
    if (id) {
      closure_.add_edge(*id, ReasonKind::include, no_file, asked);
      if (!file.damage.empty()) {
        warn(file.path.text(), file.damage);
      }
      if (kind != FileKind::data) {
        if (swept && std::holds_alternative<Script>(file.facts)) {
          swept_scripts_.insert(&file);
        }
        start(*id, file, file.path.text());
      }
    }
    return id;
  }

  void lay_elsewhere(const RootPath& from, const RootPath& to) {
    for (ClosureFile& file : closure_.files) {
      if (file.path.is_in(from)) {
        file.lay_at = RootPath::lexical(
            to.text() + file.path.text().substr(from.is_root() ? 0 : from.text().size()));
      }
    }
  }

  // ----------------------------------------------------------------------------------------------
  // what files ask for

  /// What the kernel and the loader do when `file` is started, or loaded if it is a library.
  void start(FileId id, const Examined& file, const std::string& place) {
    if (const Script* script = std::get_if<Script>(&file.facts)) {
      if (started_.insert(&file).second) {
        start_script(id, file, *script);
      }
      return;
    }
    const Elf* elf = file.elf();
    if (elf == nullptr ||
        !loaded_.insert({&file, file.elf()->interpreter ? std::string() : place}).second) {
      return;
    }
    if (elf->interpreter) {
      start_dynamic(id, file, place);
    } else if (elf->is_dynamic && !elf->dependencies.empty() && elf->type == elf::et_dyn) {
      load_library(file, place);
    }
  }

  void start_dynamic(FileId id, const Examined& file, const std::string& place) {
    const std::string& name = *file.elf()->interpreter;
    const std::string absolute =
        name.starts_with('/') ? name : fmt::format("{}/{}", options_.working_folder, name);
    const Found& found = files_.open(absolute);
    if (found.file == nullptr) {
      miss(name, file, MissingKind::interpreter);
    } else {
      take(found.file, FileKind::interpreter, ReasonKind::interpreter, id, name, &found, absolute);
    }
    load(file, place, found.file, name);
  }

  /// A library is loaded by programs of its own machine: with their usual loader.
  void load_library(const Examined& file, const std::string& place) {
    const std::vector<std::string> usual = usual_interpreters(*file.elf());
    for (const std::string& name : usual) {
      const Found& found = files_.open(name);
      if (found.file != nullptr) {
        load(file, place, found.file, name);
        return;
      }
    }
    load(file, place, nullptr, usual.empty() ? "" : usual.front());
  }

  void load(const Examined& file,
            const std::string& place,
            const Examined* interpreter,
            const std::string& name) {
    const Loading loading =
        is_musl(interpreter, name)
            ? load_with_musl(files_, file, place, interpreter, name, start_)
            : glibc_loader(interpreter, file.elf()->machine).load(file, place, name, start_);
    take_over(loading, file, interpreter);
  }

  static bool is_musl(const Examined* interpreter, const std::string& name) {
    if (interpreter != nullptr && interpreter->elf() != nullptr &&
        is_glibc_loader(*interpreter->elf())) {
      return false;
    }
    return is_musl_interpreter_name(name);
  }

  GlibcLoader& glibc_loader(const Examined* interpreter, const ElfMachine& machine) {
    std::unique_ptr<GlibcLoader>& loader = loaders_[{interpreter, machine_of(machine).name}];
    if (!loader) {
      const bool readable = interpreter != nullptr && interpreter->elf() != nullptr;
      loader = std::make_unique<GlibcLoader>(files_, readable ? interpreter : nullptr, machine);
    }
    return *loader;
  }

  void take_over(const Loading& loading, const Examined& program, const Examined* interpreter) {
    for (const Answer& answer : loading.answers) {
      const std::optional<FileId> asker = answer.by == nullptr ? no_file : id_of(*answer.by);
      if (!asker) {
        continue; // it was refused: what only it needs is not taken
      }
      const FileId by = *asker;
      switch (answer.outcome) {
      case Outcome::found:
        take(answer.file,
             answer.file == interpreter ? FileKind::interpreter : FileKind::library,
             ReasonKind::needed,
             by,
             answer.name,
             answer.way,
             answer.name);
        break;
      case Outcome::damaged:
        if (answer.file != nullptr) {
          take(answer.file,
               FileKind::library,
               ReasonKind::needed,
               by,
               answer.name,
               answer.way,
               answer.name);
        }
        warn(answer.way->walk.path.text(),
             fmt::format("{}: {} cannot load it",
                         answer.damage,
                         answer.by == nullptr ? "the loader" : answer.by->path.text()));
        break;
      case Outcome::missing:
        miss_library(answer, program);
        break;
      }
    }
    for (const MissingVersion& version : loading.versions) {
      if (closure_.find(version.by->path)) {
        Missing& missing = miss(std::string(version.version), *version.by, MissingKind::version);
        missing.library = version.soname;
        missing.found = version.library->path.text();
      }
    }
    for (const LoaderFile& read : loading.loader_files) {
      const std::optional<FileId> by =
          interpreter == nullptr ? std::nullopt : closure_.find(interpreter->path);
      if (by) {
        take(read.way->file,
             FileKind::data,
             ReasonKind::needed,
             *by,
             read.way->walk.path.text(),
             read.way,
             read.way->walk.path.text());
      }
    }
    for (const std::string& text : loading.warnings) {
      warn(program.path.text(), text);
    }
  }

  void miss_library(const Answer& answer, const Examined& program) {
    if (answer.optional) {
      if (answer.by == nullptr) {
        warn(program.path.text(),
             fmt::format("{}: cannot be preloaded, it is not found; the loader goes on without it",
                         answer.name));
      }
      return;
    }
    Missing& missing = miss(std::string(answer.name), *answer.by, MissingKind::needed);
    if (missing.tried.empty()) {
      missing.tried = answer.tried;
    }
  }

  void start_script(FileId id, const Examined& file, const Script& script) {
    const std::string place = place_of_interpreter(script.interpreter);
    const Found& found = files_.open(place);
    if (found.file == nullptr) {
      miss(script.interpreter, file, MissingKind::interpreter);
      if (script.interpreter.ends_with('\r')) {
        warn(file.path.text(),
             "its #! line ends in a carriage return, which is part of the interpreter's name");
      }
      return;
    }
    if (is_nested_too_deep(file)) {
      miss(script.interpreter, file, MissingKind::interpreter);
      warn(file.path.text(),
           "its interpreter is a script itself, and so on: too deep for the kernel");
    }
    take_program(*found.file, ReasonKind::interpreter, id, script.interpreter, found, place);
    start_by_env(id, file, place, {script.argument});
  }

  bool is_nested_too_deep(const Examined& file) {
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
  std::string place_of_interpreter(const std::string& name) const {
    return name.starts_with('/') ? name : fmt::format("{}/{}", options_.working_folder, name);
  }

  /// `#!/usr/bin/env NAME`, the kernel giving all of the line's rest to env as one argument; and
  /// what env starts in turn.
  void start_by_env(FileId id,
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
        miss(command.program, file, MissingKind::program);
        return;
      }
      take_program(*found->file, ReasonKind::interpreter, id, command.program, *found, place);
      arguments = std::move(command.arguments);
    }
  }

  void take_program(const Examined& file,
                    ReasonKind kind,
                    FileId by,
                    std::string_view name,
                    const Found& way,
                    const std::string& place) {
    const std::optional<FileId> id = take(&file, FileKind::program, kind, by, name, &way, place);
    if (!id) {
      return;
    }
    if (!file.damage.empty()) {
      warn(file.path.text(), file.damage);
    }
    start(*id, file, place);
  }

  // ----------------------------------------------------------------------------------------------
  // into the graph

  std::optional<FileId> take(const Examined* file,
                             FileKind kind,
                             ReasonKind reason,
                             FileId by,
                             std::string_view detail,
                             const Found* way,
                             std::string_view asked) {
    const std::optional<FileId> id = add(*file, kind);
    if (id) {
      closure_.add_edge(*id, reason, by, detail);
      if (way != nullptr) {
        note_way(*way, *id, by, asked);
      }
    }
    return id;
  }

  /// closure_.add() by the file itself: a library is asked for by ten others on average, and a
  /// pointer is found faster.
  std::optional<FileId> add(const Examined& file, FileKind kind) {
    const auto known = ids_.find(&file);
    if (known != ids_.end() && closure_.files[known->second].kind != FileKind::data) {
      return known->second;
    }
    const std::optional<FileId> id = closure_.add(file.path, kind, file.stat);
    if (id) {
      ids_.insert_or_assign(&file, *id);
    }
    return id;
  }

  std::optional<FileId> id_of(const Examined& file) const {
    const auto known = ids_.find(&file);
    return known != ids_.end() ? known->second : closure_.find(file.path);
  }

  /// By which name a file was found, and the symlinks on the way.
  void note_way(const Found& found, FileId file, FileId by, std::string_view asked) {
    if (!noted_.emplace(&found, by).second) {
      return;
    }
    FileName name{RootPath::lexical(found.asked), found.entry};
    std::vector<FileName>& names = closure_.files[file].names;
    if (std::ranges::find(names, name) == names.end()) {
      names.push_back(std::move(name));
    }
    note_walk(found.walk, by, asked);
  }

  /// The symlinks on the way, and folders that the way leaves again by `..`.
  void note_walk(const Walk& walk, FileId by, std::string_view asked) {
    for (const Hop& hop : walk.hops) {
      if (const std::optional<FileId> link = add_link(hop.path, hop.target)) {
        closure_.add_edge(*link, ReasonKind::symlink, by, asked);
      }
    }
    for (const RootPath& folder : walk.passed) {
      const std::optional<Stat> stat = files_.walker().lstat(folder);
      const std::optional<FileId> id =
          stat ? closure_.add(folder, FileKind::directory, *stat) : std::nullopt;
      if (id) {
        closure_.add_edge(*id, ReasonKind::parent, by, asked);
      }
    }
  }

  std::optional<FileId> add_link(const RootPath& path, const std::string& target) {
    const Stat stat = {.type = FileType::symlink, .mode = 0777, .size = target.size()};
    const std::optional<FileId> id = closure_.add(path, FileKind::symlink, stat);
    if (id) {
      closure_.files[*id].target = target;
    }
    return id;
  }

  void add_parents() {
    for (FileId id = 0; id < closure_.files.size(); ++id) { // it grows on the way
      const RootPath folder = closure_.files[id].path.parent();
      if (folder.is_root() || closure_.find(folder)) {
        continue;
      }
      const std::optional<Stat> stat = files_.walker().lstat(folder);
      const std::optional<FileId> parent =
          stat ? closure_.add(folder, FileKind::directory, *stat) : std::nullopt;
      if (parent) {
        closure_.add_edge(*parent, ReasonKind::parent, id, "");
      }
    }
  }

  Missing& miss(std::string name, const Examined& by, MissingKind kind) {
    const auto known = std::ranges::find_if(closure_.missing, [&](const Missing& m) {
      return m.name == name && m.by == by.path.text() && m.kind == kind;
    });
    if (known != closure_.missing.end()) {
      return *known;
    }
    Missing& missing = closure_.missing.emplace_back();
    missing.allowed = std::ranges::any_of(
        options_.allow_missing, [&](const std::string& glob) { return matches_glob(glob, name); });
    missing.name = std::move(name);
    missing.by = by.path.text();
    missing.kind = kind;
    // A script in a folder that somebody included whole is often an example, or for another system.
    missing.confidence = swept_scripts_.contains(&by) ? Confidence::likely : Confidence::certain;
    return missing;
  }

  void warn(const std::string& path, std::string message) {
    Warning warning{path, std::move(message)};
    if (std::ranges::find(closure_.warnings, warning) == closure_.warnings.end()) {
      closure_.warnings.push_back(std::move(warning));
    }
  }

  const Root& root_;
  const Options& options_;
  Files files_;
  Closure closure_;
  StartOptions start_;
  std::unordered_map<const Examined*, FileId> ids_;
  std::set<std::pair<const Found*, FileId>> noted_;
  std::unordered_set<RootPath> included_;
  std::unordered_set<const Examined*> started_;
  std::unordered_set<const Examined*> swept_scripts_;
  std::set<std::pair<const Examined*, std::string>> loaded_;
  std::map<std::pair<const Examined*, std::string>, std::unique_ptr<GlibcLoader>> loaders_;
};

} // namespace

Closure build_closure(const Root& root, const Options& options) {
  return Builder(root, options).build();
}

} // namespace pare
