#include "closure/closure.hpp"

namespace pare {

std::optional<FileId> Closure::add(const RootPath& path, FileKind kind, const Stat& stat) {
  const auto [entry, fresh] = by_path_.try_emplace(path);
  if (fresh && !refused_(path)) {
    entry->second = static_cast<FileId>(files.size());
    files.push_back({.path = path, .kind = kind, .stat = stat});
  } else if (entry->second && files[*entry->second].kind == FileKind::data) {
    files[*entry->second].kind = kind;
  }
  return entry->second;
}

std::optional<FileId> Closure::find(const RootPath& path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? std::nullopt : found->second;
}

std::uint32_t Closure::intern(std::string_view text) {
  if (last_text_ < texts_.size() && texts_[last_text_] == text) {
    return last_text_;
  }
  const auto found = text_numbers_.find(text);
  if (found != text_numbers_.end()) {
    return last_text_ = found->second;
  }
  last_text_ = static_cast<std::uint32_t>(texts_.size());
  text_numbers_.emplace(texts_.emplace_back(text), last_text_);
  return last_text_;
}

void Closure::add_edge(
    FileId file, ReasonKind kind, FileId by, std::string_view detail, Confidence confidence) {
  const Edge edge{.kind = kind, .confidence = confidence, .by = by, .detail = intern(detail)};
  const std::uint64_t files_key = std::uint64_t{file} << 32 | by;
  const std::uint64_t rest = (std::uint64_t{edge.detail} + 1) << 16 |
                             static_cast<std::uint64_t>(kind) << 8 |
                             static_cast<std::uint64_t>(confidence);
  if (known_edges_.insert(files_key, rest)) {
    files[file].edges.push_back(edge);
  }
}

} // namespace pare
