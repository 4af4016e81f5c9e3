#include "reviews/windows_base.hpp"

#include "formats/sniff.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace pare {
namespace {

// Windows Server 2022, "Container Base Images"
// (learn.microsoft.com/virtualization/windowscontainers). The full one is named server since then;
// windows has no tag of that release.
constexpr std::array<std::string_view, 3> images = {
    "mcr.microsoft.com/windows/nanoserver",
    "mcr.microsoft.com/windows/servercore",
    "mcr.microsoft.com/windows/server",
};
constexpr std::string_view release = "ltsc2022";

constexpr std::size_t most_told = 4; // of the libraries that force a larger base

std::optional<Pe> pe_of(const ReportFile& file, const Root& root) {
  if (file.kind != FileKind::program && file.kind != FileKind::library) {
    return std::nullopt;
  }
  const std::optional<Root::Opened> opened = root.open(file.path);
  Reading reading = opened ? read_facts(*opened->bytes) : Reading{};
  Pe* pe = std::get_if<Pe>(&reading.facts);
  return pe != nullptr ? std::optional(std::move(*pe)) : std::nullopt;
}

/// The first file with code for this machine.
std::optional<std::string>
native_file(const Report& report, const Root& root, std::uint16_t machine) {
  for (const ReportFile& file : report.files) {
    const std::optional<Pe> pe = pe_of(file, root);
    if (pe && pe->machine == machine && !(pe->clr && pe->clr->il_only)) {
      return file.path.text();
    }
  }
  return std::nullopt;
}

/// What a program asks of its base.
struct Demand {
  WindowsImage image = WindowsImage::nanoserver;
  std::string why; ///< "GDI32.dll of servercore, which /app/x.exe loads".
};

std::vector<Demand> demands(const Report& report) {
  std::vector<Demand> all;
  for (const SystemLibrary& library : report.system) {
    for (const WindowsImage image : {WindowsImage::servercore, WindowsImage::windows}) {
      if (library.provided_by == word(image)) {
        all.push_back(
            {image,
             fmt::format("{}, which {} loads, is {}",
                         library.name,
                         library.by,
                         library.is_uncertain ? "a part of Windows, and nobody says of which base"
                                              : fmt::format("in {}", word(image)))});
      }
    }
  }
  return all;
}

std::string without_tag(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const std::size_t colon = image.rfind(':');
  return std::string(colon != std::string_view::npos &&
                             image.find('/', colon) == std::string_view::npos
                         ? image.substr(0, colon)
                         : image);
}

} // namespace

bool is_for_windows(const Report& report, const Root& root) {
  const ReportFile* first =
      report.programs.empty() ? nullptr : report.find(report.programs.front().path);
  const std::optional<Pe> pe = first != nullptr ? pe_of(*first, root) : std::nullopt;
  return pe && pe->is_for_windows();
}

WindowsBase choose_windows_base(const Report& report, const Root& root, const std::string& asked) {
  if (asked.starts_with("dir:")) {
    throw UsageError(fmt::format("--base {}: of a base of Windows only the name counts", asked));
  }
  std::vector<Demand> all = demands(report);
  const std::optional<std::string> for_32_bit = native_file(report, root, pe::i386);
  if (for_32_bit) { // "Remember that Nano Server is 64-bit only" (NanoServerApiScan's page)
    all.push_back({WindowsImage::servercore,
                   fmt::format("{} is for 32 bits, which nanoserver does not run", *for_32_bit)});
  }
  WindowsImage needed = WindowsImage::nanoserver;
  for (const Demand& demand : all) {
    needed = std::max(needed, demand.image);
  }
  WindowsBase base;
  if (const std::optional<std::string> arm = native_file(report, root, pe::arm64)) {
    base.notes.push_back(fmt::format(
        "{} is for Arm64: the images of {} are for x64, so take one for Arm64 of the same name.",
        *arm,
        release));
  }
  std::size_t has = static_cast<std::size_t>(needed);
  if (asked == "auto") {
    base.image = fmt::format("{}:{}", images[has], release);
  } else {
    base.image = asked;
    // mcr.microsoft.com/windows, of releases before 2022, is the full one, too.
    const std::string name = without_tag(asked);
    const auto known = std::ranges::find(images, name);
    has =
        name == "mcr.microsoft.com/windows" ? 2 : static_cast<std::size_t>(known - images.begin());
    if (has == images.size()) {
      base.notes.push_back(
          fmt::format("What {} has is not known: it must be built on {}:{} or a larger base.",
                      asked,
                      images[static_cast<std::size_t>(needed)],
                      release));
      return base;
    }
  }
  std::set<std::string> told;
  for (const Demand& demand : all) {
    if (static_cast<std::size_t>(demand.image) > has) {
      base.problems.push_back(demand.why);
    } else if (demand.image == needed && told.size() < most_told) {
      told.insert(demand.why);
    }
  }
  for (const std::string& why : told) {
    base.notes.push_back(fmt::format("{} is the smallest base: {}.", word(needed), why));
  }
  if (needed == WindowsImage::nanoserver) {
    base.notes.emplace_back("nanoserver has all that the programs ask of Windows.");
  }
  return base;
}

} // namespace pare
