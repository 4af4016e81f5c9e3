#include "root/witness.hpp"

#include "base/digest.hpp"
#include "base/pack.hpp"
#include "root/runtime_places.hpp"

#include <pare/error.hpp>

namespace pare {
namespace {

constexpr std::string_view unmarked = "?";

/// dpkg's lists, a thousand small files: each is new when the folder is (dpkg renames into it), and
/// the folder's identity is asked for where they are read (packages_identity).
constexpr std::string_view lists_of_dpkg = "/var/lib/dpkg/info/";

std::string mark_of_entry(const Root& root, const RootPath& path, const std::optional<Stat>& stat) {
  if (!stat) {
    return "-";
  }
  switch (stat->type) {
  case FileType::regular: {
    std::string identity = root.identity(path, *stat);
    return identity.empty() ? std::string(unmarked) : "f" + identity;
  }
  case FileType::directory:
    return "d";
  case FileType::symlink:
    return "l";
  default:
    return "o";
  }
}

std::string mark_of_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += name;
    text += '\0';
  }
  return sha256(text);
}

} // namespace

std::string WitnessRoot::mark_of(const Root& root, Question question, const RootPath& path) {
  try {
    switch (question) {
    case Question::entry:
      return mark_of_entry(root, path, root.lstat(path));
    case Question::link:
      return root.read_link(path).value_or("");
    case Question::names:
      return mark_of_names(root.list(path));
    case Question::identity: {
      const std::optional<Stat> stat = root.lstat(path);
      return stat ? root.identity(path, *stat) : "";
    }
    }
    return std::string(unmarked);
  } catch (const InputError&) {
    return "!"; // it may not be read
  }
}

void WitnessRoot::note(Question question, const RootPath& path, std::string mark) const {
  if (is_of_the_runtime(path.text()) || path.text().starts_with(lists_of_dpkg)) {
    return;
  }
  const std::lock_guard lock(mutex_);
  has_unmarked_ = has_unmarked_ || mark == unmarked;
  marks_.try_emplace({question, path.text()}, std::move(mark));
}

std::optional<Stat> WitnessRoot::lstat(const RootPath& path) const {
  try {
    std::optional<Stat> stat = root_.lstat(path);
    note(Question::entry, path, mark_of_entry(root_, path, stat));
    return stat;
  } catch (const InputError&) {
    note(Question::entry, path, "!");
    throw;
  }
}

std::optional<std::string> WitnessRoot::read_link(const RootPath& path) const {
  try {
    std::optional<std::string> target = root_.read_link(path);
    note(Question::link, path, target.value_or(""));
    return target;
  } catch (const InputError&) {
    note(Question::link, path, "!");
    throw;
  }
}

std::optional<Root::Opened> WitnessRoot::open(const RootPath& path) const {
  std::optional<Opened> opened;
  try {
    opened = root_.open(path);
  } catch (const InputError&) {
    // Its lstat() may go well: then nothing would be seen of a change of permissions but by the
    // inode's time.
    note(Question::entry, path, mark_of(root_, Question::entry, path));
    throw;
  }
  note(Question::entry,
       path,
       opened ? mark_of_entry(root_, path, opened->stat) : mark_of(root_, Question::entry, path));
  return opened;
}

std::vector<std::string> WitnessRoot::list(const RootPath& folder) const {
  try {
    std::vector<std::string> names = root_.list(folder);
    note(Question::names, folder, mark_of_names(names));
    return names;
  } catch (const InputError&) {
    note(Question::names, folder, "!");
    throw;
  }
}

std::map<std::string, std::string> WitnessRoot::xattrs(const RootPath& path) const {
  return root_.xattrs(path);
}

std::string WitnessRoot::identity(const RootPath& path, const Stat& stat) const {
  std::string identity = root_.identity(path, stat);
  note(Question::identity, path, identity.empty() ? std::string(unmarked) : identity);
  return identity;
}

std::string WitnessRoot::testimony() const {
  if (has_unmarked_) {
    return "";
  }
  Packer packer;
  for (const auto& [question, mark] : marks_) {
    packer.number(question.first);
    packer.text(question.second);
    packer.text(mark);
  }
  return std::move(packer.out);
}

bool still_holds(std::string_view testimony, const Root& root) {
  Unpacker unpacker(testimony);
  while (!unpacker.is_at_end()) {
    const auto question = unpacker.number<WitnessRoot::Question>();
    const RootPath path = RootPath::trusted(std::string(unpacker.text()));
    const std::string_view mark = unpacker.text();
    if (!unpacker.fits || WitnessRoot::mark_of(root, question, path) != mark) {
      return false;
    }
  }
  return true;
}

} // namespace pare
