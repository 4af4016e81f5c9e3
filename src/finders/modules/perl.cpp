// Where perl looks: perlvar(1), @INC; perlrun(1), PERL5LIB; the folders that it was built with are
// constants of the executable, or of libperl. What it loads unasked: perl 5.36, gv.c, op.c,
// perlio.c.
//
// A file is parsed when the closure shows it, so that what an --exclude or the confidence keeps out
// brings nothing.

#include "finders/modules/perl.hpp"

#include "finders/modules/folders.hpp"
#include "finders/modules/perl_source.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t most_files = 20000, most_of_a_folder = 2000;

/// Last parts of modules that other systems load: File::Spec::Win32.
// clang-format off
constexpr std::array foreign_parts = std::to_array<std::string_view>({
    "AmigaOS", "Amiga", "BeOS", "Cygwin", "DOS", "Darwin", "Epoc", "MSWin32", "Mac", "MacOS",
    "NW5", "OS2", "QNX", "VMS", "VOS", "Win32", "Win32API", "WinCE", "Windows"});
// clang-format on

/// Subs that perl calls by name: perlsub(1), perltie(1), perlmod(1), UNIVERSAL(3perl).
constexpr std::array called_by_perl =
    std::to_array<std::string_view>({"can", "import", "isa", "unimport", "DOES", "VERSION"});

