// What a name means is decided by node's documented algorithms, which only look at files: they are
// followed to the letter, for `require` and for `import`. A package of the program's own
// node_modules that nothing loads is in the closure because its folder was included, yet what it
// would load is not asked for.

#include "finders/modules/node.hpp"

#include "base/json.hpp"
#include "finders/modules/javascript.hpp"
#include "finders/modules/lookup.hpp"
#include "loaders/machines.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace pare {

namespace {

/// A package.json.
struct Package {
  std::string folder;
  const Examined* file = nullptr;
  Json json;

  /// For a reader.
  std::string_view name() const {
    return json["name"].text().empty() ? base_of(folder) : std::string_view(json["name"].text());
  }

  bool is_taken = false;        ///< It was asked for.
  bool platforms_taken = false; ///< Its optionalDependencies were looked at.
};

struct Output {
  std::vector<Request>& requests;
  std::vector<Warning>& warnings;
};

constexpr std::size_t most_sources = 100'000;

/// Modules that are part of node (`module.builtinModules` of node 12 to 22), which no file
/// replaces.
bool is_builtin(std::string_view name) {
  constexpr std::string_view names =
      " assert async_hooks buffer child_process cluster console constants crypto dgram "
      "diagnostics_channel dns domain events fs"
      " http http2 https inspector module net os path perf_hooks process punycode querystring "
      "readline repl stream"
      " string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib ";
  // "process/" and its kin are packages of the same name: only these have parts of their own.
  const std::size_t slash = name.find('/');
  const std::string_view top = name.substr(0, slash);
  return name.starts_with("node:") ||
         (is_one_of(names, top) &&
          (slash == std::string_view::npos ||
           is_one_of(" assert dns fs inspector path readline stream timers util ", top)));
}

bool is_source_name(std::string_view name) {
  return name.ends_with(".js") || name.ends_with(".mjs") || name.ends_with(".cjs");
}

bool is_node_name(std::string_view name) {
  return name == "node" || name == "nodejs" || name.starts_with("node-") ||
         name.starts_with("nodejs-") || name.starts_with("libnode.so");
}

/// process.arch, by e_machine.
std::string arch_of(const Elf& elf) {
  switch (elf.machine.machine) {
  case elf::em_x86_64:
    return "x64";
  case elf::em_aarch64:
    return "arm64";
  case elf::em_arm:
    return "arm";
  case elf::em_386:
    return "ia32";
  case elf::em_ppc64:
    return "ppc64";
  case elf::em_s390:
    return "s390x";
  case elf::em_riscv:
    return "riscv64";
  case elf::em_loongarch:
    return "loong64";
  default:
    return "";
  }
}

bool names_this(const Json& list, std::string_view wanted) {
  if (list.is_null()) {
    return true;
  }
  bool excludes = false;
  for (const Json& entry : list.is_list() ? list.list() : JsonList{list}) {
    if (entry.text() == wanted) {
      return true;
    }
    if (entry.text() == "!" + std::string(wanted)) {
      return false;
    }
    excludes = excludes || entry.text().starts_with('!');
  }
  return excludes;
}

/// PACKAGE_TARGET_RESOLVE: what a value of "exports" or "imports" leads to; empty: nowhere.
std::string
target_of(const Json& target, const std::string& star, bool is_import, std::size_t depth = 0) {
  if (depth > 32) {
    return {};
  }
  if (target.is_string()) {
    std::string text = target.text();
    for (std::size_t at = text.find('*'); at != std::string::npos && text.size() < 4096;
         at = text.find('*', at + star.size())) {
      text.replace(at, 1, star);
    }
    return text;
  }
  for (const Json& one : target.list()) {
    if (std::string found = target_of(one, star, is_import, depth + 1); !found.empty()) {
      return found;
    }
  }
  for (const auto& [condition, value] : target.members()) {
    if (condition == "node" || condition == "default" || condition == "node-addons" ||
        condition == "module-sync" || condition == (is_import ? "import" : "require")) {
      if (std::string found = target_of(value, star, is_import, depth + 1); !found.empty()) {
        return found;
      }
    }
  }
  return {};
}

/// PACKAGE_IMPORTS_EXPORTS_RESOLVE: the key itself, or the pattern with the longest text before its
/// star.
std::string match_of(const Json& map, const std::string& key, bool is_import) {
  const Json* best = nullptr;
  std::size_t best_base = 0;
  std::string star;
  for (const auto& [pattern, value] : map.members()) {
    const std::size_t at = pattern.find('*');
    if (at == std::string::npos) {
      if (pattern == key) {
        return target_of(value, "", is_import);
      }
      if (pattern.ends_with('/') && key.starts_with(pattern) &&
          pattern.size() > best_base) { // until node 16
        best = &value;
        best_base = pattern.size();
        star = "/" + key.substr(pattern.size());
      }
      continue;
    }
    const std::string_view tail = std::string_view(pattern).substr(at + 1);
    if (key.size() >= pattern.size() && key.starts_with(pattern.substr(0, at)) &&
        key.ends_with(tail) && at + 1 > best_base) {
      best = &value;
      best_base = at + 1;
      star = key.substr(at, key.size() - at - tail.size());
    }
  }
  if (best == nullptr) {
    return {};
  }
  if (star.starts_with('/')) {
    std::string folder = target_of(*best, "", is_import);
    return folder.empty() ? folder : folder + star.substr(1);
  }
  return target_of(*best, star, is_import);
}

/// "@scope/name" or "name", and what follows it as "./…" or ".".
struct PackageName {
  std::string name, subpath;
};
PackageName split_name(std::string_view text) {
  std::size_t end = text.find('/');
  if (text.starts_with('@') && end != std::string_view::npos) {
    end = text.find('/', end + 1);
  }
  const std::string_view name = text.substr(0, end);
  return {std::string(name),
          end == std::string_view::npos ? "." : "." + std::string(text.substr(end))};
}

} // namespace

