#pragma once
// What the kernel and the dynamic loader do when a program is started, and when a process loads a
// library while it runs.

#include "closure/graph.hpp"
#include "closure/windows.hpp"
#include "loaders/glibc.hpp"

#include <map>
#include <memory>

namespace pare {

/// A program with all that it has loaded.
struct Process {
  const Examined* program = nullptr;     ///< Or a library that was named by itself.
  std::string started_as;                ///< The absolute path by which it was started.
  const Examined* interpreter = nullptr; ///< The dynamic loader; null: none, or it is missing.
  std::string interpreter_name;          ///< As asked for.
  std::vector<Opening> openings;         ///< What it loads while it runs, in order.
  std::vector<const Examined*> opened;   ///< What of these it was asked to open.
  std::vector<const Examined*>
      objects; ///< What is loaded, in the order of symbol look-up; the program first.
};

/// A library that is asked for while a process runs, and the edge that it gets.
struct WantedOpening {
  Opening opening;
  Edge edge;
  std::string detail;
};

enum class OpeningEnd : std::uint8_t {
  taken,
  left_out, ///< It is there, but could not be loaded, and it is less than certain: a warning says
            ///< why.
  absent,
};

class Starter {
public:
  Starter(Files& files, const Options& options, Graph& graph);

  /// What the kernel and the loader do when `file`, which is in the graph, is started by the path
  /// `place`, or loaded if it is a library.
  void start(FileId id, const Examined& file, const std::string& place);

  /// Takes a program (or script) that another file starts. nullopt: refused.
  std::optional<FileId> take_program(const Examined& file,
                                     const Edge& edge,
                                     std::string_view detail,
                                     const Found& way,
                                     const std::string& place);

  /// Libraries that the process number `process` loads while it runs.
  std::vector<OpeningEnd> open(std::size_t process, const std::vector<WantedOpening>& wanted);

  /// The same for a library that belongs to no known process: by the usual loader of its machine.
  /// Without an asker (opening.by), it is one of a recording: what is missing then is no finding.
  OpeningEnd open_alone(const Found& found, const WantedOpening& wanted);

  /// The absolute path that a name means; for a bare name the first program in PATH; empty: there
  /// is none.
  std::string place_of(const std::string& name, const std::string& path_list);
  std::string path_variable() const;

  const std::vector<Process>& processes() const { return processes_; }

  /// Scripts that nobody named, in a folder that was included whole: what they lack is no fault.
  std::unordered_set<const Examined*> swept_scripts;

private:
  std::optional<std::string> find_in_path(std::string_view name, std::string_view path_list);
  void start_dynamic(FileId id, const Examined& file, const std::string& place);
  Process library_process(const Examined& file, const std::string& place);
  void begin(Process process);
  Loading load(const Process& process);
  GlibcLoader& glibc_loader(const Examined* interpreter, const ElfMachine& machine);
  void take_over(const Loading& loading, const Process& process, std::size_t first);
  void take_over(const Answer& answer, const Process& process);
  void miss_library(const Answer& answer, const Examined& program);
  void miss_interpreter(const std::string& name, const Examined& by, MissingKind kind);
  void start_script(FileId id, const Examined& file, const Script& script);
  bool is_nested_too_deep(const Examined& file);
  std::string place_of_interpreter(const std::string& name) const;
  void start_by_env(FileId id,
                    const Examined& file,
                    std::string place,
                    std::vector<std::string> arguments);

  Files& files_;
  const Options& options_;
  Graph& graph_;
  WindowsStarter windows_;
  StartOptions start_;
  std::vector<Process> processes_;
  std::unordered_set<const Examined*> started_scripts_;
  std::set<std::pair<const Examined*, std::string>> loaded_;
  std::map<std::pair<const Examined*, std::string>, std::unique_ptr<GlibcLoader>> loaders_;
};

} // namespace pare
