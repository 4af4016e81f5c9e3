#include "outputs/bill.hpp"

#include "base/bytes.hpp"
#include "base/json.hpp"
#include "packages/packages.hpp"
#include "root/follow.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace pare {
namespace {

constexpr std::uint64_t largest_text = std::uint64_t{4}
                                       << 20; ///< Of a copyright file or of metadata.

/// Percent-encoding of a purl's parts (package-url spec): unreserved characters and `:` stay.
std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool stays = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || c == ':';
    if (stays) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

/// SPDX's names for those that Debian's copyright format 1.0 has (its "Short name" table).
std::string spdx_license(std::string_view debian) {
  static const std::map<std::string_view, std::string_view> names = {
      {"Apache-2.0", "Apache-2.0"},
      {"Artistic", "Artistic-1.0-Perl"},
      {"Artistic-2.0", "Artistic-2.0"},
      {"BSD-2-clause", "BSD-2-Clause"},
      {"BSD-3-clause", "BSD-3-Clause"},
      {"BSD-4-clause", "BSD-4-Clause"},
      {"BSL-1.0", "BSL-1.0"},
      {"CC0-1.0", "CC0-1.0"},
      {"Expat", "MIT"},
      {"MIT", "MIT"},
      {"GFDL-1.2+", "GFDL-1.2-or-later"},
      {"GFDL-1.3+", "GFDL-1.3-or-later"},
      {"GPL-1+", "GPL-1.0-or-later"},
      {"GPL-2", "GPL-2.0-only"},
      {"GPL-2+", "GPL-2.0-or-later"},
      {"GPL-3", "GPL-3.0-only"},
      {"GPL-3+", "GPL-3.0-or-later"},
      {"ISC", "ISC"},
      {"LGPL-2", "LGPL-2.0-only"},
      {"LGPL-2+", "LGPL-2.0-or-later"},
      {"LGPL-2.1", "LGPL-2.1-only"},
      {"LGPL-2.1+", "LGPL-2.1-or-later"},
      {"LGPL-3", "LGPL-3.0-only"},
      {"LGPL-3+", "LGPL-3.0-or-later"},
      {"MPL-1.1", "MPL-1.1"},
      {"MPL-2.0", "MPL-2.0"},
      {"OFL-1.1", "OFL-1.1"},
      {"Python-2.0", "Python-2.0"},
      {"Zlib", "Zlib"},
      {"zlib", "Zlib"},
  };
  const auto folded = [](std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
  };
  // People write either name, in either case.
  for (const auto& [name, spdx] : names) {
    if (folded(name) == folded(debian) || folded(spdx) == folded(debian)) {
      return std::string(spdx);
    }
  }
  return "";
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  return begin == std::string_view::npos
             ? std::string_view()
             : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// The value of a field `Name: value` that begins a line.
std::optional<std::string_view> field(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') {
    return std::nullopt;
  }
  return trimmed(line.substr(name.size() + 1));
}

template <typename Take> void for_each_line(std::string_view text, const Take& take) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    take(line);
  }
}

class BillMaker {
public:
  BillMaker(const Report& report, const Root& root, std::vector<Warning>& warnings)
      : report_(report), walker_(root), warnings_(warnings) {}

  Bill make() {
    for (const NamedProgram& program : report_.programs) {
      bill_.name += (bill_.name.empty() ? "" : ", ") + program.path.text();
    }
    read_os_release();
    std::vector<Warning> told; // by --packages before
    packages_ = read_packages(walker_.root(), told);
    for (std::uint32_t i = 0; i < report_.files.size(); ++i) {
      const ReportFile& file = report_.files[i];
      if (!file.is_regular()) {
        continue;
      }
      bill_.newest = std::max(bill_.newest, file.stat.modified);
      const std::optional<PackageId> owner =
          packages_ == nullptr ? std::nullopt : packages_->owner(file.path);
      if (owner) {
        of_system(*owner).files.push_back(i);
      } else if (BillPackage* package = of_language(file.path)) {
        package->files.push_back(i);
      } else {
        bill_.loose.push_back(i);
      }
    }
    for (auto& [purl, package] : by_purl_) {
      bill_.packages.push_back(std::move(package));
    }
    note_needs();
    return std::move(bill_);
  }

private:
  std::optional<std::string> text_of(const std::string& path) {
    try {
      const Walk walk = walker_.follow(path);
      const std::optional<Root::Opened> opened =
          walk.end == WalkEnd::found ? walker_.root().open(walk.path) : std::nullopt;
      return opened ? std::optional(read_all(*opened->bytes, largest_text)) : std::nullopt;
    } catch (const InputError& error) {
      warnings_.push_back({path, error.what()});
      return std::nullopt;
    }
  }

