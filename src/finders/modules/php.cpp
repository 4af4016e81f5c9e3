// The ini files decide which extensions are loaded, whatever the sources call. Where they lie is
// built into the binary: the folders among its constants tell (main/php_ini.c, php_init_config:
// PHP_CONFIG_FILE_PATH, PHP_CONFIG_FILE_SCAN_DIR; PHP_EXTENSION_DIR), so that no distribution has
// to be known.

#include "finders/modules/php.hpp"

#include "base/glob.hpp"
#include "finders/modules/lookup.hpp"
#include "finders/modules/php_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t most_sources = 100'000;

bool is_php_name(std::string_view name) {
  return name == "php" || name == "phpdbg" || name.starts_with("php-fpm") ||
         name.starts_with("php-cgi") || name.starts_with("phpdbg") || name.starts_with("libphp") ||
         (name.size() > 3 && name.starts_with("php") && name[3] >= '5' && name[3] <= '9');
}

struct Directive {
  std::string_view name, value;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

/// `name = value` lines (php.net, "The configuration file"), in order; sections do not matter.
std::vector<Directive> read_ini(std::string_view text) {
  std::vector<Directive> directives;
  for (std::string_view line : split(text, '\n')) {
    line = trimmed(line);
    const std::size_t equals = line.find('=');
    if (line.starts_with(';') || line.starts_with('#') || line.starts_with('[') ||
        equals == std::string_view::npos) {
      continue;
    }
    std::string_view value = trimmed(line.substr(equals + 1));
    if (!value.empty() && (value[0] == '"' || value[0] == '\'')) {
      value = value.substr(1, value.find(value[0], 1) - 1);
    } else {
      value = trimmed(value.substr(0, value.find(';')));
    }
    directives.push_back({trimmed(line.substr(0, equals)), value});
  }
  return directives;
}

} // namespace

class PhpModules::Work {
public:
  explicit Work(FinderContext& context) : context_(context), lookup_(context.files) {}

  void
  examine(const Subject& subject, std::vector<Request>& requests, std::vector<Warning>& warnings) {
    requests_ = &requests;
    warnings_ = &warnings;
    const Examined& file = *subject.file;
    if (file.elf() != nullptr) {
      if (is_php_name(file.path.name())) {
        start(file);
      }
      return;
    }
    const Script* script = std::get_if<Script>(&file.facts);
    const bool is_entry =
        wanted_.contains(&file) || (script != nullptr && is_php_name(interpreter_name(*script)));
    if (!is_entry && !file.path.name().ends_with(".php")) {
      return;
    }
    if (!is_entry && subject.is_own && file.path.text().find("/vendor/") != std::string::npos) {
      passed_over_.insert(&file);
    } else {
      ahead_.push_back(&file);
      read_ahead();
    }
  }

private:
  void ask(RequestKind kind, std::string name, std::string detail, const Examined& by) {
    requests_->push_back({.kind = kind,
                          .reason = ReasonKind::module,
                          .names = {std::move(name)},
                          .detail = std::move(detail),
                          .by = &by,
                          .loaded_in = by.elf() == nullptr ? php_ : nullptr});
  }

  // ---------------------------------------------------------------- the start

  /// What is built into a SAPI, less what is not there.
  struct Layout {
    std::vector<std::string> config_folders; ///< Where php.ini is looked for, in order.
    std::vector<std::string> scan_folders;   ///< Of whose *.ini files each is read.
    std::string extension_folder;            ///< Empty: none.
  };

  void start(const Examined& php) {
    const Layout layout = layout_of(php);
    read_inis(inis_of(layout, php), layout.extension_folder, php);
    if (sapi_of(php.path.name()) == "fpm-fcgi") {
      for (const std::string& folder : layout.config_folders) {
        read_fpm(joined_path(folder, "php-fpm.conf"), php);
        read_fpm(joined_path(folder_of(folder), "php-fpm.conf"), php); // docker's: /usr/local/etc
      }
    }
    if (php_ == nullptr) {
      php_ = &php;
    }
    read_ahead();
  }

  static std::string_view sapi_of(std::string_view name) {
    return name.starts_with("php-fpm")   ? "fpm-fcgi"
           : name.starts_with("php-cgi") ? "cgi-fcgi"
           : name.starts_with("libphp")  ? "apache2handler"
                                         : "cli";
  }

