// musl has one search for all: LD_LIBRARY_PATH, the run paths of the object and of all that led to
// it, then one list of folders. No cache, no subfolders for CPUs, no versions; DT_RUNPATH and
// DT_RPATH are the same thing. libc.so, libm.so and their kin are the loader itself.

#include "loaders/musl.hpp"

#include "base/bytes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pare {
namespace {

constexpr std::string_view built_in_path = "/lib:/usr/local/lib:/usr/lib";

struct Module {
  const Examined* file = nullptr;
  std::string opened_as;
  std::string short_name; // what a later name is compared with; empty: loaded by a path
  const Module* needed_by = nullptr;
  std::optional<std::string> search_path; // the run path, expanded
};

/// The names that are the loader itself (dynlink.c, load_library, `reserved`).
bool is_reserved(std::string_view name) {
  if (!name.starts_with("lib")) {
    return false;
  }
  for (const std::string_view own : {"c.", "pthread.", "rt.", "m.", "dl.", "util.", "xnet."}) {
    if (name.substr(3).starts_with(own)) {
      return true;
    }
  }
  return false;
}

class Process {
public:
  Process(Files& files,
          const Examined* interpreter,
          std::string interpreter_name,
          const StartOptions& options)
      : files_(files), interpreter_(interpreter), interpreter_name_(std::move(interpreter_name)),
        options_(options) {}

  Loading load(const Examined& program, const std::string& started_as) {
    Module& main = modules_.emplace_back();
    main.file = &program;
    // The kernel's program knows itself by /proc/self/exe, which has no symlinks; a library keeps
    // the name it was given.
    main.opened_as = program.elf()->is_program() ? program.path.text() : started_as;
    expand_run_path(main);
    for (const std::string_view name : split(options_.preload, " \t\n\r\v\f:")) {
      ask(nullptr, name, true);
    }
    load_needed(0);
    for (const Opening& opening : options_.openings) {
      open(opening);
    }
    for (const Module& module : modules_) {
      loading_.objects.push_back(module.file);
    }
    return std::move(loading_);
  }

private:
  /// What the modules from number `at` on need, in the order of loading.
  void load_needed(std::size_t at) {
    for (; at < modules_.size(); ++at) {
      for (const Dependency& dependency : modules_[at].file->elf()->dependencies) {
        if (dependency.tag == DependencyTag::needed) {
          ask(&modules_[at], dependency.name, false);
        }
      }
    }
  }

  /// dynlink.c, dlopen: found as a dependency of the program would be, whoever calls.
  void open(const Opening& opening) {
    Opened opened{.first = loading_.answers.size()};
    const std::size_t loaded = modules_.size();
    ask(&modules_.front(), opening.name, true);
    if (loading_.answers.back().outcome == Outcome::found) {
      opened.file = loading_.answers.back().file;
    }
    load_needed(loaded);
    opened.last = loading_.answers.size();
    loading_.opened.push_back(opened);
  }

