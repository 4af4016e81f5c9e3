// Two runtimes find assemblies in two ways. .NET Framework, a part of Windows, starts the program's
// own code by mscoree.dll and looks for an assembly when it is first used: those of the system,
// then four places below the program's folder ("How the Runtime Locates Assemblies"). .NET (Core)
// starts by a native program that is named as the assembly; its host reads two JSON files beside
// it, and does not start unless every file that they list is there (dotnet/runtime,
// docs/design/features: host-probing.md, sharedfx-lookup.md).

#include "loaders/windows_process.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace pare {
namespace {

/// "8.0.11" as numbers. nullopt for another form, a preview ("9.0.0-rc.1") among them.
using Version = std::array<int, 3>;
std::optional<Version> version_of(std::string_view text) {
  Version version{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < version.size(); ++i) {
    const auto [stop, error] = std::from_chars(at, end, version[i]);
    if (error != std::errc() || (i + 1 < version.size()) != (stop != end && *stop == '.')) {
      return std::nullopt;
    }
    at = stop + (i + 1 < version.size() ? 1 : 0);
  }
  return at == end ? std::optional(version) : std::nullopt;
}

std::string stem_of(std::string_view name) {
  return std::string(name.substr(0, std::min(name.rfind('.'), name.size())));
}

} // namespace

void WindowsProcess::start_dotnet(const Module& program) {
  const Pe& pe = *program.file->pe();
  const std::string stem = stem_of(program.name);
  if (load_host_files(program, program.folder, stem) || !pe.clr) {
    return;
  }
  const std::string name = program.name + ".config";
  if (const Found* config = names_.open(program.folder, name)) {
    note_data(program, *config, name, Confidence::certain);
    private_paths_ = read_dotnet_config(text_of(*config->file)).private_paths;
  }
}

/// False: it is no program of .NET (Core).
bool WindowsProcess::load_host_files(const Module& program,
                                     const std::string& folder,
                                     const std::string& stem) {
  const Found* config = names_.open(folder, stem + ".runtimeconfig.json");
  const Found* list = names_.open(folder, stem + ".deps.json");
  const Found* assembly = names_.open(folder, stem + ".dll");
  if ((config == nullptr && list == nullptr) || assembly == nullptr ||
      assembly->file->pe() == nullptr || !assembly->file->pe()->clr) {
    return false;
  }
  is_core_ = true;
  if (assembly->file != program.file) {
    take_file(*program.file,
              folder,
              stem + ".dll",
              stem + ".dll",
              {ReasonKind::module},
              FileKind::library);
  }
  bool brings_runtime = true;
  if (config != nullptr) {
    note_data(program, *config, config->entry.name(), Confidence::certain);
    try {
      const DotnetRuntimeConfig read = read_dotnet_runtime_config(text_of(*config->file));
      brings_runtime = read.is_self_contained || read.frameworks.empty();
      if (!brings_runtime) {
        load_frameworks(*config->file, read.frameworks);
      }
    } catch (const InputError& error) {
      warn(*config->file, error.what());
    }
  }
  if (brings_runtime) {
    for (const std::string name : {"hostfxr.dll", "hostpolicy.dll"}) {
      take_file(*program.file, folder, name, name, {}, FileKind::library);
    }
  }
  if (list != nullptr) {
    note_data(program, *list, list->entry.name(), Confidence::certain);
    load_assets(*list->file, folder);
  }
  return true;
}

/// All that NAME.deps.json lists lies in `folder`.
void WindowsProcess::load_assets(const Examined& list, const std::string& folder) {
  std::vector<DotnetAsset> assets;
  try {
    assets = read_dotnet_deps(text_of(list), rids());
  } catch (const InputError& error) {
    warn(list, error.what());
  }
  for (const DotnetAsset& asset : assets) {
    const bool is_resource = asset.kind == DotnetAssetKind::resource;
    const Ask how = {asset.kind == DotnetAssetKind::native ? ReasonKind::needed
                                                           : ReasonKind::module,
                     is_resource ? Confidence::likely : Confidence::certain};
    if (!take_file(list, folder, asset.path, asset.path, how, FileKind::library) && !is_resource) {
      miss(list, asset.path, how, {folder});
    }
  }
}

