// The graph of imports. Where a module lies: python_path; what it says: python_source.
//
// A module is parsed when the closure shows its file, so that what an --exclude or the confidence
// keeps out brings nothing.

#include "finders/modules/python.hpp"

#include "finders/modules/folders.hpp"
#include "finders/modules/python_path.hpp"
#include "finders/modules/python_source.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>
#include <utility>

namespace pare {
namespace {

constexpr std::size_t most_modules = 20000, most_of_a_folder = 2000, longest_name = 500;

/// What compiled modules import from C, where no source says so. `when_named`: only when code
/// mentions this name.
struct CompiledImport {
  std::string_view module, imports, when_named;
};
constexpr std::array compiled_imports = std::to_array<CompiledImport>({
    {"_asyncio", "asyncio.events", ""}, // Modules/_asynciomodule.c, module_init
    {"_asyncio", "asyncio.base_futures", ""},
    {"_asyncio", "asyncio.base_tasks", ""},
    {"_asyncio", "asyncio.exceptions", ""},
    {"_asyncio", "asyncio.coroutines", ""},
    {"_asyncio", "traceback", ""},
    {"_asyncio", "weakref", ""},
    {"_codecs_cn", "_multibytecodec", ""}, // Modules/cjkcodecs
    {"_codecs_hk", "_codecs_tw", ""},
    {"_codecs_hk", "_multibytecodec", ""},
    {"_codecs_iso2022", "_codecs_cn", ""},
    {"_codecs_iso2022", "_codecs_jp", ""},
    {"_codecs_iso2022", "_codecs_kr", ""},
    {"_codecs_iso2022", "_multibytecodec", ""},
    {"_codecs_jp", "_multibytecodec", ""},
    {"_codecs_kr", "_multibytecodec", ""},
    {"_codecs_tw", "_multibytecodec", ""},
    {"_ctypes", "ctypes._endian", ""},      // Modules/_ctypes/stgdict.c
    {"_datetime", "_strptime", "strptime"}, // Modules/_datetimemodule.c, datetime_strptime
    {"_decimal", "collections", ""},        // Modules/_decimal/_decimal.c, PyInit__decimal
    {"_decimal", "numbers", ""},
    {"_elementtree", "copy", ""}, // Modules/_elementtree.c, PyInit__elementtree
    {"_elementtree", "xml.etree.ElementPath", ""},
    {"_json", "json.decoder", ""},     // Modules/_json.c, raise_errmsg
    {"_pickle", "_compat_pickle", ""}, // Modules/_pickle.c, _Pickle_InitState
    {"_pickle", "codecs", ""},
    {"_pickle", "copyreg", ""},
    {"_pickle", "functools", ""},
    {"_socket", "encodings.idna", "getaddrinfo"}, // Modules/socketmodule.c, socket_getaddrinfo
    {"_sqlite3", "sqlite3.dump", "iterdump"},     // Modules/_sqlite/connection.c
    {"_sqlite3", "functools", ""},
    {"_zoneinfo", "weakref", ""},
    {"_zoneinfo", "zoneinfo._common", ""}, // Modules/_zoneinfo.c
    {"_zoneinfo", "zoneinfo._tzpath", ""},
    {"array", "collections.abc", ""},  // Modules/arraymodule.c, array_modexec
    {"time", "_strptime", "strptime"}, // Modules/timemodule.c, time_strptime
});

/// Functions that have a caller by name, but run only where somebody sits at a prompt, or for a
/// module that must be asked for.
struct SilentFunction {
  std::string_view module, function, unless_imported;
};
constexpr std::array silent_functions = std::to_array<SilentFunction>({
    {"warnings",
     "_formatwarnmsg_impl",
     ""},                         // shows the line that warns, where it can (warnings.py)
    {"site", "setcopyright", ""}, // license() of a prompt
    {"traceback",
     "_extract_caret_anchors_from_line_segment",
     ""},                        // its caller does without (traceback.py, suppress)
    {"platform", "mac_ver", ""}, // of another system, asked by platform() (platform.py)
    {"platform", "win32_ver", ""},
    {"zoneinfo._common", "load_tzdata", "tzdata"}, // after the system's zones (zoneinfo/_common.py)
    {"site", "register_readline", ""},             // sys.__interactivehook__ (site.py)
    {"_sitebuiltins",
     "__call__",
     "pydoc"}, // help(), exit(), license() of a prompt (_sitebuiltins.py)
    {"_distutils_hack",
     "spec_for_distutils",
     "distutils"}, // setuptools' shim acts when distutils is imported
    {"_distutils_hack", "spec_for_pip", "pip"},
});

/// Methods that the interpreter and its compiled modules call by name.
// clang-format off
constexpr std::array called_from_c = std::to_array<std::string_view>({
    "_shutdown", "acquire", "close", "create_module", "decode", "default", "dst", "encode",
    "exec_module", "fileno", "find_class", "find_spec", "flush", "fromutc", "getstate", "items",
    "keys", "persistent_id", "persistent_load", "read", "readall", "readinto", "readline",
    "release", "reset", "seek", "send", "setstate", "tell", "throw", "tzname", "update",
    "utcoffset", "write"});
// clang-format on

struct Module : PythonPlace {
  std::string name;
  bool is_own = false;
  bool is_main = false; ///< Runs as `__main__`.
  bool is_loaded = false;
  PythonSource source;
  std::vector<std::vector<std::uint32_t>> children; ///< Of each unit: those defined in it.
  std::vector<std::vector<std::uint32_t>> needs;    ///< Of each unit.
  std::vector<bool> active;
  std::map<NameNumber, bool> calls;        ///< calls_itself(), remembered.
  std::vector<std::string> folders_beside; ///< Data folders that its strings name.
};

/// A file that is the program's own code, or a script that is started.
struct Own {
  const Examined* file = nullptr;
  bool is_own = false;
  std::string target; ///< What its `#!` line runs; empty: it has none.
};

/// One installation: an executable or libpython, and its standard library.
class Python {
public:
  Python(const FinderContext& context, Folders& folders, const Subject& subject, int minor)
      : context_(context), files_(context.files), folders_(folders), executable_(*subject.file),
        is_program_(subject.kind != FileKind::library),
        path_(context.files, folders, context.options, executable_, minor) {}

  /// False: no standard library lies where it would look.
  bool start(std::vector<Request>& requests, std::vector<Warning>& warnings);
  /// The executable is started by a name in `folder`/bin or `folder`: a virtual environment, if it
  /// is one.
  void start_in(const std::string& folder,
                std::vector<Request>& requests,
                std::vector<Warning>& warnings);
  void add_own(const Own& own, std::vector<Request>& requests, std::vector<Warning>& warnings);
  void show(const Examined& file, std::vector<Request>& requests, std::vector<Warning>& warnings);

