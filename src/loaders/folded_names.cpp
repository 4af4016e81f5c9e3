#include "loaders/folded_names.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace pare {

std::string folded(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

FoldedNames::Folder& FoldedNames::contents(const std::string& folder) {
  const auto [entry, fresh] = folders_.try_emplace(folder);
  if (fresh) {
    try {
      const Walk& walk = files_.walker().folder(folder);
      const std::optional<Stat> stat =
          walk.end == WalkEnd::found ? files_.walker().lstat(walk.path) : std::nullopt;
      if (stat && stat->type == FileType::directory) {
        entry->second.names = files_.root().list(walk.path);
      }
    } catch (const InputError&) {
      // A folder that may not be read has nothing for the loader.
    }
    for (std::size_t i = 0; i < entry->second.names.size(); ++i) {
      entry->second.by_folded[folded(entry->second.names[i])].push_back(i);
    }
  }
  return entry->second;
}

const std::vector<std::string>& FoldedNames::list(const std::string& folder) {
  return contents(folder).names;
}

const std::string* FoldedNames::stored(const std::string& folder, std::string_view name) {
  Folder& in = contents(folder);
  const auto found = in.by_folded.find(folded(name));
  if (found == in.by_folded.end()) {
    return nullptr;
  }
  std::vector<std::size_t>& alike = found->second;
  if (alike.size() > 1) {
    // As asked for, else the first in the order of bytes.
    const auto exact = std::ranges::find(
        alike, name, [&](std::size_t i) { return std::string_view(in.names[i]); });
    std::rotate(alike.begin(), exact == alike.end() ? alike.begin() : exact, alike.end());
    warnings_.push_back(
        {fmt::format("{}/{}", folder == "/" ? "" : folder, in.names[alike.front()]),
         fmt::format("{} differs only in case: Windows can hold one of them", in.names[alike[1]])});
    alike.resize(1);
  }
  return &in.names[alike.front()];
}

/// `at` becomes the folder of the path's last part, `last` that part; without `last`, all parts are
/// folders.
bool FoldedNames::walk(std::string& at, std::string_view path, std::string* last) {
  while (true) {
    const std::size_t end = path.find_first_of("/\\");
    const std::string_view part = path.substr(0, end);
    const bool is_last = end == std::string_view::npos;
    if (part == "..") {
      return false;
    }
    if (part.empty() || part == ".") {
      if (is_last) {
        return last == nullptr;
      }
    } else {
      const std::string* name = stored(at, part);
      if (name == nullptr) {
        return false;
      }
      if (is_last && last != nullptr) {
        *last = *name;
        return true;
      }
      at = fmt::format("{}/{}", at == "/" ? "" : at, *name);
      if (is_last) {
        return true;
      }
    }
    path.remove_prefix(end + 1);
  }
}

const Found* FoldedNames::open(std::string_view folder, std::string_view path) {
  std::string at(folder), last;
  if (!walk(at, path, &last)) {
    return nullptr;
  }
  const Found& found = files_.open(at == "/" ? "" : at, last);
  return found.file != nullptr ? &found : nullptr;
}

std::string FoldedNames::folder(std::string_view folder, std::string_view path) {
  std::string at(folder);
  if (!walk(at, path, nullptr)) {
    return "";
  }
  const Walk& walked = files_.walker().folder(at);
  const std::optional<Stat> stat =
      walked.end == WalkEnd::found ? files_.walker().lstat(walked.path) : std::nullopt;
  return stat && stat->type == FileType::directory ? at : "";
}

} // namespace pare
