#pragma once
// The closure with the ways that lead to its files: what was found by which name, over which
// symlinks, in which folders.

#include "base/flat_set.hpp"
#include "closure/closure.hpp"
#include "loaders/files.hpp"

#include <pare/resolve.hpp>

#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace pare {

/// A file that came into the closure and that finders have not seen yet.
struct NewFile {
  const Examined* file = nullptr;
  FileKind kind = FileKind::data;
};

class Graph {
public:
  /// `included`: real paths that --exclude has no say over. All three must outlive the graph.
  Graph(Files& files, const Options& options, const std::unordered_set<RootPath>& included);

  /// The file's number; nullopt when --exclude refuses it. What is data may become a program or
  /// library later.
  std::optional<FileId> add(const Examined& file, FileKind kind);

  /// The same, with who asked and how; `way`, if given, is how the file system led there.
  std::optional<FileId> take(const Examined& file,
                             FileKind kind,
                             const Edge& edge,
                             std::string_view detail,
                             const Found* way,
                             std::string_view asked);

  std::optional<FileId> id_of(const Examined& file) const;

  /// A symlink of the root, as itself.
  std::optional<FileId> add_link(const RootPath& path, const std::string& target);

  /// By which name a file was found, and the symlinks on the way.
  void note_way(const Found& found, FileId file, FileId by, std::string_view asked);

  /// The symlinks on the way, and folders that the way leaves again by `..`.
  void note_walk(const Walk& walk, FileId by, std::string_view asked);

  /// The folders above all that is there. After it nothing is added.
  void add_parents();

  /// The same file asking for the same name again gets the same record.
  Missing& miss(std::string name, const Examined& by, MissingKind kind);

  void warn(const std::string& path, std::string message);

  Closure closure;
  std::vector<NewFile>
      new_files; ///< In the order of taking. Whoever shows them to finders clears it.

private:
  void note_passed(const Walk& walk, FileId by, std::string_view asked);

  Files& files_;
  const Options& options_;
  std::unordered_map<const Examined*, FileId> ids_;
  FlatSet noted_;                                               ///< A Found, and who asked.
  std::unordered_map<const Found*, std::vector<FileId>> links_; ///< Of its walk.
};

} // namespace pare
