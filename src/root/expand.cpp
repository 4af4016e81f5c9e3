#include "root/expand.hpp"

#include "base/glob.hpp"

#include <pare/error.hpp>

#include <algorithm>

namespace pare {
namespace {

constexpr int deepest = 40;

class Expansion {
public:
  Expansion(Walker& walker, std::size_t limit) : walker_(walker), limit_(limit) {}

  /// `done`: the path so far, without a slash at its end.
  void go(const std::string& done, std::string_view rest, int depth) {
    if (paths.size() >= limit_ || depth > deepest) {
      return;
    }
    rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
    if (rest.empty()) {
      paths.push_back(done.empty() ? "/" : done);
      return;
    }
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash);
    if (part == "**") {
      go(done, rest, depth + 1);
      for (const std::string& name : names(done)) {
        const std::string path = done + "/" + name;
        const Walk walk = walker_.follow(path);
        if (walk.hops.empty() && is_folder(walk)) {
          go(path, "**" + std::string(rest), depth + 1);
        }
      }
    } else if (part.find_first_of("*?[\\") == std::string_view::npos) {
      const std::string path = done + "/" + std::string(part);
      const Walk walk = walker_.follow(path);
      if (rest.empty() ? walk.end == WalkEnd::found : is_folder(walk)) {
        go(path, rest, depth + 1);
      }
    } else {
      for (const std::string& name : names(done)) {
        if ((name.front() != '.' || part.front() == '.') && matches_glob(part, name)) {
          const std::string path = done + "/" + name;
          if (rest.empty() || is_folder(walker_.follow(path))) {
            go(path, rest, depth + 1);
          }
        }
      }
    }
  }

  std::vector<std::string> paths;

private:
  bool is_folder(const Walk& walk) const {
    const std::optional<Stat> stat =
        walk.end == WalkEnd::found ? walker_.lstat(walk.path) : std::nullopt;
    return stat && stat->type == FileType::directory;
  }

  std::vector<std::string> names(const std::string& folder) const {
    const Walk walk = walker_.follow(folder + "/.");
    try {
      return is_folder(walk) ? walker_.root().list(walk.path) : std::vector<std::string>();
    } catch (const InputError&) {
      return {}; // it may not be read: nothing in it matches
    }
  }

  Walker& walker_;
  std::size_t limit_;
};

} // namespace

std::vector<std::string> expand(Walker& walker, std::string_view pattern, std::size_t limit) {
  Expansion expansion(walker, limit);
  expansion.go("", pattern, 0);
  std::ranges::sort(expansion.paths);
  expansion.paths.erase(std::unique(expansion.paths.begin(), expansion.paths.end()),
                        expansion.paths.end());
  return std::move(expansion.paths);
}

} // namespace pare
