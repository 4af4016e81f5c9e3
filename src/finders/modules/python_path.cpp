#include "finders/modules/python_path.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace pare {
namespace {

/// Frozen into the executable since 3.11 (CPython, Tools/build/freeze_modules.py, FROZEN): imported
/// without their files.
// clang-format off
constexpr std::array frozen_modules = std::to_array<std::string_view>({
    "_collections_abc", "_sitebuiltins", "abc", "codecs", "genericpath", "importlib._bootstrap",
    "importlib._bootstrap_external", "importlib.machinery", "importlib.util", "io", "ntpath",
    "os", "posixpath", "runpy", "site", "stat", "zipimport"});
// clang-format on

/// Built in without a PyInit function of their own name (CPython, Modules/config.c.in).
constexpr std::array unnamed_builtins =
    std::to_array<std::string_view>({"_imp", "_warnings", "builtins", "marshal", "sys"});

/// Modules of the standard library that only other systems import.
// clang-format off
constexpr std::array foreign_modules = std::to_array<std::string_view>({
    "_aix_support", "_android_support", "_apple_support", "_ios_support", "_osx_support",
    "asyncio.windows_events", "asyncio.windows_utils", "ctypes.macholib", "encodings.mbcs",
    "encodings.oem", "multiprocessing.popen_spawn_win32", "nturl2path"});
// clang-format on

bool starts_with_digit(std::string_view text) {
  return !text.empty() && text[0] >= '0' && text[0] <= '9';
}

/// PEP 503: how the names of distributions compare.
std::string distribution_key(std::string_view name) {
  std::string key;
  for (const char c : name) {
    if (c == '-' || c == '_' || c == '.') {
      if (!key.ends_with('-')) {
        key += '-';
      }
    } else {
      key += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  return key;
}

/// Of a file of "key = value" lines; empty: it is not there.
std::string setting(Folders& folders, Files& files, const std::string& path, std::string_view key) {
  const Examined* file = folders.file(path);
  if (file == nullptr) {
    return {};
  }
  std::string text;
  try {
    text = read_source(files, *file);
  } catch (const InputError&) {
    return {};
  }
  const auto trimmed = [](std::string_view part) {
    const std::size_t first = part.find_first_not_of(" \t\r"),
                      last = part.find_last_not_of(" \t\r");
    return first == std::string_view::npos ? std::string_view()
                                           : part.substr(first, last - first + 1);
  };
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos && trimmed(line.substr(0, equals)) == key) {
      return std::string(trimmed(line.substr(equals + 1)));
    }
  }
  return {};
}

} // namespace

std::optional<int> python_minor(std::string_view name) {
  if (name.starts_with("lib")) {
    name.remove_prefix(3);
    if (name.find(".so") == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (name == "python" || name == "python3") {
    return -1;
  }
  if (!name.starts_with("python3.")) {
    return std::nullopt;
  }
  name.remove_prefix(8);
  int minor = 0;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), minor);
  const std::string_view suffix(rest, static_cast<std::size_t>(name.data() + name.size() - rest));
  const bool is_plain =
      suffix.size() <= 2 && suffix.find_first_not_of("dmtu") == std::string_view::npos;
  return error == std::errc() && minor < 100 &&
                 (is_plain || suffix.find(".so") != std::string_view::npos)
             ? std::optional(minor)
             : std::nullopt;
}

bool is_dotted_name(std::string_view text, bool needs_dot) {
  bool part_begins = true, has_dot = false;
  for (const char c : text) {
    if (c == '.') {
      if (part_begins) {
        return false;
      }
      part_begins = has_dot = true;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               (!part_begins && c >= '0' && c <= '9')) {
      part_begins = false;
    } else {
      return false;
    }
  }
  return !part_begins && (has_dot || !needs_dot);
}

std::string package_of(const std::string& module) {
  const std::size_t dot = module.rfind('.');
  return dot == std::string::npos ? std::string() : module.substr(0, dot);
}

std::string last_part_of(const std::string& module) {
  return module.substr(module.rfind('.') + 1);
}

