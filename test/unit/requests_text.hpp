#pragma once
// What a finder asks for as text, to be compared as a whole.

#include "finders/finder.hpp"
#include "finders/modules/lookup.hpp"
#include "small_root.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace pare::test {

/// "program sort | /opt/sort (line 3: command sort)", a line a request, in order, no doubles;
/// warnings at the end.
inline std::string text_of(const std::vector<Request>& requests,
                           const std::vector<Warning>& warnings = {},
                           bool with_details = true) {
  static const char* const kinds[] = {"library", "program", "file", "folder", "glob"};
  std::vector<std::string> lines;
  for (const Request& request : requests) {
    std::string line = kinds[static_cast<std::size_t>(request.kind)];
    for (std::size_t i = 0; i < request.names.size(); ++i) {
      line += (i == 0 ? " " : " | ") + request.names[i];
    }
    if (with_details) {
      line += " (" + request.detail + ")";
    }
    if (request.confidence == Confidence::possible) {
      line += " possible";
    }
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) {
      lines.push_back(line);
    }
  }
  std::string out;
  for (const std::string& line : lines) {
    out += line + "\n";
  }
  for (const Warning& warning : warnings) {
    out += "warning " + warning.path + ": " + warning.message + "\n";
  }
  return out;
}

/// A finder at work on a root in memory.
template <typename OneFinder> class Finding {
public:
  explicit Finding(const Root& root, Options with = {})
      : options(std::move(with)), files(root), context{files, options}, finder(context) {}

  /// Shows a file, and what comes of it, as the closure does; files of `own` folders are the
  /// program's own.
  void show(const std::string& path, FileKind kind = FileKind::data, bool is_own = false) {
    const Found& found = files.open(path);
    if (found.file == nullptr || std::find(shown.begin(), shown.end(), found.file) != shown.end()) {
      return;
    }
    shown.push_back(found.file);
    std::vector<Request> fresh;
    finder.examine({.file = found.file, .kind = kind, .is_own = is_own}, fresh, warnings);
    for (const Request& request : fresh) {
      requests.push_back(request);
    }
    for (const Request& request : fresh) {
      for (const std::string& name : request.names) {
        if (request.kind == RequestKind::file && files.open(name).file != nullptr) {
          show(name);
          break;
        }
        if (request.kind == RequestKind::folder) {
          for (const std::string& below : Lookup(files).files_below(name, "")) {
            show(below);
          }
        }
      }
    }
  }

  std::string text(bool with_details = true) const {
    return text_of(requests, warnings, with_details);
  }

  Options options;
  Files files;
  FinderContext context;
  OneFinder finder;
  std::vector<const Examined*> shown;
  std::vector<Request> requests;
  std::vector<Warning> warnings;
};

} // namespace pare::test