  bool imports(const Examined& file) const { return by_file_.contains(&file); }
  const Examined& executable() const { return executable_; }
  const PythonPath& path() const { return path_; }

private:
  /// Waits for a name: a unit, or one need of it.
  struct Waiter {
    Module* module;
    std::uint32_t unit;
    std::uint32_t need = UINT32_MAX;
  };
  struct Sink {
    std::vector<Request>& requests;
    std::vector<Warning>& warnings;
  };

  std::string variable(const std::string& name) const {
    const auto found = context_.options.environment.find(name);
    return found == context_.options.environment.end() ? std::string() : found->second;
  }

  Module* find(const std::string& name);
  void take_start_files();
  /// sys.path has grown.
  void forget_absent() {
    std::erase_if(modules_, [](const auto& entry) { return entry.second == nullptr; });
  }

  // what is imported
  void ask(RequestKind kind,
           ReasonKind reason,
           std::vector<std::string> names,
           std::string detail,
           const Examined* by,
           Confidence confidence = Confidence::likely);
  bool import(const std::string& name,
              const Examined* by,
              const std::string& detail,
              Confidence confidence = Confidence::likely);
  void load(Module& module);
  void load_source(Module& module);
  void begin(Module& module);
  void load_extension(Module& module);
  void load_bytecode(Module& module);
  void compiled_imports_of(std::string_view name, const Examined* by);
  void run();
  void consider(const Waiter& waiter);
  void activate(Module& module, std::uint32_t unit);
  void mention(NameNumber name);
  void mention(std::string_view name) { mention(names_.number(name)); }
  bool is_mentioned(NameNumber name) const { return name < mentioned_.size() && mentioned_[name]; }
  bool calls_itself(Module& module, const std::string& function);
  bool fits_pattern(std::string_view name) const;
  void add_pattern(std::string_view text);
  void wait(NameNumber name, const Waiter& waiter);
  void use_subpackage(Module& module, const std::string& text);
  void use_string(Module& module, const std::string& text);
  void fulfil(Module& module, const PythonNeed& need);
  std::optional<std::string>
  absolute(const Module& module, int level, const std::string& name) const;

  // needs other than modules
  void import_computed(Module& module, const PythonNeed& need);
  void
  encoding(const std::string& name, const Examined* by, Confidence confidence = Confidence::likely);
  void find_library(const std::string& name, const Examined* by);
  void program(Module& module, const PythonNeed& need);
  void distribution(Module& module, const PythonNeed& need);
  void entry_points(const std::string& metadata,
                    const std::string& group,
                    bool whole,
                    const Examined* by);
  void zone(Module& module, const PythonNeed& need);
  void resource(Module& module, const PythonNeed& need);
  void data_beside(Module& module, std::uint32_t unit);
  bool take_data(const std::string& folder,
                 std::string_view name,
                 std::vector<std::string>& found_folders,
                 const Examined* by,
                 const std::string& detail);

  const FinderContext& context_;
  Files& files_;
  Folders& folders_;
  const Examined& executable_;
  bool is_program_;
  PythonPath path_;
  Sink* sink_ = nullptr;

  std::map<std::string, std::string> aliases_; ///< Of encodings.

