#include "outputs/tree.hpp"

#include "base/names.hpp"
#include "base/sizes.hpp"
#include "report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace pare {
namespace {

constexpr std::size_t most_totals =
    4000; // files up to which the total below each one is worth its quadratic time

struct Child {
  std::size_t file = 0;
  const Reason* reason = nullptr;
};

/// The report as a graph of regular files: hops and folders are said on the edges, or counted.
class Graph {
public:
  explicit Graph(const Report& report) : report_(report), children_(report.files.size()) {
    for (std::size_t i = 0; i < report.files.size(); ++i) {
      if (!report.files[i].is_regular()) {
        continue;
      }
      for (const Reason& reason : report.files[i].reasons) {
        (reason.by == by_user ? tops_ : children_[reason.by]).push_back({i, &reason});
      }
    }
    for (const Missing& missing : report.missing) {
      if (const ReportFile* by = report.find(RootPath::trusted(missing.by))) {
        missing_[static_cast<std::size_t>(by - report.files.data())].push_back(&missing);
      }
    }
    for (const SystemLibrary& library : report.system) {
      if (const ReportFile* by = report.find(RootPath::trusted(library.by))) {
        system_[static_cast<std::size_t>(by - report.files.data())].push_back(&library);
      }
    }
    // Programs in the user's order, then what was included.
    std::map<std::string_view, std::size_t> order;
    for (std::size_t i = 0; i < report.programs.size(); ++i) {
      order.emplace(report.programs[i].asked, i);
    }
    const auto place = [&](const Child& top) {
      const auto found =
          top.reason->kind == ReasonKind::program ? order.find(top.reason->detail) : order.end();
      return found == order.end() ? order.size() : found->second;
    };
    std::ranges::stable_sort(tops_, {}, place);
    for (std::vector<Child>& children :
         children_) { // the interpreter first, then as the report has them: by path
      std::ranges::stable_sort(children, {}, [](const Child& child) {
        return child.reason->kind != ReasonKind::interpreter;
      });
    }
  }

  const std::vector<Child>& tops() const { return tops_; }
  const std::vector<Child>& children(std::size_t file) const { return children_[file]; }
  const std::vector<const Missing*>& missing(std::size_t file) const {
    static const std::vector<const Missing*> none;
    const auto found = missing_.find(file);
    return found == missing_.end() ? none : found->second;
  }

  const std::vector<const SystemLibrary*>& system(std::size_t file) const {
    static const std::vector<const SystemLibrary*> none;
    const auto found = system_.find(file);
    return found == system_.end() ? none : found->second;
  }

  /// The bytes of a file and of all that is reached from it, each once.
  std::uint64_t total(std::size_t file) const {
    std::vector<bool> seen(children_.size());
    std::vector<std::size_t> open = {file};
    seen[file] = true;
    std::uint64_t bytes = 0;
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      bytes += report_.files[at].stat.size;
      for (const Child& child : children_[at]) {
        if (!seen[child.file]) {
          seen[child.file] = true;
          open.push_back(child.file);
        }
      }
    }
    return bytes;
  }

  /// The files from which something missing is reached.
  std::vector<bool> lead_to_missing() const {
    std::vector<std::vector<std::size_t>> askers(children_.size());
    for (std::size_t i = 0; i < children_.size(); ++i) {
      for (const Child& child : children_[i]) {
        askers[child.file].push_back(i);
      }
    }
    std::vector<bool> leads(children_.size());
    std::vector<std::size_t> open;
    for (const auto& [file, missing] : missing_) {
      leads[file] = true;
      open.push_back(file);
    }
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      for (const std::size_t by : askers[at]) {
        if (!leads[by]) {
          leads[by] = true;
          open.push_back(by);
        }
      }
    }
    return leads;
  }

private:
  const Report& report_;
  std::vector<Child> tops_;
  std::vector<std::vector<Child>> children_;
  std::map<std::size_t, std::vector<const Missing*>> missing_;
  std::map<std::size_t, std::vector<const SystemLibrary*>> system_;
};

