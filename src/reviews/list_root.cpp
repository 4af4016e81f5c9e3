#include "reviews/list_root.hpp"

#include "base/digest.hpp"
#include "packages/packages.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pare {
namespace {

constexpr std::size_t most_entries = 2'000'000;
constexpr std::uint64_t largest_digested = std::uint64_t{64} << 20;

} // namespace

Report list_root(const Root& root) {
  Report report;
  report.root = root.label();
  const std::unique_ptr<Packages> packages = read_packages(root, report.warnings);
  std::set<std::pair<std::uint64_t, std::uint64_t>> counted;
  std::vector<RootPath> open = {RootPath()};
  while (!open.empty()) {
    const RootPath folder = std::move(open.back());
    open.pop_back();
    try {
      for (const std::string& name : root.list(folder)) {
        const RootPath path = folder / name;
        const std::optional<Stat> stat = root.lstat(path);
        if (!stat) {
          continue;
        }
        if (report.files.size() == most_entries) {
          throw InputError(fmt::format("{}: more than {} files", root.label(), most_entries));
        }
        ReportFile& file = report.files.emplace_back();
        file.path = path;
        file.stat = *stat;
        file.kind = stat->type == FileType::directory ? FileKind::directory
                    : stat->type == FileType::symlink ? FileKind::symlink
                                                      : FileKind::data;
        if (file.kind == FileKind::symlink) {
          file.target = root.read_link(path).value_or("");
        } else if (file.kind == FileKind::directory) {
          open.push_back(path);
        } else {
          ++report.file_count;
          if (stat->links < 2 || counted.emplace(stat->device, stat->inode).second) {
            report.bytes += stat->size;
          }
        }
        if (packages != nullptr && file.kind != FileKind::directory) {
          if (const std::optional<PackageId> owner = packages->owner(path)) {
            file.package = packages->label(*owner);
          }
        }
        if (stat->type == FileType::regular && stat->size <= largest_digested) {
          if (const std::optional<Root::Opened> opened = root.open(path)) {
            file.sha256 = sha256(*opened->bytes);
          }
        }
      }
    } catch (const InputError& error) {
      if (report.files.size() == most_entries) {
        throw;
      }
      report.warnings.push_back({folder.text(), error.what()});
    }
  }
  std::ranges::sort(report.files, {}, &ReportFile::path);
  return report;
}

} // namespace pare
