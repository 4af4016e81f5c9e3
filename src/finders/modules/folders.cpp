#include "finders/modules/folders.hpp"

#include "formats/script.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pare {

namespace {
constexpr std::uint64_t largest_source = 16U << 20, largest_segment = 256U << 20;
constexpr std::string_view usual_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
} // namespace

const Folders::Listed* Folders::list(const std::string& folder) {
  const auto [entry, fresh] = listed_.try_emplace(folder);
  Listed& listed = entry->second;
  if (fresh) {
    const Walk walk = files_.walker().follow(folder.empty() ? "/" : folder);
    if (walk.end == WalkEnd::found) {
      const std::optional<Stat> stat = files_.walker().lstat(walk.path);
      if (stat && stat->type == FileType::directory) {
        try {
          listed.names = files_.root().list(walk.path);
          listed.path = walk.path;
          listed.is_folder = true;
          listed.set.insert(listed.names.begin(), listed.names.end());
        } catch (const InputError&) {
          listed.names.clear(); // may not be read: as if it were not there
        }
      }
    }
  }
  return listed.is_folder ? &listed : nullptr;
}

std::string find_in_path(Files& files, std::string_view name, std::string_view path_variable) {
  while (!path_variable.empty()) {
    const std::size_t colon = path_variable.find(':');
    const std::string_view folder = path_variable.substr(0, colon);
    if (!folder.empty()) {
      std::string place = fmt::format("{}/{}", folder, name);
      const Examined* file = files.open(place).file;
      if (file != nullptr && (file->stat.mode & 0111) != 0) {
        return place;
      }
    }
    path_variable.remove_prefix(colon == std::string_view::npos ? path_variable.size() : colon + 1);
  }
  return {};
}

std::string path_variable(const std::map<std::string, std::string>& environment) {
  const auto found = environment.find("PATH");
  return found == environment.end() ? std::string(usual_path) : found->second;
}

std::string script_target(Files& files, const Script& script, std::string_view path_variable) {
  if (!script.interpreter.ends_with("/env")) {
    return script.interpreter;
  }
  const EnvCommand command = read_env_arguments({script.argument});
  const std::string_view path = command.path ? std::string_view(*command.path) : path_variable;
  return command.program.find('/') != std::string::npos
             ? command.program
             : find_in_path(files, command.program, path);
}

bool is_made_at_run_time(std::string_view path) {
  constexpr std::array folders = std::to_array<std::string_view>(
      {"/dev", "/proc", "/run", "/sys", "/tmp", "/var/run", "/var/tmp"});
  return std::ranges::any_of(folders, [&](std::string_view folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
  });
}

std::vector<std::string> choosing_words(std::string_view text) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
  };
  std::vector<std::string> words;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && is_part(text[i])) {
      continue;
    }
    const bool is_whole = start == 0 && i == text.size();
    const auto at = [&](std::size_t place) { return place < text.size() ? text[place] : '\0'; };
    const bool is_before = (at(i) == ':' && at(i + 1) != ':') || at(i) == '+';
    const bool is_behind =
        start > 0 && at(start - 1) == ':' && (start == 1 || at(start - 2) != ':');
    const bool is_beside = is_before || is_behind;
    if (i > start + 1 && (is_whole || is_beside)) {
      words.emplace_back(text.substr(start, i - start));
    }
    start = i + 1;
  }
  return words;
}

std::vector<Bytes> read_constants(Files& files, const Examined& file) {
  std::vector<Bytes> segments;
  const Elf* elf = file.elf();
  try {
    const std::optional<Root::Opened> opened = files.root().open(file.path);
    for (const FileRange& range :
         elf != nullptr && opened ? elf->constants : std::vector<FileRange>()) {
      if (range.size <= largest_segment) {
        segments.push_back(read_bytes(*opened->bytes, range.offset, range.size));
      }
    }
  } catch (const InputError&) {
    return segments; // it says nothing then
  }
  return segments;
}

std::string read_source(Files& files, const Examined& file) {
  const std::optional<Root::Opened> opened = files.root().open(file.path);
  if (!opened) {
    throw InputError("cannot be opened");
  }
  return read_all(*opened->bytes, largest_source);
}

} // namespace pare
