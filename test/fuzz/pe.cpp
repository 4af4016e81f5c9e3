// Any bytes as a PE file: facts, or InputError with a text. The facts then serve a loader: a
// program that lies beside itself under the names it imports.

#include "formats/pe.hpp"

#include "base/bytes.hpp"
#include "entry.hpp"
#include "finders/windows_calls.hpp"
#include "formats/manifest.hpp"
#include "loaders/windows.hpp"
#include "root/memory.hpp"

#include <pare/error.hpp>

#include <algorithm>

using namespace pare;
using test::promise;

namespace {

void read(const std::string& bytes) {
  const MemoryBytes source(bytes);
  PageReader file(source);
  if (!looks_like_pe(file)) {
    return;
  }
  const Pe pe = read_pe(file);
  std::size_t names = pe.manifest.size();
  for (const PeImport& import : pe.imports) {
    names += import.library.size();
    for (const PeSymbol& symbol : import.symbols) {
      promise(symbol.name.find('\0') == std::string::npos, "a name ends at NUL");
      names += symbol.name.size();
    }
  }
  promise(names <= 2 * bytes.size() + 4096, "names are bounded by the file's size");
  promise(std::ranges::is_sorted(pe.exports), "exports are sorted");
  for (const std::uint32_t index : pe.exports_by_name) {
    promise(index < pe.exports.size() && !pe.exports[index].name.empty(), "an index of a name");
  }
  for (const PeExport& entry : pe.exports) {
    const PeExport* found = pe.find_export({entry.name, static_cast<std::uint16_t>(entry.ordinal)});
    promise(entry.ordinal > UINT16_MAX || (found != nullptr && found->name == entry.name) ||
                entry.name.empty(),
            "what is exported is found");
  }
  read_manifest(pe.manifest);
}

void load(const std::string& bytes) {
  MemoryRoot root;
  for (const std::string name : {"x.exe", "a.dll", "b.dll", "x.dll"}) {
    root.add_file(RootPath::trusted("/app/" + name), bytes);
  }
  Files files(root);
  const Found& found = files.open("/app/x.exe");
  if (found.file != nullptr && found.file->pe() != nullptr) {
    const WindowsLoading loading = WindowsLoader(files, {}).load(*found.file, "/app", "x.exe");
    for (const WindowsAnswer& answer : loading.answers) {
      promise(answer.by != nullptr, "somebody asked");
      promise((answer.outcome == WindowsAnswer::Outcome::found) <= (answer.file != nullptr),
              "what is found is a file");
    }
  }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(test::text_of(data, size));
  try {
    read(bytes);
  } catch (const InputError& error) {
    promise(*error.what() != '\0', "an error says why");
  }
  load(bytes);
  const MemoryBytes source(bytes);
  for (const std::string& name : find_library_calls(source)) {
    promise(!name.empty() && name.size() < 261, "a name that code hands over");
  }
  for (const std::string& name : find_library_names(source)) {
    promise(name.size() > 4, "a name of a library");
  }
  return 0;
}
