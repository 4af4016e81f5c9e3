#include "finders/paths.hpp"

#include "base/build_id.hpp"
#include "root/expand.hpp"
#include "root/runtime_places.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace pare {
namespace {

constexpr std::size_t most_names = 4096;     // of one object that are joined with its folders
constexpr std::size_t most_matches = 10'000; // of a template

/// Folders that many programs share, by the Filesystem Hierarchy Standard 3.0: never anybody's own.
constexpr std::array<std::string_view, 24> shared_parts = {
    "bin",   "sbin", "lib", "lib32", "lib64",   "libx32", "libexec", "share",
    "local", "usr",  "etc", "opt",   "var",     "srv",    "cache",   "spool",
    "run",   "log",  "tmp", "home",  "include", "src",    "games",   "misc"};

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    const std::string_view part = path.substr(0, path.find('/'));
    if (!part.empty()) {
      parts.push_back(part);
    }
    path.remove_prefix(part.size());
  }
  return parts;
}

/// "libsox.so.3" and "sox" are both of the name "sox"; "python3.11" of "python".
std::string_view stem_of(std::string_view name) {
  if (name.starts_with("lib") && name.find(".so") != std::string_view::npos) {
    name.remove_prefix(3);
  }
  name = name.substr(0, name.find(".so"));
  const std::size_t last = name.find_last_not_of("0123456789.-_");
  return name.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// Whether a part of the path is called as the object is: /usr/share/sox, /usr/lib/x/sox-14.
bool has_the_name(std::string_view stem, std::string_view path) {
  return stem.size() > 2 && std::ranges::any_of(parts_of(path), [&](std::string_view part) {
           return stem_of(part) == stem &&
                  std::ranges::find(shared_parts, part) == shared_parts.end();
         });
}

/// Interpreters whose scripts say which of the modules in their folders are loaded
/// (finders/modules).
bool is_interpreter(std::string_view stem) {
  static constexpr std::array<std::string_view, 8> stems = {
      "python", "perl", "ruby", "node", "nodejs", "php", "java", "jvm"};
  return std::ranges::find(stems, stem) != stems.end();
}

/// Folders of one application: what stands below /opt/x or /srv/x belongs together.
bool is_in_the_same_place(std::string_view object, std::string_view path) {
  const std::vector<std::string_view> a = parts_of(object), b = parts_of(path);
  return a.size() > 2 && b.size() > 2 && a[0] == b[0] && a[1] == b[1] && a[0] != "usr" &&
         a[0] != "etc" && a[0] != "var" && a[0] != "lib" && a[0] != "lib64";
}

/// A list of folders with colons, some of which may be relative: ".:/usr/lib/x".
bool is_search_path(std::string_view text) {
  bool any = false;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(':'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    if (!one.empty() && !one.starts_with('/') && !one.starts_with('.') && !one.starts_with('~')) {
      return false;
    }
    any |= one.starts_with('/');
  }
  return any;
}

/// printf(3) conversions as `*`; nullopt: there is none.
std::optional<std::string> as_pattern(std::string_view text) {
  std::string pattern;
  bool any = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      pattern += text[i];
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == '%') {
      pattern += '%';
      ++i;
      continue;
    }
    const std::size_t end = text.find_first_not_of("0123456789.-+ #*lhzjtL$", i + 1);
    if (end == std::string_view::npos ||
        std::string_view("sdiuxXoc").find(text[end]) == std::string_view::npos) {
      return std::nullopt;
    }
    pattern += '*';
    any = true;
    i = end;
  }
  return any ? std::optional(std::move(pattern)) : std::nullopt;
}

} // namespace

bool PathsFinder::starts_programs(std::string_view symbol) {
  return symbol.starts_with("exec") || symbol.starts_with("posix_spawn") || symbol == "popen" ||
         symbol == "system";
}

bool PathsFinder::may_name(std::string_view text) {
  if (text.starts_with('/') || is_search_path(text)) {
    return text.size() > 3;
  }
  const auto is_of_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '+' || c == '/';
  };
  return text.size() > 3 && text.size() < 256 && text.find('/') != std::string_view::npos &&
         text.find("..") == std::string_view::npos && !text.ends_with('/') &&
         std::ranges::all_of(text, is_of_name);
}

