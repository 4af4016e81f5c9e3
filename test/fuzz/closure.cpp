// A whole root, described by a text, and the closure of its programs. A line's first character says
// what it is:
//   E/path   an ELF file, which the following lines describe:
//              n NAME needed   f NAME filter   a NAME auxiliary   u NAME auditor   s NAME soname i
//              PATH interpreter r LIST rpath    R LIST runpath  v LIBRARY VERSION  d VERSION k TEXT
//              constant, with a NUL on each side m N machine, by number          3 32 bit b
//              big-endian     x ET_EXEC       N DF_1_NODEFLIB p OFFSET BYTE   pokes one byte
//   F/path   a file; the following lines that begin with | are its text
//   L/path=  a symlink and its target         D/path   a folder
//   P NAME   a program   I PATH an include     X GLOB an exclude    A LIST a library path    O LIST
//   a preload
// What cannot be read as such is passed over, so every input is a root.

#include "../unit/elf_builder.hpp"
#include "base/bytes.hpp"
#include "entry.hpp"
#include "outputs/paths.hpp"
#include "outputs/tree.hpp"
#include "report/json.hpp"
#include "root/memory.hpp"

#include <pare/error.hpp>
#include <pare/resolve.hpp>

#include <algorithm>
#include <charconv>
#include <set>

using namespace pare;
using test::promise;

