#pragma once
// The one walk that follows symlinks: component by component, as the kernel does it
// (path_resolution(7)), with the root as `/`: an absolute link starts at the root's top, `..` at
// the top stays there. Nothing leads out.

#include <pare/root.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pare {

enum class WalkEnd : std::uint8_t {
  found,
  absent,     ///< ENOENT or ENOTDIR
  loop,       ///< ELOOP: more than 40 symlinks (Linux, MAXSYMLINKS)
  unreadable, ///< EACCES, EIO: a folder on the way, or the file itself, may not be looked at
};

/// Splits at the last slash: {"/usr/lib", "libz.so.1"}; {"/", "x"} for a path with one part. A
/// slash at the end counts as a last part ".".
struct SplitPath {
  std::string_view folder;
  std::string_view name;
};
SplitPath split_path(std::string_view text);

/// A symlink that was followed.
struct Hop {
  RootPath path;      ///< Its real path.
  std::string target; ///< Its text, as stored.

  bool operator==(const Hop&) const = default;
};

/// Where a path leads.
struct Walk {
  WalkEnd end = WalkEnd::absent;
  RootPath path;         ///< Found: the real path. Else: how far it came.
  std::vector<Hop> hops; ///< In order.
  std::vector<RootPath>
      passed; ///< Folders that were entered and left again by `..`: the way needs them to exist.
};

/// Walks paths of one root and remembers the folders. Not for two threads at a time.
class Walker {
public:
  explicit Walker(const Root& root) : root_(root) {}

  const Root& root() const { return root_; }

  /// The folder part of a path, remembered: every library of a folder shares it. The reference
  /// stays valid.
  const Walk& folder(std::string_view text);

  /// The same for a path of any form: its end, a last symlink included, is followed.
  Walk follow(std::string_view text) {
    return follow_in(folder(split_path(text).folder), split_path(text).name);
  }

  /// The entry `name` (one part) of a folder that folder() found, followed if it is a symlink.
  Walk follow_in(const Walk& folder, std::string_view name);

  /// The same, and opens it. `walk` tells where it leads. nullopt: not there, may not be read, or
  /// no regular file (then walk.end is found).
  std::optional<Root::Opened> open_in(const Walk& folder, std::string_view name, Walk& walk);

  /// The root's, remembered for folders that were walked through.
  std::optional<Stat> lstat(const RootPath& path) const;

private:
  enum class Step { hopped, at_entry, at_folder, ended };
  Step step(Walk& walk, std::string& last);
  Walk enter(const Walk& folder, std::string_view part);

  const Root& root_;
  const Walk top_{.end = WalkEnd::found, .path = {}, .hops = {}, .passed = {}};
  std::unordered_map<RootPath, Stat> folder_stats_; ///< By real path.
  std::unordered_map<std::string, Walk> folders_;
  std::string last_text_; ///< What folder() was asked for last: it is asked for again, mostly.
  const Walk* last_ = nullptr;
  std::size_t depth_ = 0; ///< Of links among the folders of links.
};

} // namespace pare
