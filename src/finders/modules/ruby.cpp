// A feature is looked for in $LOAD_PATH; if it is not there, RubyGems looks for a gem that has it,
// and activates that gem: its gemspec and those of the gems that it depends on are read too
// (rubygems/core_ext/kernel_require.rb, specification.rb). With Bundler the versions are those of
// Gemfile.lock.

#include "finders/modules/ruby.hpp"

#include "base/bytes.hpp"
#include "finders/modules/lookup.hpp"
#include "finders/modules/ruby_source.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t most_sources = 100'000;
constexpr std::size_t most_gems = 20'000;

bool is_ruby_name(std::string_view name) {
  return name == "ruby" || name.starts_with("libruby") ||
         (name.size() > 4 && name.starts_with("ruby") && name[4] >= '1' && name[4] <= '9');
}

/// "3.1.0"
bool is_version(std::string_view text) {
  return !text.empty() && std::ranges::count(text, '.') == 2 &&
         std::ranges::all_of(text, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

struct Gem {
  std::string name, version;
  std::string spec; ///< Its gemspec; empty: it has none (a checkout of Bundler's).
  std::vector<std::string> require_paths; ///< Absolute.
  std::string extensions;                 ///< The folder of what was compiled for it; empty: none.
  std::string folder;                     ///< Where its own files lie.
};

/// By numbers, part by part, as far as both are numbers (Gem::Version).
bool is_older(std::string_view a, std::string_view b) {
  const std::vector<std::string_view> left = split(a, '.'), right = split(b, '.');
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string_view x = i < left.size() ? left[i] : "0",
                           y = i < right.size() ? right[i] : "0";
    if (x.size() != y.size()) {
      return x.size() < y.size();
    }
    if (x != y) {
      return x < y;
    }
  }
  return false;
}

/// The library of enc/ for an encoding, by its name or the usual aliases (ruby 3.1, enc/encdb.h).
std::string encoding_library(std::string_view name) {
  std::string library(name);
  std::ranges::transform(library, library.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (library == "sjis" || library == "cp932" || library == "csshiftjis") {
    return "windows_31j";
  }
  if (library == "eucjp") {
    return "euc_jp";
  }
  if (library.starts_with("cp125")) {
    return "windows_" + library.substr(2);
  }
  if (library.starts_with("iso8859")) {
    return "iso_8859" + library.substr(7);
  }
  return library;
}

/// The libraries of enc/trans that convert it (ruby 3.1, enc/trans/*.trans).
std::string_view converters_of(std::string_view library) {
  struct Row {
    std::string_view beginnings, libraries;
  };
  static constexpr Row rows[] = {
      {" iso_8859 windows_125 windows_874 koi8 ibm cp4 cp8 mac tis_620 us_ascii ", " single_byte "},
      {" shift_jis windows_31j ", " japanese_sjis japanese "},
      {" euc_jp cp51932 ", " japanese_euc japanese "},
      {" iso_2022 cp50 ", " iso2022 japanese_euc japanese "},
      {" gb2312 gb12345 euc_cn ", " chinese "},
      {" gbk cp936 ", " gbk "},
      {" gb18030 ", " gb18030 "},
      {" big5 cp950 euc_tw ", " big5 chinese "},
      {" euc_kr cp949 johab ", " korean "},
      {" utf_16 utf_32 ", " utf_16_32 "},
      {" utf8_mac utf_8_mac ", " utf8_mac "},
      {" cesu_8 ", " cesu_8 "},
  };
  for (const Row& row : rows) {
    for (const std::string_view beginning : split(row.beginnings, ' ')) {
      if (library.starts_with(beginning)) {
        return row.libraries;
      }
    }
  }
  return {};
}

/// How much of RubyGems runs. Every start loads it, but most of it waits, in methods and behind
/// autoload, for commands like `gem install`.
enum class RubyGems : std::uint8_t {
  start,   ///< What every start does.
  program, ///< A gem's program is looked up by name (Gem.activate_bin_path): its resolver is
           ///< loaded.
  whole,   ///< The program uses parts of it by itself.
};

/// Constants that load their file in the first two cases (rubygems 3.2 to 3.5, by trace).
bool loads_constant(RubyGems used, std::string_view constant, std::string_view source) {
  return is_one_of(" Dependency PathSupport Util Version ", constant) ||
         (used == RubyGems::program && (is_one_of(" RequestSet Resolver Source ", constant) ||
                                        source.find("/request_set") != std::string_view::npos ||
                                        source.find("/resolver") != std::string_view::npos));
}

} // namespace

class RubyModules::Work {
public:
  explicit Work(FinderContext& context) : context_(context), lookup_(context.files) {}

  void
  examine(const Subject& subject, std::vector<Request>& requests, std::vector<Warning>& warnings) {
    requests_ = &requests;
    warnings_ = &warnings;
    const Examined& file = *subject.file;
    if (file.elf() != nullptr) {
      if (is_ruby_name(file.path.name())) {
        start(file);
      } else if (wanted_.contains(&file)) {
        read_extension(file);
        read_ahead();
      }
      return;
    }
    const std::string_view name = file.path.name();
    if (subject.is_own && (name == "Gemfile.lock" || name == "gems.locked")) {
      read_lock(file);
      return;
    }
    const Script* script = std::get_if<Script>(&file.facts);
    const bool is_entry =
        wanted_.contains(&file) || (script != nullptr && is_ruby_name(interpreter_name(*script)));
    const bool is_source =
        name.ends_with(".rb") || (subject.is_own && (name.ends_with(".ru") || name == "Rakefile"));
    if (!is_entry && !is_source) {
      return;
    }
    if (!is_entry && subject.is_own && file.path.text().find("/gems/") != std::string::npos) {
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
                          .loaded_in = by.elf() == nullptr ? ruby_ : nullptr});
  }

  void take(const std::string& place, std::string detail, const Examined& by) {
    ask(RequestKind::file, place, std::move(detail), by);
    const Examined* found = lookup_.file(place);
    if (found == nullptr) {
      return;
    }
    wanted_.insert(found);
    if (passed_over_.erase(found) != 0) {
      ahead_.push_back(found);
    }
  }

  // ---------------------------------------------------------------- the start

  void start(const Examined& ruby) {
    if (!load_path_.empty()) {
      return;
    }
    std::vector<std::string> folders;
    for (std::string& path : lookup_.path_constants(ruby, *warnings_)) {
      const std::string_view base = base_of(path);
      // …/ruby/3.1.0, …/site_ruby, …/ruby/3.1.0/x86_64-linux: ruby.c, ruby_init_loadpath
      const bool is_of_ruby = path.find("ruby") != std::string::npos &&
                              (is_version(base) || base == "site_ruby" || base == "vendor_ruby" ||
                               is_version(base_of(folder_of(path))));
      if (is_of_ruby && lookup_.folder(path) && std::ranges::find(folders, path) == folders.end()) {
        folders.push_back(std::move(path));
      }
    }
    if (std::ranges::none_of(folders, [&](const std::string& folder) {
          return lookup_.is_file(folder + "/rbconfig.rb");
        })) {
      return; // ruby, whose libruby has the folders
    }
    ruby_ = &ruby;
    for (const std::string_view folder : split(variable(context_.options, "RUBYLIB"), ':')) {
      load_path_.emplace_back(folder);
    }
    load_path_.insert(load_path_.end(), folders.begin(), folders.end());
    find_gem_folders(folders);

    for (const char* name : {"enc/encdb.so", "enc/trans/transdb.so"}) {
      take_feature(name, "read at every start of Ruby", ruby);
    }
    // gem_prelude.rb
    for (const char* name :
         {"rubygems", "error_highlight", "did_you_mean", "syntax_suggest/core_ext", "monitor"}) {
      take_feature(name, "read at every start of Ruby", ruby);
    }
    for (const std::string& folder : gem_folders_) {
      if (const std::string defaults = folder + "/specifications/default";
          lookup_.folder(defaults)) {
        ask(RequestKind::folder, defaults, "RubyGems reads the default gems at its start", ruby);
      }
    }
    read_ahead();
  }

  /// GEM_HOME and GEM_PATH; beside the folders of libraries; Debian's (rubygems 3.3.15,
  /// defaults/operating_system.rb).
  void find_gem_folders(const std::vector<std::string>& folders) {
    std::vector<std::string> candidates;
    candidates.emplace_back(variable(context_.options, "GEM_HOME"));
    for (const std::string_view folder : split(variable(context_.options, "GEM_PATH"), ':')) {
      candidates.emplace_back(folder);
    }
    std::string version;
    for (const std::string& folder : folders) {
      if (is_version(base_of(folder)) && base_of(folder_of(folder)) == "ruby") {
        version = base_of(folder);
        candidates.push_back(fmt::format("{}/gems/{}", folder_of(folder), version));
      }
    }
    candidates.push_back("/usr/local/bundle"); // docker's official image, where GEM_HOME is set so
    candidates.push_back("/var/lib/gems/" + version);
    candidates.push_back("/usr/local/lib/ruby/gems/" + version);
    candidates.push_back("/usr/share/rubygems-integration/" + version);
    candidates.push_back("/usr/share/rubygems-integration/all");
    for (const std::string& folder : folders) { // /usr/lib/x86_64-linux-gnu/ruby/3.1.0
      if (is_version(base_of(folder))) {
        candidates.push_back(
            fmt::format("{}/rubygems-integration/{}", folder_of(folder_of(folder)), version));
      }
    }
    for (std::string& candidate : candidates) {
      if (!candidate.empty() && lookup_.folder(candidate + "/specifications") &&
          std::ranges::find(gem_folders_, candidate) == gem_folders_.end()) {
        gem_folders_.push_back(std::move(candidate));
      }
    }
  }

  // ---------------------------------------------------------------- sources

  void read_ahead() {
    while (ruby_ != nullptr && !ahead_.empty()) {
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
    const std::string& path = source.path.text();
    const RubyNeeds needs = read_ruby(*text, path);
    for (const std::string& folder : needs.load_paths) {
      if (std::ranges::find(load_path_, folder) == load_path_.end() && lookup_.folder(folder)) {
        load_path_.push_back(folder);
      }
    }
    const bool is_of_rubygems =
        path.ends_with("/rubygems.rb") || path.find("/rubygems/") != std::string::npos;
    for (const std::string& gem : needs.gems) {
      activate(gem, source);
    }
    for (const auto& [gem, program] : needs.gem_programs) {
      take_gem_program(gem, program, source);
    }
    for (const RubyRequire& require : needs.requires_) {
      if (!is_of_rubygems) {
        if (require.name.starts_with("rubygems/")) {
          use_rubygems(RubyGems::whole);
        }
        ask_for(require, source);
      } else if (!waits(require, source)) {
        ask_for(require, source);
      } else {
        waiting_requires_.emplace_back(require, &source);
      }
    }
    if (needs.loads_by_name) {
      const std::string folder = path.substr(0, path.rfind('.'));
      if (lookup_.folder(folder)) {
        ask(RequestKind::folder, folder, "its constants load files by their names", source);
      }
    }
    if (needs.requires_bundle) {
      for (const std::string& gem : bundled_) {
        std::string name = gem;
        if (!take_feature(name, fmt::format("Bundler.require: {}", gem), source)) {
          std::ranges::replace(name, '-', '/');
          take_feature(name, fmt::format("Bundler.require: {}", gem), source);
        }
      }
    }
    for (const std::string& encoding : needs.encodings) {
      take_encoding(encoding, source);
    }
    for (const std::string& program : needs.programs) {
      ask(RequestKind::program, program, fmt::format("system '{}'", program), source);
    }
    for (const std::string& file : needs.files) {
      if (lookup_.is_file(file)) {
        ask(RequestKind::file, file, fmt::format("reads '{}'", file), source);
      }
    }
  }

  bool waits(const RubyRequire& require, const Examined& source) const {
    return rubygems_ != RubyGems::whole &&
           (require.is_lazy || (!require.constant.empty() &&
                                !loads_constant(rubygems_, require.constant, source.path.text())));
  }

  void use_rubygems(RubyGems used) {
    if (used > rubygems_) {
      rubygems_ = used;
      for (const auto& [require, source] : std::exchange(waiting_requires_, {})) {
        if (waits(require, *source)) {
          waiting_requires_.emplace_back(require, source);
        } else {
          ask_for(require, *source);
        }
      }
    }
  }

  /// What a binstub loads: BINDIR/PROGRAM of the gem.
  void
  take_gem_program(const std::string& name, const std::string& program, const Examined& source) {
    use_rubygems(RubyGems::program);
    activate(name, source);
    const Gem* gem = version_of(name);
    const Examined* spec = gem == nullptr ? nullptr : lookup_.file(gem->spec);
    if (spec == nullptr) {
      return;
    }
    const std::string text = lookup_.text(*spec, *warnings_).value_or("");
    constexpr std::string_view setting = "s.bindir = \"";
    const std::size_t at = text.find(setting);
    const std::size_t start = at + setting.size();
    const std::string folder =
        at == std::string::npos ? "bin" : text.substr(start, text.find('"', start) - start);
    const std::string place = joined_path(joined_path(gem->folder, folder), program);
    if (lookup_.is_file(place)) {
      take(place, fmt::format("the program {} of the gem {}", program, name), source);
    }
  }

  /// An extension that requires something itself has the name of it among its constants
  /// (rb_require() of ruby.h, or a call of the method `require`).
  void read_extension(const Examined& file) {
    constexpr std::size_t most_bytes = 16 << 20;
    std::set<std::string_view> words;
    std::vector<Bytes> kept;
    try {
      const std::optional<Root::Opened> opened = context_.files.root().open(file.path);
      for (const FileRange& range : opened ? file.elf()->constants : std::vector<FileRange>()) {
        kept.push_back(read_bytes(
            *opened->bytes, range.offset, std::min<std::size_t>(most_bytes, range.size)));
        for (const std::string_view word : split(kept.back().view(), '\0')) {
          if (word.size() > 2 && word.size() < 200 && std::ranges::all_of(word, [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '/';
              })) {
            words.insert(word);
          }
        }
      }
    } catch (const InputError& error) {
      warnings_->push_back({file.path.text(), error.what()});
    }
    if (!words.contains("require") && !words.contains("rb_require")) {
      return;
    }
    for (const std::string_view word : words) {
      const std::optional<std::string> place =
          word[0] == '/' ? std::nullopt : find_in(load_path_, std::string(word));
      if (place && lookup_.file(*place) != &file) {
        take(*place, fmt::format("require '{}'", word), file);
      }
    }
  }

  void ask_for(const RubyRequire& require, const Examined& source) {
    const std::string folder(folder_of(source.path.text()));
    const bool is_relative = require.kind == RubyRequire::Kind::relative;
    if (require.kind == RubyRequire::Kind::folder) {
      take_folder(require.name, source);
      return;
    }
    if (require.is_computed()) {
      const std::string known = require.name.substr(0, require.name.find('\0'));
      const std::size_t slash = known.rfind('/');
      if (slash != std::string::npos && slash > 0) {
        take_folder(is_relative ? joined_path(folder, known.substr(0, slash))
                                : known.substr(0, slash),
                    source);
      }
      return;
    }
    if (is_relative || require.name.starts_with('/')) {
      const std::string place = joined_path(folder, require.name);
      for (const char* ending : {"", ".rb", ".so"}) {
        if (lookup_.is_file(place + ending)) {
          take(place + ending,
               fmt::format("{} '{}'", is_relative ? "require_relative" : "require", require.name),
               source);
          return;
        }
      }
      return;
    }
    if (require.kind == RubyRequire::Kind::file) {
      for (const std::string& of_path : {context_.options.working_folder, folder}) {
        if (const std::string place = joined_path(of_path, require.name); lookup_.is_file(place)) {
          take(place, fmt::format("load '{}'", require.name), source);
          return;
        }
      }
    }
    if (require.name == "bundler/setup" || require.name == "bundler") {
      for (const auto& [gem, version] : locked_) {
        activate(gem, source);
      }
    }
    take_feature(
        require.name,
        fmt::format("{} '{}'", require.constant.empty() ? "require" : "autoload", require.name),
        source);
  }

  void take_folder(const std::string& name, const Examined& source) {
    std::vector<std::string> places;
    if (name.starts_with('/')) {
      places.push_back(name);
    } else {
      for (const std::string& of_path : load_path_) {
        places.push_back(joined_path(of_path, name));
      }
    }
    for (const std::string& place : places) {
      // Not one of $LOAD_PATH itself, nor what lies above it.
      const bool is_whole = std::ranges::any_of(load_path_, [&](const std::string& of_path) {
        return (of_path + "/").starts_with(place + "/");
      });
      if (!is_whole && lookup_.folder(place)) {
        ask(RequestKind::folder,
            place,
            fmt::format("require '{}/*': the name is computed", name),
            source); // in all of them: sources in one, what is compiled in another
      }
    }
  }

  /// rb_feature_p(), load_lookup: with an ending as it is, else .rb, then .so, each in every
  /// folder.
  std::optional<std::string> find_in(const std::vector<std::string>& folders,
                                     const std::string& name) {
    const bool has_ending = name.ends_with(".rb") || name.ends_with(".so");
    for (const char* ending : {"", ".rb", ".so"}) {
      if (ending[0] == '\0' && !has_ending) {
        continue;
      }
      for (const std::string& folder : folders) {
        std::string place = joined_path(folder, name + ending);
        if (lookup_.is_file(place)) {
          return place;
        }
      }
    }
    return std::nullopt;
  }

  bool take_feature(const std::string& name, const std::string& detail, const Examined& source) {
    if (name.empty() || name.size() > 4096 || name.find('\0') != std::string::npos) {
      return false;
    }
    if (const std::optional<std::string> place = find_in(load_path_, name)) {
      take(*place, detail, source);
      return true;
    }
    index_gems();
    const Gem* best = nullptr;
    std::string best_place;
    const auto having = gems_by_entry_.find(entry_of(name));
    for (const std::string& gem_name :
         having == gems_by_entry_.end() ? std::set<std::string>() : having->second) {
      const Gem* gem = version_of(gem_name);
      if (best != nullptr && !locked_.contains(gem_name)) {
        continue;
      }
      if (std::optional<std::string> place = find_in(gem->require_paths, name)) {
        best = gem;
        best_place = *std::move(place);
      }
    }
    if (best == nullptr) {
      return false;
    }
    activate(best->name, source);
    take(best_place, detail, source);
    return true;
  }

  void take_encoding(const std::string& name, const Examined& source) {
    const std::string library = encoding_library(name);
    std::vector<std::string> features = {"enc/" + library + ".so"};
    if (library == "utf_16" || library == "utf_32") {
      features = {"enc/" + library + "be.so", "enc/" + library + "le.so"};
    }
    for (const std::string_view converter : split(converters_of(library), ' ')) {
      features.push_back(fmt::format("enc/trans/{}.so", converter));
    }
    for (const std::string& feature : features) {
      if (const std::optional<std::string> place = find_in(load_path_, feature)) {
        take(*place, fmt::format("encoding {}", name), source);
      }
    }
  }

  // ---------------------------------------------------------------- gems

  void index_gems() {
    if (std::exchange(gems_indexed_, true)) {
      return;
    }
    std::size_t count = 0;
    for (const std::string& folder : gem_folders_) {
      for (const std::string& specs :
           {folder + "/specifications", folder + "/specifications/default"}) {
        for (const std::string& name : lookup_.list(specs)) {
          if (name.ends_with(".gemspec") && count++ < most_gems) {
            add_gem(folder, joined_path(specs, name), name.substr(0, name.size() - 8));
          }
        }
      }
      for (const std::string& name :
           lookup_.list(folder + "/bundler/gems")) { // from git, by Bundler
        const std::string top = folder + "/bundler/gems/" + name;
        const std::string gem_name = name.substr(0, name.rfind('-'));
        if (count++ < most_gems) {
          keep_gem({.name = gem_name,
                    .version = "0",
                    .spec = top + "/" + gem_name + ".gemspec",
                    .require_paths = {top + "/lib"},
                    .extensions = {},
                    .folder = top});
        }
      }
    }
  }

  /// The first part of a feature's name, without an ending: "json" of "json/ext" and of "json.rb".
  static std::string entry_of(std::string_view name) {
    std::string_view entry = name.substr(0, name.find('/'));
    if (entry.ends_with(".rb") || entry.ends_with(".so")) {
      entry.remove_suffix(3);
    }
    return std::string(entry);
  }

  void keep_gem(Gem gem) {
    for (const std::string& path : gem.require_paths) {
      for (const std::string& name : lookup_.list(path)) {
        gems_by_entry_[entry_of(name)].insert(gem.name);
      }
    }
    gems_[gem.name].push_back(std::move(gem));
  }

  /// The first lines of a gemspec say what is needed: "# stub: NAME VERSION PLATFORM PATH\0PATH"
  /// (stub_specification.rb).
  void add_gem(const std::string& folder, const std::string& spec, const std::string& full_name) {
    Gem gem = {.name = {},
               .version = {},
               .spec = spec,
               .require_paths = {},
               .extensions = {},
               .folder = {}};
    gem.folder = fmt::format("{}/gems/{}", folder, full_name);
    const Examined* file = lookup_.file(gem.spec);
    const std::optional<std::string> text =
        file == nullptr ? std::nullopt : lookup_.text(*file, *warnings_);
    if (!text) {
      return;
    }
    const std::size_t stub = text->find("# stub: ");
    std::string_view paths = "lib";
    const std::string_view line =
        stub == std::string::npos
            ? std::string_view()
            : std::string_view(*text).substr(stub + 8, text->find('\n', stub) - stub - 8);
    if (const std::vector<std::string_view> words = split(line, ' '); words.size() >= 4) {
      gem.name = words[0];
      gem.version = words[1];
      paths = line.substr(static_cast<std::size_t>(words[3].data() - line.data()));
    } else {
      gem.name = full_name.substr(0, full_name.rfind('-'));
      gem.version = full_name.substr(full_name.rfind('-') + 1);
    }
    for (const std::string_view path : split(paths, '\0')) {
      gem.require_paths.push_back(joined_path(gem.folder, path));
    }
    // extensions/PLATFORM/API/NAME-VERSION
    for (const std::string& platform : lookup_.list(folder + "/extensions")) {
      for (const std::string& api : lookup_.list(folder + "/extensions/" + platform)) {
        std::string place = fmt::format("{}/extensions/{}/{}/{}", folder, platform, api, full_name);
        if (lookup_.folder(place)) {
          gem.require_paths.insert(gem.require_paths.begin(), place);
          gem.extensions = std::move(place);
        }
      }
    }
    keep_gem(std::move(gem));
  }

  /// The version that Gemfile.lock says, else the newest.
  const Gem* version_of(const std::string& name) {
    const auto found = gems_.find(name);
    if (found == gems_.end() || found->second.empty()) {
      return nullptr;
    }
    const auto locked = locked_.find(name);
    const Gem* best = nullptr;
    for (const Gem& gem : found->second) {
      if (locked != locked_.end() && gem.version == locked->second) {
        return &gem;
      }
      if (best == nullptr || is_older(best->version, gem.version)) {
        best = &gem;
      }
    }
    return best;
  }

  /// Its gemspec is read, and those of what it depends on.
  void activate(const std::string& name, const Examined& source) {
    index_gems();
    std::vector<std::string> ahead = {name};
    while (!ahead.empty()) {
      const std::string next = std::move(ahead.back());
      ahead.pop_back();
      const Gem* gem = version_of(next);
      if (gem == nullptr || !activated_.insert(gem).second) {
        continue;
      }
      const Examined* spec = lookup_.file(gem->spec);
      if (spec == nullptr) {
        continue;
      }
      ask(RequestKind::file, gem->spec, fmt::format("gem '{}'", next), source);
      if (const std::string built = gem->extensions + "/gem.build_complete";
          !gem->extensions.empty() && lookup_.is_file(built)) {
        ask(RequestKind::file,
            built,
            fmt::format("gem '{}'", next),
            source); // without it the gem is ignored
      }
      // What Gem.datadir names, by convention (rubygems, basic_specification.rb, datadir).
      if (const std::string data = gem->folder + "/data"; lookup_.folder(data)) {
        ask(RequestKind::folder, data, fmt::format("gem '{}'", next), source);
      }
      const std::string text = lookup_.text(*spec, *warnings_).value_or("");
      for (const std::string_view call : {"add_runtime_dependency(%q<", "add_dependency(%q<"}) {
        for (std::size_t at = text.find(call); at != std::string::npos;
             at = text.find(call, at + 1)) {
          const std::size_t start = at + call.size();
          ahead.push_back(text.substr(start, std::min(text.find('>', start), start + 200) - start));
        }
      }
    }
  }

  /// Gemfile.lock: "    name (version)" below specs, "  name" below DEPENDENCIES.
  void read_lock(const Examined& file) {
    const std::optional<std::string> text = lookup_.text(file, *warnings_);
    bool in_dependencies = false;
    for (std::string_view line : split(text ? std::string_view(*text) : std::string_view(), '\n')) {
      if (!line.starts_with(' ')) {
        in_dependencies = line.starts_with("DEPENDENCIES");
        continue;
      }
      const std::size_t indent = line.find_first_not_of(' ');
      if (indent == std::string_view::npos) {
        continue;
      }
      line.remove_prefix(indent);
      const std::string name(line.substr(0, line.find_first_of(" !(\r")));
      if (in_dependencies && indent == 2) {
        bundled_.push_back(name);
      } else if (indent == 4 && line.ends_with(')') && line.find('(') != std::string_view::npos &&
                 locked_.size() < most_gems) {
        std::string_view version = line.substr(line.find('(') + 1);
        version.remove_suffix(1);
        locked_[name] = version.substr(0, version.find('-')); // less the platform
      }
    }
  }

  FinderContext& context_;
  Lookup lookup_;
  std::vector<Request>* requests_ = nullptr; ///< Of the call that is under way, and so the next.
  std::vector<Warning>* warnings_ = nullptr;
  const Examined* ruby_ = nullptr;     ///< The program or library whose $LOAD_PATH it is.
  std::vector<std::string> load_path_; ///< Empty: Ruby was not there so far.
  std::vector<std::string> gem_folders_;
  bool gems_indexed_ = false;
  std::map<std::string, std::vector<Gem>> gems_;
  std::map<std::string, std::set<std::string>>
      gems_by_entry_; ///< By what lies in their require paths, without endings.
  std::set<const Gem*> activated_;
  std::map<std::string, std::string> locked_; ///< Of Gemfile.lock: versions by name.
  std::vector<std::string> bundled_;          ///< Gems that the Gemfile itself names.
  RubyGems rubygems_ = RubyGems::start;
  std::vector<std::pair<RubyRequire, const Examined*>>
      waiting_requires_; ///< Of RubyGems, and where they stand.
  std::set<const Examined*> read_;
  std::set<const Examined*> wanted_; ///< Loaded by a source that was read.
  std::set<const Examined*>
      passed_over_;                   ///< Gems among the program's own files: not loaded so far.
  std::deque<const Examined*> ahead_; ///< Sources to be read, once Ruby is there.
};

RubyModules::RubyModules(FinderContext& context) : work_(std::make_unique<Work>(context)) {}
RubyModules::~RubyModules() = default;

void RubyModules::examine(const Subject& subject,
                          std::vector<Request>& requests,
                          std::vector<Warning>& warnings) {
  work_->examine(subject, requests, warnings);
}

} // namespace pare
