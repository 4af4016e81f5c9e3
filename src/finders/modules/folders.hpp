#pragma once
// Folders of a root as interpreters look through them: listed once, then asked by name.

#include "base/bytes.hpp"
#include "loaders/files.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace pare {

/// Not for two threads at a time. References stay valid as long as this.
class Folders {
public:
  explicit Folders(Files& files) : files_(files) {}

  struct Listed {
    bool is_folder = false;
    RootPath path;                            ///< Its real path.
    std::vector<std::string> names;           ///< Sorted by their bytes.
    std::unordered_set<std::string_view> set; ///< The same.

    bool holds(std::string_view name) const { return set.contains(name); }
  };

  /// Empty: the root itself. Null: no folder, or one that may not be read.
  const Listed* list(const std::string& folder);

  /// A regular file, symlinks followed. Null: not there.
  const Examined* file(std::string_view path) { return files_.open(path).file; }

private:
  Files& files_;
  std::unordered_map<std::string, Listed> listed_;
};

/// What the `#!` line of a script runs, `env` seen through: an absolute path, or empty.
/// `path_variable`: PATH.
std::string script_target(Files& files, const Script& script, std::string_view path_variable);

/// execvp(3): where `name` is found in PATH; empty: nowhere.
std::string find_in_path(Files& files, std::string_view name, std::string_view path_variable);

/// PATH of `environment`, or the usual one.
std::string path_variable(const std::map<std::string, std::string>& environment);

/// Below a folder that the kernel or the run itself fills: /proc, /sys, /dev, /run, /tmp.
bool is_made_at_run_time(std::string_view path);

/// What a constant may choose among modules: itself, if it is one word, and the words beside a
/// colon ("sqlite://", "dbi:Pg:").
std::vector<std::string> choosing_words(std::string_view text);

/// The constants of an ELF file, a segment at a time; those that cannot be read, or are larger than
/// 256 MiB, are left out.
std::vector<Bytes> read_constants(Files& files, const Examined& file);

/// A source: the whole file. Throws InputError when it is larger than 16 MiB or cannot be read.
std::string read_source(Files& files, const Examined& file);

} // namespace pare