  NameTable names_ = python_names();
  std::map<std::string, Module*> modules_; ///< Null: looked for, not there.
  std::deque<Module> all_modules_;
  std::unordered_map<const Examined*, std::vector<Module*>> by_file_;
  std::set<const Examined*> shown_;
  std::map<std::pair<const Examined*, const Examined*>, Confidence>
      asked_edges_; ///< Who imports what.
  std::set<std::pair<std::string, const Examined*>> asked_;
  std::vector<bool> mentioned_;
  std::unordered_map<NameNumber, std::vector<Waiter>> waiting_;
  std::vector<std::string> begins_, ends_; ///< Of names that code puts together.
  std::deque<Waiter> ready_;
  std::set<std::string, std::less<>> own_words_; ///< Of its constants: choosing_words().
  bool is_full_ = false;
};

// ------------------------------------------------------------------------------------------------
// what is imported

/// Null: nothing has this name. Never a module whose parent is not there.
Module* Python::find(const std::string& name) {
  const auto [entry, fresh] = modules_.try_emplace(name, nullptr);
  if (!fresh) {
    return entry->second;
  }
  if (all_modules_.size() >= most_modules || name.size() > longest_name) {
    is_full_ |= all_modules_.size() >= most_modules;
    return nullptr;
  }
  const std::string parent = package_of(name);
  const Module* package = parent.empty() ? nullptr : find(parent);
  if (name == "os.path" && package != nullptr) {
    return modules_[name] = find("posixpath"); // os puts it into sys.modules by hand
  }
  if (!parent.empty() && (package == nullptr || !package->is_package)) {
    return nullptr;
  }
  std::optional<PythonPlace> place = path_.find(name, package);
  if (!place) {
    return nullptr;
  }
  Module& module = all_modules_.emplace_back();
  static_cast<PythonPlace&>(module) = std::move(*place);
  module.name = name;
  if (module.file != nullptr) {
    by_file_[module.file].push_back(&module);
  }
  return modules_[name] = &module;
}

void Python::ask(RequestKind kind,
                 ReasonKind reason,
                 std::vector<std::string> names,
                 std::string detail,
                 const Examined* by,
                 Confidence confidence) {
  std::string key = fmt::format("{}", fmt::join(names, ":"));
  if (asked_.emplace(std::move(key), by).second) {
    sink_->requests.push_back({.kind = kind,
                               .reason = reason,
                               .names = std::move(names),
                               .confidence = confidence,
                               .detail = std::move(detail),
                               .by = by});
  }
}

/// The module and the packages above it. False: it is not there.
bool Python::import(const std::string& name,
                    const Examined* by,
                    const std::string& detail,
                    Confidence confidence) {
  if (const std::string parent = package_of(name);
      !parent.empty() && !import(parent, by, detail, confidence)) {
    return false;
  }
  Module* module = find(name);
  if (module == nullptr) {
    return false;
  }
  if (module->file == nullptr) {
    if (!module->is_loaded) {
      module->is_loaded = true;
      compiled_imports_of(name, &executable_);
    }
    return true;
  }
  if (module->is_frozen) {
    load(*module);
    return true;
  }
  const auto [edge, fresh] = asked_edges_.try_emplace({by, module->file}, confidence);
  if (by != module->file && (fresh || edge->second < confidence)) {
    edge->second = confidence;
    sink_->requests.push_back({.kind = RequestKind::file,
                               .reason = ReasonKind::module,
                               .names = {module->path},
                               .confidence = confidence,
                               .detail = detail,
                               .by = by});
  }
  if (shown_.contains(module->file)) {
    load(*module);
  }
  return true;
}

void Python::load(Module& module) {
  if (module.is_loaded) {
    return;
  }
  module.is_loaded = true;
  if (module.is_extension) {
    load_extension(module);
  } else if (module.is_source) {
    load_source(module);
  } else {
    load_bytecode(module);
  }
}

void Python::load_source(Module& module) {
  PythonReading reading{
      .module = module.name, .minor = path_.minor(), .is_main = module.is_main, .exists = {}};
  reading.exists = [&](int level, std::string_view name) {
    const std::optional<std::string> whole = absolute(module, level, std::string(name));
    return whole && find(*whole) != nullptr;
  };
  try {
    const std::string text = read_source(files_, *module.file);
    if (text.find('\0') != std::string::npos) {
      sink_->warnings.push_back(
          {module.file->path.text(),
           "is no Python source but something packed: what it imports is not known"});
      return;
    }
    module.source = read_python(text, reading, names_);
  } catch (const InputError& error) {
    sink_->warnings.push_back({module.file->path.text(), error.what()});
    return;
  }
  if (!module.source.damage.empty()) {
    sink_->warnings.push_back(
        {module.file->path.text(),
         fmt::format("this Python source cannot be read to its end: {}", module.source.damage)});
  }
  if (!module.source.encoding.empty()) {
    encoding(module.source.encoding, module.file);
  }
  begin(module);
}

/// Its source has been read: its code runs.
void Python::begin(Module& module) {
  const std::size_t count = module.source.units.size();
  module.active.resize(count);
  module.children.resize(count);
  module.needs.resize(count);
  for (std::uint32_t i = 1; i < count; ++i) {
    module.children[module.source.units[i].parent].push_back(i);
  }
  for (std::uint32_t i = 0; i < module.source.needs.size(); ++i) {
    module.needs[module.source.needs[i].unit].push_back(i);
  }
  ready_.push_back({&module, 0});
}

/// A compiled module imports by PyImport_Import...: the names of modules among its constants.
void Python::load_extension(Module& module) {
  compiled_imports_of(module.name, module.file);
  if (module.is_stdlib) {
    return; // the table above knows them
  }
  const std::string top = module.name.substr(0, module.name.find('.'));
  for (const Bytes& bytes : read_constants(files_, *module.file)) {
    std::string_view rest = bytes.view();
    while (!rest.empty()) {
      const std::string_view text = rest.substr(0, rest.find('\0'));
      rest.remove_prefix(std::min(text.size() + 1, rest.size()));
      // Without a dot, any word could be the name of a module: a relative import and the package's
      // own are left.
      if (text.size() >= 3 && text.size() <= 200 && is_dotted_name(text, true)) {
        import(std::string(text), module.file, fmt::format("its constant {}", text));
      } else if (text.size() >= 3 && text.size() <= 60 && is_dotted_name(text, false)) {
        const std::string sibling = package_of(module.name).empty()
                                        ? ""
                                        : package_of(module.name) + "." + std::string(text);
        if (!sibling.empty() && sibling != module.name && find(sibling) != nullptr) {
          import(sibling, module.file, fmt::format("its constant {}", text));
        } else if (text.starts_with('_') && text != top) {
          import(std::string(text), module.file, fmt::format("its constant {}", text));
        }
      }
    }
  }
}

/// Bytecode without a source: each short string of it (Python/marshal.c, TYPE_SHORT_ASCII and its
/// interned twin) that is the name of a module, or of one beside it.
void Python::load_bytecode(Module& module) {
  std::string bytes;
  try {
    bytes = read_source(files_, *module.file);
  } catch (const InputError& error) {
    sink_->warnings.push_back({module.file->path.text(), error.what()});
    return;
  }
  const std::string package = module.is_package ? module.name : package_of(module.name);
  for (std::size_t i = 0; i + 2 < bytes.size(); ++i) {
    const char type = static_cast<char>(bytes[i] & 0x7f); // less FLAG_REF
    const std::size_t size = static_cast<unsigned char>(bytes[i + 1]);
    if ((type != 'z' && type != 'Z') || size == 0 || size > bytes.size() - i - 2) {
      continue;
    }
    const std::string text = bytes.substr(i + 2, size);
    if (!is_dotted_name(text, false)) {
      continue;
    }
    i += 1 + size;
    mention(text);
    if (!import(text, module.file, "its constant " + text) && !package.empty()) {
      import(package + "." + text, module.file, "its constant " + text);
    }
  }
}

void Python::compiled_imports_of(std::string_view name, const Examined* by) {
  for (const CompiledImport& entry : compiled_imports) {
    if (entry.module != name) {
      continue;
    }
    if (entry.when_named.empty() || is_mentioned(names_.number(entry.when_named))) {
      import(std::string(entry.imports), by, fmt::format("import {} by {}", entry.imports, name));
    } else {
      wait(names_.number(entry.when_named), {find(std::string(name)), UINT32_MAX});
    }
  }
}

void Python::wait(NameNumber name, const Waiter& waiter) {
  waiting_[name].push_back(waiter);
}

void Python::mention(NameNumber name) {
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

bool Python::fits_pattern(std::string_view name) const {
  return std::ranges::any_of(begins_,
                             [&](const std::string& begin) { return name.starts_with(begin); }) ||
         std::ranges::any_of(ends_, [&](const std::string& end) { return name.ends_with(end); });
}

/// "visit_%s", "do_", "_open": code that gets attributes by name puts names together with it.
void Python::add_pattern(std::string_view text) {
  const std::size_t stop = text.find_first_of("%{");
  const std::string_view begin = text.substr(0, stop);
  const auto add =
      [&](std::vector<std::string>& patterns, std::string_view pattern, bool is_begin) {
        if (pattern.size() < 3 || patterns.size() > 500 || !is_dotted_name(pattern, false) ||
            std::ranges::find(patterns, pattern) != patterns.end()) {
          return;
        }
        patterns.emplace_back(pattern);
        std::vector<NameNumber> fitting;
        for (const auto& [name, waiters] : waiting_) {
          const std::string& waited = names_.name(name);
          if (is_begin ? waited.starts_with(pattern) : waited.ends_with(pattern)) {
            fitting.push_back(name);
          }
        }
        std::ranges::sort(fitting);
        for (const NameNumber name : fitting) {
          mention(name);
        }
      };
  if (begin.ends_with('_') && !begin.starts_with("__")) {
    add(begins_, begin, true);
  } else if (stop == std::string_view::npos && text.starts_with('_') && !text.starts_with("__")) {
    add(ends_, text, false);
  }
}

void Python::run() {
  while (!ready_.empty()) {
    const Waiter next = ready_.front();
    ready_.pop_front();
    consider(next);
  }
  if (is_full_) {
    sink_->warnings.push_back(
        {executable_.path.text(),
         fmt::format("more than {} modules: not all are followed", most_modules)});
    is_full_ = false;
  }
}

/// Whether functions of another name in the module mention this one.
bool Python::calls_itself(Module& module, const std::string& function) {
  const NameNumber name = names_.number(function);
  const auto [known, fresh] = module.calls.try_emplace(name, false);
  if (fresh) {
    known->second = std::ranges::any_of(module.source.units, [&](const PythonUnit& other) {
      return other.name != function &&
             std::ranges::find(other.mentions, name) != other.mentions.end();
    });
  }
  return known->second;
}

/// Activates a unit, or sees what it still waits for.
void Python::consider(const Waiter& waiter) {
  Module& module = *waiter.module;
  if (waiter.unit == UINT32_MAX) {
    compiled_imports_of(module.name, module.file != nullptr ? module.file : &executable_);
    return;
  }
  if (waiter.need != UINT32_MAX) {
    fulfil(module, module.source.needs[waiter.need]);
    return;
  }
  if (module.active[waiter.unit]) {
    return;
  }
  const PythonUnit& unit = module.source.units[waiter.unit];
  if (unit.is_shadowed) {
    return;
  }
  if (!module.is_own && waiter.unit != 0) {
    if (module.is_stdlib && unit.class_name.empty() && is_command_line(unit.name) &&
        !calls_itself(module, unit.name)) {
      const NameNumber name = names_.number(last_part_of(module.name) + "." + unit.name);
      if (!is_mentioned(name)) {
        wait(name, waiter);
        return;
      }
    }
    if (!unit.class_name.empty() && (module.is_stdlib || unit.class_is_plain)) {
      const NameNumber type = names_.number(unit.class_name);
      if (!is_mentioned(type)) {
        wait(type, waiter);
        return;
      }
    }
    for (const SilentFunction& silent : silent_functions) {
      if (silent.function == unit.name && silent.module == module.name) {
        const auto other = modules_.find(std::string(silent.unless_imported));
        if (other == modules_.end() || other->second == nullptr || !other->second->is_loaded) {
          return;
        }
      }
    }
    const bool is_special = unit.name.starts_with("__") && unit.name.ends_with("__");
    const bool is_handed_on = unit.is_registered && unit.class_name.empty() && !module.is_stdlib;
    if (!is_special && !is_handed_on && !fits_pattern(unit.name)) {
      const NameNumber name = names_.number(unit.name);
      if (!is_mentioned(name)) {
        wait(name, waiter);
        return;
      }
    }
  }
  activate(module, waiter.unit);
}

void Python::activate(Module& module, std::uint32_t number) {
  module.active[number] = true;
  const PythonUnit& unit = module.source.units[number];
  for (const NameNumber name : unit.mentions) {
    mention(name);
  }
  const bool is_lazy = unit.name == "__getattr__" && unit.class_name.empty();
  for (const std::string& text : unit.strings) {
    if (module.source.reflects && !is_lazy) {
      if (is_dotted_name(text, false)) {
        mention(text);
      }
      add_pattern(text);
    }
    use_string(module, text);
  }
  for (const std::uint32_t need : module.needs[number]) {
    const PythonNeed& asked = module.source.needs[need];
    if (asked.is_lazy_attribute && !asked.member.empty() && !module.is_own) {
      if (const NameNumber member = names_.number(asked.member); !is_mentioned(member)) {
        wait(member, {&module, number, need});
        continue;
      }
    }
    fulfil(module, asked);
  }
  if (module.source.uses_own_place) {
    data_beside(module, number);
  }
  for (const std::uint32_t child : module.children[number]) {
    ready_.push_back({&module, child});
  }
}

/// A dotted string that names a module is an import to be: where the module computes imports, in
/// the program's own code, and inside one package.
void Python::use_string(Module& module, const std::string& text) {
  if (module.is_own) {
    for (std::string& word : choosing_words(text)) {
      own_words_.insert(std::move(word));
    }
  }
  if (const std::size_t stop = text.find_first_of("{%");
      stop != std::string::npos && stop >= 6 && module.source.computes_imports &&
      is_dotted_name(text.substr(0, stop), false)) {
    // f"_sysconfigdata_{abi}_{platform}": what begins so.
    for (const std::string& folder : path_.folders()) {
      for (const std::string& stem : path_.modules_in(folder, text.substr(0, stop))) {
        import(stem,
               module.file,
               fmt::format("import {}*, a name that is computed", text.substr(0, stop)));
      }
    }
  }
  if (module.source.computes_imports && !module.is_stdlib && text.find('.') == std::string::npos &&
      is_dotted_name(text, false)) {
    use_subpackage(module, text);
    return;
  }
  if (!is_dotted_name(text, true)) {
    return;
  }
  const std::string top = module.name.substr(0, module.name.find('.'));
  const bool is_inside = !module.is_stdlib && text.starts_with(top + ".");
  if (!module.is_own && !is_inside && !module.source.computes_imports) {
    return;
  }
  if (!module.is_stdlib) {
    mention(last_part_of(text)); // "package.module.Class"
  }
  for (std::string name = text; !name.empty(); name = package_of(name)) {
    if (find(name) != nullptr) {
      import(name, module.file, fmt::format("the string {}", text));
      return;
    }
  }
}

/// A module that computes imports and names a package beside it: what it imports are the modules of
/// that package whose names it has too (`__import__(package, ..., [name], level=1)`).
void Python::use_subpackage(Module& module, const std::string& text) {
  const std::string above = module.is_package ? module.name : package_of(module.name);
  const std::string name = above + "." + text;
  const Module* package = above.empty() ? nullptr : find(name);
  if (package == nullptr || !package->is_package) {
    return;
  }
  for (const PythonUnit& unit : module.source.units) {
    for (const std::string& part : unit.strings) {
      if (part.find('.') == std::string::npos && is_dotted_name(part, false) &&
          find(name + "." + part) != nullptr) {
        import(name + "." + part,
               module.file,
               fmt::format("import {}.*, a name that is computed", name));
      }
    }
  }
}

/// importlib._bootstrap, _resolve_name().
std::optional<std::string>
Python::absolute(const Module& module, int level, const std::string& name) const {
  if (level == 0) {
    return name;
  }
  std::string base = module.is_package ? module.name : package_of(module.name);
  for (int i = 1; i < level && !base.empty(); ++i) {
    base = package_of(base);
  }
  if (base.empty()) {
    return std::nullopt;
  }
  return name.empty() ? base : base + "." + name;
}

void Python::fulfil(Module& module, const PythonNeed& need) {
  const Examined* by = module.is_frozen ? &executable_ : module.file;
  switch (need.topic) {
  case PythonTopic::module: {
    const std::optional<std::string> name = absolute(module, need.level, need.name);
    if (!name) {
      return;
    }
    const Confidence confidence =
        need.is_unlikely && !module.is_own ? Confidence::possible : Confidence::likely;
    const std::string detail =
        module.is_frozen ? fmt::format("import {} by {}", *name, module.name) : "import " + *name;
    if (!import(*name, by, detail, confidence) || need.member.empty()) {
      return;
    }
    const std::string member = *name + "." + need.member;
    if (const Module* package = find(*name); package->is_package && find(member) != nullptr) {
      import(member, by, "import " + member, confidence);
    }
    if (module.is_own) {
      mention(need.member);
    }
    return;
  }
  case PythonTopic::computed:
    import_computed(module, need);
    return;
  case PythonTopic::encoding:
    encoding(need.name, by);
    return;
  case PythonTopic::library:
    if (need.name.find_first_of(" %{") != std::string::npos) {
      return;
    }
    ask(need.name.starts_with('/') ? RequestKind::file : RequestKind::library,
        ReasonKind::dlopen_call,
        {need.name},
        fmt::format("CDLL {}", need.name),
        by);
    return;
  case PythonTopic::find_library:
    find_library(need.name, by);
    return;
  case PythonTopic::program:
  case PythonTopic::shell:
    program(module, need);
    return;
  case PythonTopic::path:
    if (is_made_at_run_time(need.name)) {
      return;
    }
    ask(RequestKind::file,
        ReasonKind::path_call,
        {need.name},
        fmt::format("open {}", need.name),
        by);
    return;
  case PythonTopic::distribution:
    distribution(module, need);
    return;
  case PythonTopic::entry_points:
    if (module.is_stdlib) {
      return; // importlib.metadata's own
    }
    for (const auto& [name, metadata] : path_.distributions()) {
      entry_points(metadata, need.name, false, by);
    }
    return;
  case PythonTopic::zone:
    zone(module, need);
    return;
  case PythonTopic::resource:
    resource(module, need);
    return;
  }
}

/// The modules that a computed name may mean: those that code or strings of the program's own name,
/// else all of the package.
void Python::import_computed(Module& module, const PythonNeed& need) {
  const std::size_t dot = need.name.rfind('.');
  const std::string package_name = dot == std::string::npos ? "" : need.name.substr(0, dot);
  const std::string begin = need.name.substr(dot == std::string::npos ? 0 : dot + 1);
  if (need.level == 0 && package_name.empty()) {
    return; // nothing is known
  }
  const std::optional<std::string> name = absolute(module, need.level, package_name);
  Module* package = name ? find(*name) : nullptr;
  if (package == nullptr || !package->is_package || package->name == "encodings") {
    return;
  }
  const Examined* by = module.is_frozen ? &executable_ : module.file;
  std::set<std::string> candidates;
  for (const std::string& folder : package->folders) {
    for (const std::string& stem : path_.modules_in(folder, begin)) {
      if (!stem.starts_with("__") && is_dotted_name(stem, false) &&
          candidates.size() < most_of_a_folder) {
        candidates.insert(stem);
      }
    }
  }
  std::erase_if(candidates, [&](const std::string& stem) {
    const Module* found = find(*name + "." + stem);
    return found == nullptr || found->file == nullptr;
  });
  const std::string detail = fmt::format("import {}.{}*, a name that is computed", *name, begin);
  if (need.is_lazy_attribute) {
    for (const std::string& stem : candidates) {
      // __getattr__ of a package imports what somebody takes from it.
      const NameNumber number = names_.number(stem);
      if (is_mentioned(number)) {
        import(*name + "." + stem, by, detail);
      }
    }
    return;
  }
  const bool is_named = std::ranges::any_of(candidates, [&](const std::string& stem) {
    return own_words_.contains(std::string_view(stem).substr(begin.size()));
  });
  for (const std::string& stem : candidates) {
    const bool is_likely =
        !is_named || own_words_.contains(std::string_view(stem).substr(begin.size()));
    import(*name + "." + stem, by, detail, is_likely ? Confidence::likely : Confidence::possible);
  }
}

/// Lib/encodings/__init__.py, search_function() and normalize_encoding().
void Python::encoding(const std::string& name, const Examined* by, Confidence confidence) {
  std::string normal;
  for (const char c : name) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
    if (is_word) {
      normal += c;
    } else if (c >= 'A' && c <= 'Z') {
      normal += static_cast<char>(c + 32);
    } else if (!normal.empty() && normal.back() != '_') {
      normal += '_';
    }
  }
  std::ranges::replace(normal, '.', '_');
  if (aliases_.empty()) {
    if (const Examined* file = folders_.file(path_.stdlib() + "/encodings/aliases.py");
        file != nullptr) {
      try {
        const std::string text = read_source(files_, *file);
        const PythonSource source = read_python(
            text, {.module = {}, .minor = path_.minor(), .is_main = false, .exists = {}}, names_);
        const std::vector<std::string>& strings = source.units.front().strings;
        for (std::size_t i = 0; i + 1 < strings.size(); i += 2) {
          aliases_.emplace(strings[i], strings[i + 1]);
        }
      } catch (const InputError&) {
        aliases_.emplace("", "");
      }
    }
  }
  const auto alias = aliases_.find(normal);
  const std::string module = "encodings." + (alias == aliases_.end() ? normal : alias->second);
  if (is_dotted_name(module, true) && find(module) != nullptr) {
    import(module, by, "encoding " + name, confidence);
  }
}

/// Lib/ctypes/util.py: the soname of libNAME.so.*, as ldconfig's cache has it.
void Python::find_library(const std::string& name, const Examined* by) {
  std::vector<std::string> names;
  std::vector<std::string> places = {"/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64"};
  for (const std::string above : {"/lib", "/usr/lib"}) {
    if (const Folders::Listed* listed = folders_.list(above); listed != nullptr) {
      for (const std::string& folder : listed->names) {
        if (folder.find("-linux-") != std::string::npos) {
          places.push_back(above + "/" + folder);
        }
      }
    }
  }
  const std::string begin = fmt::format("lib{}.so", name);
  for (const std::string& place : places) {
    const Folders::Listed* listed = folders_.list(place);
    if (listed == nullptr) {
      continue;
    }
    for (auto at = std::ranges::lower_bound(listed->names, begin);
         at != listed->names.end() && at->starts_with(begin);
         ++at) {
      const bool is_soname =
          *at == begin || (at->size() > begin.size() && (*at)[begin.size()] == '.');
      if (is_soname && names.size() < 20 && std::ranges::find(names, *at) == names.end()) {
        names.push_back(*at);
      }
    }
  }
  // "libX.so.1" before "libX.so.1.2.3" and the linker's "libX.so".
  std::ranges::sort(names, [&](const std::string& a, const std::string& b) {
    const auto rank = [&](const std::string& n) { return std::pair(n == begin, n.size()); };
    return std::pair(rank(a), a) < std::pair(rank(b), b);
  });
  if (!names.empty()) {
    ask(RequestKind::library,
        ReasonKind::dlopen_call,
        std::move(names),
        fmt::format("find_library {}", name),
        by);
  }
}

/// The standard library's own commands are for what else fails (a compiler to find a library): only
/// absolute ones count.
void Python::program(Module& module, const PythonNeed& need) {
  const std::string first = need.name.substr(0, need.name.find_first_of(" \t\n;|&<>()$`'\""));
  const bool is_usable =
      !first.empty() && first.front() != '-' && first.find('=') == std::string::npos &&
      first.find('%') == std::string::npos && first.find('{') == std::string::npos;
  if (module.is_stdlib && !first.starts_with('/')) {
    return;
  }
  if (need.topic == PythonTopic::shell) {
    ask(RequestKind::program,
        ReasonKind::path_call,
        {"/bin/sh"},
        fmt::format("sh -c '{}'", need.name),
        module.file);
  }
  if (is_usable) {
    ask(RequestKind::program,
        ReasonKind::path_call,
        {first},
        fmt::format("run {}", first),
        module.file);
  }
}

// ------------------------------------------------------------------------------------------------
// distributions, time zones, data

void Python::distribution(Module& module, const PythonNeed& need) {
  if (need.name == "*" && module.is_stdlib) {
    return; // how it finds the one that was asked for
  }
  if (need.name == "*") {
    for (const auto& [name, metadata] : path_.distributions()) {
      entry_points(metadata, "", true, module.file);
    }
    return;
  }
  const std::string asked =
      need.name.empty() ? module.name.substr(0, module.name.find('.')) : need.name;
  const std::string name = asked.substr(0, asked.find_first_of(" <>=!~[;"));
  if (const std::optional<std::string> metadata = path_.distribution(name)) {
    entry_points(*metadata, need.member, true, module.file);
  }
}

/// The metadata of a distribution, and the modules that its entry points of `group` name. Unless
/// `whole`, only if it has some.
void Python::entry_points(const std::string& metadata,
                          const std::string& group,
                          bool whole,
                          const Examined* by) {
  std::string text;
  if (const Examined* file = folders_.file(metadata + "/entry_points.txt"); file != nullptr) {
    try {
      text = read_source(files_, *file);
    } catch (const InputError&) {
      text.clear();
    }
  }
  std::vector<std::string> named;
  bool in_group = false, has_group = false;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.starts_with('[')) {
      in_group = line.substr(1, line.find(']') - 1) == group;
      has_group |= in_group || group.empty();
    } else if (const std::size_t equals = line.find('=');
               in_group && equals != std::string_view::npos) {
      std::string_view value = line.substr(equals + 1);
      value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
      named.emplace_back(value.substr(0, value.find_first_of(": \t\r[")));
    }
  }
  if (!whole && !has_group) {
    return;
  }
  const std::string detail =
      fmt::format("metadata of {}", metadata.substr(metadata.rfind('/') + 1));
  for (const std::string_view name : {"", "/METADATA", "/PKG-INFO", "/entry_points.txt"}) {
    const std::string place = metadata + std::string(name);
    if (folders_.file(place) != nullptr) {
      ask(RequestKind::file, ReasonKind::module, {place}, detail, by);
    }
  }
  if (group == "console_scripts" && !whole) {
    return; // programs of their own
  }
  for (const std::string& name : named) {
    if (is_dotted_name(name, false)) {
      import(name,
             by,
             fmt::format("entry point {} of {}", group, metadata.substr(metadata.rfind('/') + 1)));
    }
  }
}