/// Whether a reason's detail is the name by which the file was asked for; else it is the evidence.
bool names_the_file(ReasonKind kind) {
  return kind == ReasonKind::program || kind == ReasonKind::interpreter ||
         kind == ReasonKind::needed || kind == ReasonKind::dlopen_note ||
         kind == ReasonKind::include;
}

class TreePrinter {
public:
  TreePrinter(const Report& report, const TreeStyle& style)
      : report_(report), style_(style), graph_(report), printed_(report.files.size()) {
    if (style.only_missing) {
      wanted_ = graph_.lead_to_missing();
    }
  }

  std::string print() {
    out_ += paint("2", fmt::format("{:>9} {:>9}\n", "size", "total"));
    for (const Child& top : graph_.tops()) {
      if (is_wanted(top.file)) {
        print_from(top);
      }
    }
    return std::move(out_);
  }

private:
  struct Frame {
    std::size_t file;
    std::size_t next = 0; // of its lines: what is missing first, then its children
    std::vector<Child> children;
    std::string indent;
  };

  std::string paint(std::string_view code, std::string text) const {
    return style_.colour ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  }

  bool is_wanted(std::size_t file) const { return !style_.only_missing || wanted_[file]; }

  Frame frame_of(std::size_t file, std::string indent) const {
    Frame frame{.file = file, .children = {}, .indent = std::move(indent)};
    // One line for a file, however many reasons the same asker has: the surest. -v tells the
    // others.
    std::map<std::size_t, std::size_t> lines;
    for (const Child& child : graph_.children(file)) {
      if (!is_wanted(child.file)) {
        continue;
      }
      const auto [line, is_new] = lines.try_emplace(child.file, frame.children.size());
      if (is_new) {
        frame.children.push_back(child);
      } else if (child.reason->confidence > frame.children[line->second].reason->confidence) {
        frame.children[line->second] = child;
      }
    }
    return frame;
  }

