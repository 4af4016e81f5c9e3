#pragma once
// Names that differ only in case are one name to Windows, and may be several files of a root.

#include "loaders/files.hpp"

#include <pare/report.hpp>

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pare {

/// Small letters for ASCII's capitals. Windows folds other letters too, by a table of the volume
/// ($UpCase); names of libraries have none.
std::string folded(std::string_view text);

/// Looks up files as Windows does. Each folder is listed once. Pointers stay valid as long as the
/// Files.
class FoldedNames {
public:
  explicit FoldedNames(Files& files) : files_(files) {}

  /// A regular file at `path` below a folder: parts separated by `/` or `\`, of any case. Null: not
  /// there, or the path goes up by `..`.
  const Found* open(std::string_view folder, std::string_view path);

  /// The folder itself with the names as they are stored; empty: not there, or no folder.
  std::string folder(std::string_view folder, std::string_view path);

  /// The names in a folder, as stored; empty if it is none.
  const std::vector<std::string>& list(const std::string& folder);

  /// Warns of files of which Windows could hold only one, once each; of no others than were looked
  /// up.
  std::vector<Warning> take_warnings() { return std::exchange(warnings_, {}); }

private:
  struct Folder {
    std::vector<std::string> names; ///< As stored.
    std::unordered_map<std::string, std::vector<std::size_t>> by_folded;
  };
  Folder& contents(const std::string& folder);
  /// The name as it is stored; null: there is none.
  const std::string* stored(const std::string& folder, std::string_view name);
  bool walk(std::string& at, std::string_view path, std::string* last);

  Files& files_;
  std::unordered_map<std::string, Folder> folders_;
  std::vector<Warning> warnings_;
};

} // namespace pare