void PathsFinder::reached(const Reached& reached,
                          std::vector<Request>& requests,
                          std::vector<Warning>&) {
  if (reached.kind == ReachedKind::symbol && starts_programs(reached.text) &&
      starters_.insert(reached.file).second) {
    std::ranges::move(programs_[reached.file], std::back_inserter(requests));
    programs_.erase(reached.file);
  }
  if (reached.kind != ReachedKind::constant || reached.text.size() > 4096) {
    return;
  }
  if (reached.text.starts_with('/') || is_search_path(reached.text)) {
    std::string_view rest = reached.text;
    while (true) { // a search path
      const std::size_t colon = rest.find(':');
      const std::string path(rest.substr(0, colon));
      if (path.starts_with('/') && path.find_first_not_of('/') != std::string::npos &&
          !is_of_the_runtime(path)) {
        path.find('%') == std::string::npos ? look_at(reached, path, requests)
                                            : match_template(reached, path, requests);
      }
      if (colon == std::string_view::npos) {
        return;
      }
      rest.remove_prefix(colon + 1);
    }
  }
  if (reached.text.starts_with('/') || !may_name(reached.text)) {
    return;
  }
  Names& names = names_[reached.file];
  if (names.relative.size() < most_names && names.relative.insert(reached.text).second) {
    for (const std::string& folder : names.folders) {
      join(reached, folder, reached.text, requests);
    }
  }
}

void PathsFinder::look_at(const Reached& reached,
                          const std::string& path,
                          std::vector<Request>& requests) {
  const Found& found = context_.files.open(path);
  if (found.walk.end != WalkEnd::found || is_of_the_runtime(found.walk.path.text())) {
    return; // /etc/mtab leads into /proc
  }
  const bool is_folder = found.file == nullptr;
  const bool own = is_own(*reached.file, found.walk.path, is_folder);
  if (!own && !is_folder && (found.file->stat.mode & 0111) != 0 &&
      !std::holds_alternative<Plain>(found.file->facts)) {
    // "/bin/sh": whether it is started hangs on what else the object's code does.
    const Confidence confidence =
        is_expected(*reached.file, found.walk.path) ? reached.confidence : Confidence::possible;
    Request program = {.kind = RequestKind::program,
                       .reason = ReasonKind::path_string,
                       .names = {path},
                       .confidence = confidence,
                       .by = reached.file};
    starters_.contains(reached.file) ? requests.push_back(std::move(program))
                                     : programs_[reached.file].push_back(std::move(program));
  }
  requests.push_back({.kind = is_folder && own ? RequestKind::folder : RequestKind::file,
                      .reason = ReasonKind::path_string,
                      .names = {path},
                      .confidence = own ? reached.confidence : Confidence::possible,
                      .by = reached.file,
                      .without_programs = true});
  if (is_folder) {
    Names& names = names_[reached.file];
    if (names.folders.size() < most_names && names.folders.insert(path).second) {
      for (const std::string& name : names.relative) {
        join(reached, path, name, requests);
      }
    }
  }
}

/// A folder and a name that the same object's code uses, and that lead to a file together.
void PathsFinder::join(const Reached& reached,
                       const std::string& folder,
                       const std::string& name,
                       std::vector<Request>& requests) {
  const bool is_deep = name.find('/') != std::string::npos || parts_of(folder).size() > 2;
  const std::string path = folder + (folder.ends_with('/') ? "" : "/") + name;
  if (!is_deep) {
    return;
  }
  const Found& found = context_.files.open(path);
  const bool is_folder = found.walk.end == WalkEnd::found && found.file == nullptr;
  if (found.file != nullptr || (is_folder && is_own(*reached.file, found.walk.path, true))) {
    requests.push_back({.kind = is_folder ? RequestKind::folder : RequestKind::file,
                        .reason = ReasonKind::path_string,
                        .names = {path},
                        .confidence = reached.confidence,
                        .detail = fmt::format("{} and {}", folder, name),
                        .by = reached.file,
                        .without_programs = true});
  }
}

void PathsFinder::match_template(const Reached& reached,
                                 const std::string& text,
                                 std::vector<Request>& requests) {
  const std::optional<std::string> pattern = as_pattern(text);
  if (!pattern) {
    return;
  }
  const std::string fixed = pattern->substr(0, pattern->find('*'));
  const std::string folder = fixed.substr(0, fixed.rfind('/'));
  if (parts_of(folder).empty()) {
    return; // "/%s"
  }
  const std::vector<std::string> paths = expand(context_.files.walker(), *pattern, most_matches);
  if (paths.empty()) {
    return;
  }
  const Walk walk = context_.files.walker().follow(folder);
  const bool own =
      paths.size() == 1 || (walk.end == WalkEnd::found && is_own(*reached.file, walk.path, true));
  for (const std::string& path : paths) {
    requests.push_back({.kind = RequestKind::file,
                        .reason = ReasonKind::path_string,
                        .names = {path},
                        .confidence = own ? reached.confidence : Confidence::possible,
                        .detail = text,
                        .by = reached.file});
  }
}