class NodeModules::Work {
public:
  explicit Work(FinderContext& context) : context_(context), lookup_(context.files) {}

  void examine(const Subject& subject, Output out);

private:
  void start(const Examined& node, Output& out);
  void read_ahead(Output& out);
  void read(const Examined& source, Output& out);
  void ask(const JsText& named, bool is_import, const Examined& source, Output& out);
  void
  take(const std::string& path, const std::string& detail, const Examined& source, Output& out);
  void
  take_folder(std::string folder, const std::string& detail, const Examined& source, Output& out);
  void take_computed(const std::string& path,
                     const std::string& detail,
                     const Examined& source,
                     Output& out);
  void take_package(Package& package, const Examined& source, Output& out);
  void take_addons(const std::string& wanted, const Examined& source, Output& out);
  void take_platform_packages(Package& package, const Examined& source, Output& out);
  void take_named_files(const JsNeeds& needs, const Examined& source, Output& out);

  std::string resolve(std::string_view name, bool is_import, const Examined& source, Output& out);
  std::string resolve_in(const Package& package,
                         const std::string& subpath,
                         bool is_import,
                         const Examined& source,
                         Output& out);
  std::vector<std::string> module_folders(const std::string& from);
  std::string as_file(const std::string& path);
  std::string as_file_or_folder(const std::string& path, const Examined& source, Output& out);

  Package* package_at(const std::string& folder, Output& out);
  Package* package_of(std::string_view file, Output& out);

  FinderContext& context_;
  Lookup lookup_;
  const Examined* node_ = nullptr; ///< The first that came.
  bool is_musl_ = false;
  std::string arch_;
  std::set<const Examined*> read_;
  std::set<const Examined*> wanted_;      ///< Loaded by a source that was read.
  std::deque<const Examined*> ahead_;     ///< Sources to be read, once node is there.
  std::set<const Examined*> passed_over_; ///< Of the program's own node_modules: not loaded so far.
  std::map<std::string, std::unique_ptr<Package>>
      packages_; ///< By folder; null: there is no package.json.
};

NodeModules::NodeModules(FinderContext& context) : work_(std::make_unique<Work>(context)) {}
NodeModules::~NodeModules() = default;

void NodeModules::examine(const Subject& subject,
                          std::vector<Request>& requests,
                          std::vector<Warning>& warnings) {
  work_->examine(subject, {requests, warnings});
}

