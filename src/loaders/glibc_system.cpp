#include "loaders/glibc_system.hpp"

#include "base/bytes.hpp"
#include "base/glob.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace pare {
namespace {

constexpr std::uint64_t largest_loader = 16 << 20, largest_text = 1 << 20;
/// A loader's constants are read by pieces that overlap, so that each constant is whole in one of
/// them: memory that is touched for the first time costs more than the reading.
constexpr std::uint64_t piece = 8192, longest_constant = 1024;

/// Whether `text` stands between two NULs.
bool has_constant(std::string_view bytes, std::string_view text) {
  for (std::size_t at = 0; (at = bytes.find(text, at)) != std::string_view::npos; ++at) {
    const std::size_t end = at + text.size();
    if (at > 0 && bytes[at - 1] == '\0' && end < bytes.size() && bytes[end] == '\0') {
      return true;
    }
  }
  return false;
}

/// The longest run of constants that begin and end with a slash, and of which one has "/lib" in it.
std::vector<std::string> find_system_folders(std::string_view bytes) {
  std::vector<std::string> best;
  for (std::size_t at = 0; (at = bytes.find("/lib", at)) != std::string_view::npos; ++at) {
    std::size_t start = bytes.rfind('\0', at) + 1;
    std::vector<std::string> run;
    while (start < bytes.size() && bytes[start] == '/') {
      const std::size_t end = bytes.find('\0', start);
      if (end == std::string_view::npos || end - start < 2 || bytes[end - 1] != '/') {
        break;
      }
      run.emplace_back(bytes.substr(start, end - start));
      start = end + 1;
    }
    if (run.size() > best.size()) {
      best = std::move(run);
    }
    at = std::max(at, std::min(start, bytes.size()));
  }
  return best;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

/// What every CPU finds in the cache under a name; empty: nothing, or the cache is damaged.
template <typename Flags>
std::string plain_path(const LdSoCache& cache, const Flags& flags, std::string_view name) {
  try {
    for (CacheEntry& entry : cache.find(name)) {
      if (entry.level.empty() && entry.hwcap == 0 &&
          (entry.flags == 1 || std::ranges::find(flags, entry.flags) != flags.end())) {
        return std::move(entry.path);
      }
    }
  } catch (const InputError&) { // the replay will say so
  }
  return {};
}

} // namespace

std::vector<std::string_view> split_at(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find_first_of(separators);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

GlibcSystem::GlibcSystem(Files& all_files, const Examined* loader, const ElfMachine& elf)
    : files(all_files), interpreter(loader), machine(machine_of(elf)) {
  system_folders = machine.usual_folders;
  lib = machine.usual_lib;
  if (interpreter != nullptr) {
    read_loader();
  }
  for (const std::string& folder : system_folders) {
    default_folders.push_back(search_folder(folder));
  }
  read_preload_file();
}

/// Folders, $LIB and features differ by distribution and version; all stand in the loader's own
/// constants.
void GlibcSystem::read_loader() {
  const std::optional<Root::Opened> opened = files.root().open(interpreter->path);
  if (!opened) {
    return;
  }
  has_levels_ = has_legacy_ = false;
  const auto each_piece = [&](const auto& look) {
    for (const FileRange& range : interpreter->elf()->constants) {
      for (std::uint64_t at = 0; range.size <= largest_loader && at < range.size; at += piece) {
        const std::uint64_t size = std::min(piece + longest_constant, range.size - at);
        look(read_bytes(*opened->bytes, range.offset + at, size).view());
      }
    }
  };
  std::vector<std::string> folders;
  std::string whole_lib;
  bool has_whole_lib = false;
  each_piece([&](std::string_view bytes) {
    // `system_dirs` (elf/dl-load.c): NUL-terminated folders one after another, each with a slash at
    // its end.
    if (std::vector<std::string> found = find_system_folders(bytes);
        found.size() > folders.size()) {
      folders = std::move(found);
      whole_lib = folders.front().substr(1, folders.front().size() - 2);
      has_whole_lib = has_constant(bytes, whole_lib);
    }
    constexpr std::string_view cache_name = "ld.so.cache";
    if (const std::size_t at = bytes.find(cache_name); at != std::string_view::npos) {
      const std::size_t start = bytes.rfind('\0', at) + 1;
      if (bytes[start] == '/') {
        cache_path = bytes.substr(start, at + cache_name.size() - start);
      }
    }
    has_levels_ = has_levels_ || bytes.find("glibc-hwcaps") != std::string_view::npos;
    has_legacy_ = has_legacy_ || has_constant(bytes, "tls");
  });
  if (folders.empty()) {
    return;
  }
  // DL_DST_LIB: Debian puts "lib/x86_64-linux-gnu", beside the folders; others the last part of the
  // first folder, "lib64".
  if (!has_whole_lib) {
    each_piece([&](std::string_view bytes) {
      has_whole_lib = has_whole_lib || has_constant(bytes, whole_lib);
    });
  }
  lib = has_whole_lib ? whole_lib : whole_lib.substr(whole_lib.rfind('/') + 1);
  system_folders = std::move(folders);
}

SearchFolder* GlibcSystem::search_folder(std::string_view text) {
  while (text.size() > 1 && text.ends_with('/')) {
    text.remove_suffix(1);
  }
  const auto [entry, fresh] = folders_.try_emplace(std::string(text));
  SearchFolder& folder = entry->second;
  if (fresh) {
    folder.said = entry->first;
    folder.text = text == "/" ? "" : entry->first;
  }
  return &folder;
}

void GlibcSystem::look_for_subfolders(SearchFolder& folder) {
  folder.is_known = true;
  const Walk& walk = files.walker().folder(folder.said);
  if (walk.end != WalkEnd::found) {
    return;
  }
  const auto has = [&](std::string_view name) {
    return files.root().lstat(walk.path / name).has_value();
  };
  folder.has_levels = has_levels_ && !machine.levels.empty() && has("glibc-hwcaps");
  folder.has_legacy = has_legacy_ && std::ranges::any_of(machine.legacy_names, has);
}

void GlibcSystem::read_preload_file() {
  const Found& found = files.open("/etc/ld.so.preload");
  if (found.file == nullptr) {
    return;
  }
  preload_way = &found;
  const std::optional<Root::Opened> opened = files.root().open(found.file->path);
  if (!opened) {
    return;
  }
  // elf/rtld.c, dl_main: `#` starts a comment, names stand between blanks and `:`.
  std::string text = read_all(*opened->bytes, largest_text);
  for (std::size_t at = 0; (at = text.find('#', at)) != std::string::npos;) {
    for (; at < text.size() && text[at] != '\n'; ++at) {
      text[at] = ' ';
    }
  }
  for (const std::string_view name : split_at(text, ": \t\n")) {
    if (!name.empty()) {
      preload_names.emplace_back(name);
    }
  }
}

const LdSoCache* GlibcSystem::the_cache() {
  if (!cache_read_) {
    cache_read_ = true;
    const Found& found = files.open(cache_path);
    if (found.file != nullptr) {
      cache_way = &found;
      try {
        if (const std::optional<Root::Opened> opened = files.root().open(found.file->path)) {
          cache_ = std::make_shared<OpenedCache>(opened->bytes);
          files.ahead().guess_by(
              [cache = cache_, flags = machine.cache_flags](std::string_view name) {
                return plain_path(cache->table, flags, name);
              },
              [cache = cache_] { cache->table.complete(); });
        }
      } catch (const InputError& error) {
        cache_damage = error.what();
      }
    } else if (found.walk.end == WalkEnd::absent) {
      read_conf(cache_path.substr(0, cache_path.rfind('/')) + "/ld.so.conf", 0);
    }
  }
  return cache_ ? &cache_->table : nullptr;
}

/// ld.so.conf(5): what ldconfig would put into the cache. The loader itself does not read it.
void GlibcSystem::read_conf(const std::string& path, int depth) {
  const Found& found = files.open(path);
  if (found.file == nullptr || depth > 10) {
    return;
  }
  const std::optional<Root::Opened> opened = files.root().open(found.file->path);
  const std::string text = opened ? read_all(*opened->bytes, largest_text) : std::string();
  for (std::string_view line : split_at(text, "\n")) {
    line = line.substr(0, line.find('#'));
    line = trimmed(line);
    if (line.starts_with("include") && line.size() > 7 && (line[7] == ' ' || line[7] == '\t')) {
      for (const std::string_view pattern : split_at(line.substr(8), " \t")) {
        if (!pattern.empty()) {
          include_conf(pattern.starts_with('/')
                           ? std::string(pattern)
                           : path.substr(0, path.rfind('/') + 1) + std::string(pattern),
                       depth);
        }
      }
    } else if (line.starts_with('/')) {
      configured.push_back(search_folder(trimmed(line.substr(0, line.find('=')))));
    }
  }
}

/// Globs stand in the last part in practice ("ld.so.conf.d/*.conf"); only there are they expanded.
void GlibcSystem::include_conf(const std::string& pattern, int depth) {
  const SplitPath parts = split_path(pattern);
  if (parts.name.find_first_of("*?[") == std::string_view::npos) {
    read_conf(pattern, depth + 1);
    return;
  }
  const Walk folder = files.walker().folder(parts.folder);
  if (folder.end != WalkEnd::found) {
    return;
  }
  for (const std::string& name : files.root().list(folder.path)) {
    if (!name.starts_with('.') && matches_glob(parts.name, name)) {
      read_conf(fmt::format("{}/{}", parts.folder, name), depth + 1);
    }
  }
}

void GlibcSystem::check_versions(const Examined& file,
                                 const Examined& library,
                                 std::span<const VersionNeed> needs,
                                 std::vector<MissingVersion>& missing) {
  const Elf& elf = *library.elf();
  if (!elf.defines_versions || version_fits_.contains(&file, &library)) {
    return;
  }
  const std::size_t missing_before = missing.size();
  for (const VersionNeed& need : needs) {
    if (!need.weak && !std::ranges::binary_search(elf.versions, need.version)) {
      missing.push_back({&file, &library, need.library, need.version});
    }
  }
  if (missing.size() == missing_before) {
    version_fits_.insert(&file, &library);
  }
}

} // namespace pare
