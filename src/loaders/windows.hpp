#pragma once
// Windows' loader: what a started program, or a library, makes it load.

#include "loaders/answer.hpp"
#include "loaders/folded_names.hpp"
#include "loaders/windows_system.hpp"

#include <pare/report.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pare {

/// One question and its answer: an edge of the graph.
struct WindowsAnswer {
  enum class Outcome : std::uint8_t {
    found,
    system,  ///< Windows brings it.
    host,    ///< The program that loads this library is meant: node.exe.
    damaged, ///< The loader would give up over the file.
    missing
  };
  const Examined* by = nullptr; ///< Who asked.
  std::string name;             ///< As asked for: "KERNEL32.dll".
  Outcome outcome = Outcome::missing;
  ReasonKind reason = ReasonKind::needed;
  Confidence confidence = Confidence::certain;
  FileKind kind = FileKind::library;
  const Examined* file = nullptr; ///< What was found, or is damaged.
  const Found* way = nullptr; ///< How the file system led there; null when it is loaded already.
  SystemEntry system;         ///< Of what Windows brings.
  std::string damage;
  std::vector<std::string> tried; ///< Of a missing one: the folders that were looked in, in order.
};

/// A symbol that a file imports and the library that was found does not export.
struct MissingSymbol {
  const Examined* by = nullptr;
  const Examined* library = nullptr;
  std::string name; ///< By which the file knows the library.
  PeSymbol symbol;
  Confidence confidence = Confidence::certain;
};

struct WindowsLoading {
  std::vector<WindowsAnswer> answers;
  std::vector<MissingSymbol> symbols; ///< At most 64 of one library for one file.
  std::vector<Warning> warnings;
};

/// What the user says about the start.
struct WindowsStart {
  std::string path;        ///< PATH: folders with `:` or `;` between them; `C:\x` is below the
                           ///< folder that holds `Windows`, or the root's top.
  std::string dotnet_root; ///< DOTNET_ROOT, likewise a place; empty: the usual one.
};

class WindowsProcess;

/// One root, and the processes that were started in it. Pointers in what it returns stay valid as
/// long as the Files.
class WindowsLoader {
public:
  WindowsLoader(Files& files, WindowsStart start);
  ~WindowsLoader();

  /// Starts a program that lies in `folder` (a path of the root, as it was asked for), or loads a
  /// library as a program beside it would. Not for a file that is no PE file, or not for Windows.
  WindowsLoading load(const Examined& file, const std::string& folder, std::string_view name);

  /// The same process loads `name` while it runs, for `by`, which is in it (LoadLibrary). What that
  /// brings beyond what is loaded: nothing, if no file of the root is meant.
  WindowsLoading open(const Examined& program,
                      const Examined& by,
                      std::string_view name,
                      ReasonKind reason,
                      Confidence confidence);

private:
  Files& files_;
  FoldedNames names_;
  WindowsStart start_;
  std::map<const Examined*, std::unique_ptr<WindowsProcess>> processes_; ///< By their programs.
};

} // namespace pare
