#include "report/json.hpp"

#include "base/json_writer.hpp"
#include "base/names.hpp"
#include "report/words.hpp"

#include <deque>

namespace pare {
namespace {

std::string octal(std::uint32_t mode) {
  std::string text = "0000";
  for (std::size_t i = 4; i-- > 0; mode >>= 3) {
    text[i] = static_cast<char>('0' + (mode & 7));
  }
  return text;
}

/// The inside of JSON strings that stand in thousands of reasons: escaped once.
struct Texts {
  explicit Texts(const Report& report) {
    for (std::size_t kind = 0; kind < reason_kind_count; ++kind) {
      kinds.push_back("{\"kind\":\"" + std::string(word(static_cast<ReasonKind>(kind))) +
                      "\",\"by\":\"");
    }
    using enum Confidence;
    for (const Confidence each : {possible, likely, certain}) {
      confidences.push_back("\",\"confidence\":\"" + std::string(word(each)) + "\"}");
    }
    paths.reserve(report.files.size());
    for (const ReportFile& file : report.files) {
      const std::string& path = file.path.text();
      std::string text;
      append_json(text, path);
      paths.push_back(text == path ? path
                                   : std::string_view(escaped.emplace_back(std::move(text))));
    }
  }

  std::vector<std::string> kinds;       ///< By ReasonKind: a reason's beginning, up to who asked.
  std::vector<std::string> confidences; ///< By Confidence: a reason's end, from its detail on.
  std::vector<std::string_view> paths;  ///< Of all files. Nearly all are the report's own text.
  std::deque<std::string> escaped;
};

void write_file(JsonWriter& json,
                const ReportFile& file,
                std::string_view path,
                const Texts& texts) {
  json.open('{');
  json.raw_string("path", path);
  if (file.lay_at) {
    json.member("destination", file.lay_at->text());
  }
  json.member("kind", word(file.kind));
  json.member("size", file.is_regular() ? file.stat.size : 0);
  json.member("mode", octal(file.stat.mode));
  if (file.kind == FileKind::symlink) {
    json.member("target", file.target);
  }
  if (!file.sha256.empty()) {
    json.member("sha256", file.sha256);
  }
  if (!file.package.empty()) {
    json.member("package", file.package);
  }
  json.member("confidence", word(file.confidence));
  json.key("reasons");
  json.open('[');
  for (const Reason& reason : file.reasons) {
    // Most of a report's bytes come from here.
    json.next();
    json.out += texts.kinds[static_cast<std::size_t>(reason.kind)];
    json.out += reason.by == by_user ? std::string_view() : texts.paths[reason.by];
    json.out += "\",\"detail\":\"";
    append_json(json.out, reason.detail);
    json.out += texts.confidences[static_cast<std::size_t>(reason.confidence)];
  }
  json.close(']');
  json.close('}');
}

/// Enough, mostly: a string that grows is copied, and touches its pages, twice.
std::size_t likely_size(const Report& report) {
  std::size_t size = 1024;
  for (const ReportFile& file : report.files) {
    size += 256 + 160 * file.reasons.size();
  }
  return size;
}

} // namespace

std::string to_json(const Report& report) {
  JsonWriter json;
  json.out.reserve(likely_size(report));
  json.open('{');
  json.member("schema", "pare/1");
  json.member("root", report.root);
  json.key("programs");
  json.open('[');
  for (const NamedProgram& program : report.programs) {
    json.next();
    json.string(program.path.text());
  }
  json.close(']');
  json.key("files");
  json.open('[');
  const Texts texts(report);
  for (std::size_t i = 0; i < report.files.size(); ++i) {
    json.next(true);
    write_file(json, report.files[i], texts.paths[i], texts);
  }
  json.close(']');
  json.key("missing");
  json.open('[');
  for (const Missing& missing : report.missing) {
    json.next(true);
    json.open('{');
    json.member("name", missing.name);
    json.member("by", missing.by);
    json.member("kind", word(missing.kind));
    if (!missing.library.empty()) {
      json.member("library", missing.library);
    }
    json.member("confidence", word(missing.confidence));
    if (missing.allowed) {
      json.key("allowed");
      json.out += "true";
    }
    json.close('}');
  }
  json.close(']');
  json.key("system");
  json.open('[');
  for (const SystemLibrary& system : report.system) {
    json.next(true);
    json.open('{');
    json.member("name", system.name);
    json.member("by", system.by);
    json.member("provided_by", system.provided_by);
    if (system.is_uncertain) {
      json.key("uncertain");
      json.out += "true";
    }
    json.close('}');
  }
  json.close(']');
  json.key("warnings");
  json.open('[');
  for (const Warning& warning : report.warnings) {
    json.next(true);
    json.open('{');
    json.member("path", warning.path);
    json.member("message", warning.message);
    json.close('}');
  }
  json.close(']');
  json.key("summary");
  json.open('{');
  json.member("files", report.file_count);
  json.member("bytes", report.bytes);
  json.close('}');
  json.close('}');
  json.out += '\n';
  return std::move(json.out);
}

} // namespace pare