namespace {

std::uint64_t number_in(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::pair<std::string, std::string> split(std::string_view text, char separator) {
  const std::size_t at = std::min(text.find(separator), text.size());
  return {std::string(text.substr(0, at)), std::string(text.substr(std::min(at + 1, text.size())))};
}

class Recipe {
public:
  MemoryRoot root;
  Options options;

  explicit Recipe(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    finish();
  }

private:
  enum class Open { nothing, elf, file };

  void read_line(std::string_view line) {
    if (line.empty() ||
        line.find('\0') != std::string_view::npos) { // no argument and no path holds a NUL
      return;
    }
    const std::string_view rest = line.substr(1);
    switch (line[0]) {
    case 'E':
    case 'F':
      finish();
      open_ = line[0] == 'E' ? Open::elf : Open::file;
      path_ = RootPath::lexical(rest);
      return;
    case 'L': {
      finish();
      const auto [path, target] = split(rest, '=');
      const RootPath place = RootPath::lexical(path);
      if (may_add(place) && !target.empty()) {
        root.add_link(place, target);
      }
      return;
    }
    case 'D':
      finish();
      if (const RootPath place = RootPath::lexical(rest); may_add(place)) {
        root.add_folder(place);
      }
      return;
    default:
      break;
    }
    const std::string value(
        rest.substr(std::min<std::size_t>(rest.starts_with(' ') ? 1 : 0, rest.size())));
    switch (line[0]) {
    case 'P':
      options.programs.push_back(value);
      return;
    case 'I':
      options.includes.push_back({value, {}});
      return;
    case 'X':
      options.excludes.push_back(value);
      return;
    case 'A':
      options.library_path.push_back(value);
      return;
    case 'O':
      options.preload.push_back(value);
      return;
    default:
      break;
    }
    if (open_ == Open::file && line[0] == '|') {
      bytes_ += rest;
      bytes_ += '\n';
    } else if (open_ == Open::elf) {
      describe_elf(line[0], value);
    }
  }

  void describe_elf(char what, const std::string& value) {
    switch (what) {
    case 'n':
      elf_.needed.push_back(value);
      break;
    case 'f':
      elf_.names.emplace_back(test::dt_filter, value);
      break;
    case 'a':
      elf_.names.emplace_back(test::dt_auxiliary, value);
      break;
    case 'u':
      elf_.names.emplace_back(test::dt_audit, value);
      break;
    case 's':
      elf_.soname = value;
      break;
    case 'i':
      elf_.interpreter = value;
      break;
    case 'r':
      elf_.rpath = value;
      break;
    case 'R':
      elf_.runpath = value;
      break;
    case 'v': {
      const auto [library, version] = split(value, ' ');
      elf_.version_needs.push_back({library, version});
      break;
    }
    case 'd':
      elf_.versions.push_back(value);
      break;
    case 'k':
      elf_.constants += '\0' + value + '\0';
      break;
    case 'm':
      elf_.machine.machine = static_cast<std::uint16_t>(number_in(value));
      break;
    case '3':
      elf_.machine.is_64 = false;
      break;
    case 'b':
      elf_.machine.big_endian = true;
      break;
    case 'x':
      elf_.type = elf::et_exec;
      break;
    case 'N':
      elf_.flags_1 |= elf::df_1_nodeflib;
      break;
    case 'p': {
      const auto [offset, byte] = split(value, ' ');
      pokes_.emplace_back(number_in(offset), static_cast<char>(number_in(byte)));
      break;
    }
    default:
      break;
    }
  }

  /// Ends the file that is described.
  void finish() {
    if (open_ == Open::elf) {
      bytes_ = test::build_elf(elf_);
      for (const auto& [offset, byte] : pokes_) {
        if (offset < bytes_.size()) {
          bytes_[offset] = byte;
        }
      }
    }
    if (open_ != Open::nothing && may_add(path_)) {
      root.add_file(path_, std::move(bytes_), 0755);
    }
    open_ = Open::nothing;
    bytes_.clear();
    elf_ = {};
    pokes_.clear();
  }

  /// A file system has each path once, and nothing below a file or a symlink.
  bool may_add(const RootPath& path) const {
    if (path.is_root() || root.lstat(path)) {
      return false;
    }
    for (RootPath folder = path.parent(); !folder.is_root(); folder = folder.parent()) {
      const std::optional<Stat> stat = root.lstat(folder);
      if (stat && stat->type != FileType::directory) {
        return false;
      }
    }
    return true;
  }

  Open open_ = Open::nothing;
  RootPath path_;
  std::string bytes_;
  test::ElfSpec elf_;
  std::vector<std::pair<std::uint64_t, char>> pokes_;
};

void check(const Report& report, const Root& root) {
  std::set<std::string> paths;
  for (std::size_t i = 0; i < report.files.size(); ++i) {
    const ReportFile& file = report.files[i];
    promise(i == 0 || report.files[i - 1].path < file.path, "files are sorted, each path once");
    promise(root.lstat(file.path).has_value(), "a file of the report is in the root");
    promise(!file.reasons.empty(), "nothing is taken without a reason");
    promise(std::ranges::is_sorted(file.reasons) &&
                std::ranges::adjacent_find(file.reasons) == file.reasons.end(),
            "reasons are sorted, each once");
    paths.insert(file.path.text());
  }
  for (const ReportFile& file : report.files) {
    promise(file.path.parent().is_root() || paths.contains(file.path.parent().text()),
            "a file's folder is there");
    for (const Reason& reason : file.reasons) {
      promise(reason.by == by_user || reason.by < report.files.size(),
              "who asked is in the report");
    }
  }
  for (const Missing& missing : report.missing) {
    promise(paths.contains(missing.by), "who misses something is in the report");
  }
}

/// A library that the user named is resolved by the usual loader of its machine, as the root has
/// it; that loader is none of its needs, so it does not come along, nor what it read.
bool names_a_library(const Report& report) {
  return std::ranges::any_of(report.files, [](const ReportFile& file) {
    return file.kind == FileKind::library &&
           std::ranges::find(file.reasons, by_user, &Reason::by) != file.reasons.end();
  });
}

MemoryRoot minimal_root(const Report& report, const Root& root) {
  MemoryRoot minimal;
  for (const ReportFile& file : report.files) {
    if (file.kind == FileKind::symlink) {
      minimal.add_link(file.path, file.target);
    } else if (file.kind == FileKind::directory) {
      minimal.add_folder(file.path, file.stat.mode);
    } else if (const auto opened = root.open(file.path)) {
      minimal.add_file(file.path, read_all(*opened->bytes, opened->stat.size), file.stat.mode);
    }
  }
  return minimal;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Recipe recipe(test::text_of(data, size));
  try {
    const Report report = resolve(recipe.root, recipe.options);
    const std::string json = to_json(report);
    promise(json == to_json(resolve(recipe.root, recipe.options)),
            "the same input gives the same bytes");
    tree_text(report, {});
    tree_dot(report);
    tree_mermaid(report);
    if (recipe.options.excludes.empty()) {
      check(report, recipe.root);
      if (report.missing.empty() && report.warnings.empty() && !names_a_library(report)) {
        const MemoryRoot minimal = minimal_root(report, recipe.root);
        promise(path_list(resolve(minimal, recipe.options), '\n') == path_list(report, '\n'),
                "the minimal root needs nothing but itself");
      }
    }
  } catch (const Error& error) {
    promise(*error.what() != '\0', "an error says why");
  }
  return 0;
}