  Layout layout_of(const Examined& php) {
    Layout layout;
    for (std::string& path : lookup_.path_constants(php, *warnings_)) {
      if (path.find("php") == std::string::npos || !lookup_.folder(path)) {
        continue;
      }
      const bool has_libraries = std::ranges::any_of(
          lookup_.list(path), [](const std::string& name) { return name.ends_with(".so"); });
      if (path.ends_with("conf.d")) {
        layout.scan_folders.push_back(std::move(path));
      } else if (has_libraries && layout.extension_folder.empty()) {
        layout.extension_folder = std::move(path);
      } else if (path.starts_with("/usr/share/") || path.ends_with("/lib/php") ||
                 path.ends_with("/pear")) {
        include_path_.push_back(std::move(path));
      } else {
        layout.config_folders.push_back(std::move(path));
      }
    }
    if (const std::string_view folder = variable(context_.options, "PHPRC"); !folder.empty()) {
      layout.config_folders.insert(layout.config_folders.begin(), std::string(folder));
    }
    layout.config_folders.emplace_back(folder_of(php.path.text()));
    if (const auto scan = context_.options.environment.find("PHP_INI_SCAN_DIR");
        scan != context_.options.environment.end()) {
      // An empty element stands for the built-in folder.
      const std::string& list = scan->second;
      if (!list.starts_with(':') && !list.ends_with(':') && list.find("::") == std::string::npos) {
        layout.scan_folders.clear();
      }
      for (const std::string_view folder : split(list, ':')) {
        layout.scan_folders.emplace_back(folder);
      }
    }
    return layout;
  }

  /// php-SAPI.ini or php.ini, the first of them, and every file of the scan folders.
  std::vector<std::string> inis_of(const Layout& layout, const Examined& php) {
    std::vector<std::string> inis;
    for (const std::string& name :
         {fmt::format("php-{}.ini", sapi_of(php.path.name())), std::string("php.ini")}) {
      for (const std::string& folder : layout.config_folders) {
        if (std::string place = joined_path(folder, name); inis.empty() && lookup_.is_file(place)) {
          inis.push_back(std::move(place));
        }
      }
    }
    for (const std::string& folder : layout.scan_folders) {
      for (const std::string& name : lookup_.list(folder)) {
        if (name.ends_with(".ini")) {
          inis.push_back(joined_path(folder, name));
        }
      }
    }
    return inis;
  }

  void read_inis(const std::vector<std::string>& inis,
                 std::string extension_folder,
                 const Examined& php) {
    struct Extension {
      std::string value, ini;
    };
    std::vector<Extension> extensions;
    for (const std::string& ini : inis) {
      const Examined* file = lookup_.file(ini);
      if (file == nullptr) {
        continue;
      }
      ask(RequestKind::file, ini, "read at every start of PHP", php);
      const std::optional<std::string> text = lookup_.text(*file, *warnings_);
      if (!text) {
        continue;
      }
      for (const auto& [name, value] : read_ini(*text)) {
        if (value.empty()) {
          continue;
        }
        if (name == "extension" || name == "zend_extension") {
          extensions.push_back({std::string(value), std::string(base_of(ini))});
        } else if (name == "extension_dir") {
          extension_folder = value;
        } else if (name == "include_path") {
          for (const std::string_view folder : split(value, ':')) {
            if (folder.starts_with('/')) {
              include_path_.emplace_back(folder);
            }
          }
        } else if (is_one_of(" auto_append_file auto_prepend_file browscap curl.cainfo "
                             "opcache.preload openssl.cafile ",
                             name) &&
                   lookup_.is_file(value)) {
          ask(RequestKind::file,
              std::string(value),
              fmt::format("{} in {}", name, base_of(ini)),
              php);
        }
      }
    }
    for (const Extension& extension : extensions) {
      // ext/standard/dl.c, php_load_extension: a path as it is, else a name with or without its
      // ending
      const std::string place = extension.value.find('/') != std::string::npos
                                    ? extension.value
                                    : joined_path(extension_folder, extension.value);
      for (const std::string& path : {place, place + ".so"}) {
        if (lookup_.is_file(path)) {
          ask(RequestKind::file,
              path,
              fmt::format("extension={} in {}", extension.value, extension.ini),
              php);
          break;
        }
      }
    }
  }

