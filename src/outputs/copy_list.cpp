#include "outputs/copy_list.hpp"

#include "base/names.hpp"
#include "base/sizes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace pare {
namespace {

constexpr std::string_view patterns =
    "*?[\n\r"; // Go's filepath.Match, which COPY applies to sources; and line ends

bool needs_json_form(std::string_view path) {
  return path.find_first_of(" \t\"'\\#") != std::string_view::npos || utf8_length(path) == 0;
}

/// `$` begins a variable in both forms of COPY.
std::string escaped(std::string_view path, bool json, char escape) {
  std::string text;
  if (json) {
    append_json(text, path);
  } else {
    text = path;
  }
  std::string out;
  for (const char c : text) {
    if (c == '$') {
      out += json && escape == '\\' ? "\\\\" : std::string(1, escape); // JSON has its own backslash
    }
    out += c;
  }
  return out;
}

struct Group {
  std::string destination; // with a slash at its end, unless it renames
  std::vector<std::string> sources;
  std::vector<const ReportFile*> files;
};

std::string command(const Group& group, const CopyStyle& style) {
  const std::string head = style.from == "." ? "COPY" : fmt::format("COPY --from={}", style.from);
  std::vector<std::string> words = group.sources;
  words.push_back(group.destination);
  const bool json = std::ranges::any_of(words, needs_json_form);
  std::string out = head + (json ? " [" : " ");
  const bool broken = style.break_lines && words.size() > 2;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out += broken ? fmt::format("{}\n    ", style.escape) : i > 0 && !json ? " " : "";
    out += json ? fmt::format("\"{}\"{}",
                              escaped(words[i], true, style.escape),
                              i + 1 < words.size() ? ", " : "")
                : escaped(words[i], false, style.escape);
    out += broken && i + 1 < words.size() && !json ? " " : "";
  }
  return out + (json ? "]\n" : "\n");
}

/// "# 3 libraries, 2.4 MiB: needed by /usr/bin/git".
std::string comment(const Report& report, const Group& group) {
  std::map<FileKind, std::uint64_t> counts;
  std::uint64_t bytes = 0;
  std::set<std::string> askers;
  std::string how;
  for (const ReportFile* file : group.files) {
    ++counts[file->kind];
    bytes += file->is_regular() ? file->stat.size : 0;
    for (const Reason& reason : file->reasons) {
      if (reason.by == by_user) {
        how = reason.kind == ReasonKind::include ? "asked for by --include" : "the program itself";
      } else {
        askers.insert(report.files[reason.by].path.text());
      }
    }
  }
  using enum FileKind;
  std::string what;
  const auto add = [&](FileKind kind, std::string_view one, std::string_view many) {
    if (counts[kind] > 0) {
      what += (what.empty() ? "" : ", ") + counted(counts[kind], one, many);
    }
  };
  add(program, "program", "programs");
  add(interpreter, "interpreter", "interpreters");
  add(library, "library", "libraries");
  add(data, "data file", "data files");
  add(directory, "folder", "folders");
  if (how.empty() || how != "the program itself") {
    if (!askers.empty()) {
      how += fmt::format("{}needed by {}", how.empty() ? "" : ", ", *askers.begin());
      how += askers.size() > 1 ? fmt::format(" and {} more", askers.size() - 1) : "";
    }
  }
  return fmt::format("# {}{}: {}\n", what, bytes > 0 ? ", " + human_size(bytes) : "", shown(how));
}

} // namespace

std::string
copy_lines(const Report& report, const std::vector<CopyItem>& items, const CopyStyle& style) {
  std::map<std::string, Group> groups;
  for (const CopyItem& item : items) {
    if (item.source.text().find_first_of(patterns) != std::string::npos) {
      continue;
    }
    const std::string source =
        style.from == "." ? item.source.text().substr(1) : item.source.text();
    const std::string folder =
        item.destination.parent().is_root() ? "/" : item.destination.parent().text() + "/";
    const bool renames = item.source.name() != item.destination.name();
    const std::string destination = item.is_folder ? item.destination.text() + "/"
                                    : renames      ? item.destination.text()
                                                   : folder;
    Group& group = groups[destination];
    group.destination = destination;
    group.sources.push_back(item.is_folder ? source + "/" : source);
    group.files.push_back(&report.files[item.file]);
  }
  // Programs on top, then as the report is sorted.
  std::vector<const Group*> order;
  for (const auto& [destination, group] : groups) {
    order.push_back(&group);
  }
  std::ranges::stable_sort(order, {}, [](const Group* group) {
    return std::ranges::min(group->files, {}, [](const ReportFile* file) { return file->kind; })
        ->kind;
  });
  std::string out;
  for (const Group* group : order) {
    out += style.comments ? comment(report, *group) : "";
    out += command(*group, style);
  }
  return out;
}

std::string exec_form(const std::vector<std::string>& words) {
  std::string out = "[";
  for (const std::string& word : words) {
    out += out.size() > 1 ? ", \"" : "\"";
    append_json(out, word);
    out += '"';
  }
  return out + "]";
}

std::string quoted_value(std::string_view value, char escape) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == escape || c == '$') {
      out += escape;
    }
    out += c;
  }
  return out + "\"";
}

} // namespace pare