void NodeModules::Work::examine(const Subject& subject, Output out) {
  const Examined& file = *subject.file;
  if (file.elf() != nullptr) {
    if (is_node_name(file.path.name())) {
      start(file, out);
    }
    return;
  }
  bool is_source = is_source_name(file.path.name()) || wanted_.contains(&file);
  bool is_entry = wanted_.contains(&file);
  if (const Script* script = std::get_if<Script>(&file.facts)) {
    is_entry = is_entry || is_node_name(interpreter_name(*script));
    is_source = is_source || is_entry;
  }
  if (!is_source) {
    return;
  }
  if (!is_entry && subject.is_own && file.path.text().find("/node_modules/") != std::string::npos) {
    passed_over_.insert(&file);
  } else {
    ahead_.push_back(&file);
    read_ahead(out);
  }
}

void NodeModules::Work::read_ahead(Output& out) {
  while (node_ != nullptr && !ahead_.empty()) {
    const Examined* source = ahead_.front();
    ahead_.pop_front();
    read(*source, out);
  }
}

void NodeModules::Work::start(const Examined& node, Output& out) {
  if (arch_.empty()) {
    arch_ = arch_of(*node.elf());
    is_musl_ =
        node.elf()->interpreter && node.elf()->interpreter->find("ld-musl") != std::string::npos;
  }
  // A distribution may keep parts of node in files of their own (configure --shared-builtin-…-path:
  // cjs-module-lexer, undici, acorn on Debian), which are read at every start.
  for (const std::string& path : lookup_.path_constants(node, out.warnings)) {
    if (is_source_name(path) && lookup_.is_file(path)) {
      take(path, "read at every start of node", node, out);
    }
  }
  if (node_ == nullptr) {
    node_ = &node;
  }
  read_ahead(out);
}

void NodeModules::Work::take(const std::string& path,
                             const std::string& detail,
                             const Examined& source,
                             Output& out) {
  out.requests.push_back({.kind = RequestKind::file,
                          .reason = ReasonKind::module,
                          .names = {path},
                          .detail = detail,
                          .by = &source,
                          .loaded_in = source.elf() == nullptr ? node_ : nullptr});
  const Examined* found = lookup_.file(path);
  if (found == nullptr || found->elf() != nullptr ||
      !(is_source_name(found->path.name()) ||
        found->path.name().find('.') == std::string_view::npos)) {
    return;
  }
  wanted_.insert(found);
  if (passed_over_.erase(found) != 0) {
    ahead_.push_back(found);
  }
}

void NodeModules::Work::take_folder(std::string folder,
                                    const std::string& detail,
                                    const Examined& source,
                                    Output& out) {
  while (folder.size() > 1 && folder.ends_with('/')) {
    folder.pop_back();
  }
  Package* package = package_of(source.path.text(), out);
  // Not a whole package, nor what lies above it: that is where paths begin, not what is read.
  if (folder.size() < 2 ||
      (package != nullptr && (package->folder + "/").starts_with(folder + "/")) ||
      !lookup_.folder(folder)) {
    return;
  }
  out.requests.push_back({.kind = RequestKind::folder,
                          .reason = ReasonKind::module,
                          .names = {folder},
                          .detail = detail,
                          .by = &source,
                          .loaded_in = source.elf() == nullptr ? node_ : nullptr});
  std::vector<const Examined*> loaded;
  for (const Examined* file : passed_over_) {
    if (file->path.text().starts_with(folder + "/")) {
      loaded.push_back(file);
    }
  }
  std::ranges::sort(loaded, {}, &Examined::path);
  for (const Examined* file : loaded) {
    passed_over_.erase(file);
    ahead_.push_back(file);
  }
}

/// A path whose end is computed: the folder up to where nothing is known.
void NodeModules::Work::take_computed(const std::string& path,
                                      const std::string& detail,
                                      const Examined& source,
                                      Output& out) {
  const std::string known = path.substr(0, path.find('\0'));
  const std::size_t slash = known.rfind('/');
  if (slash != std::string::npos && slash > 0) {
    take_folder(known.substr(0, slash), detail + ": the name is computed", source, out);
  }
}

void NodeModules::Work::read(const Examined& source, Output& out) {
  if (read_.size() == most_sources || !read_.insert(&source).second) {
    return;
  }
  const std::optional<std::string> text = lookup_.text(source, out.warnings);
  if (!text) {
    return;
  }
  const JsPlace place = {.path = source.path.text(),
                         .working_folder = context_.options.working_folder,
                         .arch = arch_,
                         .environment = &context_.options.environment};
  const JsNeeds needs = read_javascript(*text, place);
  if (Package* package = package_of(source.path.text(), out)) {
    take_package(*package, source, out);
    take_platform_packages(*package, source, out);
  }
  for (const JsText& named : needs.requires_) {
    ask(named, false, source, out);
  }
  for (const JsText& named : needs.imports) {
    ask(named, true, source, out);
  }
  if (needs.loads_addon) {
    take_addons(needs.addon, source, out);
  }
  take_named_files(needs, source, out);
}

