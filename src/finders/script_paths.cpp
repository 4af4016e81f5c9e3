#include "finders/script_paths.hpp"

#include "finders/modules/folders.hpp"
#include "finders/modules/lookup.hpp"
#include "root/runtime_places.hpp"

#include <pare/error.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace pare {
namespace {

constexpr std::size_t most_paths = 1000, longest_path = 256;

bool is_shell(std::string_view name) {
  return is_one_of(" ash bash busybox dash ksh mksh sh zsh ", name);
}

bool is_source(std::string_view name) {
  static constexpr std::array<std::string_view, 14> endings = {".R",
                                                               ".awk",
                                                               ".cjs",
                                                               ".js",
                                                               ".lua",
                                                               ".mjs",
                                                               ".php",
                                                               ".pl",
                                                               ".pm",
                                                               ".py",
                                                               ".r",
                                                               ".rb",
                                                               ".scm",
                                                               ".tcl"};
  return std::ranges::any_of(endings,
                             [&](std::string_view ending) { return name.ends_with(ending); });
}

/// Constants like "/usr/share/x", in order; those with a conversion, a variable or an escape are
/// not among them, nor those on lines that are comments.
std::set<std::string> quoted_paths(std::string_view text) {
  std::set<std::string> paths;
  while (!text.empty() && paths.size() < most_paths) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.starts_with('#') || line.starts_with("//") || line.starts_with('*')) {
      continue;
    }
    for (std::size_t at = line.find('/'); at != std::string_view::npos;
         at = line.find('/', at + 1)) {
      if (at == 0 || (line[at - 1] != '"' && line[at - 1] != '\'')) {
        continue;
      }
      const std::size_t end = line.find(line[at - 1], at);
      const std::string_view path = line.substr(at, end == std::string_view::npos ? 0 : end - at);
      if (path.size() > 3 && path.size() <= longest_path &&
          path.find_first_of(" $%{}\\*?<>|;\"'") == std::string_view::npos) {
        paths.emplace(path);
      }
    }
  }
  return paths;
}

} // namespace

void ScriptPathsFinder::examine(const Subject& subject,
                                std::vector<Request>& requests,
                                std::vector<Warning>& warnings) {
  const Examined& file = *subject.file;
  const Script* script = std::get_if<Script>(&file.facts);
  const bool is_program =
      script != nullptr && (subject.kind == FileKind::program || subject.is_own);
  if (!is_program && !(subject.is_own && file.elf() == nullptr && is_source(file.path.name()))) {
    return;
  }
  if (script != nullptr && is_shell(interpreter_name(*script))) {
    return;
  }
  std::string text;
  try {
    text = read_source(context_.files, file);
  } catch (const InputError&) {
    return; // the finder of its language says so
  }
  for (const std::string& path : quoted_paths(text)) {
    if (is_of_the_runtime(path)) {
      continue;
    }
    const Examined* named = context_.files.open(path).file;
    if (subject.is_own && named != nullptr && (named->stat.mode & 0111) == 0) {
      requests.push_back({.kind = RequestKind::file,
                          .reason = ReasonKind::path_string,
                          .names = {path},
                          .by = &file});
      continue;
    }
    paths_.reached({.kind = ReachedKind::constant, .file = &file, .text = path, .arguments = {}},
                   requests,
                   warnings);
  }
}

} // namespace pare
