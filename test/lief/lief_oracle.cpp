// LIEF judges our ELF reader: over all ELF files at hand, both must say the same of the dynamic
// table and of symbol versions.
//
//   lief_oracle [FILE|FOLDER]...     default: this machine's programs and libraries, those of cross
//   compilers first
//
// Files of more than 20 MB are left out (LIEF builds every symbol of them), and so is what one
// minute does not reach. Prints how many files were compared, and what differs. Exit 1 if something
// differs that is not among the exceptions below.

#include "../unit/elf_builder.hpp"
#include "formats/elf.hpp"

#include <pare/error.hpp>

#include <LIEF/ELF.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace pare;
namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t largest_file = 20 << 20;
constexpr std::chrono::seconds longest{60};

std::string joined(std::vector<std::string> lines) {
  std::string out;
  for (const std::string& line : lines) {
    out += line + '\n';
  }
  return out;
}

/// What is compared, a line each. DT_RPATH beside DT_RUNPATH is void (glibc 2.36,
/// elf/get-dynamic-info.h) and is left out.
std::string said_by_us(const std::string& bytes) {
  const MemoryBytes source(bytes);
  PageReader file(source);
  const Elf elf = read_elf(file);
  std::vector<std::string> lines;
  if (elf.interpreter) {
    lines.push_back("interpreter " + *elf.interpreter);
  }
  for (const Dependency& dependency : elf.dependencies) {
    if (dependency.tag == DependencyTag::needed) {
      lines.push_back("needed " + dependency.name);
    }
  }
  if (elf.soname) {
    lines.push_back("soname " + *elf.soname);
  }
  if (elf.rpath) {
    lines.push_back("rpath " + *elf.rpath);
  }
  if (elf.runpath) {
    lines.push_back("runpath " + *elf.runpath);
  }
  for (const VersionNeed& need : elf.version_needs) {
    lines.push_back("needs " + need.library + " " + need.version);
  }
  for (const std::string& version : elf.versions) {
    lines.push_back("defines " + version);
  }
  return joined(lines);
}

std::string said_by_lief(const std::string& bytes) {
  const std::unique_ptr<const LIEF::ELF::Binary> binary =
      LIEF::ELF::Parser::parse(std::vector<std::uint8_t>(bytes.begin(), bytes.end()), "file");
  if (!binary) {
    return "null";
  }
  std::vector<std::string> lines, needed, versions;
  std::string soname, rpath, runpath;
  for (const LIEF::ELF::DynamicEntry& entry : binary->dynamic_entries()) {
    using enum LIEF::ELF::DYNAMIC_TAGS;
    switch (entry.tag()) {
    case DT_NEEDED:
      needed.push_back("needed " +
                       static_cast<const LIEF::ELF::DynamicEntryLibrary&>(entry).name());
      break;
    case DT_SONAME:
      soname = "soname " + static_cast<const LIEF::ELF::DynamicSharedObject&>(entry).name();
      break;
    case DT_RPATH:
      rpath = "rpath " + static_cast<const LIEF::ELF::DynamicEntryRpath&>(entry).rpath();
      break;
    case DT_RUNPATH:
      runpath = "runpath " + static_cast<const LIEF::ELF::DynamicEntryRunPath&>(entry).runpath();
      break;
    default:
      break;
    }
  }
  if (binary->has_interpreter()) {
    lines.push_back("interpreter " + binary->interpreter());
  }
  std::ranges::move(needed, std::back_inserter(lines));
  for (const std::string& line : {soname, runpath.empty() ? rpath : std::string(), runpath}) {
    if (!line.empty()) {
      lines.push_back(line);
    }
  }
  for (const LIEF::ELF::SymbolVersionRequirement& requirement :
       binary->symbols_version_requirement()) {
    for (const LIEF::ELF::SymbolVersionAuxRequirement& auxiliary :
         requirement.auxiliary_symbols()) {
      lines.push_back("needs " + requirement.name() + " " + auxiliary.name());
    }
  }
  for (const LIEF::ELF::SymbolVersionDefinition& definition :
       binary->symbols_version_definition()) {
    versions.push_back("defines " +
                       definition.symbols_aux().begin()->name()); // the rest are its predecessors
  }
  std::ranges::sort(versions);
  std::ranges::move(versions, std::back_inserter(lines));
  return joined(lines);
}

std::string ours_or_error(const std::string& bytes) {
  try {
    return said_by_us(bytes);
  } catch (const InputError& error) {
    return std::string("error: ") + error.what() + '\n';
  }
}

std::string liefs_or_error(const std::string& bytes) {
  try {
    return said_by_lief(bytes);
  } catch (const std::exception& error) { // std::bad_alloc too: it believes any size
    return std::string("error: ") + error.what() + '\n';
  }
}

std::string without_interpreter() {
  const test::ElfSpec spec = {.interpreter = "/lib/ld.so"};
  test::BuiltElf built = test::ElfBuilder(spec).build();
  built.bytes[built.at.at("PT_INTERP p_filesz")] = 0;
  return built.bytes;
}

