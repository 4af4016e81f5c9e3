#include "outputs/cyclonedx.hpp"

#include "base/digest.hpp"
#include "base/json_writer.hpp"
#include "formats/oci.hpp"

#include <fmt/format.h>

namespace pare {
namespace {

/// A UUID (RFC 9562, version 8) of a digest: the same closure has the same one.
std::string uuid_of(std::string_view text) {
  std::string hex = sha256(text).substr(0, 32);
  hex[12] = '8';
  hex[16] = "89ab"[static_cast<unsigned>(hex[16]) % 4];
  return fmt::format("{}-{}-{}-{}-{}",
                     hex.substr(0, 8),
                     hex.substr(8, 4),
                     hex.substr(12, 4),
                     hex.substr(16, 4),
                     hex.substr(20));
}

std::string file_reference(const ReportFile& file) {
  return "file:" + file.path.text();
}

void write_file(JsonWriter& json, const ReportFile& file) {
  json.open_next('{', true);
  json.member("type", "file");
  json.member("bom-ref", file_reference(file));
  json.member("name", file.destination().text());
  if (!file.sha256.empty()) {
    json.open("hashes", '[');
    json.open_next('{');
    json.member("alg", "SHA-256");
    json.member("content", file.sha256);
    json.close('}');
    json.close(']');
  }
  json.close('}');
}

void write_package(JsonWriter& json,
                   const BillPackage& package,
                   const Bill& bill,
                   const Report& report) {
  json.open_next('{', true);
  json.member("type", "library");
  json.member("bom-ref", package.purl);
  json.member("name", package.name);
  if (!package.version.empty()) {
    json.member("version", package.version);
  }
  if (!package.supplier.empty()) {
    json.open("supplier", '{');
    json.member("name", package.supplier);
    json.close('}');
  }
  json.member("purl", package.purl);
  if (!package.licenses.empty()) {
    json.open("licenses", '[');
    for (const std::string& license : package.licenses) {
      json.open_next('{');
      json.open("license", '{');
      const auto text = bill.license_texts.find(license);
      text == bill.license_texts.end() ? json.member("id", license)
                                       : json.member("name", text->second);
      json.close('}');
      json.close('}');
    }
    json.close(']');
  }
  if (!package.files.empty()) {
    json.open("components", '[');
    for (const std::uint32_t file : package.files) {
      write_file(json, report.files[file]);
    }
    json.close(']');
  }
  json.close('}');
}

} // namespace

std::string to_cyclonedx(const Bill& bill,
                         const Report& report,
                         std::int64_t created,
                         const std::string& version) {
  std::string all = bill.name;
  for (const ReportFile& file : report.files) {
    all += fmt::format("\n{} {}", file.path.text(), file.sha256);
  }
  JsonWriter json;
  json.open('{');
  json.member("bomFormat", "CycloneDX");
  json.member("specVersion", "1.6");
  json.member("serialNumber", "urn:uuid:" + uuid_of(all));
  json.member("version", 1);
  json.open("metadata", '{');
  json.member("timestamp", rfc3339(created));
  json.open("tools", '{');
  json.open("components", '[');
  json.open_next('{');
  json.member("type", "application");
  json.member("name", "pare");
  json.member("version", version);
  json.close('}');
  json.close(']');
  json.close('}');
  json.open("component", '{');
  json.member("type", "container");
  json.member("bom-ref", "root");
  json.member("name", bill.name);
  json.close('}');
  json.close('}');
  json.open("components", '[');
  for (const BillPackage& package : bill.packages) {
    write_package(json, package, bill, report);
  }
  for (const std::uint32_t file : bill.loose) {
    write_file(json, report.files[file]);
  }
  json.close(']');
  json.open("dependencies", '[');
  json.open_next('{', true);
  json.member("ref", "root");
  json.open("dependsOn", '[');
  for (const BillPackage& package : bill.packages) {
    json.element(package.purl);
  }
  for (const std::uint32_t file : bill.loose) {
    json.element(file_reference(report.files[file]));
  }
  json.close(']');
  json.close('}');
  for (const BillPackage& package : bill.packages) {
    json.open_next('{', true);
    json.member("ref", package.purl);
    json.open("dependsOn", '[');
    for (const std::size_t other : package.needs) {
      json.element(bill.packages[other].purl);
    }
    json.close(']');
    json.close('}');
  }
  json.close(']');
  json.close('}');
  return std::move(json.out) + "\n";
}

} // namespace pare