/// Lib/zoneinfo/_common.py, load_tzdata(): the system's, else the tzdata package's.
void Python::zone(Module& module, const PythonNeed& need) {
  if (module.is_stdlib) {
    return;
  }
  const std::string folder = "/usr/share/zoneinfo";
  if (!need.name.empty()) {
    std::vector<std::string> names = {folder + "/" + need.name};
    if (const Module* data = find("tzdata");
        data != nullptr && data->file != nullptr && folders_.file(names[0]) == nullptr) {
      import("tzdata.zoneinfo", module.file, "time zones");
      names.push_back(data->folders.front() + "/zoneinfo/" + need.name);
    }
    ask(RequestKind::file,
        ReasonKind::path_call,
        std::move(names),
        fmt::format("ZoneInfo {}", need.name),
        module.file);
    return;
  }
  const std::string detail = "ZoneInfo of a name that is computed";
  if (const Folders::Listed* listed = folders_.list(folder); listed != nullptr) {
    for (const std::string& name : listed->names) {
      const std::string place = folder + "/" + name;
      if (name != "right" && name != "posix" && name.find('.') == std::string::npos) {
        ask(folders_.list(place) != nullptr ? RequestKind::folder : RequestKind::file,
            ReasonKind::path_call,
            {place},
            detail,
            module.file);
      }
    }
  } else if (const Module* data = find("tzdata"); data != nullptr && data->file != nullptr) {
    import("tzdata.zoneinfo", module.file, detail);
    ask(RequestKind::folder,
        ReasonKind::path_call,
        {data->folders.front() + "/zoneinfo"},
        detail,
        module.file);
  }
}