  static std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
      const std::size_t start = std::min(text.find_first_not_of(separators), text.size());
      text.remove_prefix(start);
      const std::size_t end = std::min(text.find_first_of(separators), text.size());
      if (end > 0) {
        parts.push_back(text.substr(0, end));
      }
      text.remove_prefix(end);
    }
    return parts;
  }

  std::string absolute(std::string_view path) const {
    return path.starts_with('/') ? std::string(path)
                                 : fmt::format("{}/{}", options_.working_folder, path);
  }

  /// dynlink.c, fixup_rpath: $ORIGIN only; another `$` makes the whole path void.
  void expand_run_path(Module& module) const {
    const Elf& elf = *module.file->elf();
    const std::optional<std::string>& raw = elf.runpath ? elf.runpath : elf.rpath;
    if (!raw) {
      return;
    }
    const std::size_t slash = module.opened_as.rfind('/');
    const std::string origin = slash == std::string::npos ? "." : module.opened_as.substr(0, slash);
    std::string expanded;
    std::string_view rest = *raw;
    while (true) {
      const std::size_t dollar = rest.find('$');
      expanded += rest.substr(0, dollar);
      if (dollar == std::string_view::npos) {
        break;
      }
      rest.remove_prefix(dollar);
      const std::string_view token = rest.starts_with("${ORIGIN}") ? "${ORIGIN}" : "$ORIGIN";
      if (!rest.starts_with(token)) {
        return;
      }
      expanded += origin;
      rest.remove_prefix(token.size());
    }
    module.search_path = std::move(expanded);
  }

  enum class Search { found, go_on, stop };

  /// dynlink.c, path_open: the first file that opens is taken, whatever it is.
  Search search(std::string_view path, std::string_view name, Answer& answer) {
    for (const std::string_view folder : split(path, ":\n")) {
      const std::string full = absolute(folder);
      const Found& found = files_.open(full, name);
      if (found.walk.end == WalkEnd::found) {
        answer.way = &found;
        answer.file = found.file;
        opened_as_ = fmt::format("{}/{}", full, name);
        return Search::found;
      }
      answer.tried.push_back(full);
      if (found.walk.end == WalkEnd::loop) {
        return Search::stop; // an error other than "not there" or "no permission" ends the search
      }
    }
    return Search::go_on;
  }

  /// The list of folders of the system, and the file it was read from.
  const std::string& system_path() {
    if (!system_path_) {
      // dynlink.c: two names are cut from the loader's path: "/lib/ld-musl-x86_64.so.1" gives the
      // prefix "".
      std::string_view prefix = interpreter_name_;
      std::string_view base = prefix.substr(std::min(prefix.rfind('/') + 1, prefix.size()));
      for (int i = 0; i < 2; ++i) {
        prefix =
            prefix.substr(0, prefix.rfind('/') == std::string_view::npos ? 0 : prefix.rfind('/'));
      }
      std::string_view arch = base;
      if (arch.starts_with("ld-musl-")) {
        arch.remove_prefix(8);
      }
      arch = arch.substr(0, arch.find('.'));
      path_file_ = &files_.open(fmt::format("{}/etc/ld-musl-{}.path", prefix, arch));
      system_path_ = built_in_path;
      if (path_file_->file != nullptr) {
        const std::optional<Root::Opened> opened = files_.root().open(path_file_->file->path);
        system_path_ = opened ? read_all(*opened->bytes, 1 << 20) : "";
      } else if (path_file_->walk.end != WalkEnd::absent) {
        system_path_ = "";
      }
    }
    return *system_path_;
  }

  void ask(Module* by, std::string_view name, bool optional) {
    Answer answer;
    answer.by = by == nullptr ? nullptr : by->file;
    answer.name = name;
    answer.optional = optional;
    look_up(by, name, answer);
    if (answer.outcome == Outcome::found) {
      answer.tried.clear();
    }
    loading_.answers.push_back(std::move(answer));
  }

  void look_up(Module* by, std::string_view name, Answer& answer) {
    if (name.empty()) {
      return;
    }
    if (is_reserved(name) || name == interpreter_name_) {
      answer.file = interpreter_;
      answer.outcome = interpreter_ != nullptr ? Outcome::found : Outcome::missing;
      return;
    }
    const bool is_path = name.find('/') != std::string_view::npos;
    if (is_path) {
      opened_as_ = absolute(name);
      const Found& found = files_.open(opened_as_);
      answer.way = &found;
      answer.file = found.file;
    } else {
      const auto loaded = std::ranges::find(modules_, name, &Module::short_name);
      if (loaded != modules_.end()) {
        answer.file = loaded->file;
        answer.outcome = Outcome::found;
        return;
      }
      Search end = search(options_.library_path, name, answer);
      for (const Module* module = by; end == Search::go_on && module != nullptr;
           module = module->needed_by) {
        if (module->search_path) {
          end = search(*module->search_path, name, answer);
        }
      }
      if (end == Search::go_on) {
        end = search(system_path(), name, answer);
        note_path_file(name, answer);
      }
    }
    if (answer.way == nullptr || answer.way->walk.end != WalkEnd::found) {
      answer.way = nullptr;
      return;
    }
    if (answer.file == nullptr) {
      answer.damage = "is no regular file";
    } else if (!answer.file->damage.empty()) {
      answer.damage = answer.file->damage;
    } else if (answer.file->elf() == nullptr) {
      answer.damage = "is no ELF file";
    } else if (answer.file->elf()->machine.is_64 != modules_.front().file->elf()->machine.is_64 ||
               answer.file->elf()->machine.machine !=
                   modules_.front().file->elf()->machine.machine) {
      answer.damage = "is for another machine";
    }
    if (!answer.damage.empty()) {
      answer.outcome = Outcome::damaged;
      return;
    }
    answer.outcome = Outcome::found;
    const auto same = std::ranges::find(modules_, answer.file, &Module::file);
    if (same != modules_.end() || answer.file == interpreter_) {
      if (same != modules_.end() && same->short_name.empty() && !is_path) {
        same->short_name = same->opened_as.substr(same->opened_as.rfind('/') + 1);
      }
      return;
    }
    Module& module = modules_.emplace_back();
    module.file = answer.file;
    module.opened_as = opened_as_;
    module.short_name = is_path ? "" : std::string(name);
    module.needed_by = by;
    expand_run_path(module);
  }

  /// The path file is part of the closure when the built-in list would have given another answer.
  void note_path_file(std::string_view name, const Answer& answer) {
    if (path_file_->file == nullptr || path_file_noted_ || answer.file == nullptr) {
      return;
    }
    Answer built_in;
    const std::string kept = opened_as_;
    if (search(built_in_path, name, built_in) != Search::found || built_in.file != answer.file) {
      loading_.loader_files.push_back({path_file_});
      path_file_noted_ = true;
    }
    opened_as_ = kept;
  }

  Files& files_;
  const Examined* interpreter_;
  std::string interpreter_name_;
  const StartOptions& options_;
  std::deque<Module> modules_;
  std::optional<std::string> system_path_;
  const Found* path_file_ = nullptr;
  bool path_file_noted_ = false;
  std::string opened_as_;
  Loading loading_;
};

} // namespace

bool is_musl_interpreter_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1).starts_with("ld-musl-");
}

Loading load_with_musl(Files& files,
                       const Examined& program,
                       const std::string& started_as,
                       const Examined* interpreter,
                       const std::string& interpreter_name,
                       const StartOptions& options) {
  return Process(files, interpreter, interpreter_name, options).load(program, started_as);
}

} // namespace pare
