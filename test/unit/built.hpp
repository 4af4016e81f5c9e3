#pragma once
// Programs and libraries that a test writes in C or assembly, built by the system's compilers, and
// what code is reached in them.

#include "code/reach.hpp"
#include "command.hpp"
#include "loaders/files.hpp"
#include "root/directory.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace pare::test {

/// Words separated by blanks.
inline std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) {
    out.push_back(word);
  }
  return out;
}

/// A folder with what was built into it, as a root.
class Built {
public:
  Built() : root_(open_directory(folder_.path())), files_(*root_) {}

  const Root& root() const { return *root_; }

  /// `compiler` with its options, "gcc -O2"; then the source and -o NAME. Other files that were
  /// built before may be among the options, as %NAME.
  const Examined&
  compile(const std::string& name, const std::string& compiler, const std::string& source) {
    std::vector<std::string> line = words(compiler);
    const std::string kind = line.front().ends_with("as") ? ".s" : ".c";
    const std::string path = folder_.write("source/" + name + kind, source);
    line.insert(line.begin() + 1, {path, "-o", (folder_.path() / name).string()});
    call(fmt::format("{}", fmt::join(line, " ")));
    return file(name);
  }

  /// A command of words; the first is a program in PATH.
  void call(const std::string& command) {
    std::vector<std::string> line = words(command);
    line.insert(line.begin(),
                {"/usr/bin/env", "PATH=/usr/bin:/bin"}); // gcc looks for its linker there
    for (std::string& word : line) {
      if (const std::size_t at = word.find('%'); at != std::string::npos) {
        word.replace(at, 1, (folder_.path() / "").string());
      }
    }
    const Output output = run(line);
    if (output.code != 0) {
      throw std::runtime_error(command + ": " + output.text);
    }
  }

  const Examined& file(const std::string& name) {
    const Found& found = files_.open("/" + name);
    if (found.file == nullptr) {
      throw std::runtime_error("no file " + name);
    }
    return *found.file;
  }

  const std::filesystem::path& folder() const { return folder_.path(); }

private:
  TempFolder folder_;
  std::unique_ptr<Root> root_;
  Files files_;
};

/// Interested in texts of the tests' own, "/t/...", and in imported names that are no one's
/// private.
inline ReachOptions test_options() {
  ReachOptions options;
  options.interesting_constant = [](std::string_view text) { return text.starts_with("/t/"); };
  options.interesting_symbol = [](std::string_view name) { return !name.starts_with("_"); };
  return options;
}

/// A line each, sorted: "constant program /t/x", "call program fopen /t/x r", "symbol program puts
/// possible". An argument that is not known is "?".
inline std::vector<std::string> lines(const std::vector<Reached>& reached) {
  std::vector<std::string> out;
  for (const Reached& what : reached) {
    std::string line = what.kind == ReachedKind::symbol     ? "symbol"
                       : what.kind == ReachedKind::constant ? "constant"
                                                            : "call";
    line += fmt::format(" {} {}", what.file->path.name(), what.text);
    for (const std::optional<std::string>& argument : what.arguments) {
      line += " " + argument.value_or("?");
    }
    out.push_back(line + (what.confidence == Confidence::possible ? " possible" : ""));
  }
  std::ranges::sort(out);
  return out;
}

/// Only those of a kind.
inline std::vector<std::string> only(const std::string& kind, std::vector<std::string> all) {
  std::erase_if(all, [&](const std::string& line) { return !line.starts_with(kind + " "); });
  return all;
}

/// What one process reaches; its first file is the program.
inline std::vector<std::string> reached(Built& built,
                                        const std::vector<const Examined*>& objects,
                                        ReachOptions options = test_options()) {
  Reach reach(built.root(), std::move(options));
  reach.add_process(objects);
  return lines(reach.run());
}

} // namespace pare::test

/// A failed comparison shows the lines.
template <> struct doctest::StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& lines) {
    return fmt::format("\n  {}\n", fmt::join(lines, "\n  ")).c_str();
  }
};