  /// os-release(5)
  void read_os_release() {
    for (const char* const path : {"/etc/os-release", "/usr/lib/os-release"}) {
      if (const std::optional<std::string> text = text_of(path)) {
        for_each_line(*text, [&](std::string_view line) {
          const std::size_t equals = line.find('=');
          std::string_view value = trimmed(line.substr(std::min(equals + 1, line.size())));
          if (value.size() > 1 && (value.front() == '"' || value.front() == '\'')) {
            value = value.substr(1, value.size() - 2);
          }
          if (line.starts_with("ID=")) {
            distribution_ = value;
          } else if (line.starts_with("VERSION_ID=")) {
            release_ = value;
          }
        });
        return;
      }
    }
  }

  BillPackage& of_system(PackageId id) {
    const auto known = system_.find(id);
    if (known != system_.end()) {
      return by_purl_.at(known->second);
    }
    const Package& package = packages_->all()[id];
    const PackageFormat format = packages_->format();
    const std::string_view type = format == PackageFormat::dpkg  ? "deb"
                                  : format == PackageFormat::apk ? "apk"
                                                                 : "rpm";
    std::string purl = fmt::format("pkg:{}/{}{}@{}",
                                   type,
                                   distribution_.empty() ? "" : encoded(distribution_) + "/",
                                   encoded(package.name),
                                   encoded(package.version));
    char separator = '?';
    const auto qualify = [&](std::string_view name, std::string_view value) {
      purl += fmt::format("{}{}={}", separator, name, encoded(value));
      separator = '&';
    };
    if (!package.architecture.empty()) {
      qualify("arch", package.architecture);
    }
    if (!distribution_.empty() && !release_.empty()) {
      qualify("distro", fmt::format("{}-{}", distribution_, release_));
    }
    if (package.source != package.name && !package.source.empty()) {
      qualify("upstream", package.source);
    }
    system_.emplace(id, purl);
    BillPackage& made = by_purl_[purl];
    made.name = package.name;
    made.version = package.version;
    made.purl = purl;
    made.supplier = package.maintainer;
    if (!package.license.empty()) {
      made.licenses = {license(package.license)};
    } else if (format == PackageFormat::dpkg) {
      made.licenses = debian_licenses(package.name);
    }
    return made;
  }

  /// By SPDX's name; else as a reference whose text is the name that the package has.
  std::string license(std::string_view name) {
    if (const std::string known = spdx_license(name); !known.empty()) {
      return known;
    }
    std::string reference = "LicenseRef-";
    for (const char c : name.substr(0, 100)) {
      const bool stays = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '.' || c == '-';
      reference += stays ? c : '-';
    }
    bill_.license_texts.emplace(reference, name);
    return reference;
  }

  /// Copyright files in Debian's machine-readable format 1.0; of others nothing is known.
  std::vector<std::string> debian_licenses(const std::string& package) {
    const std::optional<std::string> text =
        text_of(fmt::format("/usr/share/doc/{}/copyright", package));
    std::set<std::string> licenses;
    if (text && text->substr(0, 200).find("copyright-format/1.0") != std::string::npos) {
      for_each_line(*text, [&](std::string_view line) {
        if (const std::optional<std::string_view> name = field(line, "License");
            name && !name->empty() && licenses.size() < 100) {
          licenses.insert(license(*name));
        }
      });
    }
    return {licenses.begin(), licenses.end()};
  }

  BillPackage* of_language(const RootPath& path) {
    const std::string& text = path.text();
    if (const std::size_t at = text.rfind("/node_modules/"); at != std::string::npos) {
      std::size_t end = text.find('/', at + 14);
      if (text[at + 14] == '@' && end != std::string::npos) {
        end = text.find('/', end + 1);
      }
      return end == std::string::npos ? nullptr : npm(text.substr(0, end));
    }
    for (const std::string_view folder : {"/site-packages/", "/dist-packages/"}) {
      if (const std::size_t at = text.rfind(folder); at != std::string::npos) {
        return python(text.substr(0, at + folder.size() - 1), text.substr(at + folder.size()));
      }
    }
    return nullptr;
  }

