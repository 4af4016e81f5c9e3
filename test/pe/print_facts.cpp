// What our reader says of PE files, a line a fact, for judges that read the same files themselves
// (scripts/oracle-pe):  print_facts FILE...
//
// Each file begins with "file PATH". A line that no other reader would have is not printed.

#include "base/names.hpp"
#include "formats/pe.hpp"

#include <pare/error.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

using namespace pare;

namespace {

std::string symbol(const PeSymbol& symbol) {
  return symbol.name.empty() ? "#" + std::to_string(symbol.ordinal) : shown(symbol.name);
}

std::string assembly(const AssemblyName& name) {
  return shown(name.name) + " " + name.version + " " + name.culture + " " + name.public_key_token;
}

void print(const std::string& bytes) {
  const MemoryBytes source(bytes);
  PageReader file(source);
  if (!looks_like_pe(file)) {
    std::puts("no PE file");
    return;
  }
  const Pe pe = read_pe(file);
  std::printf("machine %x %d %d %u\n", pe.machine, pe.is_64, pe.is_dll, pe.subsystem);
  for (const PeImport& import : pe.imports) {
    const char* kind = import.delayed ? "delayed" : "import";
    std::printf("%s %s\n", kind, shown(import.library).c_str());
    for (const PeSymbol& s : import.symbols) {
      std::printf("%s %s %s\n", kind, shown(import.library).c_str(), symbol(s).c_str());
    }
  }
  for (const std::string& name : pe.bound) {
    std::printf("bound %s\n", shown(name).c_str());
  }
  for (const PeExport& entry : pe.exports) {
    std::printf("export %u %s %s\n",
                entry.ordinal,
                shown(entry.name).c_str(),
                shown(entry.forward).c_str());
  }
  if (!pe.manifest.empty()) {
    std::printf("manifest %zu\n", pe.manifest.size());
  }
  if (pe.clr) {
    std::printf("clr %s\n", shown(pe.clr->runtime).c_str());
    if (pe.clr->is_assembly) {
      std::printf("assembly %s\n", assembly(pe.clr->own).c_str());
    }
    for (const AssemblyName& name : pe.clr->references) {
      std::printf("reference %s\n", assembly(name).c_str());
    }
    for (const std::string& name : pe.clr->native_libraries) {
      std::printf("native %s\n", shown(name).c_str());
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::printf("file %s\n", argv[i]);
    std::ifstream in(argv[i], std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    try {
      print(bytes);
    } catch (const InputError& error) {
      std::printf("damaged: %s\n", error.what());
    }
  }
}