/// A file there is asked for; a folder is remembered. False: there is neither, or it is code.
bool Python::take_data(const std::string& folder,
                       std::string_view name,
                       std::vector<std::string>& found_folders,
                       const Examined* by,
                       const std::string& detail) {
  const Folders::Listed* around = folders_.list(folder);
  if (around == nullptr || !around->holds(name.substr(0, name.find('/'))) ||
      name.ends_with(".py") || name.ends_with(".pyc") || name.ends_with("__pycache__") ||
      name.ends_with(".so") || name == "site-packages" || name == "dist-packages") {
    return false;
  }
  const std::string place = fmt::format("{}/{}", folder, name);
  if (const Examined* file = folders_.file(place); file != nullptr) {
    if (file != by) {
      ask(RequestKind::file, ReasonKind::path_call, {place}, detail, by);
    }
    return true;
  }
  const Folders::Listed* listed = folders_.list(place);
  if (listed != nullptr && std::ranges::find(found_folders, place) == found_folders.end() &&
      found_folders.size() < 20) {
    found_folders.push_back(place);
  }
  return listed != nullptr;
}

namespace {

/// Could be a path below a folder: no text, no pattern.
bool is_relative_path(std::string_view text) {
  return !text.empty() && text.size() < 100 && text.front() != '/' && text != "." && text != ".." &&
         text.find_first_of(" \t\n%{}*?:;<>|\"'\\()[]=,") == std::string_view::npos &&
         text.find("..") == std::string_view::npos;
}

} // namespace

