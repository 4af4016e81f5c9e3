// The index of all paths is made at once: a root of 60,000 listed paths takes less time than one
// fork of dpkg-query. Paths stay as they are listed, and a look-up tries the names that a real path
// has through symlinked folders: those are few, and the look-ups are far fewer than the paths.

#include "packages/packages.hpp"

#include "base/bytes.hpp"
#include "packages/database.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace pare {

bool is_path(std::string_view text) {
  if (text.size() < 2 || text.size() >= 4096 || text.front() != '/' || text.back() == '/' ||
      text.find('\0') != std::string_view::npos) {
    return false;
  }
  for (std::size_t at = text.find("/."); at != std::string_view::npos;
       at = text.find("/.", at + 1)) {
    const std::string_view part = text.substr(at + 1, text.find('/', at + 1) - at - 1);
    if (part == "." || part == "..") {
      return false;
    }
  }
  return text.find("//") == std::string_view::npos;
}

std::optional<std::string>
read_database_file(Walker& walker, const std::string& path, std::vector<Warning>& warnings) {
  try {
    const Walk walk = walker.follow(path);
    if (walk.end == WalkEnd::absent) {
      return std::nullopt;
    }
    if (walk.end != WalkEnd::found) {
      throw InputError(walk.end == WalkEnd::loop ? "too many levels of symbolic links"
                                                 : "may not be read");
    }
    if (const std::optional<Root::Opened> opened = walker.root().open(walk.path)) {
      return read_all(*opened->bytes, largest_database_file);
    }
  } catch (const InputError& error) {
    warnings.push_back({path, fmt::format("package database: {}", error.what())});
  }
  return std::nullopt;
}

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return front;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  return begin == std::string_view::npos
             ? std::string_view()
             : text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1);
}

/// No name of a package.
constexpr std::string_view several_sources = "/";

struct Packages::Index {
  std::unordered_map<std::string_view, PackageId> owners; ///< The first, by listed path.
  struct Alias {
    std::string link;   ///< "/lib"
    std::string target; ///< "/usr/lib"
  };
  std::vector<Alias> aliases;
  std::unordered_map<std::string_view, std::string_view>
      sources; ///< By folder: of all that is below it; several_sources where they differ.

  /// The symlinks to folders at the root's top and one level below: what merges /usr (Debian,
  /// Fedora: /lib, and /usr/sbin into /usr/bin) and /var/run.
  static std::vector<Alias> find_aliases(const Root& root) {
    std::vector<Alias> aliases;
    Walker walker(root);
    for (const char* const folder : {"/", "/usr", "/var"}) {
      const Walk in = walker.follow(folder);
      try {
        for (const std::string& name :
             in.end == WalkEnd::found ? root.list(in.path) : std::vector<std::string>()) {
          const RootPath path = in.path / name;
          const Walk walk = walker.follow(path.text());
          if (walk.end != WalkEnd::found || walk.path == path || walk.path.is_root()) {
            continue;
          }
          const std::optional<Stat> stat = walker.lstat(walk.path);
          if (stat && stat->type == FileType::directory) {
            aliases.push_back({path.text(), walk.path.text()});
          }
        }
      } catch (const InputError&) { // may not be read: its links are not known
      }
    }
    return aliases;
  }
};

namespace {

/// Who satisfies a name.
class Providers {
public:
  Providers(const std::vector<Package>& packages, const std::vector<PackageRecord>& records) {
    for (PackageId id = 0; id < packages.size(); ++id) {
      const Package& package = packages[id];
      names_.push_back({package.name, package.architecture, false, id});
      for (const std::string_view name : records[id].provides) {
        names_.push_back({name, package.architecture, true, id});
      }
    }
    std::ranges::sort(names_);
  }

