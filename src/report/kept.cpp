#include "report/kept.hpp"

#include "base/build_id.hpp"
#include "base/cache.hpp"
#include "base/pack.hpp"
#include "root/witness.hpp"

#include <algorithm>

namespace pare {
namespace {

/// All that an answer hangs on beside the root.
std::string question_of(const Root& root, const Options& options) {
  Packer packer;
  const auto texts = [&packer](const std::vector<std::string>& all) {
    packer.number(all.size());
    for (const std::string& text : all) {
      packer.text(text);
    }
  };
  packer.text(build_id());
  packer.text(root.label());
  if (const std::optional<Stat> top = root.lstat(RootPath())) {
    packer.number(top->device);
    packer.number(top->inode);
  }
  texts(options.programs);
  packer.number(options.includes.size());
  for (const Include& include : options.includes) {
    packer.text(include.path);
    packer.text(include.destination);
    packer.number(include.reason);
  }
  packer.number(options.traced.size());
  for (const TracedUse& use : options.traced) {
    packer.text(use.path);
    packer.number(use.operation);
  }
  texts(options.excludes);
  texts(options.allow_missing);
  texts(options.library_path);
  texts(options.preload);
  packer.number(options.environment.size());
  for (const auto& [name, value] : options.environment) {
    packer.text(name);
    packer.text(value);
  }
  packer.number(options.confidence);
  packer.text(options.working_folder);
  for (const Hint hint : options.hints) {
    packer.number(hint);
  }
  packer.number(options.digests);
  packer.number(options.packages);
  return std::move(packer.out);
}

void pack(Packer& packer, const Stat& stat) {
  packer.number(stat.type);
  packer.number(stat.mode);
  packer.number(stat.uid);
  packer.number(stat.gid);
  packer.number(stat.size);
  packer.number(stat.modified);
  packer.number(stat.modified_nanoseconds);
  packer.number(stat.changed);
  packer.number(stat.changed_nanoseconds);
  packer.number(stat.device);
  packer.number(stat.inode);
  packer.number(stat.links);
  packer.number(stat.device_major);
  packer.number(stat.device_minor);
}

void unpack(Unpacker& unpacker, Stat& stat) {
  const auto read = [&unpacker](auto& number) {
    number = unpacker.number<std::remove_reference_t<decltype(number)>>();
  };
  read(stat.type);
  read(stat.mode);
  read(stat.uid);
  read(stat.gid);
  read(stat.size);
  read(stat.modified);
  read(stat.modified_nanoseconds);
  read(stat.changed);
  read(stat.changed_nanoseconds);
  read(stat.device);
  read(stat.inode);
  read(stat.links);
  read(stat.device_major);
  read(stat.device_minor);
}

/// Lists, each with its length in front.
template <typename List, typename Write>
void pack_list(Packer& packer, const List& list, const Write& write) {
  packer.number(static_cast<std::uint32_t>(list.size()));
  for (const auto& each : list) {
    write(each);
  }
}
template <typename Read> void unpack_list(Unpacker& unpacker, const Read& read) {
  for (auto left = unpacker.number<std::uint32_t>(); left > 0 && unpacker.fits; --left) {
    read();
  }
}

void pack(Packer& packer, const ReportFile& file) {
  packer.text(file.path.text());
  packer.text(file.lay_at ? file.lay_at->text() : "");
  packer.number(file.kind);
  pack(packer, file.stat);
  packer.text(file.target);
  packer.text(file.sha256);
  packer.text(file.package);
  packer.number(file.confidence);
  pack_list(packer, file.reasons, [&](const Reason& reason) {
    packer.number(reason.kind);
    packer.number(reason.by);
    packer.text(reason.detail);
    packer.number(reason.confidence);
  });
  pack_list(packer, file.names, [&](const FileName& name) {
    packer.text(name.asked.text());
    packer.text(name.entry.text());
  });
}

RootPath path(Unpacker& unpacker) {
  return RootPath::trusted(std::string(unpacker.text()));
}

void unpack(Unpacker& unpacker, ReportFile& file) {
  file.path = path(unpacker);
  if (std::string lay_at(unpacker.text()); !lay_at.empty()) {
    file.lay_at = RootPath::trusted(std::move(lay_at));
  }
  file.kind = unpacker.number<FileKind>();
  unpack(unpacker, file.stat);
  file.target = unpacker.text();
  file.sha256 = unpacker.text();
  file.package = unpacker.text();
  file.confidence = unpacker.number<Confidence>();
  unpack_list(unpacker, [&] {
    Reason& reason = file.reasons.emplace_back();
    reason.kind = unpacker.number<ReasonKind>();
    reason.by = unpacker.number<std::uint32_t>();
    reason.detail = unpacker.text();
    reason.confidence = unpacker.number<Confidence>();
  });
  unpack_list(unpacker, [&] {
    FileName& name = file.names.emplace_back();
    name.asked = path(unpacker);
    name.entry = path(unpacker);
  });
}

std::string pack(const Report& report) {
  Packer packer;
  packer.text(report.root);
  pack_list(packer, report.programs, [&](const NamedProgram& program) {
    packer.text(program.asked);
    packer.text(program.started);
    packer.text(program.path.text());
  });
  pack_list(packer, report.files, [&](const ReportFile& file) { pack(packer, file); });
  pack_list(packer, report.missing, [&](const Missing& missing) {
    packer.text(missing.name);
    packer.text(missing.by);
    packer.number(missing.kind);
    packer.number(missing.confidence);
    packer.text(missing.library);
    packer.text(missing.found);
    pack_list(packer, missing.tried, [&](const std::string& folder) { packer.text(folder); });
    packer.number(missing.allowed);
  });
  pack_list(packer, report.system, [&](const SystemLibrary& library) {
    packer.text(library.name);
    packer.text(library.by);
    packer.text(library.provided_by);
    packer.number(library.is_uncertain);
  });
  pack_list(packer, report.warnings, [&](const Warning& warning) {
    packer.text(warning.path);
    packer.text(warning.message);
  });
  pack_list(packer, report.environment, [&](const auto& variable) {
    packer.text(variable.first);
    packer.text(variable.second);
  });
  packer.number(report.file_count);
  packer.number(report.bytes);
  return std::move(packer.out);
}

std::optional<Report> unpack(std::string_view packed) {
  Unpacker unpacker(packed);
  Report report;
  report.root = unpacker.text();
  unpack_list(unpacker, [&] {
    NamedProgram& program = report.programs.emplace_back();
    program.asked = unpacker.text();
    program.started = unpacker.text();
    program.path = path(unpacker);
  });
  unpack_list(unpacker, [&] { unpack(unpacker, report.files.emplace_back()); });
  unpack_list(unpacker, [&] {
    Missing& missing = report.missing.emplace_back();
    missing.name = unpacker.text();
    missing.by = unpacker.text();
    missing.kind = unpacker.number<MissingKind>();
    missing.confidence = unpacker.number<Confidence>();
    missing.library = unpacker.text();
    missing.found = unpacker.text();
    unpack_list(unpacker, [&] { missing.tried.emplace_back(unpacker.text()); });
    missing.allowed = unpacker.number<bool>();
  });
  unpack_list(unpacker, [&] {
    SystemLibrary& library = report.system.emplace_back();
    library.name = unpacker.text();
    library.by = unpacker.text();
    library.provided_by = unpacker.text();
    library.is_uncertain = unpacker.number<bool>();
  });
  unpack_list(unpacker, [&] {
    Warning& warning = report.warnings.emplace_back();
    warning.path = unpacker.text();
    warning.message = unpacker.text();
  });
  unpack_list(unpacker, [&] {
    const std::string name(unpacker.text());
    report.environment[name] = unpacker.text();
  });
  report.file_count = unpacker.number<std::uint64_t>();
  report.bytes = unpacker.number<std::uint64_t>();
  const bool fits = unpacker.fits && unpacker.is_at_end() &&
                    std::ranges::all_of(report.files, [&](const ReportFile& file) {
                      return std::ranges::all_of(file.reasons, [&](const Reason& reason) {
                        return reason.by == by_user || reason.by < report.files.size();
                      });
                    });
  return fits ? std::optional(std::move(report)) : std::nullopt;
}

} // namespace

Report kept_report(const Root& root,
                   const Options& options,
                   const std::function<Report(const Root&)>& make) {
  Cache cache(build_id().empty() ? "" : options.cache_folder);
  if (!cache.is_on() || !options.rule_folders.empty() || options.hints.empty()) {
    return make(root);
  }
  const std::string key = "report\n" + question_of(root, options);
  if (const std::optional<std::string> kept = cache.get(key)) {
    Unpacker unpacker(*kept);
    const std::string_view testimony = unpacker.text();
    if (unpacker.fits && still_holds(testimony, root)) {
      if (std::optional<Report> report = unpack(unpacker.text())) {
        for (ReportFile& file : report->files) { // their times and owners may be others by now
          if (file.kind == FileKind::directory) {
            file.stat = root.lstat(file.path).value_or(file.stat);
          }
        }
        return *std::move(report);
      }
    }
  }
  const WitnessRoot witness(root);
  Report report = make(witness);
  if (const std::string testimony = witness.testimony(); !testimony.empty()) {
    Packer packer;
    packer.text(testimony);
    packer.text(pack(report));
    cache.put(key, packer.out);
  }
  return report;
}

} // namespace pare