/// The latest patch of the lowest version that is new enough, of the same major version
/// (sharedfx-lookup.md, the default "Minor").
std::string WindowsProcess::find_framework(const std::string& dotnet,
                                           const DotnetFramework& framework) {
  const std::string shared = names_.folder(dotnet, "shared/" + framework.name);
  const Version wanted = version_of(framework.version).value_or(Version{});
  std::optional<Version> best;
  std::string folder;
  if (shared.empty()) {
    return "";
  }
  for (const std::string& name : names_.list(shared)) {
    const std::optional<Version> version = version_of(name);
    if (!version || *version < wanted || (*version)[0] != wanted[0]) {
      continue;
    }
    const bool is_better = !best || (*version)[1] < (*best)[1] ||
                           ((*version)[1] == (*best)[1] && (*version)[2] > (*best)[2]);
    if (is_better) {
      best = version;
      folder = fmt::format("{}/{}", shared, name);
    }
  }
  return folder;
}

void WindowsProcess::load_frameworks(const Examined& config,
                                     const std::vector<DotnetFramework>& frameworks) {
  const std::string dotnet = start_.dotnet_root.empty()
                                 ? names_.folder(drive_,
                                                 machine_ == pe::i386 ? "Program Files (x86)/dotnet"
                                                                      : "Program Files/dotnet")
                                 : place(start_.dotnet_root);
  std::optional<Version> newest;
  std::string resolver;
  if (const std::string host = dotnet.empty() ? "" : names_.folder(dotnet, "host/fxr");
      !host.empty()) {
    for (const std::string& name : names_.list(host)) {
      if (const std::optional<Version> version = version_of(name); version && newest < version) {
        newest = version;
        resolver = fmt::format("{}/{}", host, name);
      }
    }
  }
  if (!resolver.empty()) {
    take_file(config, resolver, "hostfxr.dll", "hostfxr.dll", {}, FileKind::library);
  }
  for (const DotnetFramework& framework : frameworks) {
    const std::string folder = dotnet.empty() ? "" : find_framework(dotnet, framework);
    const Found* list =
        folder.empty() ? nullptr : names_.open(folder, framework.name + ".deps.json");
    if (list == nullptr) {
      lacks_framework_ = true;
      miss(config,
           fmt::format("{} {}", framework.name, framework.version),
           {},
           {dotnet.empty() ? "Program Files/dotnet" : dotnet});
      say_where_it_is_from(config, framework.name, folded(framework.name));
      continue;
    }
    framework_folders_.push_back(folder);
    take_file(config, folder, list->entry.name(), list->entry.name(), {}, FileKind::data);
    load_assets(*list->file, folder);
  }
}

void WindowsProcess::load_assemblies(const Module& module) {
  const std::optional<Clr>& clr = module.file->pe()->clr;
  if (!clr) {
    return;
  }
  for (const std::string& name : clr->files) {
    take_file(*module.file,
              module.folder,
              name,
              name,
              {ReasonKind::module, Confidence::likely},
              FileKind::data);
  }
  for (const AssemblyName& name : clr->references) {
    load_assembly(module, name);
  }
  // What a framework's own assemblies call is the framework's matter: much of it is for other
  // systems.
  if (std::ranges::find(framework_folders_, module.folder) != framework_folders_.end()) {
    return;
  }
  for (const std::string& name : clr->native_libraries) {
    load_native(module, name);
  }
}

