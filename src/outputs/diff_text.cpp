#include "outputs/diff_text.hpp"

#include "base/names.hpp"
#include "base/sizes.hpp"
#include "report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

namespace pare {
namespace {

std::string signed_size(std::int64_t bytes) {
  return fmt::format(
      "{}{}", bytes < 0 ? "-" : "+", human_size(static_cast<std::uint64_t>(std::abs(bytes))));
}

std::int64_t sum(const std::vector<FileChange>& changes) {
  std::int64_t bytes = 0;
  for (const FileChange& change : changes) {
    bytes += change.growth();
  }
  return bytes;
}

const ReportFile& either(const FileChange& change) {
  return change.after != nullptr ? *change.after : *change.before;
}

/// Who asked for a file that came: the surest reason.
std::string why(const FileChange& change, const DiffSides& sides) {
  if (!sides.with_reasons || change.after == nullptr || change.after->reasons.empty()) {
    return "";
  }
  const Reason& reason = *std::ranges::max_element(change.after->reasons, {}, &Reason::confidence);
  return reason.by == by_user ? std::string(word(reason.kind))
                              : fmt::format("{} by {}",
                                            word(reason.kind),
                                            sides.new_report->files[reason.by].path.text());
}

/// What is another one, beside the size.
std::string what_changed(const FileChange& change) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  const ReportFile &before = *change.before, &after = *change.after;
  if (before.kind != after.kind) {
    add(fmt::format("{} became {}", word(before.kind), word(after.kind)));
  }
  if (before.target != after.target) {
    add(fmt::format("-> {}, was {}", shown(after.target), shown(before.target)));
  }
  if (before.stat.mode != after.stat.mode) {
    add(fmt::format("mode {:04o}, was {:04o}", after.stat.mode, before.stat.mode));
  }
  if (text.empty() && change.growth() == 0) {
    add("other bytes");
  }
  return text;
}

std::string totals(const DiffSides& sides) {
  const auto growth = static_cast<std::int64_t>(sides.new_report->bytes) -
                      static_cast<std::int64_t>(sides.old_report->bytes);
  return fmt::format("{} in {} ({}), was {} in {}",
                     human_size(sides.new_report->bytes),
                     counted(sides.new_report->file_count, "file", "files"),
                     signed_size(growth),
                     human_size(sides.old_report->bytes),
                     counted(sides.old_report->file_count, "file", "files"));
}

/// Bytes by package, the largest change first.
std::vector<std::pair<std::string, std::int64_t>> by_package(const ReportDiff& diff) {
  std::map<std::string, std::int64_t> sums;
  for (const std::vector<FileChange>* changes : {&diff.came, &diff.went, &diff.changed}) {
    for (const FileChange& change : *changes) {
      if (!either(change).package.empty()) {
        sums[either(change).package] += change.growth();
      }
    }
  }
  std::vector<std::pair<std::string, std::int64_t>> sorted(sums.begin(), sums.end());
  std::ranges::stable_sort(
      sorted, [](const auto& a, const auto& b) { return std::abs(a.second) > std::abs(b.second); });
  return sorted;
}

/// Cells of a table of GitHub's Markdown: what would end a cell or begin markup is spelled out.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : shown(text)) {
    switch (c) {
    case '|':
    case '`':
    case '*':
    case '_':
    case '[':
    case ']':
    case '\\':
      out += '\\';
      out += c;
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '&':
      out += "&amp;";
      break;
    default:
      out += c;
    }
  }
  return out;
}

class JsonText {
public:
  std::string out;

  void text(std::string_view name, std::string_view value) {
    out += fmt::format("\"{}\":\"", name);
    append_json(out, value);
    out += '"';
  }
};

} // namespace

