#include "outputs/spdx.hpp"

#include "base/digest.hpp"
#include "base/json_writer.hpp"
#include "formats/oci.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pare {
namespace {

std::string file_id(std::uint32_t file) {
  return fmt::format("SPDXRef-File-{}", file);
}

std::string package_id(std::size_t package) {
  return fmt::format("SPDXRef-Package-{}", package);
}

std::string file_sha1(const Root& root, const ReportFile& file) {
  const std::optional<Root::Opened> opened =
      file.stat.type == FileType::regular ? root.open(file.path) : std::nullopt;
  return opened ? sha1(*opened->bytes) : sha1(std::string_view());
}

class SpdxWriter {
public:
  SpdxWriter(const Bill& bill, const Report& report, const Root& root)
      : bill_(bill), report_(report), root_(root), sha1s_(report.files.size()) {}

  std::string write(std::int64_t created, const std::string& version) {
    for (std::uint32_t i = 0; i < report_.files.size(); ++i) {
      if (report_.files[i].is_regular()) {
        sha1s_[i] = file_sha1(root_, report_.files[i]);
      }
    }
    json_.open('{');
    json_.member("spdxVersion", "SPDX-2.3");
    json_.member("dataLicense", "CC0-1.0");
    json_.member("SPDXID", "SPDXRef-DOCUMENT");
    json_.member("name", bill_.name);
    json_.member("documentNamespace", "https://spdx.org/spdxdocs/pare-" + digest_of_all());
    json_.open("creationInfo", '{');
    json_.member("created", rfc3339(created));
    json_.open("creators", '[');
    json_.element("Tool: pare-" + version);
    json_.close(']');
    json_.close('}');
    json_.open("packages", '[');
    write_package("SPDXRef-Root", bill_.name, nullptr, bill_.loose);
    for (std::size_t i = 0; i < bill_.packages.size(); ++i) {
      const BillPackage& package = bill_.packages[i];
      write_package(package_id(i), package.name, &package, package.files);
    }
    json_.close(']');
    write_files();
    write_relationships();
    write_licenses();
    json_.close('}');
    return std::move(json_.out) + "\n";
  }

private:
  /// The same closure has the same name, another one another.
  std::string digest_of_all() const {
    std::string text = bill_.name;
    for (std::uint32_t i = 0; i < report_.files.size(); ++i) {
      text += fmt::format("\n{} {}", report_.files[i].path.text(), sha1s_[i]);
    }
    return sha256(text);
  }

  /// SPDX 2.3, 7.9: of the files' SHA-1, sorted.
  std::string verification_code(const std::vector<std::uint32_t>& files) const {
    std::vector<std::string> all;
    for (const std::uint32_t file : files) {
      all.push_back(sha1s_[file]);
    }
    std::ranges::sort(all);
    return sha1(fmt::format("{}", fmt::join(all, "")));
  }

  void write_package(const std::string& id,
                     const std::string& name,
                     const BillPackage* package,
                     const std::vector<std::uint32_t>& files) {
    json_.open_next('{', true);
    json_.member("SPDXID", id);
    json_.member("name", name);
    if (package != nullptr && !package->version.empty()) {
      json_.member("versionInfo", package->version);
    }
    if (package != nullptr && !package->supplier.empty()) {
      std::string supplier = package->supplier; // SPDX 2.3, 7.5: "Organization: name (email)"
      std::ranges::replace(supplier, '<', '(');
      std::ranges::replace(supplier, '>', ')');
      json_.member("supplier", "Organization: " + supplier);
    }
    json_.member("downloadLocation", "NOASSERTION");
    json_.key("filesAnalyzed");
    json_.out += files.empty() ? "false" : "true";
    if (!files.empty()) {
      json_.open("packageVerificationCode", '{');
      json_.member("packageVerificationCodeValue", verification_code(files));
      json_.close('}');
    }
    json_.member("licenseConcluded", "NOASSERTION");
    json_.member("licenseDeclared",
                 package == nullptr || package->licenses.empty()
                     ? "NOASSERTION"
                     : fmt::format("{}", fmt::join(package->licenses, " AND ")));
    json_.member("copyrightText", "NOASSERTION");
    if (package != nullptr) {
      json_.open("externalRefs", '[');
      json_.open_next('{');
      json_.member("referenceCategory", "PACKAGE-MANAGER");
      json_.member("referenceType", "purl");
      json_.member("referenceLocator", package->purl);
      json_.close('}');
      json_.close(']');
    }
    json_.close('}');
  }

  void write_files() {
    json_.open("files", '[');
    for (std::uint32_t i = 0; i < report_.files.size(); ++i) {
      const ReportFile& file = report_.files[i];
      if (!file.is_regular()) {
        continue;
      }
      json_.open_next('{', true);
      json_.member("SPDXID", file_id(i));
      json_.member("fileName", "." + file.destination().text());
      json_.open("checksums", '[');
      for (const auto& [algorithm, value] :
           {std::pair("SHA1", &std::as_const(sha1s_[i])), std::pair("SHA256", &file.sha256)}) {
        if (!value->empty()) {
          json_.open_next('{');
          json_.member("algorithm", algorithm);
          json_.member("checksumValue", *value);
          json_.close('}');
        }
      }
      json_.close(']');
      json_.member("licenseConcluded", "NOASSERTION");
      json_.member("copyrightText", "NOASSERTION");
      json_.close('}');
    }
    json_.close(']');
  }

  void relate(const std::string& from, std::string_view how, const std::string& to) {
    json_.open_next('{', true);
    json_.member("spdxElementId", from);
    json_.member("relationshipType", how);
    json_.member("relatedSpdxElement", to);
    json_.close('}');
  }

  void write_relationships() {
    json_.open("relationships", '[');
    relate("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Root");
    for (const std::uint32_t file : bill_.loose) {
      relate("SPDXRef-Root", "CONTAINS", file_id(file));
    }
    for (std::size_t i = 0; i < bill_.packages.size(); ++i) {
      relate("SPDXRef-Root", "CONTAINS", package_id(i));
      for (const std::uint32_t file : bill_.packages[i].files) {
        relate(package_id(i), "CONTAINS", file_id(file));
      }
      for (const std::size_t other : bill_.packages[i].needs) {
        relate(package_id(i), "DEPENDS_ON", package_id(other));
      }
    }
    json_.close(']');
  }

  void write_licenses() {
    if (bill_.license_texts.empty()) {
      return;
    }
    json_.open("hasExtractedLicensingInfos", '[');
    for (const auto& [reference, text] : bill_.license_texts) {
      json_.open_next('{', true);
      json_.member("licenseId", reference);
      json_.member("extractedText", text);
      json_.close('}');
    }
    json_.close(']');
  }

  const Bill& bill_;
  const Report& report_;
  const Root& root_;
  std::vector<std::string> sha1s_;
  JsonWriter json_;
};

} // namespace

std::string to_spdx(const Bill& bill,
                    const Report& report,
                    const Root& root,
                    std::int64_t created,
                    const std::string& version) {
  return SpdxWriter(bill, report, root).write(created, version);
}

} // namespace pare
