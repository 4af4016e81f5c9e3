// The search is that of a desktop program ("Dynamic-link library search order", "Standard search
// order for unpackaged apps", learn.microsoft.com/windows/win32/dlls): redirection, API sets,
// side-by-side assemblies, what is loaded, KnownDLLs, the program's folder, the system, PATH. The
// folder that a process works in comes before PATH, and is left out: a container's is the
// program's, or holds data.
//
// The root is seldom a whole Windows, so the system's libraries are known by name (rules/windows);
// one that nobody knows and the root's own System32 holds was installed there, and is a file like
// others.

#include "loaders/windows.hpp"

#include "base/bytes.hpp"
#include "loaders/windows_process.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pare {
namespace {

constexpr int most_forwards = 32;        // from library to library; Windows knows no bound
constexpr int most_assembly_levels = 16; // assemblies that depend on assemblies
constexpr int most_missing_symbols = 64; // told of one library for one file
constexpr std::uint64_t longest_text = 16 << 20;

std::string_view machine_name(std::uint16_t machine) {
  switch (machine) {
  case pe::i386:
    return "x86";
  case pe::amd64:
    return "x64";
  case pe::arm64:
    return "Arm64";
  case pe::arm_nt:
    return "Arm";
  default:
    return "another machine";
  }
}

/// LoadLibrary appends ".dll" to a name without a dot, and a dot at the end says that there is no
/// ending.
std::string with_ending(std::string_view name) {
  std::string text = folded(name);
  if (text.ends_with('.')) {
    text.pop_back();
  } else if (text.find('.', std::min(text.find_last_of("/\\") + 1, text.size())) ==
             std::string::npos) {
    text += ".dll";
  }
  return text;
}

bool is_path(std::string_view name) {
  return name.find_first_of("/\\") != std::string_view::npos;
}

} // namespace

WindowsLoader::WindowsLoader(Files& files, WindowsStart start)
    : files_(files), names_(files), start_(std::move(start)) {}

WindowsLoader::~WindowsLoader() = default;

WindowsLoading
WindowsLoader::load(const Examined& file, const std::string& folder, std::string_view name) {
  std::unique_ptr<WindowsProcess>& process = processes_[&file];
  process = std::make_unique<WindowsProcess>(files_, names_, start_);
  return process->load(file, folder, name);
}

WindowsLoading WindowsLoader::open(const Examined& program,
                                   const Examined& by,
                                   std::string_view name,
                                   ReasonKind reason,
                                   Confidence confidence) {
  const auto process = processes_.find(&program);
  return process == processes_.end() ? WindowsLoading()
                                     : process->second->open(by, name, reason, confidence);
}

WindowsLoading
WindowsProcess::load(const Examined& program, const std::string& folder, std::string_view name) {
  const Pe& pe = *program.pe();
  application_folder_ = folder.empty() ? "/" : folder;
  const bool any_machine = pe.clr && pe.clr->il_only && !pe.clr->requires_32_bit && !pe.is_64;
  machine_ = any_machine ? pe::amd64 : pe.machine;
  find_places();
  Module& main = add_module(program, application_folder_, name);
  read_context(main);
  if (pe.manifest.empty() && main.context == nullptr && !pe.is_dll) {
    // PROGRAM.local, a folder or an empty file, and only without a manifest ("Dynamic-link library
    // redirection").
    local_folder_ = names_.folder(application_folder_, main.name + ".local");
  }
  start_dotnet(main);
  return run();
}

WindowsLoading WindowsProcess::run() {
  for (; loaded_ < modules_.size(); ++loaded_) { // it grows on the way
    Module& module = modules_[loaded_];
    if (loaded_ > 0 && module.file->pe()->is_dll) {
      read_context(module);
    }
    load_imports(module);
    load_assemblies(module);
  }
  for (Warning& warning : names_.take_warnings()) {
    loading_.warnings.push_back(std::move(warning));
  }
  return std::exchange(loading_, {});
}

WindowsLoading WindowsProcess::open(const Examined& by,
                                    std::string_view name,
                                    ReasonKind reason,
                                    Confidence confidence) {
  const auto module = by_file_.find(&by);
  const std::string wanted = with_ending(name);
  if (module == by_file_.end() || wanted.empty() || asked_.contains({&by, wanted})) {
    return {};
  }
  WindowsAnswer answer;
  answer.by = &by;
  answer.name = name;
  answer.reason = reason;
  answer.confidence = confidence;
  const Module* found = look_up(*module->second, wanted, answer);
  if (found != nullptr) {
    asked_.try_emplace({&by, wanted}, std::pair(confidence, found));
    loading_.answers.push_back(std::move(answer));
  }
  return run();
}

