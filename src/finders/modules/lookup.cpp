#include "finders/modules/lookup.hpp"

#include "base/bytes.hpp"
#include "formats/script.hpp"
#include "root/follow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace pare {

const Examined* Lookup::file(std::string_view path) {
  return path.find('\0') == std::string_view::npos ? files_.open(path).file : nullptr;
}

std::optional<std::string> Lookup::folder(std::string_view path) {
  const Walk& walk = files_.walker().folder(path);
  if (walk.end != WalkEnd::found || type_of(walk.path) != FileType::directory) {
    return std::nullopt;
  }
  return walk.path.text();
}

std::optional<FileType> Lookup::type_of(const RootPath& path) {
  try {
    const std::optional<Stat> stat = files_.walker().lstat(path);
    return stat ? std::optional(stat->type) : std::nullopt;
  } catch (const InputError&) {
    return std::nullopt;
  }
}

std::vector<std::string> Lookup::list(std::string_view folder) {
  const std::optional<std::string> real = this->folder(folder);
  if (!real) {
    return {};
  }
  try {
    return files_.root().list(RootPath::trusted(*real));
  } catch (const InputError&) {
    return {};
  }
}

std::vector<std::string> Lookup::files_below(std::string_view folder, std::string_view ending) {
  constexpr std::size_t most_levels = 16, most_entries = 20'000;
  struct Level {
    std::string path;
    std::size_t depth;
  };
  std::vector<std::string> found;
  std::vector<Level> ahead;
  if (std::optional<std::string> real = this->folder(folder)) {
    ahead.push_back({*std::move(real), 0});
  }
  std::size_t seen = 0;
  while (!ahead.empty()) {
    const Level level = std::move(ahead.back());
    ahead.pop_back();
    for (const std::string& name : list(level.path)) {
      if (++seen > most_entries) {
        break;
      }
      std::string path = joined_path(level.path, name);
      if (type_of(RootPath::lexical(path)) == FileType::directory && level.depth < most_levels) {
        ahead.push_back({std::move(path), level.depth + 1});
      } else if (path.ends_with(ending) && is_file(path)) {
        found.push_back(std::move(path));
      }
    }
  }
  std::ranges::sort(found);
  return found;
}

std::optional<std::string>
Lookup::text(const Examined& file, std::vector<Warning>& warnings, std::uint64_t most) {
  try {
    const std::optional<Root::Opened> opened = files_.root().open(file.path);
    if (opened) {
      return read_all(*opened->bytes, most);
    }
    warnings.push_back({file.path.text(), "may not be read"});
  } catch (const InputError& error) {
    warnings.push_back({file.path.text(), error.what()});
  }
  return std::nullopt;
}

std::vector<std::string> Lookup::path_constants(const Examined& file,
                                                std::vector<Warning>& warnings) {
  constexpr std::size_t most_paths = 100'000;
  std::size_t left = 256 << 20;
  std::vector<std::string> paths;
  const Elf* elf = file.elf();
  try {
    const std::optional<Root::Opened> opened = files_.root().open(file.path);
    if (elf == nullptr || !opened) {
      return {};
    }
    for (const FileRange& range : elf->constants) {
      const Bytes bytes =
          read_bytes(*opened->bytes, range.offset, std::min<std::size_t>(left, range.size));
      const std::string_view text = bytes.view();
      left -= text.size();
      for (std::size_t at = 0; at < text.size() && paths.size() < most_paths;) {
        if (at != 0 || text[0] != '/') {
          const void* found = memmem(text.data() + at, text.size() - at, "\0/", 2);
          if (found == nullptr) {
            break;
          }
          at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + 1;
        }
        std::size_t end = at + 1;
        while (end < text.size() && end - at < 4096 &&
               static_cast<unsigned char>(text[end]) >= ' ' && text[end] != 0x7f) {
          ++end;
        }
        if (end < text.size() && text[end] == '\0' && end > at + 1) {
          paths.emplace_back(text.substr(at, end - at));
        }
        at = end;
      }
    }
  } catch (const InputError& error) {
    warnings.push_back({file.path.text(), error.what()});
  }
  return paths;
}

std::string joined_path(std::string_view folder, std::string_view name) {
  return RootPath::lexical(name.starts_with('/') ? std::string(name)
                                                 : fmt::format("{}/{}", folder, name))
      .text();
}

std::string_view folder_of(std::string_view path) {
  return split_path(path).folder;
}

std::string_view base_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string interpreter_name(const Script& script) {
  const std::string_view name = base_of(script.interpreter);
  if (name == "env") {
    return std::string(base_of(read_env_arguments({script.argument}).program));
  }
  if (name == "busybox") {
    return script.argument.substr(0, script.argument.find(' '));
  }
  return std::string(name);
}

std::string_view variable(const Options& options, const std::string& name) {
  const auto found = options.environment.find(name);
  return found == options.environment.end() ? std::string_view() : found->second;
}

bool is_one_of(std::string_view names, std::string_view name) {
  if (name.empty() || name.find(' ') != std::string_view::npos) {
    return false;
  }
  for (std::size_t at = names.find(name, 1); at != std::string_view::npos;
       at = names.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if (names[at - 1] == ' ' && end < names.size() && names[end] == ' ') {
      return true;
    }
  }
  return false;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) {
      parts.push_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

} // namespace pare