void NodeModules::Work::take_named_files(const JsNeeds& needs,
                                         const Examined& source,
                                         Output& out) {
  for (const JsText& file : needs.files) {
    if (file.is_computed()) {
      take_computed(file.text, file.detail, source, out);
    } else if (lookup_.is_file(file.text)) {
      take(file.text, file.detail, source, out);
    }
  }
  for (const JsText& folder : needs.folders) {
    if (folder.is_computed()) {
      take_computed(folder.text, folder.detail, source, out);
    } else {
      take_folder(folder.text, folder.detail, source, out);
    }
  }
  for (const JsText& program : needs.programs) {
    out.requests.push_back({.kind = RequestKind::program,
                            .reason = ReasonKind::module,
                            .names = {program.text},
                            .detail = program.detail,
                            .by = &source,
                            .loaded_in = source.elf() == nullptr ? node_ : nullptr});
  }
}

void NodeModules::Work::ask(const JsText& named,
                            bool is_import,
                            const Examined& source,
                            Output& out) {
  if (named.is_computed()) {
    if (named.text.starts_with("./") || named.text.starts_with("../")) {
      // joined_path would take "./" away from "./*"
      const std::size_t end = named.text.rfind('/', named.text.find('\0'));
      take_computed(joined_path(folder_of(source.path.text()), named.text.substr(0, end)) + "/" +
                        std::string(1, '\0'),
                    named.detail,
                    source,
                    out);
    } else if (named.text.starts_with('/')) {
      take_computed(named.text, named.detail, source, out);
    } else if (const std::size_t star = named.text.find('\0');
               star != 0 && named.text.rfind('/', star) != std::string::npos &&
               !named.text.starts_with('@')) {
      // "package/lib/" + name
      const PackageName name = split_name(named.text.substr(0, star));
      const std::string main = resolve(name.name + "/package.json", false, source, out);
      if (!main.empty() && name.subpath.size() > 2) {
        take_computed(std::string(folder_of(main)) + name.subpath.substr(1) + std::string(1, '\0'),
                      named.detail,
                      source,
                      out);
      }
    }
    return;
  }
  if (const std::string path = resolve(named.text, is_import, source, out); !path.empty()) {
    take(path, named.detail, source, out);
  }
}

// ------------------------------------------------------------------ packages

Package* NodeModules::Work::package_at(const std::string& folder, Output& out) {
  const auto [entry, fresh] = packages_.try_emplace(folder, nullptr);
  if (fresh) {
    if (const Examined* file = lookup_.file(joined_path(folder, "package.json"))) {
      auto package = std::make_unique<Package>();
      package->folder = folder;
      package->file = file;
      if (const std::optional<std::string> text = lookup_.text(*file, out.warnings)) {
        try {
          package->json = parse_json(*text);
        } catch (const InputError& error) {
          out.warnings.push_back({file->path.text(), error.what()});
        }
      }
      entry->second = std::move(package);
    }
  }
  return entry->second.get();
}

void NodeModules::Work::take_package(Package& package, const Examined& source, Output& out) {
  if (!package.is_taken) {
    package.is_taken = true;
    take(joined_path(package.folder, "package.json"),
         fmt::format("package.json of {}", package.name()),
         source,
         out);
  }
}

/// LOOKUP_PACKAGE_SCOPE: the nearest package.json above a file, not beyond a node_modules folder.
Package* NodeModules::Work::package_of(std::string_view file, Output& out) {
  std::string folder(folder_of(file));
  while (true) {
    if (base_of(folder) == "node_modules") {
      return nullptr;
    }
    if (Package* package = package_at(folder, out)) {
      return package;
    }
    if (folder == "/") {
      return nullptr;
    }
    folder = folder_of(folder);
  }
}

