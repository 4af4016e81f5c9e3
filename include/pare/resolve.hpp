#pragma once
// The one question that pare answers: what does a program need at run time?

#include <pare/report.hpp>
#include <pare/root.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace pare {

/// A file or folder of the root that no analysis can know.
struct Include {
  std::string path;                        ///< As the user wrote it: a place in the root.
  std::string destination;                 ///< Where it is laid; empty: at the same path.
  ReasonKind reason = ReasonKind::include; ///< Or `with`.
};

enum class TracedOperation : std::uint8_t {
  open,
  exec,
  stat,
  list, ///< A folder's names were read.
  readlink,
  connect, ///< To a socket.
  missing, ///< It was looked for and is not there.
  write,   ///< Opened for writing.
  create,
  mkdir,
  remove,
};

/// One thing that a run did (`pare trace`, strace).
struct TracedUse {
  std::string path; ///< Absolute in the root, as it was used.
  TracedOperation operation = TracedOperation::open;

  auto operator<=>(const TracedUse&) const = default;
};

/// Which finders are on, beside the loader's own rules.
enum class Hint : std::uint8_t { notes, calls, strings, paths, modules, rules };

inline const std::set<Hint> all_hints = {
    Hint::notes, Hint::calls, Hint::strings, Hint::paths, Hint::modules, Hint::rules};

struct Options {
  std::vector<std::string> programs;
  std::vector<Include> includes;
  std::vector<TracedUse> traced; ///< What runs of the programs used, in order: taken too.
  std::vector<std::string>
      excludes; ///< Globs over real paths; `*` also matches slashes, as in .gitignore `**`.
  std::vector<std::string> allow_missing; ///< Globs over names.
  std::vector<std::string>
      library_path; ///< LD_LIBRARY_PATH, as given (each may hold several, `:` between them).
  std::vector<std::string> preload;               ///< LD_PRELOAD, likewise.
  std::map<std::string, std::string> environment; ///< --env: what the programs are started with.
  Confidence confidence = Confidence::likely;     ///< Files below it are left out.
  std::string working_folder = "/"; ///< Where relative paths start: a place in the root.
  std::set<Hint> hints = all_hints;
  std::vector<std::string> rule_folders; ///< Of the host: rules on top of the built-in ones.
  std::string cache_folder; ///< Of the host: where facts are kept between runs; empty: nowhere.
  bool digests = false;
  bool packages = false;
};

/// Throws InputError when a program that the user named is not there or cannot be read, UsageError
/// for a bad option.
Report resolve(const Root& root, const Options& options);

} // namespace pare