bool is_called_by_perl(std::string_view name) {
  return std::ranges::find(called_by_perl, name) != called_by_perl.end() ||
         std::ranges::all_of(name, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

/// "perl", "perl5.36.0", "perl5.36-x86_64-linux-gnu", "libperl.so.5.36".
bool is_perl(std::string_view name) {
  return name == "perl" || (name.starts_with("perl5") && (name.size() == 5 || name[5] == '.')) ||
         name.starts_with("libperl.so");
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string path_of(std::string_view module) {
  std::string path;
  for (std::size_t i = 0; i < module.size(); ++i) {
    if (module[i] == ':' && i + 1 < module.size() && module[i + 1] == ':') {
      path += '/';
      ++i;
    } else {
      path += module[i];
    }
  }
  return path;
}

bool is_foreign(std::string_view module) {
  while (!module.empty()) {
    const std::size_t colon = module.find(':');
    if (std::ranges::find(foreign_parts, module.substr(0, colon)) != foreign_parts.end()) {
      return true;
    }
    module.remove_prefix(colon == std::string_view::npos ? module.size()
                                                         : std::min(colon + 2, module.size()));
  }
  return false;
}

/// What a text like "Asia/Tokyo" or "TLS::Client" chooses below a package, as a module's name:
/// separators of names become `::`, other signs `_`. Empty: it has one part, or is no name.
std::string module_part(std::string_view text) {
  std::string name;
  bool has_parts = false;
  if (text.empty() || text.size() > 100 || !is_letter(text.front())) {
    return {};
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_letter(c) || (c >= '0' && c <= '9') || c == '_') {
      name += c;
    } else if (c == '-') {
      name += '_';
    } else if (c == '/' || (c == ':' && i + 1 < text.size() && text[i + 1] == ':')) {
      i += c == ':' ? 1 : 0;
      name += "::";
      has_parts = true;
    } else {
      return {};
    }
  }
  return has_parts ? name : std::string();
}

struct PerlFile {
  std::string name; ///< "Name::Name", "name.pl", or empty for a program.
  const Examined* file = nullptr;
  bool is_own = false;
  bool is_loaded = false;
  PerlSource source;
  std::vector<std::vector<std::uint32_t>> children; ///< Of each unit: those defined in it.
  std::vector<std::vector<std::uint32_t>> needs;    ///< Of each unit.
  std::vector<bool> active;
};

class Perl {
public:
  Perl(const FinderContext& context, Folders& folders, const Examined& executable)
      : context_(context), files_(context.files), folders_(folders), executable_(executable) {}

  /// False: no folder of modules is there.
  bool start(std::vector<Request>& requests, std::vector<Warning>& warnings);
  void add_own(const Examined& file,
               bool is_own,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings);
  void show(const Examined& file, std::vector<Request>& requests, std::vector<Warning>& warnings);

  /// A module on @INC that something else brought: a rule, a recording.
  void
  add_found(const Examined& file, std::vector<Request>& requests, std::vector<Warning>& warnings);

  bool loads(const Examined& file) const { return by_file_.contains(&file); }
  const std::vector<std::string>& folders() const { return path_; }

private:
  struct Waiter {
    PerlFile* file;
    std::uint32_t unit;
  };
  struct Sink {
    std::vector<Request>& requests;
    std::vector<Warning>& warnings;
  };

  void find_path();
  std::vector<std::string> search() const;
  std::string place_of(const std::string& relative);
  void ask(RequestKind kind,
           ReasonKind reason,
           std::vector<std::string> names,
           std::string detail,
           const Examined* by,
           Confidence confidence = Confidence::likely);
  bool load_module(const std::string& name,
                   const Examined* by,
                   const std::string& detail,
                   Confidence confidence = Confidence::likely);
  bool load_file(const std::string& relative,
                 std::string name,
                 const Examined* by,
                 const std::string& detail,
                 Confidence confidence);
  void load(PerlFile& file);
  void run();
  void consider(const Waiter& waiter);
  void activate(PerlFile& file, std::uint32_t unit);
  void mention(NameNumber name);
  bool is_mentioned(NameNumber name) const { return name < mentioned_.size() && mentioned_[name]; }
  void fulfil(PerlFile& file, const PerlNeed& need);
  void computed(PerlFile& file, const PerlNeed& need);
  void own_parts(PerlFile& file);
  void compiled(const PerlFile& file, const std::string& module);
  void autoloaded(const PerlFile& file, const std::string& module);
  void encoding(const PerlFile& file, const std::string& name);
  /// Perl's own modules run commands where all else fails, and on other systems.
  bool is_core(const PerlFile& file) const {
    return std::ranges::any_of(
        core_, [&](const RootPath& folder) { return file.file->path.is_in(folder); });
  }
  void use_folder(const PerlFile& file, std::string folder);

  const FinderContext& context_;
  Files& files_;
  Folders& folders_;
  const Examined& executable_;
  Sink* sink_ = nullptr;

  std::vector<std::string> path_; ///< @INC.
  std::vector<RootPath> core_;    ///< Real paths of the folders in it that perl itself brings.
  std::vector<std::string> own_folders_; ///< In front of it: `use lib`, and where own modules lie.
  NameTable names_;
  std::map<std::string, PerlFile*> by_relative_; ///< "Name/Name.pm"; null: not there.
  std::deque<PerlFile> all_;
  std::unordered_map<const Examined*, std::vector<PerlFile*>> by_file_;
  std::set<const Examined*> shown_;
  std::map<std::pair<const Examined*, std::string>, Confidence> asked_edges_;
  std::set<std::pair<std::string, const Examined*>> asked_;
  std::vector<bool> mentioned_;
  std::unordered_map<NameNumber, std::vector<Waiter>> waiting_;
  std::deque<Waiter> ready_;
  std::set<std::string, std::less<>> own_words_;
  std::set<std::string> own_parts_; ///< Names of several parts: module_part().
  std::optional<std::map<std::string, std::string>>
      encodings_; ///< Name in small letters: the module that has it.
  std::map<const Examined*, std::string> places_; ///< By which path a file was asked for.
};

/// Constants of the executable that are folders of modules, in the order of @INC: the site's, the
/// vendor's, perl's own.
void Perl::find_path() {
  std::vector<std::pair<int, std::string>> ranked;
  const auto add = [&](std::string_view text) {
    while (!text.empty()) {
      const std::string one(text.substr(0, text.find(':')));
      text.remove_prefix(std::min(one.size() + 1, text.size()));
      if (one.size() < 6 || one.size() > 200 || one[0] != '/' ||
          one.find("perl") == std::string::npos || one.find_first_of(" %$*") != std::string::npos ||
          one.ends_with('/')) {
        continue;
      }
      const Folders::Listed* listed = folders_.list(one);
      if (listed == nullptr || one.find("/bin") != std::string::npos) {
        continue;
      }
      const bool is_core = listed->holds("strict.pm") || listed->holds("Config.pm");
      const int rank =
          one == "/etc/perl"                                      ? 0
          : one == "/usr/local/lib/site_perl"                     ? 9
          : is_core && one.find("perl-base") != std::string::npos ? 4
          : is_core && listed->holds("Config.pm")                 ? 5
          : is_core                                               ? 6
          : one.find("/local/") != std::string::npos || one.find("site_perl") != std::string::npos
              ? 1
              : 2;
      if (std::ranges::find(ranked, one, &std::pair<int, std::string>::second) == ranked.end()) {
        ranked.emplace_back(rank, one);
      }
    }
  };
  for (const Bytes& bytes : read_constants(files_, executable_)) {
    const std::string_view text = bytes.view();
    for (std::size_t at = text.find("perl"); at != std::string_view::npos;
         at = text.find("perl", at + 1)) {
      const std::size_t before = text.rfind('\0', at);
      const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
      const std::size_t end = std::min(text.find('\0', at), text.size());
      if (text[start] == '/' && end - start < 1000) {
        add(text.substr(start, end - start));
      }
      at = end - 1;
    }
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<int, std::string>::first);
  for (auto& [rank, folder] : ranked) {
    if (rank >= 4 && rank <= 6) {
      core_.push_back(folders_.list(folder)->path);
    }
    path_.push_back(std::move(folder));
  }
}

bool Perl::start(std::vector<Request>& requests, std::vector<Warning>& warnings) {
  Sink sink{requests, warnings};
  sink_ = &sink;
  find_path();
  if (path_.empty()) {
    return false;
  }
  const std::map<std::string, std::string>& environment = context_.options.environment;
  for (const char* name : {"PERL5LIB", "PERLLIB"}) {
    const auto found = environment.find(name);
    if (found == environment.end()) {
      continue;
    }
    std::string_view rest = found->second;
    while (!rest.empty()) {
      const std::string_view one = rest.substr(0, rest.find(':'));
      rest.remove_prefix(std::min(one.size() + 1, rest.size()));
      if (one.starts_with('/')) {
        own_folders_.push_back(RootPath::lexical(one).text());
      }
    }
    break; // PERLLIB only without PERL5LIB (perlrun(1))
  }
  for (const auto& [variable, value] : environment) {
    if (std::string name = module_part(value); !name.empty()) {
      own_parts_.insert(std::move(name)); // TZ=Asia/Tokyo
    }
  }
  if (const auto found = environment.find("PERL5OPT"); found != environment.end()) {
    const PerlSource source = read_perl("#!/perl " + found->second + "\n", names_);
    for (const PerlNeed& need : source.needs) {
      load_module(need.name, &executable_, "PERL5OPT");
    }
  }
  run();
  return true;
}

std::vector<std::string> Perl::search() const {
  std::vector<std::string> all = own_folders_;
  all.insert(all.end(), path_.begin(), path_.end());
  return all;
}

/// The first file of this name in @INC; empty: none.
std::string Perl::place_of(const std::string& relative) {
  const std::size_t slash = relative.rfind('/');
  for (const std::string& folder : search()) {
    const Folders::Listed* listed = folders_.list(
        slash == std::string::npos ? folder : folder + "/" + relative.substr(0, slash));
    if (listed != nullptr && listed->holds(std::string_view(relative).substr(
                                 slash == std::string::npos ? 0 : slash + 1))) {
      return folder + "/" + relative;
    }
  }
  return {};
}

void Perl::ask(RequestKind kind,
               ReasonKind reason,
               std::vector<std::string> names,
               std::string detail,
               const Examined* by,
               Confidence confidence) {
  if (asked_.emplace(names.front(), by).second) {
    sink_->requests.push_back({.kind = kind,
                               .reason = reason,
                               .names = std::move(names),
                               .confidence = confidence,
                               .detail = std::move(detail),
                               .by = by});
  }
}

bool Perl::load_module(const std::string& name,
                       const Examined* by,
                       const std::string& detail,
                       Confidence confidence) {
  return load_file(path_of(name) + ".pm", name, by, detail, confidence);
}

bool Perl::load_file(const std::string& relative,
                     std::string name,
                     const Examined* by,
                     const std::string& detail,
                     Confidence confidence) {
  const auto [entry, fresh] = by_relative_.try_emplace(relative, nullptr);
  if (fresh && all_.size() < most_files && relative.size() < 500) {
    const std::string place = relative.starts_with('/') ? relative : place_of(relative);
    const Examined* file = place.empty() ? nullptr : folders_.file(place);
    if (file != nullptr) {
      PerlFile& made = all_.emplace_back();
      made.name = std::move(name);
      made.file = file;
      places_.emplace(file, place);
      by_file_[file].push_back(&made);
      entry->second = &made;
    }
  }
  PerlFile* found = entry->second;
  if (found == nullptr) {
    return false;
  }
  const auto [edge, is_new] = asked_edges_.try_emplace({by, places_[found->file]}, confidence);
  if (by != found->file && (is_new || edge->second < confidence)) {
    edge->second = confidence;
    sink_->requests.push_back({.kind = RequestKind::file,
                               .reason = ReasonKind::module,
                               .names = {places_[found->file]},
                               .confidence = confidence,
                               .detail = detail,
                               .by = by});
  }
  if (shown_.contains(found->file)) {
    load(*found);
  }
  return true;
}

void Perl::load(PerlFile& file) {
  if (file.is_loaded) {
    return;
  }
  file.is_loaded = true;
  try {
    const std::string text = read_source(files_, *file.file);
    file.source = read_perl(text, names_);
  } catch (const InputError& error) {
    sink_->warnings.push_back({file.file->path.text(), error.what()});
    return;
  }
  if (!file.source.damage.empty()) {
    sink_->warnings.push_back(
        {file.file->path.text(),
         fmt::format("this Perl source cannot be read to its end: {}", file.source.damage)});
  }
  const std::size_t count = file.source.units.size();
  file.active.resize(count);
  file.children.resize(count);
  file.needs.resize(count);
  for (std::uint32_t i = 1; i < count; ++i) {
    file.children[file.source.units[i].parent].push_back(i);
  }
  for (std::uint32_t i = 0; i < file.source.needs.size(); ++i) {
    file.needs[file.source.needs[i].unit].push_back(i);
  }
  if (file.is_own) {
    for (const std::string& text : file.source.strings) {
      for (std::string& word : choosing_words(text)) {
        own_words_.insert(std::move(word));
      }
      if (std::string name = module_part(text); !name.empty()) {
        own_parts_.insert(std::move(name));
      }
    }
  }
  ready_.push_back({&file, 0});
}

void Perl::mention(NameNumber name) {
  if (name >= mentioned_.size()) {
    mentioned_.resize(std::max<std::size_t>(names_.size(), name + 1));
  }
  if (mentioned_[name]) {
    return;
  }
  mentioned_[name] = true;
  const auto waiters = waiting_.find(name);
  if (waiters != waiting_.end()) {
    ready_.insert(ready_.end(), waiters->second.begin(), waiters->second.end());
    waiting_.erase(waiters);
  }
}

void Perl::run() {
  while (!ready_.empty()) {
    const Waiter next = ready_.front();
    ready_.pop_front();
    consider(next);
  }
}

void Perl::consider(const Waiter& waiter) {
  PerlFile& file = *waiter.file;
  if (file.active[waiter.unit]) {
    return;
  }
  const PerlUnit& unit = file.source.units[waiter.unit];
  if (!file.is_own && waiter.unit != 0 && !is_called_by_perl(unit.name)) {
    const NameNumber name = names_.number(unit.name);
    if (!is_mentioned(name)) {
      waiting_[name].push_back(waiter);
      return;
    }
  }
  activate(file, waiter.unit);
}

void Perl::activate(PerlFile& file, std::uint32_t number) {
  file.active[number] = true;
  const PerlUnit& unit = file.source.units[number];
  for (const NameNumber name : unit.mentions) {
    mention(name);
  }
  // A string that is the name of a module: where modules are loaded by such strings, and in the
  // program's own code.
  if (file.is_own || file.source.computes_modules) {
    for (const std::string& name : unit.modules) {
      if (!is_foreign(name)) {
        load_module(name, file.file, fmt::format("the string {}", name));
      }
    }
  }
  for (const std::uint32_t need : file.needs[number]) {
    fulfil(file, file.source.needs[need]);
  }
  if (number == 0) {
    own_parts(file);
  }
  for (const std::uint32_t child : file.children[number]) {
    ready_.push_back({&file, child});
  }
}

void Perl::fulfil(PerlFile& file, const PerlNeed& need) {
  switch (need.topic) {
  case PerlTopic::module:
    if (!is_foreign(need.name) || file.is_own) {
      load_module(need.name, file.file, "use " + need.name);
    }
    return;
  case PerlTopic::file: {
    const std::string& name = need.name;
    if (name.ends_with(".pm") && name.find('.') == name.size() - 3) {
      load_file(
          name, name.substr(0, name.size() - 3), file.file, "require " + name, Confidence::likely);
    } else if (name.starts_with("./") || name.starts_with("../")) {
      load_file(RootPath::lexical(file.file->path.parent().text() + "/" + name).text(),
                name,
                file.file,
                "require " + name,
                Confidence::likely);
    } else if (!load_file(name, name, file.file, "require " + name, Confidence::likely) &&
               file.is_own) {
      load_file(file.file->path.parent().text() + "/" + name,
                name,
                file.file,
                "require " + name,
                Confidence::likely);
    }
    return;
  }
  case PerlTopic::computed:
    computed(file, need);
    return;
  case PerlTopic::library:
    use_folder(file, need.name);
    return;
  case PerlTopic::compiled:
    compiled(file, need.name);
    return;
  case PerlTopic::autoloaded:
    autoloaded(file, need.name);
    return;
  case PerlTopic::encoding:
    encoding(file, need.name);
    return;
  case PerlTopic::program:
    if (is_core(file) && !need.name.starts_with('/')) {
      return;
    }
    ask(RequestKind::program, ReasonKind::path_call, {need.name}, "run " + need.name, file.file);
    return;
  case PerlTopic::shell:
    if (is_core(file)) {
      return;
    }
    ask(RequestKind::program,
        ReasonKind::path_call,
        {"/bin/sh"},
        fmt::format("sh -c '{}'", need.name),
        file.file);
    return;
  case PerlTopic::path:
    if (is_made_at_run_time(need.name)) {
      return;
    }
    ask(RequestKind::file, ReasonKind::path_call, {need.name}, "open " + need.name, file.file);
    return;
  }
}

/// The modules that a computed name may mean: those that the program's own code names, else all of
/// the folder.
void Perl::computed(PerlFile& file, const PerlNeed& need) {
  const std::size_t colon = need.name.rfind("::");
  const std::string package = need.name.substr(0, colon), begin = need.name.substr(colon + 2);
  if (package == "Encode") {
    return; // encoding() knows
  }
  const std::string relative = path_of(package);
  std::set<std::string> stems;
  for (const std::string& folder : search()) {
    const Folders::Listed* listed = folders_.list(folder + "/" + relative);
    for (const std::string& name : listed != nullptr ? listed->names : std::vector<std::string>()) {
      if (name.ends_with(".pm") && name.starts_with(begin) && stems.size() < most_of_a_folder) {
        stems.insert(name.substr(0, name.size() - 3));
      }
    }
  }
  std::erase_if(stems, [&](const std::string& stem) {
    return is_foreign(std::string_view(stem).substr(begin.size()));
  });
  bool is_named = std::ranges::any_of(
      stems, [&](const std::string& stem) { return own_words_.contains(stem); });
  if (begin.empty()) {
    for (const std::string& part : own_parts_) {
      is_named |= load_module(package + "::" + part,
                              file.file,
                              fmt::format("require {}*, a name that is computed", need.name));
    }
  }
  for (const std::string& stem : stems) {
    load_module(package + "::" + stem,
                file.file,
                fmt::format("require {}*, a name that is computed", need.name),
                !is_named || own_words_.contains(stem) ? Confidence::likely : Confidence::possible);
  }
}

/// A string that is the name of a module below the file's own package: what it hands to a loader of
/// modules puts the package in front (Module::Implementation, Module::Runtime, Class::Load).
void Perl::own_parts(PerlFile& file) {
  if (file.source.packages.empty()) {
    return;
  }
  const std::string& package = file.source.packages.front();
  const bool has_parts = std::ranges::any_of(search(), [&](const std::string& folder) {
    return folders_.list(folder + "/" + path_of(package)) != nullptr;
  });
  if (!has_parts) {
    return;
  }
  for (const std::string& text : file.source.strings) {
    const bool is_name =
        text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' &&
        text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789_:") == std::string::npos;
    if (is_name && !is_foreign(text)) {
      load_module(package + "::" + text, file.file, fmt::format("the string {}", text));
    }
  }
}

/// XSLoader(3perl): auto/Name/Name/Name.so below the folder of the module, or any of @INC.
void Perl::compiled(const PerlFile& file, const std::string& asked) {
  const std::string module = asked.empty() ? file.name : asked;
  if (module == "XSLoader" || module == "DynaLoader" || module.empty()) {
    return;
  }
  const std::string path = path_of(module);
  const std::string last = path.substr(path.rfind('/') + 1);
  const std::string place = place_of(fmt::format("auto/{}/{}.so", path, last));
  if (!place.empty()) {
    ask(RequestKind::file, ReasonKind::module, {place}, "XSLoader " + module, file.file);
  }
}

/// AutoLoader(3perl): a file a sub.
void Perl::autoloaded(const PerlFile& file, const std::string& asked) {
  const std::string relative = "auto/" + path_of(asked.empty() ? file.name : asked);
  for (const std::string& folder : search()) {
    const Folders::Listed* listed = folders_.list(folder + "/" + relative);
    for (const std::string& name : listed != nullptr ? listed->names : std::vector<std::string>()) {
      if (name.ends_with(".al") || name == "autosplit.ix") {
        load_file(relative + "/" + name,
                  file.name,
                  file.file,
                  "AutoLoader " + file.name,
                  Confidence::likely);
      }
    }
  }
}

/// Encode::Config(3perl), %ExtModule: which module has an encoding. What is not in it, Encode has
/// itself.
void Perl::encoding(const PerlFile& file, const std::string& name) {
  const auto key = [](std::string_view text) {
    std::string made;
    for (const char c : text) {
      if (c != '-' && c != '_' && c != ' ') {
        made += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      }
    }
    return made;
  };
  load_module("Encode", file.file, "encoding " + name);
  if (!encodings_) {
    encodings_.emplace();
    const std::string place = place_of("Encode/Config.pm");
    if (const Examined* config = place.empty() ? nullptr : folders_.file(place);
        config != nullptr) {
      try {
        const std::string text = read_source(files_, *config);
        const PerlSource source = read_perl(text, names_);
        for (std::size_t i = 0; i + 1 < source.strings.size(); ++i) {
          if (source.strings[i + 1].starts_with("Encode::")) {
            encodings_->emplace(key(source.strings[i]), source.strings[i + 1]);
          }
        }
      } catch (const InputError&) {
        encodings_->clear();
      }
    }
  }
  // Encode::Alias(3perl): the commonest other names.
  static const std::map<std::string, std::string, std::less<>> aliases = {
      {"big5", "big5eten"},
      {"eucjp", "eucjp"},
      {"gb2312", "euccn"},
      {"gbk", "cp936"},
      {"latin2", "iso88592"},
      {"latin9", "iso885915"},
      {"sjis", "shiftjis"},
      {"ucs2", "ucs2be"},
      {"uhc", "cp949"},
      {"windows31j", "cp932"},
  };
  std::string wanted = key(name);
  if (wanted.starts_with("windows") || wanted.starts_with("ibm")) {
    wanted = "cp" + wanted.substr(wanted.find_first_of("0123456789") == std::string::npos
                                      ? wanted.size()
                                      : wanted.find_first_of("0123456789"));
  }
  if (const auto alias = aliases.find(wanted); alias != aliases.end()) {
    wanted = alias->second;
  }
  if (const auto found = encodings_->find(wanted); found != encodings_->end()) {
    load_module(found->second, file.file, "encoding " + name);
  }
}

void Perl::use_folder(const PerlFile& file, std::string folder) {
  if (folder.starts_with("$Bin")) {
    folder = file.file->path.parent().text() + folder.substr(4);
  } else if (!folder.starts_with('/')) {
    folder = context_.options.working_folder + "/" + folder;
  }
  folder = RootPath::lexical(folder).text();
  if (std::ranges::find(own_folders_, folder) == own_folders_.end() &&
      folders_.list(folder) != nullptr && own_folders_.size() < 100) {
    own_folders_.push_back(folder);
    std::erase_if(by_relative_, [](const auto& entry) { return entry.second == nullptr; });
  }
}

void Perl::add_own(const Examined& file,
                   bool is_own,
                   std::vector<Request>& requests,
                   std::vector<Warning>& warnings) {
  Sink sink{requests, warnings};
  sink_ = &sink;
  shown_.insert(&file);
  PerlFile* known = nullptr;
  if (const auto found = by_file_.find(&file); found != by_file_.end()) {
    known = found->second.front();
  } else {
    known = &all_.emplace_back();
    known->file = &file;
    by_file_[&file].push_back(known);
  }
  known->is_own = is_own;
  load(*known);
  // A module of the program's own lies below a folder that is on its @INC, by whatever means.
  if (file.path.name().ends_with(".pm") && !known->source.packages.empty()) {
    const std::string relative = "/" + path_of(known->source.packages.front()) + ".pm";
    if (file.path.text().ends_with(relative)) {
      const std::string folder =
          file.path.text().substr(0, file.path.text().size() - relative.size());
      known->name = known->source.packages.front();
      if (!folder.empty()) {
        use_folder(*known, folder);
      }
    }
  }
  run();
}

void Perl::show(const Examined& file,
                std::vector<Request>& requests,
                std::vector<Warning>& warnings) {
  Sink sink{requests, warnings};
  sink_ = &sink;
  shown_.insert(&file);
  const auto found = by_file_.find(&file);
  if (found == by_file_.end()) {
    return;
  }
  for (PerlFile* known : std::vector<PerlFile*>(found->second)) {
    load(*known);
  }
  run();
}

void Perl::add_found(const Examined& file,
                     std::vector<Request>& requests,
                     std::vector<Warning>& warnings) {
  for (const std::string& folder : path_) {
    const Folders::Listed* listed = folders_.list(folder);
    if (listed == nullptr || !file.path.is_in(listed->path)) {
      continue;
    }
    Sink sink{requests, warnings};
    sink_ = &sink;
    shown_.insert(&file);
    const std::string relative = file.path.text().substr(listed->path.text().size() + 1);
    std::string name;
    for (const char c : relative.substr(0, relative.size() - 3)) {
      name += c == '/' ? std::string("::") : std::string(1, c);
    }
    load_file(relative, std::move(name), &file, "a module on @INC", Confidence::likely);
    run();
    return;
  }
}

} // namespace

// ------------------------------------------------------------------------------------------------

class PerlModules::Work {
public:
  explicit Work(const FinderContext& context)
      : context_(context), folders_(context.files),
        path_(path_variable(context.options.environment)) {}

  void
  examine(const Subject& subject, std::vector<Request>& requests, std::vector<Warning>& warnings) {
    const Examined& file = *subject.file;
    if (file.elf() != nullptr) {
      if (is_perl(file.path.name())) {
        add_perl(file, requests, warnings);
      }
      return;
    }
    for (const auto& perl : perls_) {
      perl->show(file, requests, warnings);
      if (file.path.name().ends_with(".pm") && !perl->loads(file)) {
        perl->add_found(file, requests, warnings);
      }
    }
    add_source(subject, requests, warnings);
  }

private:
  void
  add_perl(const Examined& file, std::vector<Request>& requests, std::vector<Warning>& warnings) {
    auto perl = std::make_unique<Perl>(context_, folders_, file);
    std::vector<Request> asked;
    if (!perl->start(asked, warnings)) {
      return; // its folders are constants of libperl
    }
    for (const auto& other : perls_) {
      if (other->folders() == perl->folders()) {
        return; // two names of one perl, or an executable and its library
      }
    }
    requests.insert(requests.end(), asked.begin(), asked.end());
    for (const Source& source : sources_) {
      give(*perl, source, requests, warnings);
    }
    perls_.push_back(std::move(perl));
  }

  struct Source {
    const Examined* file;
    bool is_own;
    std::string target; ///< What its `#!` line runs; empty: it has none.
  };

  void add_source(const Subject& subject,
                  std::vector<Request>& requests,
                  std::vector<Warning>& warnings) {
    const Examined& file = *subject.file;
    const std::string_view name = file.path.name();
    const bool is_named = name.ends_with(".pl") || name.ends_with(".pm") || name.ends_with(".t") ||
                          name.ends_with(".psgi");
    Source source{&file, subject.is_own, {}};
    if (const Script* script = std::get_if<Script>(&file.facts); script != nullptr) {
      source.target = script_target(context_.files, *script, path_);
      const bool is_perls = source.target.substr(source.target.rfind('/') + 1).starts_with("perl");
      if (!is_perls && !(subject.is_own && is_named)) {
        return;
      }
      const bool is_module =
          std::ranges::any_of(perls_, [&](const auto& perl) { return perl->loads(file); });
      if (!subject.is_own && (subject.kind != FileKind::program || is_module)) {
        return;
      }
    } else if (!subject.is_own || !is_named) {
      return;
    }
    if (!known_sources_.insert(&file).second) {
      return;
    }
    sources_.push_back(source);
    for (const auto& perl : perls_) {
      give(*perl, source, requests, warnings);
    }
  }

  void give(Perl& perl,
            const Source& source,
            std::vector<Request>& requests,
            std::vector<Warning>& warnings) {
    perl.add_own(*source.file, source.is_own, requests, warnings);
  }

  const FinderContext& context_;
  Folders folders_;
  std::string path_;
  std::vector<std::unique_ptr<Perl>> perls_;
  std::vector<Source> sources_; ///< In the order in which they came.
  std::set<const Examined*> known_sources_;
};

PerlModules::PerlModules(const FinderContext& context) : work_(std::make_unique<Work>(context)) {}

PerlModules::~PerlModules() = default;

void PerlModules::examine(const Subject& subject,
                          std::vector<Request>& requests,
                          std::vector<Warning>& warnings) {
  work_->examine(subject, requests, warnings);
}

} // namespace pare