/// Builds for one platform are optional dependencies that say for which (package.json: os, cpu,
/// libc): what picks one of them computes its name.
void NodeModules::Work::take_platform_packages(Package& package,
                                               const Examined& source,
                                               Output& out) {
  if (package.platforms_taken) {
    return;
  }
  package.platforms_taken = true;
  for (const auto& [name, version] : package.json["optionalDependencies"].members()) {
    Package* optional = nullptr;
    for (const std::string& folder : module_folders(package.folder)) {
      if (optional == nullptr && name.find('\0') == std::string::npos) {
        optional = package_at(joined_path(folder, name), out);
      }
    }
    if (optional == nullptr) {
      continue;
    }
    const Json& json = optional->json;
    const bool is_for_platforms = !json["os"].is_null() || !json["cpu"].is_null();
    if (is_for_platforms && names_this(json["os"], "linux") && names_this(json["cpu"], arch_) &&
        names_this(json["libc"], is_musl_ ? "musl" : "glibc")) {
      out.requests.push_back(
          {.kind = RequestKind::folder,
           .reason = ReasonKind::module,
           .names = {optional->folder},
           .detail = fmt::format("the build for linux {} of {}", arch_, package.name()),
           .by = &source,
           .loaded_in = source.elf() == nullptr ? node_ : nullptr});
      take_platform_packages(*optional, source, out);
    }
  }
}

/// Where bindings, node-gyp-build and node-pre-gyp look: build/Release, prebuilds/linux-ARCH,
/// lib/binding.
void NodeModules::Work::take_addons(const std::string& wanted,
                                    const Examined& source,
                                    Output& out) {
  Package* package = package_of(source.path.text(), out);
  if (package == nullptr) {
    return;
  }
  const std::string& top = package->folder;
  std::vector<std::string> found;
  for (const char* folder : {"build/Release", "build", "out/Release", "build/default"}) {
    for (const std::string& name : lookup_.list(joined_path(top, folder))) {
      if (name.ends_with(".node")) {
        found.push_back(joined_path(joined_path(top, folder), name));
      }
    }
    if (!found.empty()) {
      break;
    }
  }
  if (found.empty()) {
    const std::string prebuilds = joined_path(top, "prebuilds");
    for (const std::string& name : lookup_.list(prebuilds)) {
      // "linux-x64", and "linux-x64+arm64" where one file serves several
      if (!name.starts_with("linux-") ||
          fmt::format("+{}+", name.substr(6)).find(fmt::format("+{}+", arch_)) ==
              std::string::npos) {
        continue;
      }
      for (const std::string& file : lookup_.list(joined_path(prebuilds, name))) {
        const bool is_for_other = file.find(is_musl_ ? "glibc" : "musl") != std::string::npos;
        if (file.ends_with(".node") && !is_for_other) {
          found.push_back(joined_path(joined_path(prebuilds, name), file));
        }
      }
    }
  }
  if (found.empty()) {
    const Json& path = package->json["binary"]["module_path"];
    std::string folder = joined_path(
        top, path.is_string() ? path.text().substr(0, path.text().find('{')) : "lib/binding");
    found = lookup_.files_below(folder == top ? joined_path(top, "lib/binding") : folder, ".node");
  }
  // bindings(1.5.0): "name" or "name.node"
  const auto is_wanted = [&](const std::string& addon) {
    return base_of(addon) == wanted || base_of(addon) == wanted + ".node";
  };
  if (std::ranges::any_of(found, is_wanted)) {
    std::erase_if(found, std::not_fn(is_wanted));
  }
  for (const std::string& addon : found) {
    take(addon, fmt::format("addon of {}", package->name()), source, out);
  }
}

// ------------------------------------------------------------------ names

/// LOAD_AS_FILE; empty: none.
std::string NodeModules::Work::as_file(const std::string& path) {
  for (const char* ending : {"", ".js", ".json", ".node", ".mjs", ".cjs"}) {
    std::string place = path + ending;
    if (lookup_.is_file(place)) {
      return place;
    }
  }
  return {};
}

/// LOAD_AS_FILE, then LOAD_AS_DIRECTORY.
std::string
NodeModules::Work::as_file_or_folder(const std::string& path, const Examined& source, Output& out) {
  if (std::string file = as_file(path); !file.empty()) {
    return file;
  }
  if (!lookup_.folder(path)) {
    return {};
  }
  if (Package* package = package_at(path, out)) {
    take_package(*package, source, out);
    if (const std::string& main = package->json["main"].text(); !main.empty()) {
      const std::string place = joined_path(path, "./" + main);
      if (std::string file = as_file(place); !file.empty()) {
        return file;
      }
      if (std::string file = as_file(joined_path(place, "index")); !file.empty()) {
        return file;
      }
    }
  }
  return as_file(joined_path(path, "index"));
}