  /// The real package of that name rather than one that provides it; of several the one of the
  /// asker's architecture, then one of none, then the first.
  std::optional<PackageId> find(std::string_view name, std::string_view architecture) const {
    for (const std::string_view wanted :
         {architecture, std::string_view("all"), std::string_view("noarch"), std::string_view()}) {
      const auto found = std::ranges::lower_bound(names_, Name{name, wanted, false, 0});
      if (found != names_.end() && found->name == name &&
          (wanted.empty() || found->architecture == wanted)) {
        return found->package;
      }
    }
    return std::nullopt;
  }

private:
  struct Name {
    std::string_view name, architecture;
    bool is_provided = false;
    PackageId package = 0;
    auto operator<=>(const Name&) const = default;
  };
  std::vector<Name> names_;
};

} // namespace

Packages::Packages(Database database, const Root& root)
    : database_(std::make_unique<Database>(std::move(database))),
      index_(std::make_unique<Index>()) {
  std::vector<PackageRecord>& records = database_->records;
  std::ranges::sort(records, [](const PackageRecord& a, const PackageRecord& b) {
    const auto key = [](const PackageRecord& r) {
      return std::tie(r.package.name, r.package.architecture, r.package.version);
    };
    return key(a) < key(b);
  });

  std::size_t count = 0;
  for (PackageRecord& record : records) {
    for (std::string_view& path : record.paths) {
      const auto diverted = database_->diversions.find(path);
      if (diverted != database_->diversions.end() && diverted->second.by != record.package.name) {
        path = diverted->second.to;
      }
    }
    count += record.paths.size();
  }
  index_->aliases = Index::find_aliases(root);
  index_->owners.reserve(count);
  std::vector<std::string_view> shared;
  for (PackageId id = 0; id < records.size(); ++id) {
    for (const std::string_view path : records[id].paths) {
      const auto [entry, is_first] = index_->owners.emplace(path, id);
      if (!is_first && records[entry->second].package.name != records[id].package.name &&
          std::ranges::find(index_->aliases, path, &Index::Alias::link) != index_->aliases.end()) {
        shared.push_back(path);
      }
    }
  }
  // /lib, a folder to those that list it, is a symlink now that none of them made.
  for (const std::string_view path : shared) {
    index_->owners.erase(path);
  }

  packages_.reserve(records.size());
  for (PackageRecord& record : records) {
    packages_.push_back(std::move(record.package));
  }
  const Providers providers(packages_, records);
  for (PackageId id = 0; id < packages_.size(); ++id) {
    Package& package = packages_[id];
    for (const std::vector<std::string_view>& alternatives : records[id].needs) {
      for (const std::string_view name : alternatives) {
        std::optional<PackageId> found = providers.find(name, package.architecture);
        if (!found && is_path(name)) {
          found = owner(RootPath::trusted(std::string(name)));
        }
        if (found) {
          if (*found != id) {
            package.depends.push_back(*found);
          }
          break;
        }
      }
    }
    std::ranges::sort(package.depends);
    package.depends.erase(std::unique(package.depends.begin(), package.depends.end()),
                          package.depends.end());
  }
}

Packages::~Packages() = default;

PackageFormat Packages::format() const {
  return database_->format;
}

std::optional<PackageId> Packages::owner(const RootPath& path) const {
  const auto listed = index_->owners.find(path.text());
  if (listed != index_->owners.end()) {
    return listed->second;
  }
  for (const Index::Alias& alias : index_->aliases) {
    if (path.is_in(RootPath::trusted(alias.target))) {
      const auto found = index_->owners.find(alias.link + path.text().substr(alias.target.size()));
      if (found != index_->owners.end()) {
        return found->second;
      }
    }
  }
  return std::nullopt;
}

