#pragma once
// What loaders see of a root: a path is opened once, a file is read once, whoever asks for it.

#include "loaders/read_ahead.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pare {

/// Where a path leads, and what is there.
struct Found {
  std::string_view asked; ///< The path as it was asked for.
  RootPath
      entry; ///< The same with its folders resolved, if they are there: a symlink or what is meant.
  Walk walk;
  const Examined* file = nullptr; ///< Null: not there, or no regular file (then walk.end is found).
};

/// Not for two threads at a time. All pointers stay valid as long as this.
class Files {
public:
  explicit Files(const Root& root) : walker_(root), ahead_(walker_) {}

  const Root& root() const { return walker_.root(); }
  Walker& walker() { return walker_; }

  /// The path "folder/name", `name` being one part. Remembered.
  const Found& open(std::string_view folder, std::string_view name);

  /// Any path, as text that starts at the root's top. Remembered.
  const Found& open(std::string_view path);

  /// For guesses at what will be asked for.
  ReadAhead& ahead() { return ahead_; }

private:
  Walker walker_;
  std::unordered_map<std::string, Found> found_;
  std::unordered_map<RootPath, const Examined*> by_path_;
  std::vector<std::unique_ptr<Examined>> examined_;
  ReadAhead ahead_;
};

} // namespace pare