/// node_modules of every folder above, then NODE_PATH and the global folders; /usr/share/nodejs and
/// /usr/lib/nodejs are Debian's (nodejs 18.20.4+dfsg, lib/internal/modules/cjs/loader.js).
std::vector<std::string> NodeModules::Work::module_folders(const std::string& from) {
  std::vector<std::string> folders;
  for (std::string folder = from;; folder = folder_of(folder)) {
    if (base_of(folder) != "node_modules") {
      folders.push_back(joined_path(folder, "node_modules"));
    }
    if (folder == "/") {
      break;
    }
  }
  for (const std::string_view folder : split(variable(context_.options, "NODE_PATH"), ':')) {
    folders.emplace_back(folder);
  }
  if (node_ != nullptr && node_->elf() != nullptr) {
    for (const std::string& folder : machine_of(node_->elf()->machine).usual_folders) {
      folders.push_back(folder + "nodejs");
    }
  }
  folders.emplace_back("/usr/share/nodejs");
  folders.emplace_back("/usr/lib/nodejs");
  return folders;
}

/// The file that a name leads to, seen from `source`; empty: none. As require() and import differ
/// in the conditions alone, what the stricter of the two would refuse is taken if it is there.
std::string NodeModules::Work::resolve(std::string_view name,
                                       bool is_import,
                                       const Examined& source,
                                       Output& out) {
  const std::string from(folder_of(source.path.text()));
  if (name.starts_with("file://")) {
    name.remove_prefix(7);
  }
  if (is_import || name.starts_with('.')) {
    name = name.substr(0, name.find_first_of("?")); // a query tells modules apart, not files
  }
  if (name.empty() || name.size() > 4096 || name.find('\0') != std::string_view::npos ||
      is_builtin(name)) {
    return {};
  }
  if (name.starts_with('/') || name == "." || name == ".." || name.starts_with("./") ||
      name.starts_with("../")) {
    return as_file_or_folder(joined_path(from, name), source, out);
  }
  if (name.starts_with('#')) {
    const Package* scope = package_of(source.path.text(), out);
    const std::string target =
        scope == nullptr ? "" : match_of(scope->json["imports"], std::string(name), is_import);
    if (target.empty() || target.starts_with('#')) {
      return {};
    }
    return target.starts_with("./")
               ? as_file_or_folder(joined_path(scope->folder, target), source, out)
               : resolve(target, is_import, source, out);
  }
  if (name.find(':') != std::string_view::npos) {
    return {}; // data:, https:
  }
  const PackageName wanted = split_name(name);
  if (const Package* scope = package_of(source.path.text(), out);
      scope != nullptr && scope->json["name"].text() == wanted.name &&
      !scope->json["exports"].is_null()) {
    return resolve_in(*scope, wanted.subpath, is_import, source, out);
  }
  for (const std::string& folder : module_folders(from)) {
    if (!lookup_.folder(folder)) {
      continue;
    }
    const std::string place = joined_path(folder, wanted.name);
    if (lookup_.folder(place)) {
      if (Package* package = package_at(place, out)) {
        take_package(*package, source, out);
        if (std::string found = resolve_in(*package, wanted.subpath, is_import, source, out);
            !found.empty()) {
          return found;
        }
        continue;
      }
    }
    if (std::string file = as_file_or_folder(joined_path(place, wanted.subpath), source, out);
        !file.empty()) {
      return file;
    }
  }
  return {};
}

std::string NodeModules::Work::resolve_in(const Package& package,
                                          const std::string& subpath,
                                          bool is_import,
                                          const Examined& source,
                                          Output& out) {
  const Json& exports = package.json["exports"];
  std::string place;
  if (!exports.is_null()) {
    const bool has_subpaths = exports.is_object() && !exports.members().empty() &&
                              exports.members()[0].first.starts_with('.');
    const std::string target = has_subpaths     ? match_of(exports, subpath, is_import)
                               : subpath == "." ? target_of(exports, "", is_import)
                                                : std::string();
    if (!target.empty()) {
      place = as_file(joined_path(package.folder, target));
    }
  }
  if (place.empty()) {
    place = as_file_or_folder(
        subpath == "." ? package.folder : joined_path(package.folder, subpath), source, out);
  }
  return place;
}

} // namespace pare