/// `os.path.join(os.path.dirname(__file__), "data", "x.json")`: strings that name what lies beside
/// the module.
void Python::data_beside(Module& module, std::uint32_t number) {
  if (module.file == nullptr) {
    return;
  }
  const std::string detail = "beside its __file__";
  const std::string beside = module.file->path.parent().text();
  std::vector<std::string> bases = module.folders_beside;
  bases.insert(bases.begin(), beside);
  const std::size_t known = module.folders_beside.size();
  std::set<std::string> used;
  for (std::size_t i = 0; i < bases.size() && i < 20; ++i) {
    std::vector<std::string> deeper;
    for (const std::string& text : module.source.units[number].strings) {
      if (is_relative_path(text) && take_data(bases[i], text, deeper, module.file, detail)) {
        used.insert(bases[i]);
      }
    }
    for (std::string& folder : deeper) {
      if (std::ranges::find(bases, folder) == bases.end() && bases.size() < 20) {
        module.folders_beside.push_back(folder);
        bases.push_back(std::move(folder));
      }
    }
  }
  // A folder of data of which no constant names a part is taken whole; one with modules in it is a
  // package.
  for (std::size_t i = known; i < module.folders_beside.size(); ++i) {
    const std::string& folder = module.folders_beside[i];
    const bool is_code = path_.holds_sources(folder);
    if (!used.contains(folder) && !is_code) {
      ask(RequestKind::folder, ReasonKind::path_call, {folder}, detail, module.file);
    }
  }
}

