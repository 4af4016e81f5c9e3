// Read each file once, answer what it asks, until nothing new turns up.

#include "closure/build.hpp"

#include "closure/requests.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace pare {
namespace {

/// What is there to be copied and filled in, and is not run as it stands: git's hooks in a new
/// repository are named so.
bool is_template(std::string_view name) {
  return name.ends_with(".sample") || name.ends_with(".example") || name.ends_with(".in") ||
         name.ends_with(".template") || name.ends_with(".dist");
}

class Builder {
public:
  Builder(const Root& root, const Options& options)
      : root_(root), options_(options), files_(root), graph_(files_, options, included_),
        starter_(files_, options, graph_) {}

  Closure build() {
    // What the user named. A path that --exclude matches is refused at the door, by add(), unless
    // an include names it.
    find_includes();
    ask_for_programs();
    ask_for_includes();
    // What no header tells.
    follow_requests(files_, options_, graph_, starter_, own_);
    // From here on, no regular file is added.
    graph_.add_parents();
    return std::move(graph_.closure);
  }

private:
  // ----------------------------------------------------------------------------------------------
  // what the user named

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
      if (options_.programs.size() > 1 && asked.starts_with('/')) {
        files_.ahead().expect(asked);
      }
    }
    for (const std::string& asked : options_.programs) {
      if (asked.empty()) {
        throw UsageError("a program with an empty name");
      }
      const std::string place = starter_.place_of(asked, starter_.path_variable());
      if (place.empty()) {
        throw InputError(
            fmt::format("{}: not found in PATH ({})", asked, starter_.path_variable()));
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
            "{}: is no program: neither an ELF or PE file nor a script with a #! line", asked));
      }
      const std::string started = RootPath::lexical(place).text();
      graph_.closure.programs.push_back({.asked = asked, .started = started, .path = file.path});
      const bool is_library = (file.elf() != nullptr && !file.elf()->is_program()) ||
                              (file.pe() != nullptr && file.pe()->is_dll);
      const std::optional<FileId> id =
          graph_.add(file, is_library ? FileKind::library : FileKind::program);
      if (!id) {
        throw UsageError(fmt::format("{}: --exclude matches the program itself", asked));
      }
      graph_.closure.add_edge(*id, ReasonKind::program, no_file, asked);
      own_.insert(&file);
      graph_.note_way(found, *id, *id, started);
      starter_.start(*id, file, place);
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
      include_reason_ = include.reason;
      const std::optional<FileId> id = take_included(walk.path, include.path);
      if (id) {
        graph_.note_walk(walk, *id, place);
        graph_.closure.files[*id].names.push_back(
            {RootPath::lexical(place), files_.open(place).entry});
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
      id = graph_.closure.add(path, FileKind::directory, *stat);
      if (id) {
        graph_.closure.add_edge(*id, include_reason_, no_file, asked);
      }
      for (const std::string& name : root_.list(path)) {
        take_included(path / name, asked);
      }
      return id;
    case FileType::symlink: {
      id = graph_.add_link(path, root_.read_link(path).value_or(""));
      if (id) {
        graph_.closure.add_edge(*id, include_reason_, no_file, asked);
        // A link in a folder brings the file that it names; a folder elsewhere was not asked for.
        const Found& found = files_.open(path.text());
        if (found.file != nullptr) {
          take_included_file(*found.file, asked, true);
          graph_.note_walk(found.walk, *id, path.text());
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
      id = graph_.closure.add(path, FileKind::data, *stat);
      if (id) {
        graph_.closure.add_edge(*id, include_reason_, no_file, asked);
      }
      return id;
    }
  }

  /// `swept`: it lies in a folder that was included, and nobody named it.
  std::optional<FileId>
  take_included_file(const Examined& file, const std::string& asked, bool swept) {
    if (swept && is_template(file.path.name())) {
      const std::optional<FileId> id = graph_.closure.add(file.path, FileKind::data, file.stat);
      if (id) {
        graph_.closure.add_edge(*id, ReasonKind::include, no_file, asked);
      }
      return id;
    }
    FileKind kind = FileKind::data;
    if (const Elf* elf = file.elf();
        elf != nullptr && (elf->type == elf::et_exec || elf->type == elf::et_dyn)) {
      kind = elf->is_program() ? FileKind::program : FileKind::library;
    } else if (const Pe* pe = file.pe(); pe != nullptr && pe->is_for_windows()) {
      kind = pe->is_dll ? FileKind::library : FileKind::program;
    } else if (std::holds_alternative<Script>(file.facts) && (file.stat.mode & 0111) != 0) {
      kind = FileKind::program;
    }
    const std::optional<FileId> id = graph_.add(file, kind);
    if (id) {
      own_.insert(&file);
      graph_.closure.add_edge(*id, include_reason_, no_file, asked);
      if (!file.damage.empty()) {
        graph_.warn(file.path.text(), file.damage);
      }
      if (kind != FileKind::data) {
        if (swept && std::holds_alternative<Script>(file.facts)) {
          starter_.swept_scripts.insert(&file);
        }
        starter_.start(*id, file, file.path.text());
      }
    }
    return id;
  }

  void lay_elsewhere(const RootPath& from, const RootPath& to) {
    for (ClosureFile& file : graph_.closure.files) {
      if (file.path.is_in(from)) {
        file.lay_at = RootPath::lexical(
            to.text() + file.path.text().substr(from.is_root() ? 0 : from.text().size()));
      }
    }
  }

  const Root& root_;
  const Options& options_;
  std::unordered_set<RootPath> included_;
  ReasonKind include_reason_ = ReasonKind::include; ///< Of the one that is taken.
  std::unordered_set<const Examined*> own_;
  Files files_;
  Graph graph_;
  Starter starter_;
};

} // namespace

Closure build_closure(const Root& root, const Options& options) {
  return Builder(root, options).build();
}

} // namespace pare
