#include "loaders/files.hpp"

namespace pare {

const Found& Files::open(std::string_view folder, std::string_view name) {
  std::string key;
  key.reserve(folder.size() + 1 + name.size());
  key.append(folder).append("/").append(name);
  const auto [entry, fresh] = found_.try_emplace(std::move(key));
  Found& found = entry->second;
  if (!fresh) {
    return found;
  }
  found.asked = entry->first;
  if (name.empty() || name == "." || name == "..") {
    found.walk = walker_.follow(entry->first);
    return found;
  }
  const Walk& in = walker_.folder(folder);
  found.entry = in.path / name;
  const std::optional<Root::Opened> opened = walker_.open_in(in, name, found.walk);
  if (!opened) {
    return found;
  }
  const auto [known, is_new] = by_path_.try_emplace(found.walk.path, nullptr);
  if (is_new) {
    Examined& file = examined_.emplace_back();
    file.path = found.walk.path;
    file.stat = opened->stat;
    static_cast<Reading&>(file) = read_facts(*opened->bytes);
    known->second = &file;
  }
  found.file = known->second;
  return found;
}

const Found& Files::open(std::string_view path) {
  const SplitPath parts = split_path(path);
  return open(parts.folder == "/" ? "" : parts.folder, parts.name);
}

} // namespace pare