std::string diff_text(const ReportDiff& diff, const DiffSides& sides, bool colour) {
  const auto paint = [colour](std::string_view code, const std::string& text) {
    return colour ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  };
  std::string out;
  const auto group = [&](const std::vector<FileChange>& changes,
                         std::string_view sign,
                         std::string_view code,
                         std::string_view title) {
    if (changes.empty()) {
      return;
    }
    out += fmt::format("{}: {}, {}\n",
                       title,
                       counted(changes.size(), "entry", "entries"),
                       signed_size(sum(changes)));
    for (const FileChange& change : changes) {
      const ReportFile& file = either(change);
      std::string note = change.before != nullptr && change.after != nullptr ? what_changed(change)
                                                                             : why(change, sides);
      if (!file.package.empty()) {
        note += (note.empty() ? "" : ", ") + file.package;
      }
      out +=
          fmt::format("{} {:>11}  {}{}\n",
                      paint(code, std::string(sign)),
                      change.growth() == 0 ? std::string(word(file.kind)) == "symlink" ? "link" : ""
                                           : signed_size(change.growth()),
                      paint(code, shown(file.path.text())),
                      note.empty() ? "" : paint("2", fmt::format("  ({})", shown(note))));
    }
  };
  group(diff.came, "+", "32", "came");
  group(diff.went, "-", "31", "went");
  group(diff.changed, "~", "33", "changed");
  for (const Missing& missing : diff.newly_missing) {
    out += paint("1;31",
                 fmt::format("! {} is missing now, asked for by {}\n",
                             shown(missing.name),
                             shown(missing.by)));
  }
  for (const Missing& missing : diff.found_again) {
    out += fmt::format(
        "  {} is missing no more, asked for by {}\n", shown(missing.name), shown(missing.by));
  }
  if (const auto packages = by_package(diff); !packages.empty()) {
    out += "by package:\n";
    for (const auto& [package, growth] : packages) {
      out += fmt::format("  {:>11}  {}\n", signed_size(growth), shown(package));
    }
  }
  return out + (diff.is_empty() ? "no difference: " : "") + totals(sides) + "\n";
}

std::string diff_json(const ReportDiff& diff, const DiffSides& sides) {
  JsonText json;
  json.out = R"({"schema":"pare-diff/1",)";
  json.text("old", sides.old_name);
  json.out += ',';
  json.text("new", sides.new_name);
  const auto group = [&](std::string_view name, const std::vector<FileChange>& changes) {
    json.out += fmt::format(",\n\"{}\":[", name);
    for (const FileChange& change : changes) {
      const ReportFile& file = either(change);
      json.out += &change == &changes.front() ? "\n  {" : ",\n  {";
      json.text("path", file.path.text());
      json.out += fmt::format(
          ",\"kind\":\"{}\",\"old_size\":{},\"new_size\":{}",
          word(file.kind),
          change.before != nullptr && change.before->is_regular() ? change.before->stat.size : 0,
          change.after != nullptr && change.after->is_regular() ? change.after->stat.size : 0);
      if (!file.package.empty()) {
        json.out += ',';
        json.text("package", file.package);
      }
      if (const std::string reason = why(change, sides);
          !reason.empty() && change.before == nullptr) {
        json.out += ',';
        json.text("why", reason);
      }
      json.out += '}';
    }
    json.out += ']';
  };
  group("came", diff.came);
  group("went", diff.went);
  group("changed", diff.changed);
  const auto missing = [&](std::string_view name, const std::vector<Missing>& all) {
    json.out += fmt::format(",\n\"{}\":[", name);
    for (const Missing& each : all) {
      json.out += &each == &all.front() ? "{" : ",{";
      json.text("name", each.name);
      json.out += ',';
      json.text("by", each.by);
      json.out += fmt::format(",\"kind\":\"{}\"}}", word(each.kind));
    }
    json.out += ']';
  };
  missing("newly_missing", diff.newly_missing);
  missing("found_again", diff.found_again);
  json.out += fmt::format(
      ",\n\"summary\":{{\"old_files\":{},\"new_files\":{},\"old_bytes\":{},\"new_bytes\":{}}}}}\n",
      sides.old_report->file_count,
      sides.new_report->file_count,
      sides.old_report->bytes,
      sides.new_report->bytes);
  return std::move(json.out);
}

std::string diff_markdown(const ReportDiff& diff, const DiffSides& sides) {
  std::string out = fmt::format(
      "**{}** to **{}**: {}\n", cell(sides.old_name), cell(sides.new_name), totals(sides));
  const auto group = [&](const std::vector<FileChange>& changes, std::string_view title) {
    if (changes.empty()) {
      return;
    }
    out += fmt::format("\n| {} | size | why |\n| --- | ---: | --- |\n", title);
    for (const FileChange& change : changes) {
      out += fmt::format("| {} | {} | {} |\n",
                         cell(either(change).path.text()),
                         signed_size(change.growth()),
                         cell(change.before != nullptr && change.after != nullptr
                                  ? what_changed(change)
                                  : why(change, sides)));
    }
  };
  group(diff.came, "came");
  group(diff.went, "went");
  group(diff.changed, "changed");
  if (!diff.newly_missing.empty()) {
    out += "\nMissing now:\n";
    for (const Missing& missing : diff.newly_missing) {
      out += fmt::format("- {}, asked for by {}\n", cell(missing.name), cell(missing.by));
    }
  }
  return out;
}

} // namespace pare
