#include "outputs/layout.hpp"

#include "base/bytes.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <array>
#include <map>
#include <unistd.h>
#include <utility>

namespace pare {

namespace {

using Entries = std::map<RootPath, LayoutEntry>;

/// The later one wins, but a folder takes no file's place, nor a file a folder's.
void put(Entries& entries, LayoutEntry entry) {
  const auto is_folder = [](const LayoutEntry& any) {
    return any.stat.type == FileType::directory;
  };
  const auto [known, is_new] = entries.try_emplace(entry.path, entry);
  if (is_new) {
    return;
  }
  if (is_folder(known->second) != is_folder(entry)) {
    throw OutputError(
        fmt::format("{}: a folder and a file would be laid there", entry.path.text()));
  }
  known->second = std::move(entry);
}

/// The place that a path means once the entries are laid: the folder `/var/run/x` becomes `/run/x`
/// where `/var/run` is a symlink of the closure. What is not there yet is taken as it is.
RootPath settle(const Entries& entries, const RootPath& path) {
  constexpr int most_hops = 40; // as for the kernel (path_resolution(7))
  RootPath at;
  int hops = 0;
  for (std::string rest = path.text(); !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const std::string part = rest.substr(0, slash);
    rest.erase(0, slash == std::string::npos ? slash : slash + 1);
    if (part.empty() || part == ".") {
      continue;
    }
    if (part == "..") {
      at = at.parent();
      continue;
    }
    const auto known = entries.find(at / part);
    if (known == entries.end() || known->second.stat.type != FileType::symlink) {
      at = at / part;
      continue;
    }
    if (++hops > most_hops) {
      throw OutputError(fmt::format("{}: too many symlinks lead there", path.text()));
    }
    const std::string_view target = known->second.text;
    at = target.starts_with('/') ? RootPath() : at;
    rest = fmt::format("{}/{}", target, rest);
  }
  return at;
}

LayoutEntry from_report(const Root& root, const ReportFile& file, const RootPath& path) {
  const std::optional<Stat> whole =
      file.stat.type == FileType::symlink ? root.lstat(file.path) : std::nullopt;
  return {
      .path = path, .stat = whole.value_or(file.stat), .source = file.path, .text = file.target};
}

LayoutEntry made_up(const MadeEntry& made, const RootPath& path, const WriteOptions& options) {
  return {
      .path = path,
      .stat = {.type = made.type,
               .mode = made.mode,
               .uid = made.uid,
               .gid = made.gid,
               .size = made.text.size(),
               .modified = options.source_date_epoch.value_or(0)},
      .text = made.text,
  };
}

void add_absent_parents(Entries& entries, const WriteOptions& options) {
  std::vector<RootPath> paths;
  for (const auto& [path, entry] : entries) {
    paths.push_back(path);
  }
  for (RootPath path : paths) {
    while (!path.is_root()) {
      path = path.parent();
      const auto [parent, is_new] = entries.try_emplace(path);
      if (!is_new) {
        break;
      }
      parent->second = made_up({}, path, options);
    }
  }
  entries.try_emplace(RootPath(), made_up({}, RootPath(), options));
}

void expect_folders_above(const Entries& entries) {
  for (const auto& [path, entry] : entries) {
    const RootPath parent = path.parent();
    if (entries.at(parent).stat.type != FileType::directory) {
      throw OutputError(
          fmt::format("{}: cannot be laid there: {} is no folder", path.text(), parent.text()));
    }
  }
}

void clamp_time(Stat& stat, std::int64_t latest) {
  if (stat.modified >= latest) {
    stat.modified = latest;
    stat.modified_nanoseconds = 0;
  }
}

} // namespace

std::vector<LayoutEntry>
lay_out(const RootContents& contents, const WriteOptions& options, std::vector<Warning>& said) {
  Entries entries;
  for (const ReportFile& file : contents.report.files) {
    if (file.stat.type == FileType::socket) {
      said.push_back({file.path.text(), "is a socket: left out, who listens on it makes it"});
    } else if (!file.lay_at) {
      put(entries, from_report(contents.root, file, file.path));
    }
  }
  for (const ReportFile& file : contents.report.files) {
    if (file.stat.type != FileType::socket && file.lay_at) {
      const RootPath folder = settle(entries, file.lay_at->parent());
      put(entries,
          from_report(
              contents.root, file, file.lay_at->is_root() ? folder : folder / file.lay_at->name()));
    }
  }
  for (const MadeEntry& made : contents.made) {
    put(entries, made_up(made, settle(entries, made.path), options));
  }
  add_absent_parents(entries, options);
  // From here on, every path has all its folders.
  expect_folders_above(entries);

  std::vector<LayoutEntry> sorted;
  sorted.reserve(entries.size());
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::size_t> first_names; // by device and inode
  for (auto& [path, entry] : entries) {
    if (options.source_date_epoch) {
      clamp_time(entry.stat, *options.source_date_epoch);
    }
    if (entry.source && entry.stat.links > 1 && entry.stat.type != FileType::directory) {
      const auto [known, is_new] =
          first_names.try_emplace({entry.stat.device, entry.stat.inode}, sorted.size());
      if (!is_new) {
        entry.first = known->second;
      }
    }
    sorted.push_back(std::move(entry));
  }
  return sorted;
}

std::vector<Extent> data_extents(const ByteSource& bytes, std::uint64_t size) {
  if (size == 0) {
    return {};
  }
  if (std::optional<std::vector<Extent>> known = bytes.data()) {
    return std::move(*known);
  }
  const int descriptor = bytes.descriptor();
  const auto end = static_cast<off_t>(size);
  off_t hole = descriptor < 0 ? -1 : lseek(descriptor, 0, SEEK_HOLE);
  if (hole < 0 || hole >= end) { // where files have no holes, the one at the end is the only one
    return {{0, size}};
  }
  std::vector<Extent> extents;
  for (off_t data = 0; data >= 0 && data < end; data = lseek(descriptor, hole, SEEK_DATA)) {
    hole = lseek(descriptor, data, SEEK_HOLE);
    if (hole < 0) { // it shrank; reading will tell
      hole = end;
    }
    hole = std::min(hole, end);
    if (hole > data) { // a hole at the very start is none to copy
      extents.push_back(
          {static_cast<std::uint64_t>(data), static_cast<std::uint64_t>(hole - data)});
    }
    if (hole == end) {
      break;
    }
  }
  return extents;
}

LayoutSource::LayoutSource(const Root& root, const LayoutEntry& entry) : entry_(entry) {
  if (!entry.source) {
    bytes_ = std::make_unique<MemoryBytes>(std::string(entry.text));
    return;
  }
  std::optional<Root::Opened> opened = root.open(*entry.source);
  if (!opened || opened->stat.size != entry.stat.size) {
    changed();
  }
  bytes_ = std::move(opened->bytes);
}

void LayoutSource::read(std::uint64_t offset, std::span<std::byte> to) const {
  std::size_t count = 0;
  try {
    count = bytes_->read_at(offset, to);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", entry_.source->text(), error.what()));
  }
  if (count != to.size()) {
    changed();
  }
}

void LayoutSource::expect_end() const {
  std::array<std::byte, 1> beyond;
  if (bytes_->read_at(entry_.stat.size, beyond) != 0) {
    changed();
  }
}

void LayoutSource::changed() const {
  throw InputError(fmt::format("{}: changed while it was copied", entry_.source->text()));
}

} // namespace pare