/// Where LIEF 0.9 is known to be wrong. We made each file and know what is in it; both answers are
/// held to what is written here, so that a LIEF that learned is noticed as well as a reader of ours
/// that forgot.
int check_exceptions() {
  struct Exception {
    const char* what;
    std::string bytes;
    std::string right;
    std::string wrong; ///< LIEF's.
  };
  test::ElfSpec many;
  std::string all, thousand;
  for (int i = 0; i < 1100; ++i) {
    many.needed.push_back("lib" + std::to_string(i) + ".so");
    (i < 1000 ? thousand : all) += "needed " + many.needed.back() + '\n';
  }
  const Exception exceptions[] = {
      {"it reads at most 1000 entries of the dynamic table, the string table among them",
       test::build_elf(many),
       thousand + all,
       thousand},
      {"a file that is cut short is one without needs",
       test::build_elf({.needed = {"liba.so"}}).substr(0, 100),
       "error: program header table at offset 64 lies outside of the file\n",
       ""},
      {"an interpreter without a name, which the kernel refuses (load_elf_binary), is none",
       without_interpreter(),
       "error: interpreter name of 0 bytes\n",
       ""},
  };
  int failed = 0;
  for (const Exception& exception : exceptions) {
    const std::string ours = ours_or_error(exception.bytes),
                      liefs = liefs_or_error(exception.bytes);
    if (ours != exception.right) {
      std::printf("we are wrong (%s):\n%s", exception.what, ours.c_str());
      ++failed;
    }
    if (liefs != exception.wrong) {
      std::printf(
          "LIEF says another thing than it used to (%s):\n%s", exception.what, liefs.c_str());
      ++failed;
    }
  }
  return failed;
}

class Comparison {
public:
  void visit(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(fs::symlink_status(path, error))) {
      if (path == "/usr/lib/debug") { // headers without the bytes that they speak of: nothing that
                                      // is loaded
        return;
      }
      std::vector<fs::path> entries;
      for (const auto& entry : fs::directory_iterator(path, error)) {
        entries.push_back(entry.path());
      }
      std::ranges::sort(entries);
      std::ranges::for_each(entries, std::bind_front(&Comparison::visit, this));
      return;
    }
    struct stat status;
    if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
        !seen_.emplace(status.st_dev, status.st_ino).second) {
      return;
    }
    if (is_program_or_library(path)) {
      compare(path, static_cast<std::uintmax_t>(status.st_size));
    }
  }

  int finish() const {
    std::printf("%u files compared (%u of them not x86-64), %u equal, %u refused by both, %u "
                "different; left out: %u larger "
                "than %ju MiB, %u for want of time\n",
                compared_,
                foreign_,
                equal_,
                refused_,
                different_,
                large_,
                largest_file >> 20,
                late_);
    return different_ == 0 && equal_ > 0 ? 0 : 1;
  }

private:
  /// By its header: object files and what else is ELF are none of a loader's business.
  bool is_program_or_library(const fs::path& path) {
    char header[20] = {};
    std::ifstream(path, std::ios::binary).read(header, sizeof header);
    const bool is_big = header[5] == 2;
    const int type = header[is_big ? 17 : 16];
    is_foreign_ = is_big || header[18] != elf::em_x86_64;
    return std::string_view(header, 4) == "\177ELF" &&
           (type == elf::et_exec || type == elf::et_dyn);
  }

  void compare(const fs::path& path, std::uintmax_t size) {
    if (size > largest_file) {
      ++large_;
      return;
    }
    if (std::chrono::steady_clock::now() - start_ > longest) {
      ++late_;
      return;
    }
    std::ifstream file(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const std::string ours = ours_or_error(bytes), liefs = liefs_or_error(bytes);
    ++compared_;
    foreign_ += is_foreign_ ? 1 : 0;
    if (ours.starts_with("error: ") && (liefs.starts_with("error: ") || liefs == "null")) {
      ++refused_;
    } else if (ours == liefs) {
      ++equal_;
    } else {
      ++different_;
      std::printf("%s:\n", path.c_str());
      print_difference(ours, "we say   ", liefs);
      print_difference(liefs, "LIEF says", ours);
    }
  }

  static void print_difference(const std::string& text, const char* who, const std::string& other) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (("\n" + other).find("\n" + line + "\n") == std::string::npos) {
        std::printf("  only %s: %s\n", who, line.c_str());
      }
    }
  }

  std::set<std::pair<dev_t, ino_t>> seen_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  bool is_foreign_ = false;
  unsigned compared_ = 0, foreign_ = 0, equal_ = 0, refused_ = 0, different_ = 0, large_ = 0,
           late_ = 0;
};

std::vector<fs::path> usual_places() {
  std::vector<fs::path> places;
  for (const auto& entry : fs::directory_iterator("/usr")) {
    if (entry.path().filename().string().find("-linux-") != std::string::npos) {
      places.push_back(entry.path());
    }
  }
  std::ranges::sort(places);
  places.insert(places.end(), {"/usr/bin", "/usr/sbin", "/usr/lib"});
  return places;
}

} // namespace

int main(int argc, char** argv) {
  const int failed = check_exceptions();
  Comparison comparison;
  const std::vector<fs::path> places =
      argc > 1 ? std::vector<fs::path>(argv + 1, argv + argc) : usual_places();
  std::ranges::for_each(places, [&](const fs::path& place) { comparison.visit(place); });
  return comparison.finish() != 0 || failed != 0 ? 1 : 0;
}
