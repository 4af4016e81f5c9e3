#pragma once
// The graph while it grows: files, and reasons as edges between them.

#include "base/flat_set.hpp"

#include <pare/report.hpp>

#include <deque>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pare {

using FileId = std::uint32_t;
constexpr FileId no_file =
    std::numeric_limits<FileId>::max(); ///< As the asker of an edge: the user.

struct Edge {
  ReasonKind kind = ReasonKind::program;
  Confidence confidence = Confidence::certain;
  FileId by = no_file;
  std::uint32_t detail = 0; ///< Index of a text of the closure.

  bool operator==(const Edge&) const = default;
};

struct ClosureFile {
  RootPath path;
  FileKind kind = FileKind::data;
  Stat stat;
  std::string target; ///< Of a symlink.
  std::optional<RootPath> lay_at;
  std::vector<Edge> edges;     ///< No doubles.
  std::vector<FileName> names; ///< No doubles.
};

class Closure {
public:
  /// `refused` tells which real paths are never taken; it is asked once a path.
  explicit Closure(std::function<bool(const RootPath&)> refused) : refused_(std::move(refused)) {}

  /// The file's number; nullopt when it is refused. A second call of one path changes nothing but a
  /// weaker kind: a file that was taken as data is what a loader or a user says that it is.
  std::optional<FileId> add(const RootPath& path, FileKind kind, const Stat& stat);

  void add_edge(FileId file,
                ReasonKind kind,
                FileId by,
                std::string_view detail,
                Confidence confidence = Confidence::certain);

  std::optional<FileId> find(const RootPath& path) const;
  const std::string& text(std::uint32_t index) const { return texts_[index]; }

  std::vector<ClosureFile> files;
  std::vector<NamedProgram> programs;
  std::vector<Missing> missing;
  std::vector<SystemLibrary> system;
  std::vector<Warning> warnings;

private:
  std::uint32_t intern(std::string_view text);

  std::function<bool(const RootPath&)> refused_;
  std::unordered_map<RootPath, std::optional<FileId>> by_path_;
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, std::uint32_t> text_numbers_;
  std::uint32_t last_text_ =
      0; ///< It is asked for again at once, mostly: by the link to a library.
  FlatSet known_edges_;
};

} // namespace pare