void WindowsProcess::find_places() {
  std::string at = application_folder_;
  while (true) {
    std::string system = names_.folder(at, "Windows/System32");
    if (!system.empty()) {
      drive_ = at;
      const std::string for_32_bit =
          machine_ == pe::i386 ? names_.folder(at, "Windows/SysWOW64") : "";
      system_folder_ = for_32_bit.empty() ? std::move(system) : for_32_bit;
      break;
    }
    const std::size_t slash = at.rfind('/');
    if (at == "/" || slash == std::string::npos) {
      drive_ = "/";
      break;
    }
    at = slash == 0 ? "/" : at.substr(0, slash);
  }
  path_ = path_folders();
}

/// `C:\x` and `\x` start at the drive; a path of the root stays what it is.
std::string WindowsProcess::place(std::string_view text) const {
  const bool has_drive = text.size() >= 2 && text[1] == ':';
  const bool is_windows = has_drive || text.find('\\') != std::string_view::npos;
  if (has_drive) {
    text.remove_prefix(2);
  }
  return is_windows ? names_.folder(drive_, text) : RootPath::lexical(text).text();
}

std::vector<std::string> WindowsProcess::path_folders() const {
  std::vector<std::string> folders;
  std::string_view rest = start_.path;
  const bool by_semicolon = rest.find(';') != std::string_view::npos;
  while (!rest.empty()) {
    std::size_t end = rest.find(by_semicolon ? ';' : ':');
    if (!by_semicolon && end == 1 && rest.substr(2).starts_with('\\')) {
      end = rest.find(':', 2); // a drive's letter
    }
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    if (std::string folder = part.empty() ? "" : place(part); !folder.empty()) {
      folders.push_back(std::move(folder));
    }
  }
  return folders;
}

std::string WindowsProcess::text_of(const Examined& file) const {
  const std::optional<Root::Opened> opened = files_.root().open(file.path);
  return opened ? read_all(*opened->bytes, longest_text) : "";
}

void WindowsProcess::warn(const Examined& about, std::string message) {
  Warning warning{about.path.text(), std::move(message)};
  if (std::ranges::find(loading_.warnings, warning) == loading_.warnings.end()) {
    loading_.warnings.push_back(std::move(warning));
  }
}

WindowsProcess::Module&
WindowsProcess::add_module(const Examined& file, const std::string& folder, std::string_view name) {
  Module& module = modules_.emplace_back();
  module.file = &file;
  module.folder = folder;
  module.name = folded(name);
  by_name_.emplace(module.name, &module);
  by_file_.emplace(&file, &module);
  return module;
}

void WindowsProcess::load_imports(Module& module) {
  const Pe& pe = *module.file->pe();
  for (const PeImport& import : pe.imports) {
    const Ask how = {.confidence = import.delayed ? Confidence::likely : Confidence::certain};
    if (const Module* target = ask(module, import.library, how)) {
      check_symbols(module, *target, import);
    }
  }
  for (const std::string& name : pe.bound) { // the targets of forwarders are not among the imports
    ask(module, name, {});
  }
}

const WindowsProcess::Module*
WindowsProcess::ask(const Module& by, std::string_view name, Ask how) {
  std::string wanted = with_ending(name);
  if (wanted.empty()) {
    return nullptr;
  }
  const auto [known, fresh] =
      asked_.try_emplace({by.file, wanted}, std::pair(how.confidence, nullptr));
  if (!fresh && known->second.first >= how.confidence) {
    return known->second.second;
  }
  WindowsAnswer answer;
  answer.by = by.file;
  answer.name = name;
  answer.reason = how.reason;
  answer.confidence = how.confidence;
  const Module* found = look_up(by, wanted, answer);
  known->second = {how.confidence, found};
  if (answer.outcome != Outcome::missing) {
    answer.tried.clear();
  } else if (fresh) {
    say_where_it_is_from(*by.file, name, wanted);
    say_where_it_lies(*by.file, name, wanted);
  }
  loading_.answers.push_back(std::move(answer));
  return found;
}

