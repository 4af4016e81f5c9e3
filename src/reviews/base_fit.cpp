// A library of the base that satisfies everything stays the base's. So nothing but what is no
// library is copied at first; then the programs are resolved over that, and for each soname that is
// not found the builder's library is added, until nothing new is asked for. What is still missing
// then, or lacks a symbol version, is a problem.

#include "reviews/base_fit.hpp"

#include "base/digest.hpp"
#include "formats/described.hpp"
#include "root/follow.hpp"
#include "root/layered.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pare {
namespace {

/// The parts of one glibc (or musl): they only work together, and the loader is found by its path.
bool is_c_library(std::string_view name) {
  constexpr std::string_view parts[] = {"libc.so.",
                                        "libm.so.",
                                        "libmvec.so.",
                                        "libpthread.so.",
                                        "libdl.so.",
                                        "librt.so.",
                                        "libresolv.so.",
                                        "libutil.so.",
                                        "libanl.so.",
                                        "libnsl.so.1",
                                        "libnss_",
                                        "libthread_db.so.",
                                        "libBrokenLocale.so.",
                                        "ld-linux",
                                        "ld64.so.",
                                        "ld.so.",
                                        "ld-musl-",
                                        "libc.musl-"};
  return std::ranges::any_of(parts, [&](std::string_view part) { return name.starts_with(part); });
}

class Fitter {
public:
  Fitter(const Base& base,
         const Root& root,
         const Report& report,
         const Options& options,
         const CopyPlan& plan)
      : base_(base), root_(root), report_(report), options_(options), plan_(plan),
        taken_(plan.items.size()) {}

  BaseFit fit() {
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      if (comes_along(plan_.items[i])) {
        taken_[i] = true;
      }
    }
    Report over;
    do {
      over = resolve_over_base();
    } while (add_what_is_missing(over));
    judge(over);
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      if (taken_[i]) {
        take(plan_.items[i]);
      }
    }
    return std::move(fit_);
  }

