#pragma once
// A finder at work, without the rest of the closure: files are shown to it, and what it asks for is
// shown in its turn.

#include "finders/finder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

/// A failed comparison of lists shows them.
template <> struct doctest::StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
      text += "\n  " + line;
    }
    return text.c_str();
  }
};

namespace pare::test {

struct FinderRun {
  std::set<std::string> files;    ///< Taken: shown at the start, or asked for and there.
  std::vector<std::string> edges; ///< "path <- path of who asks: detail", in order.
  std::vector<Warning> warnings;

  /// "path" or "path <- by" of what was asked for beside files: "program sort", "library
  /// libz.so.1".
  std::vector<std::string> others;
};

struct Shown {
  std::string path;
  FileKind kind = FileKind::data;
  bool is_own = false;
};

/// Requests below `confidence` are left out, as the closure does.
template <typename AnyFinder>
FinderRun run_finder(const Root& root, const Options& options, const std::vector<Shown>& start) {
  Files files(root);
  const FinderContext context{files, options};
  AnyFinder finder(context);
  FinderRun run;
  std::deque<Subject> waiting;
  const auto take = [&](const std::string& path, FileKind kind, bool is_own) {
    const Found& found = files.open(path);
    if (found.file == nullptr) {
      return false;
    }
    if (run.files.insert(found.file->path.text()).second) {
      waiting.push_back({.file = found.file, .kind = kind, .is_own = is_own});
    }
    return true;
  };
  for (const Shown& shown : start) {
    take(shown.path, shown.kind, shown.is_own);
  }
  while (!waiting.empty()) {
    const Subject subject = waiting.front();
    waiting.pop_front();
    std::vector<Request> requests;
    finder.examine(subject, requests, run.warnings);
    for (const Request& request : requests) {
      const Examined& by = request.by != nullptr ? *request.by : *subject.file;
      run.edges.push_back(request.names.front() + " <- " + by.path.text() + ": " + request.detail +
                          (request.confidence == Confidence::possible ? " (possible)" : ""));
      if (request.confidence < options.confidence) {
        continue;
      }
      if (request.kind == RequestKind::file) {
        for (const std::string& name : request.names) {
          if (take(name,
                   name.find(".so") != std::string::npos ? FileKind::library : FileKind::data,
                   false)) {
            break;
          }
        }
      } else {
        const char* const kinds[] = {"library", "program", "file", "folder", "glob"};
        std::string text = kinds[static_cast<int>(request.kind)];
        for (const std::string& name : request.names) {
          text += " " + name;
        }
        run.others.push_back(text);
      }
    }
  }
  std::ranges::sort(run.others);
  run.others.erase(std::unique(run.others.begin(), run.others.end()), run.others.end());
  return run;
}

} // namespace pare::test
