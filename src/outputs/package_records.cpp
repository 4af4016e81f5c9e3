// Distroless keeps a file a package instead of one status file, so that each layer can bring its
// own (bazel's rules_distroless; syft and trivy read `var/lib/dpkg/status.d/*`). A name in it is
// the package's; the md5sums are those that dpkg itself was installed with (deb-md5sums(5)): a path
// without a leading slash, as the package had it.

#include "outputs/package_records.hpp"

#include "base/bytes.hpp"
#include "packages/packages.hpp"
#include "root/follow.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_set>

namespace pare {

namespace {

constexpr std::uint64_t most_text = std::uint64_t{16} << 20;

class RecordWriter {
public:
  RecordWriter(const Report& report, const Root& root, std::vector<Warning>& said)
      : root_(root), walker_(root), said_(said) {
    for (const ReportFile& file : report.files) {
      laid_.insert(file.destination());
      if (file.is_regular()) {
        kept_.insert(file.path);
      }
    }
  }

  std::vector<MadeEntry> write() {
    const std::unique_ptr<Packages> packages = read_packages(root_, said_);
    if (!packages) {
      return {};
    }
    for (const char* path :
         {"/etc/os-release", "/usr/lib/os-release", "/etc/debian_version", "/etc/alpine-release"}) {
      copy(path);
    }
    std::set<PackageId> used;
    for (const RootPath& path : kept_) {
      if (const std::optional<PackageId> owner = packages->owner(path)) {
        used.insert(*owner);
      }
    }
    std::string installed; // apk's
    for (const PackageId id : used) {
      const Package& package = packages->all()[id];
      switch (packages->format()) {
      case PackageFormat::dpkg:
        write_dpkg(package);
        break;
      case PackageFormat::apk:
        installed += package.record + "\n\n";
        break;
      case PackageFormat::rpm:
        break;
      }
    }
    if (packages->format() == PackageFormat::rpm && !used.empty()) {
      said_.push_back({"", "no records of rpm packages are written: scanners will not see them"});
    }
    if (!installed.empty()) {
      put("/lib/apk/db/installed", std::move(installed));
    }
    return std::move(entries_);
  }

private:
  void write_dpkg(const Package& package) {
    const std::string place = "/var/lib/dpkg/status.d/" + package.name;
    put(place, package.record + "\n");
    std::string sums;
    for (const std::string& name :
         {package.name, fmt::format("{}:{}", package.name, package.architecture)}) {
      for (const std::string& path : {fmt::format("/var/lib/dpkg/info/{}.md5sums", name),
                                      fmt::format("/var/lib/dpkg/status.d/{}.md5sums", name)}) {
        sums = sums.empty() ? kept_sums(read(path).value_or("")) : sums;
      }
    }
    put(place + ".md5sums", std::move(sums));
    copy(fmt::format("/usr/share/doc/{}/copyright", package.name));
  }

  /// The lines of files that are kept, wherever a symlinked folder has their names today.
  std::string kept_sums(std::string_view text) {
    std::string sums;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      const std::size_t name = line.find("  ");
      if (name != std::string_view::npos &&
          kept_.contains(walker_.follow(fmt::format("/{}", line.substr(name + 2))).path)) {
        sums += line;
        sums += '\n';
      }
    }
    return sums;
  }

  std::optional<std::string> read(const std::string& path) {
    const Walk walk = walker_.follow(path);
    const std::optional<Root::Opened> opened =
        walk.end == WalkEnd::found ? root_.open(walk.path) : std::nullopt;
    if (!opened || opened->stat.size > most_text) {
      return std::nullopt;
    }
    try {
      return read_all(*opened->bytes, most_text);
    } catch (const InputError&) {
      return std::nullopt;
    }
  }

  void copy(const std::string& path) {
    if (std::optional<std::string> text = read(path)) {
      put(path, std::move(*text));
    }
  }

  void put(const std::string& path, std::string text) {
    const RootPath place = RootPath::lexical(path);
    if (!laid_.contains(place) && text.size() > 0) {
      entries_.push_back(
          {.path = place, .type = FileType::regular, .mode = 0644, .text = std::move(text)});
    }
  }

  const Root& root_;
  Walker walker_;
  std::vector<Warning>& said_;
  std::unordered_set<RootPath> laid_;
  std::set<RootPath> kept_; ///< Regular files, by their real paths.
  std::vector<MadeEntry> entries_;
};

} // namespace

std::vector<MadeEntry>
package_records(const Report& report, const Root& root, std::vector<Warning>& said) {
  return RecordWriter(report, root, said).write();
}

} // namespace pare
