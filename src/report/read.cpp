#include "report/read.hpp"

#include "base/json.hpp"
#include "base/names.hpp"
#include "report/words.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace pare {
namespace {

template <typename Kind>
Kind known(const std::optional<Kind>& kind, std::string_view member, const std::string& word) {
  if (!kind) {
    throw InputError(fmt::format("no report of pare: {} is \"{}\"", member, shown(word)));
  }
  return *kind;
}

RootPath path_of(const Json& json) {
  const std::string path = name_of_json(json.text());
  RootPath clean = RootPath::lexical(path);
  if (path.empty() || clean.text() != path) {
    throw InputError(fmt::format("no report of pare: \"{}\" is no path of a root", shown(path)));
  }
  return clean;
}

std::uint64_t size_of(const Json& json) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(json.number(), 0));
}

std::uint32_t mode_of(const std::string& octal) {
  std::uint32_t mode = 0;
  std::from_chars(octal.data(), octal.data() + octal.size(), mode, 8);
  return mode & 07777;
}

ReportFile read_file(const Json& json) {
  ReportFile file;
  file.path = path_of(json["path"]);
  if (json["destination"].is_string()) {
    file.lay_at = path_of(json["destination"]);
  }
  file.kind = known(file_kind_of(json["kind"].text()), "kind", json["kind"].text());
  file.stat.type = file.kind == FileKind::symlink     ? FileType::symlink
                   : file.kind == FileKind::directory ? FileType::directory
                                                      : FileType::regular;
  file.stat.size = size_of(json["size"]);
  file.stat.mode = mode_of(json["mode"].text());
  file.target = name_of_json(json["target"].text());
  file.sha256 = json["sha256"].text();
  file.package = name_of_json(json["package"].text());
  file.confidence =
      known(confidence_of(json["confidence"].text()), "confidence", json["confidence"].text());
  return file;
}

void read_reasons(const Json& json,
                  const std::unordered_map<std::string, std::uint32_t>& places,
                  ReportFile& file) {
  for (const Json& each : json.list()) {
    Reason& reason = file.reasons.emplace_back();
    reason.kind = known(reason_kind_of(each["kind"].text()), "kind", each["kind"].text());
    reason.detail = name_of_json(each["detail"].text());
    reason.confidence =
        known(confidence_of(each["confidence"].text()), "confidence", each["confidence"].text());
    if (const std::string& by = each["by"].text(); !by.empty()) {
      const auto place = places.find(name_of_json(by));
      if (place == places.end()) {
        throw InputError(fmt::format("no report of pare: {} is not among its files", shown(by)));
      }
      reason.by = place->second;
    }
  }
  std::ranges::sort(file.reasons);
}

} // namespace

bool looks_like_report(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text.starts_with('{');
}

Report read_report(std::string_view text) {
  return read_report(parse_json(text));
}

Report read_report(const Json& json) {
  if (const std::string& schema = json["schema"].text(); schema != "pare/1") {
    throw InputError(
        schema.empty()
            ? "no report of pare"
            : fmt::format("a report of the form \"{}\", where pare/1 is known", shown(schema)));
  }
  Report report;
  report.root = name_of_json(json["root"].text());
  for (const Json& program : json["programs"].list()) {
    const RootPath path = path_of(program);
    report.programs.push_back({path.text(), path.text(), path});
  }
  const JsonList& files = json["files"].list();
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < files.size(); ++i) {
    report.files.push_back(read_file(files[i]));
    order.push_back(i);
  }
  std::ranges::sort(
      order, {}, [&](std::size_t i) -> const RootPath& { return report.files[i].path; });
  std::vector<ReportFile> sorted;
  std::unordered_map<std::string, std::uint32_t> places;
  for (const std::size_t i : order) {
    sorted.push_back(std::move(report.files[i]));
    if (!places.emplace(sorted.back().path.text(), static_cast<std::uint32_t>(sorted.size() - 1))
             .second) {
      throw InputError(
          fmt::format("no report of pare: {} is in it twice", shown(sorted.back().path.text())));
    }
  }
  report.files = std::move(sorted);
  for (std::size_t place = 0; place < order.size(); ++place) {
    read_reasons(files[order[place]]["reasons"], places, report.files[place]);
  }
  for (const Json& each : json["missing"].list()) {
    report.missing.push_back(
        {.name = name_of_json(each["name"].text()),
         .by = name_of_json(each["by"].text()),
         .kind = known(missing_kind_of(each["kind"].text()), "kind", each["kind"].text()),
         .confidence = known(
             confidence_of(each["confidence"].text()), "confidence", each["confidence"].text()),
         .library = name_of_json(each["library"].text()),
         .allowed = each["allowed"].truth()});
  }
  for (const Json& each : json["system"].list()) {
    report.system.push_back({.name = name_of_json(each["name"].text()),
                             .by = name_of_json(each["by"].text()),
                             .provided_by = name_of_json(each["provided_by"].text()),
                             .is_uncertain = each["uncertain"].truth()});
  }
  for (const Json& each : json["warnings"].list()) {
    report.warnings.push_back(
        {name_of_json(each["path"].text()), name_of_json(each["message"].text())});
  }
  report.file_count = size_of(json["summary"]["files"]);
  report.bytes = size_of(json["summary"]["bytes"]);
  return report;
}

} // namespace pare