const WindowsProcess::Module*
WindowsProcess::look_up(const Module& by, const std::string& wanted, WindowsAnswer& answer) {
  const auto is_systems = [&](SystemEntry entry) {
    answer.outcome = Outcome::system;
    answer.system = entry;
    return nullptr;
  };
  if (is_path(wanted)) {
    const Found* found = wanted[1] == ':' || wanted.front() == '\\'
                             ? names_.open(drive_, wanted.substr(wanted.find_first_of("/\\")))
                             : names_.open(application_folder_, wanted);
    return found == nullptr ? nullptr : take(*found, application_folder_, answer);
  }
  if (!local_folder_.empty()) {
    if (const Module* found = try_folder(local_folder_, answer)) {
      return found;
    }
  }
  if (WindowsSystem::is_api_set(wanted)) {
    return is_systems(system_.find(wanted).value_or(SystemEntry{}));
  }
  if (by.context != nullptr) {
    if (const auto redirected = by.context->find(wanted); redirected != by.context->end()) {
      return take(*redirected->second, redirected->second->walk.path.parent().text(), answer);
    }
  }
  if (const auto loaded = by_name_.find(wanted); loaded != by_name_.end()) {
    answer.outcome = Outcome::found;
    answer.file = loaded->second->file;
    return loaded->second;
  }
  const std::optional<SystemEntry> system = system_.find(wanted);
  if (system_.is_known_dll(wanted)) {
    return is_systems(system.value_or(SystemEntry{}));
  }
  std::vector<std::string> folders = {application_folder_};
  if (by.folder != application_folder_ && modules_.front().file->pe()->is_dll) {
    folders.push_back(by.folder);
  }
  for (const std::string& folder : folders) {
    const Module* found = try_folder(folder, answer);
    if (found != nullptr || answer.outcome == Outcome::damaged) {
      return found;
    }
  }
  if (system && system->is_certain) {
    return is_systems(*system);
  }
  folders = path_;
  if (!system_folder_.empty()) {
    folders.insert(folders.begin(), system_folder_);
  }
  for (const std::string& folder : folders) {
    const Module* found = try_folder(folder, answer);
    if (found != nullptr || answer.outcome == Outcome::damaged) {
      return found;
    }
  }
  if (system) { // some Windows has it, so a copy in PATH came first
    return is_systems(*system);
  }
  const bool is_program = wanted.ends_with(".exe");
  if (by.file->pe()->is_dll && (is_program || system_.is_host(by.name, wanted))) {
    answer.outcome = Outcome::host;
  }
  return nullptr;
}

const WindowsProcess::Module* WindowsProcess::try_folder(const std::string& folder,
                                                         WindowsAnswer& answer) {
  const Found* found = names_.open(folder, with_ending(answer.name));
  if (found == nullptr) {
    if (std::ranges::find(answer.tried, folder) == answer.tried.end()) {
      answer.tried.push_back(folder);
    }
    return nullptr;
  }
  return take(*found, folder, answer);
}

const WindowsProcess::Module*
WindowsProcess::take(const Found& found, const std::string& folder, WindowsAnswer& answer) {
  const Examined& file = *found.file;
  if (!file.damage.empty() || file.pe() == nullptr) {
    answer.outcome = Outcome::damaged;
    answer.file = &file;
    answer.way = &found;
    answer.damage = file.damage.empty() ? "is no PE file" : file.damage;
    return nullptr;
  }
  if (!fits_machine(file)) {
    answer.tried.push_back(folder);
    return nullptr;
  }
  answer.outcome = Outcome::found;
  answer.file = &file;
  answer.way = &found;
  const auto known = by_file_.find(&file);
  return known != by_file_.end() ? known->second : &add_module(file, folder, found.entry.name());
}

/// The loader passes over files of other machines. A process of x64 on Arm also loads what holds
/// both kinds of code ("Arm64X PE files", learn.microsoft.com/windows/arm/arm64x-pe).
bool WindowsProcess::fits_machine(const Examined& file) {
  const Pe& pe = *file.pe();
  const bool is_plain_x64 = machine_ == pe::amd64 && !modules_.front().file->pe()->is_hybrid;
  if (pe.machine == machine_) {
    if (pe.is_hybrid && is_plain_x64) {
      warn(file, "is ARM64EC: it loads into a program of x64 on Windows for Arm only");
    }
    return true;
  }
  if (pe.clr && pe.clr->il_only && !(pe.clr->requires_32_bit && machine_ != pe::i386)) {
    return true;
  }
  if (pe.is_hybrid && pe.machine == pe::arm64 && machine_ == pe::amd64) {
    if (is_plain_x64) {
      warn(file, "is ARM64X: it loads into a program of x64 on Windows for Arm only");
    }
    return true;
  }
  warn(file,
       fmt::format("is for {}, and {} for {}: the loader passes it over",
                   pe.is_hybrid && pe.machine == pe::amd64 ? "ARM64EC" : machine_name(pe.machine),
                   modules_.front().file->path.text(),
                   machine_name(machine_)));
  return false;
}

