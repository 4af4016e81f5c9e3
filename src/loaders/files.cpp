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
  std::optional<Lead> lead = ahead_.take(folder, name);
  if (!lead) {
    lead = follow_lead(walker_, folder, name);
    if (lead->file != nullptr && lead->file->elf() != nullptr) {
      ahead_.expect(*lead->file->elf());
    }
  }
  found.entry = std::move(lead->entry);
  found.walk = std::move(lead->walk);
  if (lead->file == nullptr) {
    return found;
  }
  const auto [known, is_new] = by_path_.try_emplace(found.walk.path, lead->file.get());
  if (is_new) {
    examined_.push_back(std::move(lead->file));
  }
  found.file = known->second;
  return found;
}

const Found& Files::open(std::string_view path) {
  const SplitPath parts = split_path(path);
  return open(parts.folder == "/" ? "" : parts.folder, parts.name);
}

} // namespace pare
