#include "closure/graph.hpp"

#include "base/glob.hpp"

#include <algorithm>

namespace pare {

Graph::Graph(Files& files, const Options& options, const std::unordered_set<RootPath>& included)
    : closure([&options, &included](const RootPath& path) {
        return std::ranges::any_of(
                   options.excludes,
                   [&](const std::string& glob) { return matches_glob(glob, path.text()); }) &&
               !included.contains(path);
      }),
      files_(files), options_(options) {}

std::optional<FileId> Graph::take(const Examined& file,
                                  FileKind kind,
                                  const Edge& edge,
                                  std::string_view detail,
                                  const Found* way,
                                  std::string_view asked) {
  const std::optional<FileId> id = add(file, kind);
  if (id) {
    closure.add_edge(*id, edge.kind, edge.by, detail, edge.confidence);
    if (way != nullptr) {
      note_way(*way, *id, edge.by, asked);
    }
  }
  return id;
}

/// A library is asked for by ten others on average, and a pointer is found faster than a path.
std::optional<FileId> Graph::add(const Examined& file, FileKind kind) {
  const auto known = ids_.find(&file);
  if (known != ids_.end() &&
      (kind == FileKind::data || closure.files[known->second].kind != FileKind::data)) {
    return known->second;
  }
  const std::optional<FileId> id = closure.add(file.path, kind, file.stat);
  if (id) {
    ids_.insert_or_assign(&file, *id);
    new_files.push_back({&file, kind});
  }
  return id;
}

std::optional<FileId> Graph::id_of(const Examined& file) const {
  const auto known = ids_.find(&file);
  return known != ids_.end() ? known->second : closure.find(file.path);
}

std::optional<FileId> Graph::add_link(const RootPath& path, const std::string& target) {
  const Stat stat = {.type = FileType::symlink, .mode = 0777, .size = target.size()};
  const std::optional<FileId> id = closure.add(path, FileKind::symlink, stat);
  if (id) {
    closure.files[*id].target = target;
  }
  return id;
}

/// Ten libraries, on average, ask for one by the same way: where it leads is looked up once.
void Graph::note_way(const Found& found, FileId file, FileId by, std::string_view asked) {
  if (!noted_.insert(reinterpret_cast<std::uintptr_t>(&found), by)) {
    return;
  }
  const auto [entry, is_new] = links_.try_emplace(&found);
  if (is_new) {
    FileName name{RootPath::lexical(found.asked), found.entry};
    std::vector<FileName>& names = closure.files[file].names;
    if (std::ranges::find(names, name) == names.end()) {
      names.push_back(std::move(name));
    }
    for (const Hop& hop : found.walk.hops) {
      if (const std::optional<FileId> link = add_link(hop.path, hop.target)) {
        entry->second.push_back(*link);
      }
    }
  }
  for (const FileId link : entry->second) {
    closure.add_edge(link, ReasonKind::symlink, by, asked);
  }
  note_passed(found.walk, by, asked);
}

void Graph::note_walk(const Walk& walk, FileId by, std::string_view asked) {
  for (const Hop& hop : walk.hops) {
    if (const std::optional<FileId> link = add_link(hop.path, hop.target)) {
      closure.add_edge(*link, ReasonKind::symlink, by, asked);
    }
  }
  note_passed(walk, by, asked);
}

void Graph::note_passed(const Walk& walk, FileId by, std::string_view asked) {
  for (const RootPath& folder : walk.passed) {
    const std::optional<Stat> stat = files_.walker().lstat(folder);
    const std::optional<FileId> id =
        stat ? closure.add(folder, FileKind::directory, *stat) : std::nullopt;
    if (id) {
      closure.add_edge(*id, ReasonKind::parent, by, asked);
    }
  }
}

void Graph::add_parents() {
  for (FileId id = 0; id < closure.files.size(); ++id) { // it grows on the way
    const RootPath folder = closure.files[id].path.parent();
    if (folder.is_root() || closure.find(folder)) {
      continue;
    }
    const std::optional<Stat> stat = files_.walker().lstat(folder);
    const std::optional<FileId> parent =
        stat ? closure.add(folder, FileKind::directory, *stat) : std::nullopt;
    if (parent) {
      closure.add_edge(*parent, ReasonKind::parent, id, "");
    }
  }
}

Missing& Graph::miss(std::string name, const Examined& by, MissingKind kind) {
  const auto known = std::ranges::find_if(closure.missing, [&](const Missing& m) {
    return m.name == name && m.by == by.path.text() && m.kind == kind;
  });
  if (known != closure.missing.end()) {
    return *known;
  }
  Missing& missing = closure.missing.emplace_back();
  missing.allowed = std::ranges::any_of(
      options_.allow_missing, [&](const std::string& glob) { return matches_glob(glob, name); });
  missing.name = std::move(name);
  missing.by = by.path.text();
  missing.kind = kind;
  return missing;
}

void Graph::warn(const std::string& path, std::string message) {
  Warning warning{path, std::move(message)};
  if (std::ranges::find(closure.warnings, warning) == closure.warnings.end()) {
    closure.warnings.push_back(std::move(warning));
  }
}

} // namespace pare