  /// php-fpm.conf and the pools that it includes.
  void read_fpm(const std::string& config, const Examined& php) {
    const Examined* file = lookup_.file(config);
    if (file == nullptr || !fpm_read_.insert(file).second) {
      return;
    }
    ask(RequestKind::file, config, "read at every start of php-fpm", php);
    const std::optional<std::string> text = lookup_.text(*file, *warnings_);
    if (!text) {
      return;
    }
    for (const auto& [name, value] : read_ini(*text)) {
      if (name == "include" && value.starts_with('/')) {
        const std::string folder(folder_of(value));
        for (const std::string& entry : lookup_.list(folder)) {
          if (matches_glob(base_of(value), entry)) {
            ask(RequestKind::file,
                joined_path(folder, entry),
                fmt::format("include={}", value),
                php);
          }
        }
      }
    }
  }

  // ---------------------------------------------------------------- sources

  void read_ahead() {
    while (php_ != nullptr && !ahead_.empty()) {
      const Examined* source = ahead_.front();
      ahead_.pop_front();
      read(*source);
    }
  }

  void read(const Examined& source) {
    if (read_.size() == most_sources || !read_.insert(&source).second) {
      return;
    }
    const std::optional<std::string> text = lookup_.text(source, *warnings_);
    if (!text) {
      return;
    }
    const PhpNeeds needs = read_php(*text, source.path.text(), constants_);
    const bool is_of_composer = base_of(folder_of(source.path.text())) == "composer" &&
                                source.path.name().starts_with("autoload_");
    if (is_of_composer) {
      read_maps(needs, source);
    }
    if (source.path.name() == "autoload.php") {
      read_autoloader(needs, source);
    }
    for (const PhpInclude& include : needs.includes) {
      include_file(include, source);
    }
    if (!is_of_composer) {
      for (const std::string& name : needs.classes) {
        if (classes_asked_.insert(name).second && !take_class(name, source)) {
          unknown_classes_.emplace_back(name, &source);
        }
      }
    }
    for (const std::string& program : needs.programs) {
      ask(RequestKind::program, program, fmt::format("exec '{}'", program), source);
    }
    for (const std::string& file : needs.files) {
      if (lookup_.is_file(file)) {
        ask(RequestKind::file, file, fmt::format("reads '{}'", file), source);
      }
    }
  }

  void include_file(const PhpInclude& include, const Examined& source) {
    const std::string folder(folder_of(source.path.text()));
    if (include.is_computed()) {
      const std::string known = include.path.substr(0, include.path.find('\0'));
      const std::string from =
          known.starts_with('/') ? known.substr(0, known.rfind('/')) : std::string();
      // A folder below the source's own, or beside it: not one that holds the program as a whole.
      if (from.size() > 1 && !(folder + "/").starts_with(from + "/") && lookup_.folder(from)) {
        ask(RequestKind::folder,
            joined_path("/", from),
            fmt::format("include '{}/*': the name is computed", from),
            source);
      }
      return;
    }
    std::vector<std::string> places;
    if (include.path.starts_with('/')) {
      places.push_back(joined_path("/", include.path));
    } else {
      places.push_back(joined_path(context_.options.working_folder, include.path));
      for (const std::string& of_path : include_path_) {
        places.push_back(joined_path(of_path, include.path));
      }
      places.push_back(joined_path(folder, include.path));
    }
    for (const std::string& place : places) {
      if (lookup_.is_file(place)) {
        take(place, fmt::format("include '{}'", include.path), source);
        if (base_of(place) == "autoload.php" &&
            lookup_.is_file(joined_path(folder_of(place), "composer/autoload_real.php"))) {
          take_composer(joined_path(folder_of(place), "composer"), source);
        }
        return;
      }
    }
  }

  void take(const std::string& place, std::string detail, const Examined& source) {
    ask(RequestKind::file, place, std::move(detail), source);
    const Examined* found = lookup_.file(place);
    if (found == nullptr || found->elf() != nullptr) {
      return;
    }
    wanted_.insert(found);
    if (passed_over_.erase(found) != 0) {
      ahead_.push_back(found);
    }
  }

  // ---------------------------------------------------------------- Composer (2.x,
  // Autoload/AutoloadGenerator.php)