/// importlib.resources, pkgutil.get_data, pkg_resources: data of a package.
void Python::resource(Module& module, const PythonNeed& need) {
  std::string name = need.name;
  if (name.empty()) {
    name = module.is_package ? module.name : package_of(module.name);
  }
  if (!is_dotted_name(name, false) || !import(name, module.file, "data of " + name)) {
    return;
  }
  const Module& package = *find(name);
  const std::string detail = "data of " + name;
  for (const std::string& folder : package.folders) {
    std::vector<std::string> bases = {folder}, strings = module.source.units[need.unit].strings;
    bool found = false;
    if (!need.member.empty()) {
      strings.push_back(need.member);
    }
    for (std::size_t i = 0; i < bases.size() && i < 20; ++i) {
      for (const std::string& text : strings) {
        if (is_relative_path(text)) {
          const std::string base = bases[i];
          found |= take_data(base, text, bases, module.file, detail) &&
                   folders_.file(base + "/" + text) != nullptr;
        }
      }
    }
    if (found) {
      continue;
    }
    // The code computes the name: all data of the folder, or of the folder that it names.
    const std::string& data = bases.back();
    const Folders::Listed* listed = folders_.list(data);
    for (const std::string& entry :
         listed != nullptr ? listed->names : std::vector<std::string>()) {
      const std::string place = data + "/" + entry;
      std::vector<std::string> deeper;
      take_data(data, entry, deeper, module.file, detail + ", a name that is computed");
      if (!deeper.empty() && !path_.has_module(place, "__init__")) {
        ask(RequestKind::folder,
            ReasonKind::path_call,
            {place},
            detail + ", a name that is computed",
            module.file);
      }
    }
  }
}

// ------------------------------------------------------------------------------------------------
// the interpreter's start

bool Python::start(std::vector<Request>& requests, std::vector<Warning>& warnings) {
  Sink sink{requests, warnings};
  sink_ = &sink;
  if (!path_.is_there()) {
    return false;
  }
  // Python/pylifecycle.c and Lib/site.py: what every start needs.
  const Confidence needed = is_program_ ? Confidence::certain : Confidence::likely;
  const Examined* by = &executable_;
  if (const std::string landmark = path_.stdlib() + "/os.py"; folders_.file(landmark) != nullptr) {
    sink.requests.push_back({.kind = RequestKind::file,
                             .reason = ReasonKind::module,
                             .names = {landmark},
                             .confidence = needed,
                             .detail = "os.py, by which the library is found",
                             .by = by});
  }
  for (const std::string_view name : called_from_c) {
    mention(name);
  }
  for (const std::string name :
       {"encodings", "encodings.utf_8", "codecs", "io", "abc", "os", "site"}) {
    import(name, by, "import " + name + " at the start", needed);
  }
  for (const std::string name :
       {"_bootlocale", "sitecustomize", "usercustomize", "encodings.ascii", "encodings.latin_1"}) {
    if (name != "_bootlocale" || path_.minor() < 10) { // Modules/_io/textio.c up to 3.9
      import(name, by, "import " + name + " at the start");
    }
  }
  for (const std::string name : {"PYTHONIOENCODING", "LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value = variable(name);
    if (const std::size_t dot = value.find('.');
        dot != std::string::npos && name.starts_with('L')) {
      value.erase(0, dot + 1);
    }
    value = value.substr(0, value.find_first_of(":@"));
    if (!value.empty()) {
      encoding(value, by);
    }
  }
  take_start_files();
  run();
  if (const Module* site = find("site"); site != nullptr) {
    for (std::uint32_t unit = 1; unit < site->source.units.size(); ++unit) {
      if (site->source.units[unit].name == "main" && !site->active[unit]) {
        activate(*find("site"), unit); // Python/pylifecycle.c, init_import_site()
      }
    }
  }
  run();
  return true;
}

/// What site reads, and the code in it.
void Python::take_start_files() {
  for (const PythonPath::StartFile& start : path_.take_start_files()) {
    ask(RequestKind::file, ReasonKind::module, {start.path}, "read at the start", &executable_);
    for (const std::string& line : start.lines) {
      Module& module = all_modules_.emplace_back();
      module.file = start.file;
      module.is_loaded = true;
      module.source = read_python(
          line, {.module = {}, .minor = path_.minor(), .is_main = false, .exists = {}}, names_);
      begin(module);
    }
  }
}

void Python::start_in(const std::string& folder,
                      std::vector<Request>& requests,
                      std::vector<Warning>& warnings) {
  Sink sink{requests, warnings};
  sink_ = &sink;
  path_.add_environment(folder);
  forget_absent();
  take_start_files();
  run();
}

void Python::add_own(const Own& own,
                     std::vector<Request>& requests,
                     std::vector<Warning>& warnings) {
  Sink sink{requests, warnings};
  sink_ = &sink;
  // Its name as a module: from the first folder above it that is no package.
  RootPath folder = own.file->path.parent();
  std::string name(own.file->path.name());
  const bool is_module = name.ends_with(".py");
  if (is_module) {
    name.resize(name.size() - 3);
  }
  if (is_module) {
    while (!folder.is_root() && path_.has_module(folder.text(), "__init__") && name.size() < 400) {
      name = name == "__init__" ? std::string(folder.name())
                                : fmt::format("{}.{}", folder.name(), name);
      folder = folder.parent();
    }
  }
  if (path_.add_folder(folder.is_root() ? "" : folder.text())) {
    forget_absent();
  }
  shown_.insert(own.file);
  Module* module = is_module && is_dotted_name(name, false) ? find(name) : nullptr;
  if (module == nullptr || module->file != own.file) {
    module = &all_modules_.emplace_back();
    module->name = "__main__";
    module->file = own.file;
    module->is_source = true;
    by_file_[own.file].push_back(module);
  }
  module->is_own = own.is_own;
  module->is_main = true;
  load(*module);
  run();
}

void Python::show(const Examined& file,
                  std::vector<Request>& requests,
                  std::vector<Warning>& warnings) {
  Sink sink{requests, warnings};
  sink_ = &sink;
  shown_.insert(&file);
  const auto found = by_file_.find(&file);
  if (found == by_file_.end()) {
    return;
  }
  for (Module* module : std::vector<Module*>(found->second)) {
    load(*module);
  }
  run();
}

} // namespace

