#pragma once
// What the finders of modules ask of the root: interpreted programs are found by trying names, so
// their finders try them too. All paths are texts that start at the root's top; symlinks are
// followed.

#include "finders/finder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

class Lookup {
public:
  explicit Lookup(Files& files) : files_(files) {}

  Files& files() { return files_; }

  /// The regular file that a path leads to; null: none.
  const Examined* file(std::string_view path);
  bool is_file(std::string_view path) { return file(path) != nullptr; }

  /// The real path of a folder; nullopt: none is there.
  std::optional<std::string> folder(std::string_view path);

  /// The names in a folder, sorted; empty: none is there, or it may not be read.
  std::vector<std::string> list(std::string_view folder);

  /// The real paths below `folder` that are regular files and end in `ending`, sorted; links to
  /// folders are not entered. At most 16 levels and 20,000 entries are looked at.
  std::vector<std::string> files_below(std::string_view folder, std::string_view ending);

  /// The bytes of a file. nullopt: it may not be read or is larger than `most`, which is a warning.
  std::optional<std::string> text(const Examined& file,
                                  std::vector<Warning>& warnings,
                                  std::uint64_t most = most_source_bytes);

  /// The absolute paths among the constants of a program or library, in order: texts between NULs
  /// that begin with a slash and hold no control characters. What a distribution built in is found
  /// so. At most 256 MiB are read and 100,000 paths kept; empty if the file cannot be read, which
  /// is a warning.
  std::vector<std::string> path_constants(const Examined& file, std::vector<Warning>& warnings);

  static constexpr std::uint64_t most_source_bytes = 16 << 20;

private:
  std::optional<FileType>
  type_of(const RootPath& path); ///< Not following; nullopt: none, or it may not be looked at.

  Files& files_;
};

/// "folder/name" with `.` and `..` taken out by the text, as interpreters do; `name` may be
/// absolute, and then stands alone.
std::string joined_path(std::string_view folder, std::string_view name);

/// The folder part of a path: "/" of "/x".
std::string_view folder_of(std::string_view path);

/// The last part of a path.
std::string_view base_of(std::string_view path);

/// The name, without its folder, of the program that a `#!` line runs, seen through env(1) and
/// busybox: "python3"; empty: none is named.
std::string interpreter_name(const Script& script);

/// A variable of the environment that programs are started with; empty: it is not set.
std::string_view variable(const Options& options, const std::string& name);

/// Whether a name is one of `names`, which has a blank around each: " cp mv rm ".
bool is_one_of(std::string_view names, std::string_view name);

/// The parts of a text between separators, in order, empty ones left out.
std::vector<std::string_view> split(std::string_view text, char separator);

} // namespace pare