std::vector<PackageId> Packages::owners_below(const RootPath& folder) const {
  std::unordered_map<std::string_view, std::string_view>& sources = index_->sources;
  if (sources.empty()) {
    for (PackageId id = 0; id < packages_.size(); ++id) {
      std::string_view last;
      for (std::string_view path : database_->records[id].paths) {
        for (std::string_view above = path.substr(0, path.rfind('/'));
             !above.empty() && above != last;
             above = above.substr(0, above.rfind('/'))) {
          const auto [known, is_new] = sources.try_emplace(above, packages_[id].source);
          if (!is_new && known->second != packages_[id].source) {
            if (known->second == several_sources) {
              break; // then so have all above it
            }
            known->second = several_sources;
          }
        }
        last = path.substr(0, path.rfind('/'));
      }
    }
  }
  std::vector<std::string> names = {folder.text()};
  for (const Index::Alias& alias : index_->aliases) {
    if (folder.is_in(RootPath::trusted(alias.target))) {
      names.push_back(alias.link + folder.text().substr(alias.target.size()));
    }
  }
  std::string_view source;
  for (const std::string& name : names) {
    if (const auto known = sources.find(name); known != sources.end()) {
      if (known->second == several_sources || (!source.empty() && source != known->second)) {
        return {};
      }
      source = known->second;
    }
  }
  std::vector<PackageId> owners;
  for (PackageId id = 0; id < packages_.size() && !source.empty(); ++id) {
    if (packages_[id].source == source &&
        std::ranges::any_of(database_->records[id].paths, [&](std::string_view path) {
          return std::ranges::any_of(names, [&](const std::string& name) {
            return path.size() > name.size() && path.starts_with(name) && path[name.size()] == '/';
          });
        })) {
      owners.push_back(id);
    }
  }
  return owners;
}

std::vector<RootPath> Packages::files_of(PackageId package) const {
  std::vector<RootPath> files;
  for (const std::string_view path : database_->records.at(package).paths) {
    files.push_back(RootPath::trusted(std::string(path)));
  }
  return files;
}

std::vector<PackageId> Packages::find(std::string_view name) const {
  std::vector<PackageId> found;
  for (auto at = std::ranges::lower_bound(packages_, name, {}, &Package::name);
       at != packages_.end() && at->name == name;
       ++at) {
    found.push_back(static_cast<PackageId>(at - packages_.begin()));
  }
  const std::size_t mark = name.rfind(format() == PackageFormat::rpm ? '.' : ':');
  if (found.empty() && mark != std::string_view::npos) {
    for (const PackageId id : find(name.substr(0, mark))) {
      if (packages_[id].architecture == name.substr(mark + 1)) {
        found.push_back(id);
      }
    }
  }
  return found;
}

std::string Packages::label(PackageId package) const {
  const Package& it = packages_.at(package);
  const auto is_same = [&](std::size_t other) {
    return other < packages_.size() && packages_[other].name == it.name;
  };
  if (!is_same(std::size_t{package} + 1) && (package == 0 || !is_same(package - 1))) {
    return it.name;
  }
  return it.name + (format() == PackageFormat::rpm ? '.' : ':') + it.architecture;
}

std::string packages_identity(const Root& root) {
  std::string all;
  Walker walker(root);
  // dpkg writes status anew, and its lists through info/; each layer of distroless adds to
  // status.d.
  for (const char* const path : {"/var/lib/dpkg/status",
                                 "/var/lib/dpkg/info",
                                 "/var/lib/dpkg/status.d",
                                 "/lib/apk/db/installed",
                                 "/usr/lib/apk/db/installed",
                                 "/var/lib/rpm/rpmdb.sqlite",
                                 "/usr/lib/sysimage/rpm/rpmdb.sqlite"}) {
    const Walk walk = walker.follow(path);
    const std::optional<Stat> stat =
        walk.end == WalkEnd::found ? root.lstat(walk.path) : std::nullopt;
    if (stat) {
      const std::string identity = root.identity(walk.path, *stat);
      if (identity.empty()) {
        return "";
      }
      all += fmt::format("{} {}\n", path, identity);
    }
  }
  return all;
}

std::unique_ptr<Packages> read_packages(const Root& root, std::vector<Warning>& warnings) {
  Walker walker(root);
  for (const auto read : {read_dpkg, read_apk, read_rpm}) {
    std::optional<Database> database = read(walker, warnings);
    if (database && !database->records.empty()) {
      return std::make_unique<Packages>(*std::move(database), root);
    }
  }
  return nullptr;
}

} // namespace pare