// ------------------------------------------------------------------------------------------------

class PythonModules::Work {
public:
  explicit Work(const FinderContext& context)
      : context_(context), folders_(context.files),
        path_(path_variable(context.options.environment)) {}

  void
  examine(const Subject& subject, std::vector<Request>& requests, std::vector<Warning>& warnings) {
    const Examined& file = *subject.file;
    if (file.elf() != nullptr && add_python(subject, requests, warnings)) {
      return;
    }
    for (const auto& python : pythons_) {
      python->show(file, requests, warnings);
    }
    add_source(subject, requests, warnings);
  }

private:
  bool add_python(const Subject& subject,
                  std::vector<Request>& requests,
                  std::vector<Warning>& warnings) {
    const std::optional<int> minor = python_minor(subject.file->path.name());
    if (!minor) {
      return false;
    }
    auto python = std::make_unique<Python>(context_, folders_, subject, *minor);
    std::vector<Request> asked;
    if (!python->start(asked, warnings)) {
      if (subject.kind != FileKind::library) {
        warnings.push_back(
            {subject.file->path.text(), "the standard library of this Python is not there"});
      }
      return true;
    }
    for (const auto& other : pythons_) {
      if (other->path().stdlib() == python->path().stdlib()) {
        return true; // an executable and its libpython
      }
    }
    requests.insert(requests.end(), asked.begin(), asked.end());
    for (const std::string& program : context_.options.programs) {
      start_as(*python, program, requests, warnings);
    }
    for (const Own& own : sources_) {
      give(*python, own, requests, warnings);
    }
    pythons_.push_back(std::move(python));
    return true;
  }

  /// The name by which an executable is started decides the virtual environment.
  void start_as(Python& python,
                const std::string& program,
                std::vector<Request>& requests,
                std::vector<Warning>& warnings) {
    const std::string place =
        program.find('/') != std::string::npos
            ? program.starts_with('/') ? program : context_.options.working_folder + "/" + program
            : find_in_path(context_.files, program, path_);
    if (place.empty() || context_.files.open(place).file != &python.executable()) {
      return;
    }
    const RootPath folder = RootPath::lexical(place).parent();
    python.start_in(folder.text(), requests, warnings);
    python.start_in(folder.parent().text(), requests, warnings);
  }

  void add_source(const Subject& subject,
                  std::vector<Request>& requests,
                  std::vector<Warning>& warnings) {
    const Examined& file = *subject.file;
    Own own{.file = &file, .is_own = subject.is_own, .target = {}};
    if (const Script* script = std::get_if<Script>(&file.facts); script != nullptr) {
      own.target = script_target(context_.files, *script, path_);
      const std::string_view name = name_of(own.target);
      if (!name.starts_with("python") && !(subject.is_own && file.path.name().ends_with(".py"))) {
        return;
      }
      // A module of the library may have a `#!` line too.
      const bool is_module =
          std::ranges::any_of(pythons_, [&](const auto& python) { return python->imports(file); });
      if (!subject.is_own && (subject.kind != FileKind::program || is_module)) {
        return;
      }
    } else if (!subject.is_own || !file.path.name().ends_with(".py")) {
      return;
    }
    if (!known_sources_.insert(&file).second) {
      return;
    }
    sources_.push_back(own);
    for (const auto& python : pythons_) {
      give(*python, own, requests, warnings);
    }
  }

  static std::string_view name_of(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
  }

  void give(Python& python,
            const Own& own,
            std::vector<Request>& requests,
            std::vector<Warning>& warnings) {
    if (!own.target.empty()) {
      const Examined* target = context_.files.open(own.target).file;
      if (target == &python.executable()) {
        start_as(python, own.target, requests, warnings);
      } else if (target != nullptr &&
                 python_minor(target->path.name()).value_or(python.path().minor()) !=
                     python.path().minor()) {
        return; // another Python's
      }
    }
    python.add_own(own, requests, warnings);
  }

  const FinderContext& context_;
  Folders folders_;
  std::string path_;
  std::vector<std::unique_ptr<Python>> pythons_;
  std::vector<Own> sources_; ///< In the order in which they came.
  std::set<const Examined*> known_sources_;
};

PythonModules::PythonModules(const FinderContext& context)
    : work_(std::make_unique<Work>(context)) {}

PythonModules::~PythonModules() = default;

void PythonModules::examine(const Subject& subject,
                            std::vector<Request>& requests,
                            std::vector<Warning>& warnings) {
  work_->examine(subject, requests, warnings);
}

} // namespace pare
