#pragma once
// Absolute paths in constants of reached code. Strings lie: folders of the build, of headers and of
// other programs are in them too. So a path is only likely with evidence beside it: the file or
// folder belongs to the program or library itself (its package's, or of its name), or it is the
// only file that a template of the code matches. A program is, if the object's code starts programs
// and its package depends on the one that has this one.

#include "finders/finder.hpp"
#include "packages/packages.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>

namespace pare {

class PathsFinder final : public ReachedFinder {
public:
  explicit PathsFinder(const FinderContext& context);
  ~PathsFinder() override; ///< Keeps what was found out of packages.

  void reached(const Reached& reached,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

  /// Whether a constant may be a path, or a name that is joined with a folder.
  static bool may_name(std::string_view text);

  /// Whether a function of libc starts other programs.
  static bool starts_programs(std::string_view symbol);

private:
  /// What one object's reached code names: folders, and names that may lie in them.
  struct Names {
    std::set<std::string> folders; ///< That exist.
    std::set<std::string> relative;
  };

  void look_at(const Reached& reached, const std::string& path, std::vector<Request>& requests);
  void
  match_template(const Reached& reached, const std::string& text, std::vector<Request>& requests);
  void join(const Reached& reached,
            const std::string& folder,
            const std::string& name,
            std::vector<Request>& requests);
  bool is_own(const Examined& object, const RootPath& path, bool is_folder);
  bool is_own_by_package(const Examined& object, const RootPath& path, bool is_folder);
  bool ask_packages(const Examined& object, const RootPath& path, bool is_folder);
  bool is_expected(const Examined& object, const RootPath& program);
  const Packages* read(); ///< Null: the root has none.

  FinderContext context_;
  std::optional<std::unique_ptr<Packages>>
      packages_; ///< Read once it is asked for; null: the root has none.
  std::map<const Examined*, Names> names_;
  std::map<const Examined*, std::vector<Request>>
      programs_; ///< Named by an object that was not seen to start programs so far.
  std::set<const Examined*> starters_; ///< Objects whose reached code starts programs.
  std::map<std::pair<const Examined*, std::string>, bool> owns_;
  std::string key_; ///< Of by_package_ in the cache; empty: it is not kept.
  std::map<std::string, bool>
      by_package_;              ///< "OBJECT\nPATH", or of programs "OBJECT\nPATH\nstarts".
  bool asked_packages_ = false; ///< by_package_ has more than what was kept.
};

} // namespace pare
