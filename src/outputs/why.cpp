#include "outputs/why.hpp"

#include "base/names.hpp"
#include "report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace pare {
namespace {

constexpr std::size_t most_chains = 1000;
constexpr std::size_t most_steps =
    200'000; ///< Of the search for chains: a graph may have more than anybody can read.

class WhyPrinter {
public:
  WhyPrinter(const Report& report, bool colour)
      : report_(report), colour_(colour), told_(report.files.size()) {}

  std::string print(std::size_t file) {
    line("", file);
    told_[file] = true;
    std::vector<Frame> stack = {{.file = file}};
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const std::vector<Reason>& reasons = report_.files[frame.file].reasons;
      if (frame.next == reasons.size()) {
        stack.pop_back();
        continue;
      }
      const bool is_last = frame.next + 1 == reasons.size();
      const Reason& reason = reasons[frame.next++];
      const std::string branch = frame.indent + (is_last ? "└── " : "├── ");
      const std::string indent = frame.indent + (is_last ? "    " : "│   ");
      out_ += branch + how(reason);
      if (reason.by == by_user) {
        out_ += '\n';
        continue;
      }
      out_ += " by ";
      line("", reason.by);
      if (told_[reason.by]) {
        if (!report_.files[reason.by].reasons.empty()) {
          out_.insert(out_.size() - 1, " (*)");
        }
        continue;
      }
      told_[reason.by] = true;
      stack.push_back({.file = reason.by, .indent = indent});
    }
    return std::move(out_);
  }

private:
  struct Frame {
    std::size_t file = 0;
    std::size_t next = 0;
    std::string indent = "";
  };

  std::string paint(std::string_view code, std::string text) const {
    return colour_ ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  }

  void line(std::string_view before, std::size_t file) {
    out_ += fmt::format("{}{}\n", before, paint("1", shown(report_.files[file].path.text())));
  }

  std::string how(const Reason& reason) const {
    std::string text = paint("36", std::string(word(reason.kind)));
    if (!reason.detail.empty()) {
      text += fmt::format(" ({})", shown(reason.detail));
    }
    if (reason.confidence != Confidence::certain) {
      text += ", " + paint("33", std::string(word(reason.confidence)));
    }
    return text;
  }

  const Report& report_;
  bool colour_;
  std::vector<bool> told_;
  std::string out_;
};

struct Step {
  std::size_t file = 0;
  const Reason* reason = nullptr; ///< Why this file is there.
};

/// Chains from the user down to `file`, the shortest first.
std::vector<std::vector<Step>> chains_to(const Report& report, std::size_t file, bool& complete) {
  std::vector<std::vector<Step>> chains;
  std::deque<std::vector<Step>> open = {{}}; // each from the file upwards
  std::size_t steps = 0;
  for (complete = true; !open.empty() && complete; open.pop_front()) {
    const std::vector<Step> chain = std::move(open.front());
    const std::size_t at = chain.empty() ? file : chain.back().reason->by;
    for (const Reason& reason : report.files[at].reasons) {
      std::vector<Step> longer = chain;
      longer.push_back({at, &reason});
      if (reason.by == by_user) {
        std::ranges::reverse(longer);
        chains.push_back(std::move(longer));
      } else if (std::ranges::find(longer, std::size_t{reason.by}, &Step::file) == longer.end()) {
        open.push_back(std::move(longer));
      }
      complete = ++steps < most_steps && chains.size() < most_chains;
      if (!complete) {
        break;
      }
    }
  }
  return chains;
}

/// `"name":"text"`, escaped.
std::string member(std::string_view name, std::string_view text) {
  std::string out = fmt::format("\"{}\":\"", name);
  append_json(out, text);
  return out + '"';
}

} // namespace

std::vector<std::size_t> files_called(const Report& report, std::string_view name) {
  std::vector<std::size_t> exact, by_name;
  for (std::size_t i = 0; i < report.files.size(); ++i) {
    const ReportFile& file = report.files[i];
    if (file.path.text() == name || std::ranges::any_of(file.names, [&](const FileName& n) {
          return n.asked.text() == name;
        })) {
      exact.push_back(i);
    }
    if (file.path.name() == name || std::ranges::any_of(file.reasons, [&](const Reason& reason) {
          return file.is_regular() && reason.detail == name;
        })) {
      by_name.push_back(i);
    }
  }
  return exact.empty() && name.find('/') == std::string_view::npos ? by_name : exact;
}

std::string why_text(const Report& report, std::size_t file, bool colour) {
  return WhyPrinter(report, colour).print(file);
}

std::string why_json(const Report& report, std::size_t file) {
  bool complete = true;
  const std::vector<std::vector<Step>> chains = chains_to(report, file, complete);
  std::string out = fmt::format(R"({{"schema":"pare-why/1",{},"confidence":"{}","chains":[)",
                                member("path", report.files[file].path.text()),
                                word(report.files[file].confidence));
  for (std::size_t i = 0; i < chains.size(); ++i) {
    out += i == 0 ? "\n  [" : ",\n  [";
    for (const Step& step : chains[i]) {
      out += fmt::format(R"({}{{{},"kind":"{}",{},"confidence":"{}"}})",
                         &step == &chains[i].front() ? "" : ",",
                         member("path", report.files[step.file].path.text()),
                         word(step.reason->kind),
                         member("detail", step.reason->detail),
                         word(step.reason->confidence));
    }
    out += ']';
  }
  out += fmt::format("],\"complete\":{}}}\n", complete);
  return out;
}

} // namespace pare
