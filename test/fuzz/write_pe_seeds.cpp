// Writes the first inputs of the corpus `pe` into a folder: one PE file of each kind that the
// reader tells apart.

#include "../unit/pe_builder.hpp"

#include <filesystem>
#include <fstream>

using namespace pare;

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  const auto write = [&](const std::string& name, const test::PeSpec& spec) {
    std::ofstream(std::filesystem::path(argv[1]) / name, std::ios::binary) << test::build_pe(spec);
  };
  test::PeSpec rich = {
      .is_hybrid = true,
      .imports = {{"a.dll", {{"f"}, {"g"}, {"", 7}}},
                  {"KERNEL32.dll", {{"ExitProcess"}}},
                  {"b.dll", {{"f"}}, true},
                  {"c.dll", {{"f"}}, false, true}},
      .export_name = "a.dll",
      .exports = {{1, "f"}, {2, "g", "b.f"}, {4, "h", "c.#1"}, {5, ""}},
      .bound = {"KERNEL32.dll", "NTDLL.DLL"},
      .manifest = "<assembly><assemblyIdentity name='x'/><dependency><dependentAssembly>"
                  "<assemblyIdentity name='b' language='de'/></dependentAssembly></dependency>"
                  "<file name='a.dll'/></assembly>",
  };
  write("64", rich);
  rich.is_dll = true;
  rich.is_64 = false;
  rich.machine = pe::i386;
  write("32-dll", rich);
  write("arm64", {.machine = pe::arm64, .is_hybrid = true, .imports = {{"a.dll", {{"f"}}}}});
  write("efi", {.subsystem = 10});
  const Clr clr = {
      .runtime = "v4.0.30319",
      .is_assembly = true,
      .own = {"x", "1.2.3.4", "", "b77a5c561934e089"},
      .references = {{"a", "1.0.0.0", "", ""}, {"b", "1.0.0.0", "de", "0123456789abcdef"}},
      .native_libraries = {"user32.dll", "b"},
      .files = {"part.netmodule"},
      .il_only = true};
  write("clr", {.machine = pe::i386, .is_64 = false, .clr = clr});
}
