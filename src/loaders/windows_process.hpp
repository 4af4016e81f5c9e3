#pragma once
// One process while its loader works: for loaders/windows.cpp, which loads native libraries, and
// loaders/dotnet.cpp, which loads assemblies into the same process.

#include "formats/dotnet_json.hpp"
#include "formats/manifest.hpp"
#include "loaders/windows.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pare {

class WindowsProcess {
public:
  WindowsProcess(Files& files, FoldedNames& names, const WindowsStart& start)
      : files_(files), names_(names), start_(start), system_(WindowsSystem::built_in()) {}

  /// Once a process; see WindowsLoader.
  WindowsLoading load(const Examined& program, const std::string& folder, std::string_view name);
  WindowsLoading
  open(const Examined& by, std::string_view name, ReasonKind reason, Confidence confidence);

private:
  using Outcome = WindowsAnswer::Outcome;

  /// Files that a manifest's assemblies bring, by folded name.
  using Context = std::map<std::string, const Found*>;

  struct Module {
    const Examined* file = nullptr;
    std::string folder; ///< Where it was found, as it was looked for.
    std::string name;   ///< Folded, without the folder.
    const Context* context = nullptr;
  };

  /// How a name is asked for.
  struct Ask {
    ReasonKind reason = ReasonKind::needed;
    Confidence confidence = Confidence::certain;
  };

  // loaders/windows.cpp
  WindowsLoading run();
  Module& add_module(const Examined& file, const std::string& folder, std::string_view name);
  void load_imports(Module& module);
  const Module* ask(const Module& by, std::string_view name, Ask how);
  const Module* look_up(const Module& by, const std::string& folded_name, WindowsAnswer& answer);
  const Module* try_folder(const std::string& folder, WindowsAnswer& answer);
  const Module* take(const Found& found, const std::string& folder, WindowsAnswer& answer);
  bool fits_machine(const Examined& file);
  void check_symbols(const Module& by, const Module& target, const PeImport& import);
  void check_symbol(const Module& by,
                    const Module& target,
                    std::string_view name,
                    const PeSymbol& symbol,
                    Confidence confidence,
                    int depth);
  void
  say_where_it_is_from(const Examined& by, std::string_view name, std::string_view folded_name);
  void say_where_it_lies(const Examined& by, std::string_view name, const std::string& wanted);
  void read_context(Module& module);
  void
  add_assembly(const Module& module, const SideBySideName& assembly, Context& context, int depth);
  void add_members(const Module& module,
                   const Manifest& manifest,
                   const std::string& folder,
                   Context& context);
  void find_places();
  std::vector<std::string> path_folders() const;
  std::string place(std::string_view text) const;
  std::string text_of(const Examined& file) const;
  void
  note_data(const Module& by, const Found& found, std::string_view name, Confidence confidence);
  void warn(const Examined& about, std::string message);

  // loaders/dotnet.cpp
  void start_dotnet(const Module& program);
  bool load_host_files(const Module& program, const std::string& folder, const std::string& stem);
  void load_assets(const Examined& list, const std::string& folder);
  void load_frameworks(const Examined& config, const std::vector<DotnetFramework>& frameworks);
  std::string find_framework(const std::string& dotnet, const DotnetFramework& framework);
  void load_assemblies(const Module& module);
  void load_assembly(const Module& by, const AssemblyName& assembly);
  void load_native(const Module& by, const std::string& name);
  bool take_file(const Examined& by,
                 const std::string& folder,
                 std::string_view path,
                 std::string_view name,
                 Ask how,
                 FileKind kind);
  void miss(const Examined& by, std::string name, Ask how, std::vector<std::string> tried);
  std::vector<std::string> rids() const;

  Files& files_;
  FoldedNames& names_;
  const WindowsStart& start_;
  const WindowsSystem& system_;

  WindowsLoading loading_;
  std::deque<Module> modules_; // in the order of loading
  std::size_t loaded_ = 0;     // how many of them have loaded what they import
  std::map<std::string, const Module*> by_name_;
  std::map<const Examined*, const Module*> by_file_;
  std::map<std::pair<const Examined*, std::string>, std::pair<Confidence, const Module*>> asked_;
  std::set<std::pair<const Examined*, std::string>> forwarded_;
  std::map<std::pair<const Examined*, const Examined*>, int> missing_symbols_;
  std::set<std::string> said_;
  std::deque<Context> contexts_;
  std::uint16_t machine_ = 0;
  std::string application_folder_;
  std::string drive_;         // the folder that `C:\` stands for
  std::string system_folder_; // of the root; empty: it has none
  std::string local_folder_;  // PROGRAM.local
  std::vector<std::string> path_;

  // .NET
  bool is_core_ = false;
  bool lacks_framework_ = false;           // so what it would bring is not told as missing
  std::vector<std::string> private_paths_; // of a .NET Framework program's configuration
  std::vector<std::string> framework_folders_;
};

} // namespace pare