private:
  const ReportFile& file_of(const CopyItem& item) const { return report_.files[item.file]; }

  /// Whether an item is copied whatever the loader says: programs, data and what was included,
  /// unless the base has the same.
  bool comes_along(const CopyItem& item) {
    const ReportFile& file = file_of(item);
    const bool is_loaders_own =
        file.kind == FileKind::data && std::ranges::all_of(file.reasons, [](const Reason& reason) {
          return reason.kind == ReasonKind::needed;
        }); // its cache: the base's own is for the base's files
    if (file.kind == FileKind::interpreter || is_loaders_own) {
      return false;
    }
    const bool only_needed = std::ranges::all_of(
        file.reasons, [](const Reason& r) { return r.kind == ReasonKind::needed; });
    if (file.kind == FileKind::library && only_needed) {
      return false;
    }
    if (item.is_folder) {
      return true;
    }
    Walker walker(*base_.root);
    const Walk there = walker.follow(item.destination.text());
    if (there.end != WalkEnd::found) {
      return true;
    }
    const std::optional<Root::Opened> base_file = base_.root->open(there.path);
    if (base_file && is_same(*base_file->bytes, file)) {
      return false;
    }
    fit_.said.push_back(fmt::format("{} of the base differs: it is covered by that of the root",
                                    item.destination.text()));
    return true;
  }

  bool is_same(const ByteSource& base_bytes, const ReportFile& file) {
    if (base_bytes.size() != file.stat.size) {
      return false;
    }
    const auto* described = dynamic_cast<const DescribedFile*>(&base_bytes);
    const std::string digest = described != nullptr ? described->sha256() : sha256(base_bytes);
    const std::optional<Root::Opened> own = root_.open(file.path);
    return !digest.empty() && own && sha256(*own->bytes) == digest;
  }

  Report resolve_over_base() {
    LayeredRoot layered(*base_.root);
    Options options = options_;
    options.hints.clear();
    options.programs.clear();
    options.includes.clear();
    for (const NamedProgram& program : report_.programs) {
      options.programs.push_back(program.started);
    }
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      const CopyItem& item = plan_.items[i];
      if (!taken_[i]) {
        continue;
      }
      const ReportFile& file = file_of(item);
      layered.put(
          root_, item.is_folder ? item.source : file.path, item.destination); // COPY follows links
      if (item.is_folder || file.kind == FileKind::library || file.kind == FileKind::program) {
        options.includes.push_back({item.destination.text(), {}}); // its own needs count too
      }
    }
    options.library_path.insert(
        options.library_path.end(), fit_.library_path.begin(), fit_.library_path.end());
    options.working_folder = "/";
    return resolve(layered, options);
  }

  /// The items of the file that answered this need in the builder.
  std::vector<std::size_t> answers_to(const Missing& missing) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      const ReportFile& file = file_of(plan_.items[i]);
      const bool answers =
          !plan_.items[i].is_folder && std::ranges::any_of(file.reasons, [&](const Reason& reason) {
            return (reason.kind == ReasonKind::needed || reason.kind == ReasonKind::interpreter) &&
                   reason.detail == missing.name;
          });
      if (answers) {
        found.push_back(i);
      }
    }
    return found;
  }

  bool add_what_is_missing(const Report& over) {
    bool added = false;
    for (const Missing& missing : over.missing) {
      if (missing.kind != MissingKind::needed && missing.kind != MissingKind::interpreter &&
          missing.kind != MissingKind::program) {
        continue;
      }
      for (const std::size_t i : answers_to(missing)) {
        if (!taken_[i]) {
          taken_[i] = added = true;
        } else if (missing.kind == MissingKind::needed) {
          // It is there, and the base's loader does not look there: only the builder's cache knew
          // the folder.
          const std::string folder = plan_.items[i].destination.parent().text();
          if (std::ranges::find(fit_.library_path, folder) == fit_.library_path.end()) {
            fit_.library_path.push_back(folder);
            added = true;
          }
        }
      }
    }
    return added;
  }

  void judge(const Report& over) {
    for (const Missing& missing : over.missing) {
      const bool was_missing = std::ranges::any_of(report_.missing, [&](const Missing& m) {
        return m.name == missing.name && m.kind == missing.kind;
      });
      if (was_missing || missing.allowed) {
        continue;
      }
      fit_.problems.push_back(
          missing.kind == MissingKind::version
              ? fmt::format("{} of {} is required by {}, and {} does not define it",
                            missing.name,
                            missing.library,
                            missing.by,
                            base_.image)
              : fmt::format("{} is required by {}, and is not found over {}",
                            missing.name,
                            missing.by,
                            base_.image));
    }
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      const ReportFile& file = file_of(plan_.items[i]);
      if (!taken_[i] || plan_.items[i].is_folder ||
          !is_c_library(plan_.items[i].destination.name())) {
        continue;
      }
      fit_.brings_libc = true;
      if (has_c_library(over, plan_.items[i])) {
        fit_.problems.push_back(
            fmt::format("{} would have to come from the root, and {} has a C library of its own",
                        file.path.text(),
                        base_.image));
      }
    }
  }

  /// Whether a part of the C library that is in use is the base's own: the two would be mixed.
  bool has_c_library(const Report& over, const CopyItem& item) const {
    return std::ranges::any_of(over.files, [&](const ReportFile& file) {
      return file.is_regular() && file.kind != FileKind::data && is_c_library(file.path.name()) &&
             file.path.name() != item.destination.name() &&
             base_.root->lstat(file.path).has_value();
    });
  }

  void take(const CopyItem& item) {
    fit_.items.push_back(item);
    if (!item.is_folder) {
      fit_.bytes += file_of(item).stat.size;
      return;
    }
    for (const ReportFile& file : report_.files) {
      fit_.bytes += file.is_regular() && file.path.is_in(item.source) ? file.stat.size : 0;
    }
  }

  const Base& base_;
  const Root& root_;
  const Report& report_;
  const Options& options_;
  const CopyPlan& plan_;
  std::vector<bool> taken_;
  BaseFit fit_;
};

} // namespace

BaseFit fit_to_base(const Base& base,
                    const Root& root,
                    const Report& report,
                    const Options& options,
                    const CopyPlan& plan) {
  return Fitter(base, root, report, options, plan).fit();
}

} // namespace pare