void WindowsProcess::say_where_it_is_from(const Examined& by,
                                          std::string_view name,
                                          std::string_view wanted) {
  const Redistributable* package = system_.redistributable(wanted);
  if (package != nullptr && said_.insert(package->package).second) {
    warn(by, fmt::format("{} comes with the {} ({})", name, package->package, package->source));
  }
}

/// A cross compiler's own libraries lie where no Windows looks: those of GCC beside its other
/// files, those of mingw-w64 below the machine's name (Debian's gcc-mingw-w64-x86-64-posix-runtime
/// and mingw-w64-x86-64-dev; Fedora's mingw64-filesystem).
void WindowsProcess::say_where_it_lies(const Examined& by,
                                       std::string_view name,
                                       const std::string& wanted) {
  const std::string_view machine = machine_ == pe::i386    ? "i686"
                                   : machine_ == pe::arm64 ? "aarch64"
                                                           : "x86_64";
  std::vector<std::string> folders;
  for (const std::string_view below : {"bin", "lib", "sys-root/mingw/bin"}) {
    folders.push_back(fmt::format("/usr/{}-w64-mingw32/{}", machine, below));
  }
  const std::string gcc = fmt::format("/usr/lib/gcc/{}-w64-mingw32", machine);
  for (const std::string& version : names_.list(gcc)) {
    folders.push_back(fmt::format("{}/{}", gcc, version));
  }
  for (const std::string& folder : folders) {
    if (!is_path(wanted) && names_.open(folder, wanted) != nullptr && said_.insert(wanted).second) {
      warn(by, fmt::format("{} lies in {}: --library-path takes it from there", name, folder));
    }
  }
}

// ------------------------------------------------------------------------------------------------
// symbols

void WindowsProcess::check_symbols(const Module& by, const Module& target, const PeImport& import) {
  const Confidence confidence = import.delayed ? Confidence::likely : Confidence::certain;
  for (const PeSymbol& symbol : import.symbols) {
    check_symbol(by, target, import.library, symbol, confidence, 0);
  }
}

void WindowsProcess::check_symbol(const Module& by,
                                  const Module& target,
                                  std::string_view name,
                                  const PeSymbol& symbol,
                                  Confidence confidence,
                                  int depth) {
  const PeExport* found = target.file->pe()->find_export(symbol);
  if (found == nullptr) {
    if (missing_symbols_[{by.file, target.file}]++ < most_missing_symbols) {
      loading_.symbols.push_back({by.file, target.file, std::string(name), symbol, confidence});
    } else {
      warn(*by.file, fmt::format("more symbols of {} are missing than are told", name));
    }
    return;
  }
  if (found->forward.empty() || depth == most_forwards ||
      !forwarded_.insert({target.file, found->forward}).second) {
    return;
  }
  const std::size_t dot = found->forward.rfind('.');
  if (dot == std::string::npos || dot + 1 == found->forward.size()) {
    return;
  }
  const std::string library = found->forward.substr(0, dot);
  const std::string_view text = std::string_view(found->forward).substr(dot + 1);
  PeSymbol wanted;
  if (text.starts_with('#')) {
    for (const char digit : text.substr(1)) {
      wanted.ordinal = static_cast<std::uint16_t>(wanted.ordinal * 10 + (digit - '0'));
    }
  } else {
    wanted.name = text;
  }
  if (const Module* next = ask(target, library, {.confidence = confidence})) {
    check_symbol(target, *next, library, wanted, confidence, depth + 1);
  }
}

// ------------------------------------------------------------------------------------------------
// side-by-side assemblies

void WindowsProcess::note_data(const Module& by,
                               const Found& found,
                               std::string_view name,
                               Confidence confidence) {
  WindowsAnswer answer;
  answer.by = by.file;
  answer.name = name;
  answer.outcome = Outcome::found;
  answer.confidence = confidence;
  answer.kind = FileKind::data;
  answer.file = found.file;
  answer.way = &found;
  loading_.answers.push_back(std::move(answer));
}

