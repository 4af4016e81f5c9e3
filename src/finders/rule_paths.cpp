#include "finders/rule_paths.hpp"

#include "finders/rule_pattern.hpp"

#include <pare/error.hpp>

namespace pare {
namespace {

constexpr std::size_t most_entries = 65536;
constexpr unsigned deepest = 32;

class Globber {
public:
  explicit Globber(Files& files) : files_(files) {}

  std::vector<std::string> found;

  /// `folder` without a slash at its end; the root is "".
  void expand(const std::string& folder, std::string_view glob, unsigned depth) {
    if (depth > deepest) {
      return;
    }
    const std::size_t slash = glob.find('/');
    const std::string_view part = glob.substr(0, slash);
    const std::string_view rest = slash == std::string_view::npos ? "" : glob.substr(slash + 1);
    if (part.empty() || is_literal(part)) {
      const std::string path = part.empty() ? folder : folder + "/" + std::string(part);
      if (!rest.empty()) {
        expand(path, rest, depth);
      } else if (exists(files_, path)) {
        found.push_back(path);
      }
      return;
    }
    const bool across = part.find("**") != std::string_view::npos;
    for (const std::string& name : names_in(files_, folder)) {
      if (++looked_at_ > most_entries) {
        return;
      }
      const std::string path = folder + "/" + name;
      Captures unused;
      if (across) {
        descend(folder, path, glob, depth);
      } else if (match_pattern(part, name, unused)) {
        if (rest.empty()) {
          found.push_back(path);
        } else {
          expand(path, rest, depth + 1);
        }
      }
    }
  }

  void all(const std::string& folder, unsigned depth) {
    for (const std::string& name : names_in(files_, folder)) {
      if (++looked_at_ > most_entries || depth > deepest) {
        return;
      }
      const std::string path = folder + "/" + name;
      if (!is_own_folder(path)) {
        found.push_back(path);
        continue;
      }
      const std::size_t before = found.size();
      all(path, depth + 1);
      if (found.size() == before) {
        found.push_back(path);
      }
    }
  }

private:
  /// From a part with `**` on, whole paths are matched.
  void
  descend(const std::string& top, const std::string& path, std::string_view glob, unsigned depth) {
    Captures unused;
    if (match_pattern(glob, std::string_view(path).substr(top.size() + 1), unused)) {
      found.push_back(path);
    }
    if (depth >= deepest || !is_own_folder(path)) {
      return;
    }
    for (const std::string& name : names_in(files_, path)) {
      if (++looked_at_ > most_entries) {
        return;
      }
      descend(top, path + "/" + name, glob, depth + 1);
    }
  }

  /// A folder, and no link to one.
  bool is_own_folder(const std::string& path) {
    const SplitPath parts = split_path(path);
    const Walk& in = files_.walker().folder(parts.folder);
    if (in.end != WalkEnd::found) {
      return false;
    }
    try {
      const std::optional<Stat> stat = files_.root().lstat(in.path / parts.name);
      return stat && stat->type == FileType::directory;
    } catch (const InputError&) {
      return false;
    }
  }

  Files& files_;
  std::size_t looked_at_ = 0;
};

} // namespace

std::vector<std::string> expand_glob(Files& files, std::string_view glob) {
  Globber globber(files);
  globber.expand("", glob.substr(glob.starts_with('/') ? 1 : 0), 0);
  return std::move(globber.found);
}

std::vector<std::string> all_below(Files& files, const std::string& folder) {
  Globber globber(files);
  globber.all(folder, 0);
  return std::move(globber.found);
}

std::vector<std::string> names_in(Files& files, const std::string& folder) {
  const Walk walk = files.walker().follow(folder.empty() ? "/" : folder);
  if (walk.end != WalkEnd::found) {
    return {};
  }
  try {
    const std::optional<Stat> stat = files.root().lstat(walk.path);
    if (stat && stat->type == FileType::directory) {
      return files.root().list(walk.path);
    }
  } catch (const InputError&) {
    // it may not be read: what is in it cannot be asked for
  }
  return {};
}

bool exists(Files& files, std::string_view path) {
  return files.walker().follow(path).end == WalkEnd::found;
}

} // namespace pare