  // With a stack of its own: a hostile root may hold a chain of thousands of libraries.
  void print_from(const Child& top) {
    if (!print_file(top, "", "")) {
      return;
    }
    std::vector<Frame> stack;
    stack.push_back(frame_of(top.file, ""));
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const std::vector<const Missing*>& missing = graph_.missing(frame.file);
      const std::size_t lines = missing.size() + frame.children.size();
      if (frame.next == lines || (style_.depth && stack.size() > *style_.depth)) {
        stack.pop_back();
        continue;
      }
      const bool is_last = frame.next + 1 == lines;
      const std::string indent = frame.indent + (is_last ? "    " : "│   ");
      const std::string branch = frame.indent + (is_last ? "└── " : "├── ");
      const std::size_t line = frame.next++;
      if (line < missing.size()) {
        print_missing(*missing[line], branch, indent);
        continue;
      }
      const Child child = frame.children[line - missing.size()];
      if (print_file(child, branch, indent)) {
        stack.push_back(frame_of(child.file, indent));
      }
    }
  }

  /// Returns whether what is below it is still to be shown.
  bool print_file(const Child& child, const std::string& branch, const std::string& indent) {
    const ReportFile& file = report_.files[child.file];
    const bool again = printed_[child.file];
    printed_[child.file] = true;
    const std::string path = file.path.text();
    std::string label;
    if (const std::string& asked = child.reason->detail;
        names_the_file(child.reason->kind) && !asked.empty() && asked != path) {
      label = fmt::format("{} {} {}",
                          paint(branch.empty() ? "1" : "36", shown(asked)),
                          paint("2", "→"),
                          paint("2", shown(path)));
    } else {
      label = paint(branch.empty() ? "1" : "36", shown(path));
    }
    std::string how;
    if (child.reason->kind != ReasonKind::needed && child.reason->kind != ReasonKind::program) {
      how = word(child.reason->kind);
      if (child.reason->kind == ReasonKind::rule) { // "magic: magic_load [main]": its id is enough
        how += " " + shown(child.reason->detail.substr(0, child.reason->detail.find(':')));
      }
    }
    if (child.reason->confidence != Confidence::certain) {
      how += fmt::format("{}{}", how.empty() ? "" : ", ", word(child.reason->confidence));
    }
    if (!how.empty()) {
      label += paint("33", fmt::format(" [{}]", how));
    }
    if (again) {
      out_ += fmt::format(
          "{:>9} {:>9}  {}{}{}\n", "", "", paint("2", branch), label, paint("2", " (*)"));
      return false;
    }
    const bool has_total = report_.files.size() <= most_totals || branch.empty();
    out_ += fmt::format("{:>9} {:>9}  {}{}\n",
                        human_size(file.stat.size),
                        has_total ? human_size(graph_.total(child.file)) : "",
                        paint("2", branch),
                        label);
    if (style_.verbose && file.lay_at) {
      print_note(indent, fmt::format("laid at {}", shown(file.lay_at->text())));
    }
    if (style_.verbose) {
      for (const Reason& reason : file.reasons) {
        if (reason.by == child.reason->by && !names_the_file(reason.kind)) {
          print_note(indent, fmt::format("{}: {}", word(reason.kind), shown(reason.detail)));
        }
      }
    }
    if (style_.verbose) {
      for (const SystemLibrary* library : graph_.system(child.file)) {
        print_note(indent,
                   fmt::format("{} of {}{}",
                               shown(library->name),
                               library->provided_by,
                               library->is_uncertain ? " (uncertain)" : ""));
      }
    }
    return true;
  }

  void print_missing(const Missing& missing, const std::string& branch, const std::string& indent) {
    std::string text = shown(missing.name);
    switch (missing.kind) {
    case MissingKind::version:
      text += fmt::format(" of {} not defined by {}", shown(missing.library), shown(missing.found));
      break;
    case MissingKind::symbol:
      text +=
          fmt::format(" of {} not exported by {}", shown(missing.library), shown(missing.found));
      break;
    default:
      text += " not found";
      break;
    }
    if (missing.kind != MissingKind::needed && missing.kind != MissingKind::version &&
        missing.kind != MissingKind::symbol) {
      text += fmt::format(" [{}]", word(missing.kind));
    }
    if (missing.allowed) {
      text += " (allowed)";
    }
    out_ += fmt::format("{:>9} {:>9}  {}{}\n",
                        "",
                        "",
                        paint("2", branch),
                        paint(missing.allowed ? "33" : "1;31", text));
    if (style_.verbose) {
      for (const std::string& folder : missing.tried) {
        print_note(indent, fmt::format("not in {}", shown(folder)));
      }
    }
  }

  void print_note(const std::string& indent, const std::string& text) {
    out_ += fmt::format("{:>9} {:>9}  {}{}\n", "", "", paint("2", indent), paint("2", text));
  }

  const Report& report_;
  const TreeStyle& style_;
  Graph graph_;
  std::vector<bool> printed_;
  std::vector<bool> wanted_;
  std::string out_;
};

/// Inside double quotes of dot and mermaid.
std::string quoted(std::string_view text, std::string_view quote) {
  std::string out;
  for (const char c : shown(text)) {
    if (c == '"') {
      out += quote;
    } else if (c == '\\' && quote == "\\\"") {
      out += "\\\\";
    } else {
      out += c;
    }
  }
  return out;
}

std::string node_label(const ReportFile& file) {
  return fmt::format("{} ({})", file.path.text(), human_size(file.stat.size));
}