PythonPath::PythonPath(
    Files& files, Folders& folders, const Options& options, const Examined& executable, int minor)
    : files_(files), folders_(folders), options_(options), executable_(executable), minor_(minor) {
  find_stdlib();
  if (!is_there()) {
    return;
  }
  add_variable_folders();
  path_.push_back(stdlib_);
  path_.push_back(stdlib_ + "/lib-dynload");
  find_builtins();
  for (const RootPath& beside : {executable_.path.parent(), executable_.path.parent().parent()}) {
    add_environment(beside.text());
  }
  find_site_folders();
}

std::string PythonPath::variable(const std::string& name) const {
  const auto found = options_.environment.find(name);
  return found == options_.environment.end() ? std::string() : found->second;
}

bool PythonPath::try_stdlib(const std::string& prefix) {
  for (const std::string_view lib : {"lib", "lib64"}) { // sys.platlibdir
    const std::string above = fmt::format("{}/{}", prefix == "/" ? "" : prefix, lib);
    if (minor_ < 0) {
      const Folders::Listed* listed = folders_.list(above);
      for (const std::string& name :
           listed != nullptr ? listed->names : std::vector<std::string>()) {
        if (const std::optional<int> minor = python_minor(name);
            minor && *minor >= 0 && name.find(".so") == std::string::npos &&
            folders_.file(above + "/" + name + "/os.py") != nullptr) {
          minor_ = *minor;
        }
      }
      if (minor_ < 0) {
        continue;
      }
    }
    const std::string folder = fmt::format("{}/python3.{}", above, minor_);
    if (folders_.file(folder + "/os.py") != nullptr ||
        folders_.file(folder + "/os.pyc") != nullptr) {
      prefix_ = prefix;
      stdlib_ = folder;
      return true;
    }
  }
  return false;
}

void PythonPath::find_stdlib() {
  if (const std::string home = variable("PYTHONHOME"); !home.empty()) {
    try_stdlib(home.substr(0, home.find(':')));
    return;
  }
  RootPath folder = executable_.path.parent();
  for (const RootPath& beside : {folder, folder.parent()}) {
    const std::string home = setting(folders_, files_, beside.text() + "/pyvenv.cfg", "home");
    if (home.size() > 1 && try_stdlib(RootPath::lexical(home).parent().text())) {
      return;
    }
  }
  while (!try_stdlib(folder.text()) && !folder.is_root()) {
    folder = folder.parent();
  }
  if (!is_there() && !try_stdlib("/usr")) {
    try_stdlib("/usr/local");
  }
}

/// sys.path begins with PYTHONPATH (python(1)); the zip file of the library is followed by no-one
/// here, but taken.
void PythonPath::add_variable_folders() {
  const std::string variable_text = variable("PYTHONPATH");
  std::string_view rest = variable_text;
  while (!rest.empty()) {
    const std::string entry(rest.substr(0, rest.find(':')));
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
    if (!entry.empty()) {
      path_.push_back(
          RootPath::lexical(entry.front() == '/' ? entry : options_.working_folder + "/" + entry)
              .text());
    }
  }
  const std::string zip =
      fmt::format("{}/python3{}.zip", stdlib_.substr(0, stdlib_.rfind('/')), minor_);
  if (const Examined* file = folders_.file(zip); file != nullptr) {
    start_files_.push_back({file, zip, {}});
  }
}

void PythonPath::add_environment(const std::string& folder) {
  const std::string config = folder + "/pyvenv.cfg";
  const Examined* file = folders_.file(config);
  if (file == nullptr) {
    return;
  }
  start_files_.push_back({file, config, {}});
  // Another start of the same installation may see the system's packages: they stay, behind.
  const std::vector<std::string> system = std::exchange(site_folders_, {});
  std::erase_if(path_, [&](const std::string& entry) {
    return std::ranges::find(system, entry) != system.end();
  });
  add_site_folder(fmt::format("{}/lib/python3.{}/site-packages", folder, minor_));
  for (const std::string& entry : system) {
    add_site_folder(entry);
  }
}

bool PythonPath::add_folder(const std::string& folder) {
  if (std::ranges::find(path_, folder) != path_.end()) {
    return false;
  }
  path_.insert(path_.begin(), folder);
  distributions_.reset();
  return true;
}

