#pragma once
// What a started program of Windows brings into the graph.

#include "closure/graph.hpp"
#include "loaders/windows.hpp"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace pare {

/// --library-path is PATH. All three references must outlive the object.
class WindowsStarter {
public:
  WindowsStarter(Files& files, const Options& options, Graph& graph);

  /// Starts a program, or loads a library, that is in the graph and was found as `place`. Adds
  /// files, edges, what is missing, what the system provides, and warnings. What only a refused
  /// file asks for is left out. The second call for one file does nothing.
  void start(const Examined& file, const RootPath& place);

private:
  /// Libraries that a file may load while it runs.
  struct Named {
    std::vector<std::string> called, mentioned;
  };
  const Named& named_by(const Examined& file);
  void take_over(const WindowsLoading& loading);
  void take_over(const WindowsAnswer& answer);
  void take_over(const MissingSymbol& symbol);

  Files& files_;
  const Options& options_;
  Graph& graph_;
  WindowsLoader loader_;
  std::unordered_set<const Examined*> started_;
  std::map<const Examined*, Named> named_;
  std::set<std::tuple<std::string, std::string, MissingKind>> missing_;
  std::set<std::pair<std::string, std::string>> system_;
};

} // namespace pare