bool PathsFinder::is_own(const Examined& object, const RootPath& path, bool is_folder) {
  const auto [known, is_new] = owns_.try_emplace({&object, path.text()}, false);
  if (is_new) {
    const std::string_view stem = stem_of(object.path.name());
    known->second =
        !(is_folder && is_interpreter(stem)) &&
        (has_the_name(stem, path.text()) || is_in_the_same_place(object.path.text(), path.text()) ||
         is_own_by_package(object, path, is_folder));
  }
  return known->second;
}

/// Reading the database of packages takes longer than all else in a small program's run: what it
/// said before is kept, as long as the database is the same.
PathsFinder::PathsFinder(const FinderContext& context) : context_(context) {
  if (context.cache == nullptr || !context.cache->is_on()) {
    return;
  }
  const std::string identity = packages_identity(context.files.root());
  if (identity.empty()) {
    return;
  }
  key_ =
      fmt::format("{} owns\n{}{}", build_id(), identity, fmt::join(context.options.programs, "\n"));
  const std::string kept = context.cache->get(key_).value_or("");
  for (std::string_view rest = kept; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size() - 1);
    by_package_.emplace(rest.substr(1, end - 1), rest.front() == 'y');
    rest.remove_prefix(end + 1);
  }
}

PathsFinder::~PathsFinder() {
  if (!key_.empty() && asked_packages_) {
    std::string text;
    for (const auto& [question, answer] : by_package_) {
      text += (answer ? 'y' : 'n') + question + '\0';
    }
    context_.cache->put(key_, text);
  }
}

/// Its package's own file, or one of a package of the same source that it depends on: libmagic1 and
/// libmagic-mgc. Of a folder: all that lies in it.
bool PathsFinder::is_own_by_package(const Examined& object, const RootPath& path, bool is_folder) {
  const std::size_t depth = parts_of(path.text()).size();
  if (is_folder && (depth < 2 || (depth == 2 && !path.text().starts_with("/etc/")))) {
    return false; // /usr/share
  }
  const auto [known, is_new] =
      by_package_.try_emplace(fmt::format("{}\n{}", object.path.text(), path.text()), false);
  if (is_new) {
    known->second = ask_packages(object, path, is_folder);
    asked_packages_ = true;
  }
  return known->second;
}

/// Whether the object's package relies on the one that has the program: it depends on it, or on
/// nobody's having to say so (Debian policy 3.8, essential packages). An editor or a compiler that
/// a library knows the place of is a person's to install. True where no package has one of the two.
bool PathsFinder::is_expected(const Examined& object, const RootPath& program) {
  const auto [known, is_new] = by_package_.try_emplace(
      fmt::format("{}\n{}\nstarts", object.path.text(), program.text()), true);
  if (is_new) {
    asked_packages_ = true;
    if (const Packages* packages = read()) {
      const std::optional<PackageId> mine = packages->owner(object.path),
                                     other = packages->owner(program);
      known->second = !mine || !other || *mine == *other || packages->all()[*other].essential ||
                      std::ranges::binary_search(packages->all()[*mine].depends, *other);
    }
  }
  return known->second;
}

const Packages* PathsFinder::read() {
  if (!packages_) {
    std::vector<Warning> warnings; // attribute_packages() tells them where packages are asked for
    packages_ = read_packages(context_.files.root(), warnings);
  }
  return packages_->get();
}

bool PathsFinder::ask_packages(const Examined& object, const RootPath& path, bool is_folder) {
  const Packages* packages = read();
  const std::optional<PackageId> mine =
      packages == nullptr ? std::nullopt : packages->owner(object.path);
  if (!mine) {
    return false;
  }
  const Package& package = packages->all()[*mine];
  const auto is_mine = [&](PackageId other) {
    return other == *mine || (packages->all()[other].source == package.source &&
                              std::ranges::binary_search(package.depends, other));
  };
  if (!is_folder) {
    const std::optional<PackageId> owner = packages->owner(path);
    return owner && is_mine(*owner);
  }
  const std::vector<PackageId> owners = packages->owners_below(path);
  return !owners.empty() && std::ranges::all_of(owners, is_mine);
}

} // namespace pare