/// Lib/site.py, getsitepackages(); Debian's has dist-packages in its place.
void PythonPath::find_site_folders() {
  std::string site;
  if (const Examined* file = folders_.file(stdlib_ + "/site.py"); file != nullptr) {
    try {
      site = read_source(files_, *file);
    } catch (const InputError&) {
      site.clear();
    }
  }
  if (const std::string home = variable("HOME");
      !home.empty() && variable("PYTHONNOUSERSITE").empty()) {
    add_site_folder(fmt::format("{}/.local/lib/python3.{}/site-packages", home, minor_));
  }
  const std::string lib = stdlib_.substr(0, stdlib_.rfind('/'));
  const std::string prefix = prefix_ == "/" ? "" : prefix_;
  if (site.find("dist-packages") != std::string::npos) {
    add_site_folder(fmt::format("{}/local/lib/python3.{}/dist-packages", prefix, minor_));
    add_site_folder(prefix + "/lib/python3/dist-packages");
    add_site_folder(fmt::format("{}/lib/python3.{}/dist-packages", prefix, minor_));
  } else {
    add_site_folder(lib + fmt::format("/python3.{}/site-packages", minor_));
    if (!lib.ends_with("/lib")) {
      add_site_folder(fmt::format("{}/lib/python3.{}/site-packages", prefix, minor_));
    }
    if (prefix == "/usr") { // Fedora, SUSE and Alpine: what pip installs
      add_site_folder(fmt::format("/usr/local/lib/python3.{}/site-packages", minor_));
    }
  }
}

/// Lib/site.py, addsitedir(): the folder, and what its .pth files add.
void PythonPath::add_site_folder(const std::string& folder) {
  const Folders::Listed* listed = folders_.list(folder);
  if (listed == nullptr || std::ranges::find(path_, folder) != path_.end()) {
    return;
  }
  path_.push_back(folder);
  site_folders_.push_back(folder);
  distributions_.reset();
  for (const std::string& name : listed->names) {
    if (name.ends_with(".pth") && !name.starts_with('.')) {
      read_path_file(folder, name);
    }
  }
}

void PythonPath::read_path_file(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  const Examined* file = folders_.file(path);
  if (file == nullptr) {
    return;
  }
  std::string text;
  try {
    text = read_source(files_, *file);
  } catch (const InputError&) {
    return;
  }
  StartFile made{file, path, {}};
  bool adds = false;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    if (line.starts_with("import ") || line.starts_with("import\t")) {
      made.lines.emplace_back(line);
      continue;
    }
    const std::string place =
        RootPath::lexical(line.starts_with('/') ? std::string(line)
                                                : fmt::format("{}/{}", folder, line))
            .text();
    if (folders_.list(place) != nullptr && std::ranges::find(path_, place) == path_.end()) {
      path_.push_back(place);
      adds = true;
    }
  }
  // A file that adds nothing is read at the start, and not missed.
  if (adds || !made.lines.empty()) {
    start_files_.push_back(std::move(made));
  }
}

std::vector<PythonPath::StartFile> PythonPath::take_start_files() {
  return std::exchange(start_files_, {});
}

/// Names of PyInit functions in the executable, or in libpython: they are exported for extensions'
/// sake, stripped or not.
void PythonPath::find_builtins() {
  builtins_.insert(unnamed_builtins.begin(), unnamed_builtins.end());
  for (const Bytes& bytes : read_constants(files_, executable_)) {
    const std::string_view text = bytes.view();
    constexpr std::string_view mark = "PyInit_";
    for (std::size_t at = text.find(mark); at != std::string_view::npos;
         at = text.find(mark, at + 1)) {
      const std::size_t end = text.find('\0', at);
      if (end != std::string_view::npos && end - at < 80) {
        builtins_.emplace(text.substr(at + mark.size(), end - at - mark.size()));
      }
    }
  }
}

const PythonPath::Entries& PythonPath::entries(const std::string& folder) {
  const auto [entry, fresh] = entries_.try_emplace(folder);
  Entries& made = entry->second;
  const Folders::Listed* listed = fresh ? folders_.list(folder) : nullptr;
  if (listed == nullptr) {
    return made;
  }
  const std::string tag = fmt::format(".cpython-3{}", minor_);
  for (const std::string& name : listed->names) {
    const std::size_t dot = name.find('.');
    Entry& module = made[name.substr(0, dot)];
    if (dot == std::string::npos) {
      module.maybe_folder = true;
      continue;
    }
    const std::string_view suffix = std::string_view(name).substr(dot);
    if (suffix == ".py") {
      module.source = true;
    } else if (suffix == ".pyc") {
      module.compiled = true;
    } else if (suffix == ".so" || suffix == ".abi3.so" ||
               (suffix.starts_with(tag) && suffix.ends_with(".so") &&
                !starts_with_digit(suffix.substr(tag.size())))) {
      if (module.extension.empty() || suffix.starts_with(tag)) {
        module.extension = name;
      }
    }
  }
  return made;
}