  BillPackage* npm(const std::string& folder) {
    const auto [known, is_new] = folders_.try_emplace(folder);
    if (is_new) {
      const std::optional<std::string> text = text_of(folder + "/package.json");
      try {
        const Json json = text ? parse_json(*text) : Json();
        std::string name = json["name"].text();
        if (!name.empty()) {
          std::string path = name.front() == '@' ? "%40" + name.substr(1) : encoded(name);
          known->second =
              add_language(fmt::format("pkg:npm/{}@{}", path, encoded(json["version"].text())),
                           std::move(name),
                           json["version"].text(),
                           json["license"].text());
        }
      } catch (const InputError& error) {
        warnings_.push_back({folder + "/package.json", error.what()});
      }
    }
    return package_of(known->second);
  }

  /// The installed distributions of a folder, by the files that their RECORD lists (PEP 376).
  BillPackage* python(const std::string& folder, const std::string& file) {
    const auto [known, is_new] = records_.try_emplace(folder);
    if (is_new) {
      std::vector<std::string> names;
      try {
        const Walk walk = walker_.follow(folder);
        names = walk.end == WalkEnd::found ? walker_.root().list(walk.path)
                                           : std::vector<std::string>();
      } catch (const InputError& error) {
        warnings_.push_back({folder, error.what()});
      }
      for (const std::string& name : names) {
        if (name.ends_with(".dist-info")) {
          read_distribution(folder + "/" + name, known->second);
        }
      }
    }
    const auto owner = known->second.find(file);
    return owner == known->second.end() ? nullptr : package_of(owner->second);
  }

  void read_distribution(const std::string& folder, std::map<std::string, std::string>& files) {
    const std::string metadata = text_of(folder + "/METADATA").value_or("");
    std::string name, version, license_name;
    bool is_head = true;
    for_each_line(metadata, [&](std::string_view line) {
      is_head = is_head && !line.empty();
      if (is_head) {
        name = name.empty() ? std::string(field(line, "Name").value_or("")) : name;
        version = version.empty() ? std::string(field(line, "Version").value_or("")) : version;
        license_name =
            license_name.empty() ? std::string(field(line, "License").value_or("")) : license_name;
      }
    });
    if (name.empty()) {
      return;
    }
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '_' ? '-' : c;
    });
    const std::string purl =
        add_language(fmt::format("pkg:pypi/{}@{}", encoded(lower), encoded(version)),
                     name,
                     version,
                     license_name);
    for_each_line(text_of(folder + "/RECORD").value_or(""), [&](std::string_view line) {
      files.emplace(line.substr(0, line.find(',')), purl);
    });
  }

  std::string add_language(std::string purl,
                           std::string name,
                           std::string version,
                           const std::string& license_name) {
    BillPackage& made = language_[purl];
    made.name = std::move(name);
    made.version = std::move(version);
    made.purl = purl;
    if (!license_name.empty() && license_name.size() < 200) {
      made.licenses = {license(license_name)};
    }
    return purl;
  }

  /// Of a language: it comes into the bill with its first file.
  BillPackage* package_of(const std::string& purl) {
    return purl.empty() ? nullptr : &by_purl_.try_emplace(purl, language_[purl]).first->second;
  }

  void note_needs() {
    std::map<std::uint32_t, std::size_t> place;
    for (std::size_t i = 0; i < bill_.packages.size(); ++i) {
      for (const std::uint32_t file : bill_.packages[i].files) {
        place.emplace(file, i);
      }
    }
    for (const auto& [file, package] : place) {
      for (const Reason& reason : report_.files[file].reasons) {
        const auto by = place.find(reason.by);
        if (by != place.end() && by->second != package) {
          bill_.packages[by->second].needs.insert(package);
        }
      }
    }
  }

  const Report& report_;
  Walker walker_;
  std::vector<Warning>& warnings_;
  std::unique_ptr<Packages> packages_;
  std::string distribution_, release_;
  Bill bill_;
  std::map<std::string, BillPackage> by_purl_, language_;
  std::map<PackageId, std::string> system_;
  std::map<std::string, std::string> folders_; ///< Of npm packages: their purl.
  std::map<std::string, std::map<std::string, std::string>>
      records_; ///< Of site-packages: file to purl.
};

} // namespace

Bill make_bill(const Report& report, const Root& root, std::vector<Warning>& warnings) {
  return BillMaker(report, root, warnings).make();
}

} // namespace pare
