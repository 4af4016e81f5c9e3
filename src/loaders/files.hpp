#pragma once
// What loaders see of a root: a path is opened once, a file is read once, whoever asks for it.

#include "formats/sniff.hpp"
#include "root/follow.hpp"

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pare {

/// One regular file and what it says.
struct Examined : Reading {
  RootPath path; ///< Its real path.
  Stat stat;

  const Elf* elf() const { return std::get_if<Elf>(&facts); }
};

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
  explicit Files(const Root& root) : walker_(root) {}

  const Root& root() const { return walker_.root(); }
  Walker& walker() { return walker_; }

  /// The path "folder/name", `name` being one part. Remembered.
  const Found& open(std::string_view folder, std::string_view name);

  /// Any path, as text that starts at the root's top. Remembered.
  const Found& open(std::string_view path);

private:
  Walker walker_;
  std::unordered_map<std::string, Found> found_;
  std::unordered_map<RootPath, const Examined*> by_path_;
  std::deque<Examined> examined_;
};

} // namespace pare