bool PythonPath::take(PythonPlace& place, const std::string& path, const std::string& folder) {
  place.file = folders_.file(path);
  if (place.file == nullptr) {
    return false;
  }
  place.path = path;
  place.is_extension = path.ends_with(".so");
  place.is_source = path.ends_with(".py");
  place.is_stdlib =
      folder.starts_with(stdlib_) && folder.find("-packages", stdlib_.size()) == std::string::npos;
  return true;
}

/// The first of `folders` that has it; a namespace package (PEP 420) collects all.
bool PythonPath::locate(PythonPlace& place,
                        const std::string& stem,
                        const std::vector<std::string>& folders) {
  std::vector<std::string> portions;
  for (const std::string& folder : folders) {
    const Entries& all = entries(folder);
    const auto found = all.find(stem);
    if (found == all.end()) {
      continue;
    }
    const Entry& here = found->second;
    const std::string base = folder + "/" + stem;
    if (here.maybe_folder && folders_.list(base) != nullptr) {
      const Entries& inside = entries(base);
      const auto start = inside.find("__init__");
      if (start != inside.end() &&
          ((!start->second.extension.empty() &&
            take(place, base + "/" + start->second.extension, folder)) ||
           (start->second.source && take(place, base + "/__init__.py", folder)) ||
           (start->second.compiled && take(place, base + "/__init__.pyc", folder)))) {
        place.is_package = true;
        place.folders = {base};
        return true;
      }
      portions.push_back(base);
    }
    if ((!here.extension.empty() && take(place, folder + "/" + here.extension, folder)) ||
        (here.source && take(place, base + ".py", folder)) ||
        (here.compiled && take(place, base + ".pyc", folder))) {
      return true;
    }
  }
  place.is_package = !portions.empty();
  place.folders = std::move(portions);
  return place.is_package;
}

std::optional<PythonPlace> PythonPath::find(const std::string& module, const PythonPlace* package) {
  PythonPlace place;
  if (package == nullptr && builtins_.contains(module)) {
    return place;
  }
  if (!locate(place, last_part_of(module), package == nullptr ? path_ : package->folders) ||
      (place.is_stdlib && std::ranges::find(foreign_modules, module) != foreign_modules.end())) {
    return std::nullopt;
  }
  place.is_frozen = minor_ >= 11 && place.is_stdlib && variable("PYTHON_FROZEN_MODULES") != "off" &&
                    std::ranges::find(frozen_modules, module) != frozen_modules.end();
  return place;
}

std::vector<std::string> PythonPath::modules_in(const std::string& folder, std::string_view begin) {
  std::vector<std::string> names;
  const Entries& all = entries(folder);
  for (auto entry = all.lower_bound(begin); entry != all.end() && entry->first.starts_with(begin);
       ++entry) {
    names.push_back(entry->first);
  }
  return names;
}

bool PythonPath::has_module(const std::string& folder, std::string_view name) {
  return entries(folder).contains(name);
}

bool PythonPath::holds_sources(const std::string& folder) {
  return std::ranges::any_of(entries(folder),
                             [](const auto& entry) { return entry.second.source; });
}

std::optional<std::string> PythonPath::distribution(std::string_view name) {
  const auto found = distributions().find(distribution_key(name));
  return found == distributions().end() ? std::nullopt : std::optional(found->second);
}

const std::map<std::string, std::string>& PythonPath::distributions() {
  if (distributions_) {
    return *distributions_;
  }
  distributions_.emplace();
  for (const std::string& folder : path_) {
    const Folders::Listed* listed = folders_.list(folder);
    for (const std::string& name : listed != nullptr ? listed->names : std::vector<std::string>()) {
      if (name.ends_with(".dist-info") || name.ends_with(".egg-info")) {
        // "six-1.16.0.dist-info", "six.egg-info"
        distributions_->emplace(
            distribution_key(name.substr(0, std::min(name.find('-'), name.rfind('.')))),
            folder + "/" + name);
      }
    }
  }
  return *distributions_;
}

} // namespace pare
