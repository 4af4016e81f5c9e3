// LIEF judges our PE reader: over all PE files at hand, both must say the same of imports, exports
// and forwarders.
//
//   lief_pe_oracle [FILE|FOLDER]...     default: mono's, wine's and mingw's, as far as installed
//
// LIEF 0.9 knows no delayed imports. Files of more than 20 MB are left out, and so is what one
// minute does not reach. Exit 1 if something differs that is not among the exceptions below; 77 if
// there is no PE file.

#include "../unit/pe_builder.hpp"
#include "formats/pe.hpp"

#include <pare/error.hpp>

#include <LIEF/PE.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
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

std::string said_by_us(const std::string& bytes) {
  const MemoryBytes source(bytes);
  PageReader file(source);
  const Pe pe = read_pe(file);
  std::vector<std::string> lines, exports;
  for (const PeImport& import : pe.imports) {
    if (import.delayed) {
      continue;
    }
    for (const PeSymbol& symbol : import.symbols) {
      lines.push_back("import " + import.library + " " +
                      (symbol.name.empty() ? "#" + std::to_string(symbol.ordinal) : symbol.name));
    }
  }
  for (const PeExport& entry : pe.exports) {
    if (!entry.name.empty()) {
      exports.push_back("export " + entry.name);
    }
    if (!entry.forward.empty()) {
      exports.push_back("forward " + std::to_string(entry.ordinal) + " " + entry.forward);
    }
  }
  std::ranges::sort(exports);
  const auto doubles = std::unique(exports.begin(), exports.end()); // names of one forwarder
  lines.insert(lines.end(), exports.begin(), doubles);
  return joined(lines);
}

std::string said_by_lief(const std::string& bytes) {
  const std::unique_ptr<LIEF::PE::Binary> binary =
      LIEF::PE::Parser::parse(std::vector<std::uint8_t>(bytes.begin(), bytes.end()), "file");
  if (!binary) {
    return "null";
  }
  std::vector<std::string> lines, exports;
  if (binary->has_imports()) {
    for (const LIEF::PE::Import& import : binary->imports()) {
      for (const LIEF::PE::ImportEntry& entry : import.entries()) {
        lines.push_back(
            "import " + import.name() + " " +
            (entry.is_ordinal() ? "#" + std::to_string(entry.ordinal()) : entry.name()));
      }
    }
  }
  if (binary->has_exports()) {
    for (const LIEF::PE::ExportEntry& entry : binary->get_export().entries()) {
      // A forwarder has two entries: one with its target as the name, one with its own name.
      if (entry.is_extern()) {
        exports.push_back("forward " + std::to_string(entry.ordinal()) + " " + entry.name());
      } else if (!entry.name().empty()) {
        exports.push_back("export " + entry.name());
      }
    }
  }
  std::ranges::sort(exports);
  lines.insert(lines.end(), exports.begin(), std::unique(exports.begin(), exports.end()));
  return joined(lines);
}

template <typename Say> std::string or_error(const Say& say, const std::string& bytes) {
  try {
    return say(bytes);
  } catch (const std::exception& error) { // std::bad_alloc too: LIEF believes any size
    return std::string("error: ") + error.what() + '\n';
  }
}

/// Where LIEF 0.9 is known to be wrong about files that Windows loads. Both answers are held to
/// what is written here.
int check_exceptions() {
  const std::vector<PeImport> imports = {{"a.dll", {{"f"}}}};
  test::BuiltPe no_size = test::PeBuilder({.imports = imports}).build();
  no_size.bytes.replace(no_size.at.at("VirtualSize"), 4, std::string(4, '\0'));
  struct Exception {
    const char* what;
    std::string bytes;
    std::string right;
    std::string wrong; ///< LIEF's.
  };
  const Exception exceptions[] = {
      {"a library's name below four characters is none",
       test::build_pe({.imports = {{"a", {{"f"}}}}}),
       "import a f\n",
       ""},
      {"nor is one with a byte that is no ASCII",
       test::build_pe({.imports = {{"\xe4.dll", {{"f"}}}}}),
       "import \xe4.dll f\n",
       ""},
      {"a section without a size in memory has that in the file",
       no_size.bytes,
       "import a.dll f\n",
       ""},
  };
  int failed = 0;
  for (const Exception& exception : exceptions) {
    const std::string ours = or_error(said_by_us, exception.bytes),
                      liefs = or_error(said_by_lief, exception.bytes);
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
  void visit(const fs::path& place) {
    std::error_code error;
    if (fs::is_directory(place, error)) {
      std::vector<fs::path> entries;
      for (const auto& entry : fs::recursive_directory_iterator(place, error)) {
        if (entry.is_regular_file(error) && !entry.is_symlink(error)) {
          entries.push_back(entry.path());
        }
      }
      std::ranges::sort(entries);
      std::ranges::for_each(entries, [this](const fs::path& entry) { compare(entry); });
    } else {
      compare(place);
    }
  }

  int finish(int failed) const {
    std::printf("%u PE files compared, %u equal, %u refused by both, %u different; left out: %u "
                "larger than %ju MiB, %u for want of time\n",
                compared_,
                equal_,
                refused_,
                different_,
                large_,
                largest_file >> 20,
                late_);
    return different_ > 0 || failed > 0 ? 1 : compared_ == 0 ? 77 : 0;
  }

private:
  void compare(const fs::path& path) {
    std::error_code error;
    std::ifstream file(path, std::ios::binary);
    char start[2] = {};
    file.read(start, sizeof start);
    if (std::string_view(start, 2) != "MZ") {
      return;
    }
    if (fs::file_size(path, error) > largest_file) {
      ++large_;
      return;
    }
    if (std::chrono::steady_clock::now() - start_ > longest) {
      ++late_;
      return;
    }
    file.seekg(0);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const MemoryBytes source(bytes);
    PageReader reader(source);
    if (!looks_like_pe(reader)) {
      return;
    }
    const std::string ours = or_error(said_by_us, bytes), liefs = or_error(said_by_lief, bytes);
    ++compared_;
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
    int told = 0;
    for (std::string line; std::getline(lines, line) && told < 10;) {
      if (("\n" + other).find("\n" + line + "\n") == std::string::npos) {
        std::printf("  only %s: %s\n", who, line.c_str());
        ++told;
      }
    }
  }

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  unsigned compared_ = 0, equal_ = 0, refused_ = 0, different_ = 0, large_ = 0, late_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  const int failed = check_exceptions();
  std::vector<fs::path> places = {"/usr/lib/mono",
                                  "/usr/lib/x86_64-linux-gnu/wine",
                                  "/usr/lib/gcc/x86_64-w64-mingw32",
                                  "/usr/x86_64-w64-mingw32/lib"};
  if (argc > 1) {
    places.assign(argv + 1, argv + argc);
  }
  Comparison comparison;
  std::ranges::for_each(places, [&](const fs::path& place) { comparison.visit(place); });
  return comparison.finish(failed);
}
