// Programs and addons of Windows that npm packages ship: their recorded facts
// (windows_packages.txt, by scripts/record-pe-facts), and what pare must make of them.

#include "formats/described.hpp"
#include "reviews/windows_base.hpp"
#include "root/memory.hpp"

#include <pare/resolve.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

using namespace pare;

TEST_SUITE_BEGIN("reviews");

namespace {

struct RecordedFile {
  std::uint64_t size = 0;
  Pe pe;
};
using Package = std::map<std::string, RecordedFile>; // by path

PeSymbol symbol_of(const std::string& text) {
  return text.starts_with('#') ? PeSymbol{"", static_cast<std::uint16_t>(std::stoi(text.substr(1)))}
                               : PeSymbol{text};
}

std::map<std::string, Package> read_packages() {
  std::ifstream in(std::filesystem::path(PARE_TEST_FOLDER) / "unit" / "windows_packages.txt");
  std::map<std::string, Package> packages;
  Package* package = nullptr;
  RecordedFile* file = nullptr;
  for (std::string line, kind, name, symbol; std::getline(in, line);) {
    std::istringstream words(line);
    words >> kind;
    if (kind == "package") {
      words >> name;
      package = &packages[name];
    } else if (kind == "file") {
      words >> name;
      file = &(*package)[name];
      words >> file->size;
    } else if (kind == "machine") {
      unsigned machine = 0;
      words >> std::hex >> machine >> file->pe.is_64 >> file->pe.is_dll >> std::dec >>
          file->pe.subsystem;
      file->pe.machine = static_cast<std::uint16_t>(machine);
    } else if (kind == "export") {
      PeExport& entry = file->pe.exports.emplace_back();
      words >> entry.ordinal >> entry.name;
    } else if (words >> name; words >> symbol) {
      file->pe.imports.back().symbols.push_back(symbol_of(symbol));
    } else {
      file->pe.imports.push_back({.library = name, .delayed = kind == "delayed"});
    }
  }
  for (auto& [unused, files] : packages) {
    for (auto& [path, recorded] : files) {
      Pe& pe = recorded.pe;
      std::ranges::sort(pe.exports);
      for (std::uint32_t i = 0; i < pe.exports.size(); ++i) {
        pe.exports_by_name.push_back(i);
      }
      std::ranges::sort(
          pe.exports_by_name, {}, [&](std::uint32_t i) { return pe.exports[i].name; });
    }
  }
  return packages;
}

/// "base; libraries; missing" of the first program or addon of a package.
std::string judged(const Package& package, const std::string& program) {
  MemoryRoot root;
  for (const auto& [path, file] : package) {
    root.add_file(RootPath::trusted(path), std::make_shared<DescribedFile>(file.size, file.pe, ""));
  }
  const Report report = resolve(root, {.programs = {program}});
  const WindowsBase base = choose_windows_base(report, root, "auto");
  std::string out = base.image.substr(base.image.rfind('/') + 1) + ";";
  for (const ReportFile& file : report.files) {
    if (file.is_regular() && file.path.text() != program) {
      out += " " + file.path.text();
    }
  }
  out += ";";
  for (const Missing& missing : report.missing) {
    out += " " + missing.name;
  }
  return out;
}

} // namespace

TEST_CASE("what npm packages ship for Windows: the closure, the base, and what is missing") {
  const std::map<std::string, Package> packages = read_packages();
  const auto of = [&](const std::string& package, const std::string& program) {
    return judged(packages.at(package), program);
  };
  CHECK(of("@esbuild/win32-x64@0.28.2", "/esbuild.exe") == "nanoserver:ltsc2022;;");
  CHECK(of("@esbuild/win32-arm64@0.28.2", "/esbuild.exe") == "nanoserver:ltsc2022;;");
  // nanoserver runs no program of 32 bits
  CHECK(of("@esbuild/win32-ia32@0.28.2", "/esbuild.exe") == "servercore:ltsc2022;;");
  // github.com/lovell/sharp/issues/3175: it does not load in nanoserver
  CHECK(of("@img/sharp-win32-x64@0.35.5", "/lib/sharp-win32-x64-0.35.5.node") ==
        "servercore:ltsc2022; /lib/libvips-42.dll /lib/libvips-cpp-8.18.7.dll;");
  CHECK(of("@rollup/rollup-win32-x64-msvc@4.68.8", "/rollup.win32-x64-msvc.node") ==
        "nanoserver:ltsc2022;;");
  CHECK(of("@rollup/rollup-win32-arm64-msvc@4.68.8", "/rollup.win32-arm64-msvc.node") ==
        "nanoserver:ltsc2022;; VCRUNTIME140.dll");
  CHECK(of("@biomejs/cli-win32-x64@2.6.8", "/biome.exe") ==
        "nanoserver:ltsc2022;; VCRUNTIME140.dll");
  CHECK(of("@node-rs/argon2-win32-x64-msvc@2.2.1", "/argon2.win32-x64-msvc.node") ==
        "nanoserver:ltsc2022;; VCRUNTIME140.dll VCRUNTIME140_1.dll");
  CHECK(of("@parcel/watcher-win32-x64@2.6.0", "/watcher.node") == "nanoserver:ltsc2022;;");
  CHECK(of("lightningcss-win32-x64-msvc@1.33.0", "/lightningcss.win32-x64-msvc.node") ==
        "nanoserver:ltsc2022;;");
}

TEST_SUITE_END();