/// The manifest of a program is that in its resources, else PROGRAM.manifest beside it; of a
/// library only that in its resources counts ("Manifest files reference"). Without one of its own a
/// library has the program's context.
void WindowsProcess::read_context(Module& module) {
  std::string text = module.file->pe()->manifest;
  if (text.empty() && &module == &modules_.front() && !module.file->pe()->is_dll) {
    const std::string name = module.name + ".manifest";
    if (const Found* found = names_.open(module.folder, name)) {
      text = text_of(*found->file);
      note_data(module, *found, name, Confidence::certain);
    }
  }
  if (text.empty()) {
    module.context = modules_.front().context;
    return;
  }
  Context& context = contexts_.emplace_back();
  if (modules_.front().context != nullptr) {
    context = *modules_.front().context;
  }
  for (const SideBySideName& assembly : read_manifest(text).dependencies) {
    add_assembly(module, assembly, context, 0);
  }
  module.context = &context;
}

/// "Assembly searching sequence": those of the system first, then four places in the program's
/// folder, with a language's folder before the neutral ones.
void WindowsProcess::add_assembly(const Module& module,
                                  const SideBySideName& assembly,
                                  Context& context,
                                  int depth) {
  if (depth == most_assembly_levels || assembly.name.empty()) {
    return;
  }
  const std::string& name = assembly.name;
  WindowsAnswer answer;
  answer.by = module.file;
  answer.name = name;
  answer.kind = FileKind::data;
  if (const std::optional<SystemEntry> system = system_.find_assembly(folded(name))) {
    answer.outcome = Outcome::system;
    answer.system = *system;
    loading_.answers.push_back(std::move(answer));
    return;
  }
  std::vector<std::string> below = {""};
  if (!assembly.language.empty()) {
    below.insert(below.begin(), assembly.language + "/");
  }
  std::vector<std::string> folders = {application_folder_};
  if (module.folder != application_folder_) {
    folders.push_back(module.folder);
  }
  for (const std::string& folder : folders) {
    for (const std::string& language : below) {
      for (const std::string& place : {name + ".dll",
                                       name + ".manifest",
                                       fmt::format("{0}/{0}.dll", name),
                                       fmt::format("{0}/{0}.manifest", name)}) {
        const Found* found = names_.open(folder, language + place);
        if (found == nullptr) {
          continue;
        }
        const Pe* pe = found->file->pe();
        const Manifest manifest =
            read_manifest(pe != nullptr ? pe->manifest : text_of(*found->file));
        if (folded(manifest.own.name) != folded(name)) {
          continue;
        }
        const std::string own_folder(split_path(found->asked).folder);
        if (pe != nullptr) {
          answer.kind = FileKind::library;
          take(*found, own_folder, answer);
          context.emplace(folded(found->entry.name()), found);
        }
        answer.outcome = Outcome::found;
        answer.file = found->file;
        answer.way = found;
        loading_.answers.push_back(std::move(answer));
        add_members(module, manifest, own_folder, context);
        for (const SideBySideName& further : manifest.dependencies) {
          add_assembly(module, further, context, depth + 1);
        }
        return;
      }
    }
    answer.tried.push_back(folder);
  }
  say_where_it_is_from(*module.file, name, folded(name));
  loading_.answers.push_back(std::move(answer));
}

/// Files of an assembly answer for their names, wherever they lie. That they are there is likely to
/// matter: a class of COM that the manifest tells is loaded on demand.
void WindowsProcess::add_members(const Module& module,
                                 const Manifest& manifest,
                                 const std::string& folder,
                                 Context& context) {
  for (const std::string& file : manifest.files) {
    const Found* found = names_.open(folder, file);
    if (found == nullptr || !context.emplace(folded(found->entry.name()), found).second) {
      continue;
    }
    WindowsAnswer answer;
    answer.by = module.file;
    answer.name = file;
    answer.confidence = Confidence::likely;
    if (found->file->pe() != nullptr) {
      take(*found, folder, answer);
      if (answer.outcome != Outcome::missing) {
        loading_.answers.push_back(std::move(answer));
      }
    } else {
      note_data(module, *found, file, Confidence::likely);
    }
  }
}

} // namespace pare