  /// The autoloader's own files, and the maps that they hold.
  void take_composer(const std::string& folder, const Examined& source) {
    if (!composer_folders_.insert(folder).second) {
      return;
    }
    for (const std::string& name : lookup_.list(folder)) {
      if (name.ends_with(".php")) {
        take(joined_path(folder, name), "Composer's autoloader", source);
      }
    }
    for (const char* name : {"autoload_classmap.php",
                             "autoload_psr4.php",
                             "autoload_namespaces.php",
                             "autoload_files.php"}) {
      if (const Examined* map = lookup_.file(joined_path(folder, name));
          map != nullptr && read_.insert(map).second) {
        if (const std::optional<std::string> text = lookup_.text(*map, *warnings_)) {
          read_maps(read_php(*text, map->path.text(), constants_), *map);
        }
      }
    }
  }

  void read_maps(const PhpNeeds& needs, const Examined& map) {
    const std::string_view name = map.path.name();
    if (!maps_read_.insert(&map).second ||
        !is_one_of(
            " autoload_classmap.php autoload_psr4.php autoload_namespaces.php autoload_files.php ",
            name)) {
      return;
    }
    for (const auto& [key, path] : needs.map) {
      if (name == "autoload_files.php") {
        take(path, "loaded by Composer's autoloader in any case", map);
      } else if (name == "autoload_classmap.php") {
        class_files_.emplace(key, path);
      } else {
        prefixes_[key].emplace_back(path, name == "autoload_namespaces.php");
      }
    }
    take_missed_classes();
  }

  /// Names that were met before the maps were.
  void take_missed_classes() {
    for (const auto& [missed, by] : std::exchange(unknown_classes_, {})) {
      if (!take_class(missed, *by)) {
        unknown_classes_.emplace_back(missed, by);
      }
    }
  }

  /// A map of classes in lower case to files below its own folder, as phpab(1) writes it and
  /// Debian's packages have it.
  void read_autoloader(const PhpNeeds& needs, const Examined& source) {
    for (const auto& [key, path] : needs.map) {
      std::string place = joined_path(folder_of(source.path.text()), path.substr(1));
      if (lookup_.is_file(place)) {
        class_files_.emplace(key, std::move(place));
      }
    }
    if (!needs.map.empty()) {
      take_missed_classes();
    }
  }

  bool take_class(const std::string& name, const Examined& source) {
    auto found = class_files_.find(name);
    if (found == class_files_.end()) {
      std::string lower = name;
      std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      });
      found = class_files_.find(lower);
    }
    if (found != class_files_.end() && lookup_.is_file(found->second)) {
      take(found->second, fmt::format("class {}", name), source);
      return true;
    }
    // PSR-4: the longest prefix first; PSR-0: the whole name is the path.
    for (std::size_t end = name.rfind('\\'); end != std::string::npos && end > 0;
         end = name.rfind('\\', end - 1)) {
      const auto prefix = prefixes_.find(name.substr(0, end + 1));
      if (prefix != prefixes_.end()) {
        for (const auto& [folder, is_whole] : prefix->second) {
          std::string below = name.substr(is_whole ? 0 : end + 1);
          std::ranges::replace(below, '\\', '/');
          const std::string place = joined_path(folder, below + ".php");
          if (lookup_.is_file(place)) {
            take(place, fmt::format("class {}", name), source);
            return true;
          }
        }
      }
    }
    return false;
  }

  FinderContext& context_;
  Lookup lookup_;
  std::vector<Request>* requests_ = nullptr; ///< Of the call that is under way, and so the next.
  std::vector<Warning>* warnings_ = nullptr;
  const Examined* php_ = nullptr; ///< The first that came.
  std::vector<std::string> include_path_;
  std::set<const Examined*> read_, maps_read_, fpm_read_;
  std::set<const Examined*> wanted_;      ///< Loaded by a source that was read.
  std::set<const Examined*> passed_over_; ///< Of the program's own vendor/: not loaded so far.
  std::deque<const Examined*> ahead_;     ///< Sources to be read, once PHP is there.
  std::map<std::string, std::string> constants_;
  std::set<std::string> composer_folders_;
  std::unordered_map<std::string, std::string> class_files_;
  std::unordered_map<std::string, std::vector<std::pair<std::string, bool>>>
      prefixes_; ///< "Psr\Log\": folders; PSR-0 or not.
  std::set<std::string> classes_asked_;
  std::vector<std::pair<std::string, const Examined*>> unknown_classes_;
};

PhpModules::PhpModules(FinderContext& context) : work_(std::make_unique<Work>(context)) {}
PhpModules::~PhpModules() = default;

void PhpModules::examine(const Subject& subject,
                         std::vector<Request>& requests,
                         std::vector<Warning>& warnings) {
  work_->examine(subject, requests, warnings);
}

} // namespace pare
