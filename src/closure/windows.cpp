#include "closure/windows.hpp"

#include "finders/windows_calls.hpp"

#include <fmt/format.h>

namespace pare {
namespace {

WindowsStart start_of(const Options& options) {
  WindowsStart start;
  start.path = fmt::format("{}", fmt::join(options.library_path, ":"));
  const auto root = options.environment.find("DOTNET_ROOT");
  start.dotnet_root = root == options.environment.end() ? "" : root->second;
  return start;
}

} // namespace

WindowsStarter::WindowsStarter(Files& files, const Options& options, Graph& graph)
    : files_(files), options_(options), graph_(graph), loader_(files, start_of(options)) {}

void WindowsStarter::start(const Examined& file, const RootPath& place) {
  if (!file.pe()->is_for_windows() || !started_.insert(&file).second) {
    return;
  }
  std::vector<const Examined*> loaded = {&file};
  std::unordered_set<const Examined*> known = {&file};
  const auto take = [&](const WindowsLoading& loading) {
    take_over(loading);
    for (const WindowsAnswer& answer : loading.answers) {
      if (answer.outcome == WindowsAnswer::Outcome::found && answer.file->pe() != nullptr &&
          known.insert(answer.file).second) {
        loaded.push_back(answer.file);
      }
    }
  };
  take(loader_.load(file, place.parent().text(), place.name()));
  for (std::size_t i = 0; i < loaded.size(); ++i) { // it grows on the way
    if (!graph_.id_of(*loaded[i])) {
      continue;
    }
    const Named& named = named_by(*loaded[i]);
    for (const std::string& name : named.called) {
      take(loader_.open(file, *loaded[i], name, ReasonKind::dlopen_call, Confidence::likely));
    }
    for (const std::string& name : named.mentioned) {
      take(loader_.open(file, *loaded[i], name, ReasonKind::dlopen_string, Confidence::possible));
    }
  }
}

/// A library of ten programs is searched once.
const WindowsStarter::Named& WindowsStarter::named_by(const Examined& file) {
  const auto [known, fresh] = named_.try_emplace(&file);
  const bool with_strings = options_.hints.contains(Hint::strings) &&
                            options_.confidence == Confidence::possible; // else in vain
  if (const std::optional<Root::Opened> opened =
          fresh ? files_.root().open(file.path) : std::nullopt) {
    if (options_.hints.contains(Hint::calls)) {
      known->second.called = find_library_calls(*opened->bytes);
    }
    if (with_strings) {
      known->second.mentioned = find_library_names(*opened->bytes);
    }
  }
  return known->second;
}

void WindowsStarter::take_over(const WindowsLoading& loading) {
  for (const WindowsAnswer& answer : loading.answers) {
    take_over(answer);
  }
  for (const MissingSymbol& symbol : loading.symbols) {
    take_over(symbol);
  }
  for (const Warning& warning : loading.warnings) {
    graph_.warn(warning.path, warning.message);
  }
}

void WindowsStarter::take_over(const WindowsAnswer& answer) {
  const std::optional<FileId> by = graph_.id_of(*answer.by);
  if (!by) {
    return;
  }
  switch (answer.outcome) {
  case WindowsAnswer::Outcome::damaged:
    graph_.warn(answer.file->path.text(),
                fmt::format("{}: {} cannot load it", answer.damage, answer.by->path.text()));
    [[fallthrough]];
  case WindowsAnswer::Outcome::found: {
    if (answer.file == answer.by) {
      return; // a library that imports from itself
    }
    const bool is_program = answer.kind == FileKind::library && answer.file->pe() != nullptr &&
                            !answer.file->pe()->is_dll;
    graph_.take(*answer.file,
                is_program ? FileKind::program : answer.kind,
                {.kind = answer.reason, .confidence = answer.confidence, .by = *by},
                answer.name,
                answer.way,
                answer.name);
    break;
  }
  case WindowsAnswer::Outcome::system:
    if (system_.emplace(answer.name, answer.by->path.text()).second) {
      graph_.closure.system.push_back({.name = answer.name,
                                       .by = answer.by->path.text(),
                                       .provided_by = std::string(word(answer.system.image)),
                                       .is_uncertain = !answer.system.is_certain});
    }
    break;
  case WindowsAnswer::Outcome::host:
    break;
  case WindowsAnswer::Outcome::missing:
    if (missing_.emplace(answer.name, answer.by->path.text(), MissingKind::needed).second) {
      Missing& missing = graph_.miss(answer.name, *answer.by, MissingKind::needed);
      missing.confidence = answer.confidence;
      missing.tried = answer.tried;
    }
    break;
  }
}

void WindowsStarter::take_over(const MissingSymbol& symbol) {
  const std::string name =
      symbol.symbol.name.empty() ? fmt::format("#{}", symbol.symbol.ordinal) : symbol.symbol.name;
  if (!graph_.id_of(*symbol.by) ||
      !missing_.emplace(name, symbol.by->path.text(), MissingKind::symbol).second) {
    return;
  }
  Missing& missing = graph_.miss(name, *symbol.by, MissingKind::symbol);
  missing.confidence = symbol.confidence;
  missing.library = symbol.name;
  missing.found = symbol.library->path.text();
}

} // namespace pare
