#include "report/freeze.hpp"

#include "base/digest.hpp"
#include "closure/build.hpp"
#include "packages/packages.hpp"
#include "report/kept.hpp"

#include <pare/resolve.hpp>

#include <algorithm>
#include <set>

namespace pare {
namespace {

/// For each file the best over its chains of the weakest edge: level by level, from what the user
/// named downwards.
std::vector<std::optional<Confidence>> weigh(const Closure& closure) {
  using enum Confidence;
  // Every file was asked for by one that was there before it.
  if (std::ranges::all_of(closure.files, [](const ClosureFile& file) {
        return std::ranges::all_of(file.edges,
                                   [](const Edge& edge) { return edge.confidence == certain; });
      })) {
    return std::vector<std::optional<Confidence>>(closure.files.size(), certain);
  }
  struct Arc {
    FileId to;
    Confidence confidence;
  };
  std::vector<std::vector<Arc>> arcs(closure.files.size());
  std::vector<Arc> from_user;
  for (FileId id = 0; id < closure.files.size(); ++id) {
    for (const Edge& edge : closure.files[id].edges) {
      (edge.by == no_file ? from_user : arcs[edge.by]).push_back({id, edge.confidence});
    }
  }
  std::vector<std::optional<Confidence>> best(closure.files.size());
  for (const Confidence level : {certain, likely, possible}) {
    std::vector<FileId> open;
    const auto reach = [&](const Arc& arc) {
      if (arc.confidence >= level && !best[arc.to]) {
        best[arc.to] = level;
        open.push_back(arc.to);
      }
    };
    std::ranges::for_each(from_user, reach);
    for (FileId id = 0; id < closure.files.size();
         ++id) { // what a surer chain reached goes on with weaker edges
      if (best[id] && *best[id] > level) {
        std::ranges::for_each(arcs[id], reach);
      }
    }
    while (!open.empty()) {
      const FileId id = open.back();
      open.pop_back();
      std::ranges::for_each(arcs[id], reach);
    }
  }
  return best;
}

/// Which package each file came from; folders have many.
void attribute_packages(Report& report, const Root& root) {
  const std::unique_ptr<Packages> packages = read_packages(root, report.warnings);
  if (packages == nullptr) {
    report.warnings.push_back({"", "the root has no package database that can be read"});
  } else {
    for (ReportFile& file : report.files) {
      if (file.kind != FileKind::directory) {
        if (const std::optional<PackageId> owner = packages->owner(file.path)) {
          file.package = packages->label(*owner);
        }
      }
    }
  }
  std::ranges::sort(report.warnings);
}

} // namespace

Report freeze(Closure closure, std::string root, Confidence least) {
  Report report;
  report.root = std::move(root);
  report.programs = std::move(closure.programs);
  report.warnings = std::move(closure.warnings);
  const std::vector<std::optional<Confidence>> confidences = weigh(closure);

  std::vector<FileId> order;
  order.reserve(closure.files.size());
  for (FileId id = 0; id < closure.files.size(); ++id) {
    if (confidences[id] && *confidences[id] >= least) {
      order.push_back(id);
    }
  }
  std::ranges::sort(
      order, {}, [&](FileId id) -> const RootPath& { return closure.files[id].path; });

  std::vector<std::uint32_t> place(closure.files.size(), by_user);
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
  }
  report.files.reserve(order.size());
  std::set<std::pair<std::uint64_t, std::uint64_t>> counted;
  for (const FileId id : order) {
    ClosureFile& from = closure.files[id];
    ReportFile& file = report.files.emplace_back();
    file.confidence = *confidences[id];
    file.kind = from.kind;
    file.stat = from.stat;
    file.target = std::move(from.target);
    file.lay_at = std::move(from.lay_at);
    file.reasons.reserve(from.edges.size());
    for (const Edge& edge : from.edges) {
      if (edge.by != no_file && place[edge.by] == by_user) {
        continue; // who asked is left out
      }
      file.reasons.push_back({.kind = edge.kind,
                              .by = edge.by == no_file ? by_user : place[edge.by],
                              .detail = closure.text(edge.detail),
                              .confidence = edge.confidence});
    }
    std::ranges::sort(file.reasons);
    if (from.names.size() != 1 || from.names.front().asked != from.path) {
      file.names = std::move(from.names);
      std::ranges::sort(file.names);
    }
    file.path = std::move(from.path);
    if (file.is_regular()) {
      ++report.file_count;
      if (file.stat.links < 2 || counted.emplace(file.stat.device, file.stat.inode).second) {
        report.bytes += file.stat.size;
      }
    }
  }
  for (Missing& missing : closure.missing) {
    const ReportFile* by = report.find(RootPath::trusted(missing.by));
    if (by != nullptr) {
      missing.confidence = std::min(missing.confidence, by->confidence);
      report.missing.push_back(std::move(missing));
    }
  }
  std::ranges::sort(report.missing, [](const Missing& a, const Missing& b) {
    return std::tie(a.name, a.by, a.kind) < std::tie(b.name, b.by, b.kind);
  });
  for (SystemLibrary& library : closure.system) {
    if (report.find(RootPath::trusted(library.by)) != nullptr) {
      report.system.push_back(std::move(library));
    }
  }
  std::ranges::sort(report.system);
  std::ranges::sort(report.warnings);
  return report;
}

namespace {

Report make_report(const Root& root, const Options& options) {
  Report report = freeze(build_closure(root, options), root.label(), options.confidence);
  if (!options.library_path.empty() || !options.preload.empty()) {
    const auto set = [&](const std::string& name, const std::vector<std::string>& parts) {
      std::string& value = report.environment[name];
      for (const std::string& part : parts) {
        value += (value.empty() ? "" : ":") + part;
      }
    };
    if (!options.library_path.empty()) {
      set("LD_LIBRARY_PATH", options.library_path);
    }
    if (!options.preload.empty()) {
      set("LD_PRELOAD", options.preload);
    }
  }
  if (options.digests) {
    for (ReportFile& file : report.files) {
      if (file.is_regular() && file.stat.type == FileType::regular) {
        if (const std::optional<Root::Opened> opened = root.open(file.path)) {
          file.sha256 = sha256(*opened->bytes);
        }
      }
    }
  }
  if (options.packages) {
    attribute_packages(report, root);
  }
  return report;
}

} // namespace

Report resolve(const Root& root, const Options& options) {
  return kept_report(
      root, options, [&](const Root& witness) { return make_report(witness, options); });
}

const ReportFile* Report::find(const RootPath& path) const {
  const auto found = std::ranges::lower_bound(files, path, {}, &ReportFile::path);
  return found != files.end() && found->path == path ? &*found : nullptr;
}

bool Report::lacks_something() const {
  return std::ranges::any_of(
      missing, [](const Missing& m) { return !m.allowed && m.confidence == Confidence::certain; });
}

} // namespace pare