void WindowsProcess::load_assembly(const Module& by, const AssemblyName& assembly) {
  const std::string file = assembly.name + ".dll";
  const Ask how = {ReasonKind::module, Confidence::likely};
  std::vector<std::string> folders = {application_folder_};
  std::vector<std::string> places;
  if (is_core_) {
    folders.insert(folders.end(), framework_folders_.begin(), framework_folders_.end());
    places = {file};
  } else {
    const std::string culture = assembly.culture.empty() ? "" : assembly.culture + "/";
    places = {culture + file, fmt::format("{}{}/{}", culture, assembly.name, file)};
    for (const std::string& below : private_paths_) {
      places.push_back(fmt::format("{}/{}{}", below, culture, file));
      places.push_back(fmt::format("{}/{}{}/{}", below, culture, assembly.name, file));
    }
    places.push_back(culture + assembly.name + ".exe");
  }
  if (by.folder != application_folder_) {
    folders.push_back(by.folder);
  }
  for (const std::string& folder : folders) {
    for (const std::string& place : places) {
      if (take_file(*by.file, folder, place, assembly.name, how, FileKind::library)) {
        return;
      }
    }
  }
  if (is_core_) {
    if (!lacks_framework_) {
      miss(*by.file, assembly.name, how, folders);
    }
    return;
  }
  if (assembly.name == "mscorlib" || system_.is_framework_token(assembly.public_key_token)) {
    WindowsAnswer& answer = loading_.answers.emplace_back();
    answer.by = by.file;
    answer.name = assembly.name;
    answer.reason = how.reason;
    answer.confidence = how.confidence;
    answer.outcome = Outcome::system;
    answer.system = {WindowsImage::servercore, true};
    return;
  }
  miss(*by.file, assembly.name, how, folders);
}

/// What DllImport names: with and without ".dll". One that is not there is for another system, or
/// for a part of the program that nobody uses.
void WindowsProcess::load_native(const Module& by, const std::string& name) {
  const Ask how = {ReasonKind::dlopen_call, Confidence::likely};
  const std::string wanted = folded(name).ends_with(".dll") ? name : name + ".dll";
  std::vector<std::string> folders = {by.folder, application_folder_};
  for (const std::string& rid : is_core_ ? rids() : std::vector<std::string>()) {
    folders.push_back(fmt::format("{}/runtimes/{}/native", application_folder_, rid));
  }
  for (const std::string& folder : folders) {
    if (take_file(*by.file, folder, wanted, name, how, FileKind::library)) {
      return;
    }
  }
  const std::optional<SystemEntry> system = system_.find(folded(wanted));
  if (system || WindowsSystem::is_api_set(folded(wanted))) {
    WindowsAnswer& answer = loading_.answers.emplace_back();
    answer.by = by.file;
    answer.name = name;
    answer.reason = how.reason;
    answer.confidence = how.confidence;
    answer.outcome = Outcome::system;
    answer.system = system.value_or(SystemEntry{});
  }
}

/// False: it is not there, or the loader passes it over.
bool WindowsProcess::take_file(const Examined& by,
                               const std::string& folder,
                               std::string_view path,
                               std::string_view name,
                               Ask how,
                               FileKind kind) {
  const Found* found = names_.open(folder, path);
  if (found == nullptr) {
    return false;
  }
  WindowsAnswer answer;
  answer.by = &by;
  answer.name = name;
  answer.reason = how.reason;
  answer.confidence = how.confidence;
  answer.kind = kind;
  if (kind == FileKind::library && (found->file->pe() != nullptr || !found->file->damage.empty())) {
    take(*found, std::string(split_path(found->asked).folder), answer);
    if (answer.outcome == Outcome::missing) {
      return false;
    }
  } else {
    answer.kind = FileKind::data;
    answer.outcome = Outcome::found;
    answer.file = found->file;
    answer.way = found;
  }
  loading_.answers.push_back(std::move(answer));
  return true;
}

void WindowsProcess::miss(const Examined& by,
                          std::string name,
                          Ask how,
                          std::vector<std::string> tried) {
  WindowsAnswer& answer = loading_.answers.emplace_back();
  answer.by = &by;
  answer.name = std::move(name);
  answer.reason = how.reason;
  answer.confidence = how.confidence;
  answer.tried = std::move(tried);
}

/// From the closest to the widest ("Runtime identifier catalog").
std::vector<std::string> WindowsProcess::rids() const {
  const std::string_view machine = machine_ == pe::i386    ? "x86"
                                   : machine_ == pe::arm64 ? "arm64"
                                                           : "x64";
  std::vector<std::string> names;
  for (const std::string_view with : {machine, std::string_view()}) {
    for (const std::string_view system : {"win10", "win81", "win8", "win7", "win"}) {
      names.push_back(with.empty() ? std::string(system) : fmt::format("{}-{}", system, with));
    }
  }
  names.emplace_back("any");
  return names;
}

} // namespace pare