template <typename Node, typename Arc, typename Lack>
void draw(const Report& report, const Node& node, const Arc& arc, const Lack& lack) {
  const Graph graph(report);
  for (std::size_t i = 0; i < report.files.size(); ++i) {
    if (report.files[i].is_regular()) {
      node(i, report.files[i]);
    }
  }
  for (std::size_t i = 0; i < report.files.size(); ++i) {
    for (const Child& child : graph.children(i)) {
      arc(i, child.file, *child.reason);
    }
  }
  for (std::size_t i = 0; i < report.files.size(); ++i) {
    for (const Missing* missing : graph.missing(i)) {
      lack(i, *missing);
    }
  }
}

} // namespace

std::string summary_line(const Report& report) {
  std::map<FileKind, std::uint64_t> counts;
  for (const ReportFile& file : report.files) {
    ++counts[file.kind];
  }
  using enum FileKind;
  std::string of;
  const auto add = [&](FileKind kind, std::string_view one, std::string_view many) {
    if (counts[kind] > 0) {
      of += (of.empty() ? "" : ", ") + counted(counts[kind], one, many);
    }
  };
  add(program, "program", "programs");
  add(interpreter, "interpreter", "interpreters");
  add(library, "library", "libraries");
  add(data, "data file", "data files");
  std::string line =
      fmt::format("{}, {}", counted(report.file_count, "file", "files"), human_size(report.bytes));
  if (!of.empty()) {
    line += fmt::format(" ({})", of);
  }
  of.clear();
  add(symlink, "symlink", "symlinks");
  add(directory, "folder", "folders");
  if (!of.empty()) {
    line += ", " + of;
  }
  const auto lacking = std::ranges::count(report.missing, false, &Missing::allowed);
  if (lacking > 0) {
    line += fmt::format("; {} missing", lacking);
  }
  if (!report.system.empty()) {
    std::set<std::string> names;
    for (const SystemLibrary& library : report.system) {
      names.insert(library.name);
    }
    line += fmt::format("; {} of the system", counted(names.size(), "library", "libraries"));
  }
  return line;
}

std::string tree_text(const Report& report, const TreeStyle& style) {
  return TreePrinter(report, style).print() + summary_line(report) + "\n";
}

std::string tree_dot(const Report& report) {
  std::string out =
      "digraph closure {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n";
  const auto text = [](std::string_view t) { return quoted(t, "\\\""); };
  draw(
      report,
      [&](std::size_t i, const ReportFile& file) {
        out += fmt::format("  f{} [label=\"{}\"{}];\n",
                           i,
                           text(node_label(file)),
                           file.kind == FileKind::program ? ", style=bold" : "");
      },
      [&](std::size_t from, std::size_t to, const Reason& reason) {
        out += fmt::format("  f{} -> f{} [label=\"{}\"{}];\n",
                           from,
                           to,
                           text(reason.detail),
                           reason.confidence == Confidence::certain ? "" : ", style=dashed");
      },
      [&](std::size_t from, const Missing& missing) {
        out += fmt::format("  f{} -> \"{} (missing)\" [color=red];\n", from, text(missing.name));
      });
  return out + "}\n";
}

std::string tree_mermaid(const Report& report) {
  std::string out = "flowchart LR\n";
  std::size_t lacks = 0;
  const auto text = [](std::string_view t) { return quoted(t, "#quot;"); };
  draw(
      report,
      [&](std::size_t i, const ReportFile& file) {
        out += fmt::format("  f{}[\"{}\"]\n", i, text(node_label(file)));
      },
      [&](std::size_t from, std::size_t to, const Reason& reason) {
        out += fmt::format("  f{} {}|\"{}\"| f{}\n",
                           from,
                           reason.confidence == Confidence::certain ? "-->" : "-.->",
                           text(reason.detail),
                           to);
      },
      [&](std::size_t from, const Missing& missing) {
        out += fmt::format(
            "  f{} --> m{}[\"{} (missing)\"]:::missing\n", from, lacks++, text(missing.name));
      });
  if (lacks > 0) {
    out += "  classDef missing stroke:#c00,color:#c00\n";
  }
  return out;
}

} // namespace pare
