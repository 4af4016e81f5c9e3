#include "reviews/budget.hpp"

#include "base/glob.hpp"
#include "base/names.hpp"
#include "base/sizes.hpp"
#include "report/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pare {
namespace {

constexpr std::size_t most_details = 20;

/// "+1.2 MiB /usr/lib/libx.so.1 (needed by /usr/bin/y)"
std::string told(const FileChange& change, const Report& report) {
  const ReportFile& file = change.after != nullptr ? *change.after : *change.before;
  const std::int64_t growth = change.growth();
  std::string text =
      fmt::format("{}{} {}",
                  growth < 0 ? "-" : "+",
                  human_size(static_cast<std::uint64_t>(growth < 0 ? -growth : growth)),
                  shown(file.path.text()));
  if (change.before == nullptr && !file.reasons.empty()) {
    const Reason& reason = *std::ranges::max_element(file.reasons, {}, &Reason::confidence);
    text += reason.by == by_user ? fmt::format(" ({})", word(reason.kind))
                                 : fmt::format(" ({} by {})",
                                               word(reason.kind),
                                               shown(report.files[reason.by].path.text()));
  }
  return text;
}

void shorten(std::vector<std::string>& details) {
  if (details.size() > most_details) {
    const std::size_t more = details.size() - most_details;
    details.resize(most_details);
    details.push_back(fmt::format("and {} more", more));
  }
}

/// What grew or came, the largest first.
std::vector<std::string> what_grew(const Report& report, const Report* locked) {
  std::vector<std::string> details;
  if (locked != nullptr) {
    const ReportDiff diff = diff_reports(*locked, report);
    for (const std::vector<FileChange>* changes : {&diff.came, &diff.changed}) {
      for (const FileChange& change : *changes) {
        if (change.growth() > 0) {
          details.push_back(told(change, report));
        }
      }
    }
  }
  shorten(details);
  return details;
}

bool is_denied(const Budget& budget, const ReportFile& file) {
  return std::ranges::any_of(budget.deny, [&](const std::string& glob) {
    return matches_glob(glob, file.path.name()) || matches_glob(glob, file.path.text()) ||
           std::ranges::any_of(file.names, [&](const FileName& name) {
             return matches_glob(glob, name.asked.name());
           });
  });
}

class Judge {
public:
  Judge(const Budget& budget, const Report& report, const Report* locked)
      : budget_(budget), report_(report), locked_(locked) {}

  std::vector<Verdict> judge(bool is_locked_exactly) {
    if (locked_ == nullptr && (budget_.needs_lock() || is_locked_exactly)) {
      add(VerdictKind::broken, "there is no lock to compare with: pare check --update writes it");
    }
    judge_sizes();
    judge_names();
    judge_missing();
    if (locked_ != nullptr) {
      judge_against_lock(is_locked_exactly);
    }
    return std::move(verdicts_);
  }

private:
  void add(VerdictKind kind, std::string message, std::vector<std::string> details = {}) {
    verdicts_.push_back({kind, std::move(message), std::move(details)});
  }

  void judge_sizes() {
    if (budget_.bytes && report_.bytes > *budget_.bytes) {
      add(VerdictKind::broken,
          fmt::format("{} is more than the budget of {}",
                      human_size(report_.bytes),
                      human_size(*budget_.bytes)),
          what_grew(report_, locked_));
    } else if (budget_.warn_bytes && report_.bytes > *budget_.warn_bytes) {
      add(VerdictKind::told,
          fmt::format("{} is more than {}, where a warning was asked for",
                      human_size(report_.bytes),
                      human_size(*budget_.warn_bytes)),
          what_grew(report_, locked_));
    }
    if (budget_.files && report_.file_count > *budget_.files) {
      add(VerdictKind::broken,
          fmt::format("{} are more than the budget of {}",
                      counted(report_.file_count, "file", "files"),
                      *budget_.files),
          what_grew(report_, locked_));
    }
  }

  void judge_names() {
    for (const ReportFile& file : report_.files) {
      if (is_denied(budget_, file)) {
        add(VerdictKind::broken,
            fmt::format("{} is denied", shown(file.path.text())),
            {told({.after = &file}, report_)});
      }
    }
  }

  void judge_missing() {
    for (const Missing& missing : report_.missing) {
      if (!missing.allowed && missing.confidence == Confidence::certain) {
        add(VerdictKind::broken,
            fmt::format("{} is missing, asked for by {}", shown(missing.name), shown(missing.by)));
      }
    }
  }

  void judge_against_lock(bool is_locked_exactly) {
    const ReportDiff diff = diff_reports(*locked_, report_);
    if (budget_.growth && report_.bytes > locked_->bytes) {
      const std::uint64_t grown = report_.bytes - locked_->bytes;
      const double percent = 100.0 * static_cast<double>(grown) /
                             static_cast<double>(std::max<std::uint64_t>(locked_->bytes, 1));
      if (grown >= budget_.growth_floor && percent > *budget_.growth) {
        add(VerdictKind::broken,
            fmt::format("grew by {} since the lock ({:.1f} %), more than {:g} %",
                        human_size(grown),
                        percent,
                        *budget_.growth),
            what_grew(report_, locked_));
      }
    }
    if (budget_.ask_for_new_libraries) {
      std::vector<std::string> details;
      for (const FileChange& change : diff.came) {
        if (change.after->kind == FileKind::library) {
          details.push_back(told(change, report_));
        }
      }
      if (!details.empty()) {
        const std::size_t count = details.size();
        shorten(details);
        add(VerdictKind::broken,
            fmt::format("{} since the lock: if it is meant, pare check --update",
                        counted(count, "new library", "new libraries")),
            std::move(details));
      }
    }
    if (!diff.is_empty()) {
      std::vector<std::string> details;
      for (const std::vector<FileChange>* changes : {&diff.came, &diff.went, &diff.changed}) {
        for (const FileChange& change : *changes) {
          details.push_back(told(change, report_));
        }
      }
      shorten(details);
      add(is_locked_exactly ? VerdictKind::broken : VerdictKind::told,
          fmt::format("differs from the lock: {} came, {} went, {} changed",
                      diff.came.size(),
                      diff.went.size(),
                      diff.changed.size()),
          std::move(details));
    }
  }

  const Budget& budget_;
  const Report& report_;
  const Report* locked_;
  std::vector<Verdict> verdicts_;
};

} // namespace

std::vector<Verdict> judge_budget(const Budget& budget,
                                  const Report& report,
                                  const Report* locked,
                                  bool is_locked_exactly) {
  return Judge(budget, report, locked).judge(is_locked_exactly);
}

} // namespace pare
