#pragma once
// Where one Python looks for modules: its prefix, sys.path as its start sets it up, and what lies
// in these folders (CPython: Modules/getpath.py of 3.11, getpath.c before; Lib/site.py, with
// Debian's dist-packages; Lib/importlib/_bootstrap_external.py).

#include "finders/modules/folders.hpp"

#include <pare/resolve.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pare {

/// The minor version in "python3.11", "libpython3.11.so.1.0", "python3.8d"; -1: "python3",
/// "python"; nullopt: no Python 3.
std::optional<int> python_minor(std::string_view file_name);

/// "module" or "package.module".
bool is_dotted_name(std::string_view text, bool needs_dot);

std::string package_of(const std::string& module);   ///< "a.b" of "a.b.c"; empty: none.
std::string last_part_of(const std::string& module); ///< "c" of "a.b.c".

/// What a module is, and where.
struct PythonPlace {
  const Examined* file = nullptr;   ///< Null: built in, or a namespace package (PEP 420).
  std::string path;                 ///< By which the file is opened: symlinks kept.
  std::vector<std::string> folders; ///< Of a package: where its modules lie.
  bool is_package = false;
  bool is_source = false; ///< Else an extension, or bytecode without its source.
  bool is_extension = false;
  bool is_stdlib = false;
  bool is_frozen = false; ///< In the executable: its file is not opened.
};

/// Not for two threads at a time.
class PythonPath {
public:
  /// `minor`: as python_minor() has it.
  PythonPath(Files& files,
             Folders& folders,
             const Options& options,
             const Examined& executable,
             int minor);

  /// Whether its standard library is there. Without it nothing else here has a meaning.
  bool is_there() const { return !stdlib_.empty(); }
  int minor() const { return minor_; }
  const std::string& stdlib() const { return stdlib_; }             ///< "/usr/lib/python3.11"
  const std::vector<std::string>& folders() const { return path_; } ///< sys.path.

  /// A virtual environment (PEP 405), if `folder` is one: its packages come before those of the
  /// system.
  void add_environment(const std::string& folder);

  /// In front of all, as the folder of a script is. False: it is there already. The root's top is
  /// the empty string.
  bool add_folder(const std::string& folder);

  /// A module of `package`, or (null) of sys.path. nullopt: there is none, or only another system
  /// has it.
  std::optional<PythonPlace> find(const std::string& module, const PythonPlace* package);

  /// The names of the modules in a folder, sorted.
  std::vector<std::string> modules_in(const std::string& folder, std::string_view begin = {});
  bool has_module(const std::string& folder, std::string_view name);
  /// Whether sources lie in it.
  bool holds_sources(const std::string& folder);

  /// What a start reads beside modules: pyvenv.cfg, .pth files that matter.
  struct StartFile {
    const Examined* file = nullptr;
    std::string path;               ///< By which it is opened.
    std::vector<std::string> lines; ///< Its code: the `import` lines of a .pth file.
  };
  std::vector<StartFile> take_start_files(); ///< Those since the last call.

  /// The metadata of what is installed: "/.../six-1.16.0.dist-info". Names compare as PEP 503 has
  /// it.
  std::optional<std::string> distribution(std::string_view name);
  const std::map<std::string, std::string>& distributions(); ///< All, by their normal names.

private:
  /// A module as FileFinder sees it.
  struct Entry {
    std::string extension; ///< "NAME.cpython-311-x86_64-linux-gnu.so"; empty: none.
    bool source = false, compiled = false;
    bool maybe_folder = false;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  std::string variable(const std::string& name) const;
  bool try_stdlib(const std::string& prefix);
  void find_stdlib();
  void add_variable_folders();
  void find_site_folders();
  void add_site_folder(const std::string& folder);
  void read_path_file(const std::string& folder, const std::string& name);
  void find_builtins();
  const Entries& entries(const std::string& folder);
  bool take(PythonPlace& place, const std::string& path, const std::string& folder);
  bool locate(PythonPlace& place, const std::string& stem, const std::vector<std::string>& folders);

  Files& files_;
  Folders& folders_;
  const Options& options_;
  const Examined& executable_;
  int minor_;
  std::string prefix_, stdlib_;
  std::vector<std::string> path_;
  std::vector<std::string> site_folders_; ///< Those of path_ that hold what was installed.
  std::set<std::string, std::less<>> builtins_;
  std::vector<StartFile> start_files_;
  std::optional<std::map<std::string, std::string>> distributions_;
  std::unordered_map<std::string, Entries> entries_;
};

} // namespace pare
