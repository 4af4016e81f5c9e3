// PE format (learn.microsoft.com/windows/win32/debug/pe-format). What the loader reads is read as
// it does: a descriptor without name or address table ends the imports; a table of names that is
// not there is replaced by the address table, which holds the same until the file is loaded, unless
// the file was bound.

#include "formats/pe.hpp"

#include "formats/clr.hpp"
#include "formats/pe_image.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace pare {
namespace {

constexpr std::uint16_t is_dll_bit = 0x2000;
constexpr std::uint64_t manifest_type = 24;         // RT_MANIFEST
constexpr std::uint64_t longest_manifest = 1 << 20; // hundreds of times the usual
constexpr std::uint64_t most_resources = 4096;      // in one folder of the tree

class PeReader {
public:
  explicit PeReader(PageReader& file) : image_(file) {}

  Pe read() {
    pe_.machine = image_.machine();
    pe_.is_64 = image_.is_64();
    pe_.is_dll = (image_.characteristics() & is_dll_bit) != 0;
    pe_.subsystem = image_.subsystem();
    read_bound_imports();
    read_imports();
    read_delay_imports();
    read_exports();
    read_manifest();
    pe_.is_hybrid = has_hybrid_code();
    if (image_.directory(PeImage::clr_header).rva != 0) {
      pe_.clr = read_clr(image_);
    }
    return std::move(pe_);
  }

private:
  using Directory = PeImage::Directory;

  /// A field of a record that is not in view any more.
  static std::uint64_t field(std::string_view record, std::size_t offset, unsigned width = 4) {
    return load_unsigned(record.substr(offset), width, false);
  }

  void read_imports() {
    const Directory table = image_.directory(PeImage::imports);
    for (std::uint64_t at = table.rva; table.rva != 0; at += 20) {
      const std::string record(image_.view(at, 20, "import descriptor"));
      const std::uint64_t names = field(record, 0), name = field(record, 12),
                          addresses = field(record, 16);
      if (name == 0 || addresses == 0) {
        return;
      }
      PeImport& import = add_import(name);
      const bool is_bound = field(record, 4) != 0;
      if (names == 0 && is_bound) {
        import.symbols_unknown = true;
      } else {
        read_symbols(import, names != 0 ? names : addresses, 0);
      }
    }
  }

  // "Delay-Load Directory Table". Linkers before 2002 wrote addresses where RVAs belong.
  void read_delay_imports() {
    const Directory table = image_.directory(PeImage::delay_imports);
    for (std::uint64_t at = table.rva; table.rva != 0; at += 32) {
      const std::string record(image_.view(at, 32, "delay import descriptor"));
      const std::uint64_t base = (field(record, 0) & 1) != 0 ? 0 : image_.base();
      const std::uint64_t name = field(record, 4), names = field(record, 16);
      if (name == 0) {
        return;
      }
      PeImport& import = add_import(name - base);
      import.delayed = true;
      if (names != 0) {
        read_symbols(import, names - base, base);
      }
    }
  }

  PeImport& add_import(std::uint64_t name) {
    image_.spend_entry();
    PeImport& import = pe_.imports.emplace_back();
    import.library = image_.name(name, "name of an imported library");
    return import;
  }

  void read_symbols(PeImport& import, std::uint64_t at, std::uint64_t base) {
    const unsigned width = pe_.is_64 ? 8 : 4;
    const std::uint64_t by_ordinal = std::uint64_t{1} << (8 * width - 1);
    while (const std::uint64_t entry = image_.number(at, width, "import table")) {
      image_.spend_entry();
      PeSymbol& symbol = import.symbols.emplace_back();
      if ((entry & by_ordinal) != 0) {
        symbol.ordinal = static_cast<std::uint16_t>(entry);
      } else {
        symbol.name = image_.name(entry - base + 2, "name of an imported symbol");
      }
      at += width;
    }
  }

  // "Import bound": offsets count from the table's start; forwarders' entries follow their own's.
  void read_bound_imports() {
    const Directory table = image_.directory(PeImage::bound_imports);
    if (table.rva == 0) {
      return;
    }
    std::unordered_set<std::string> known;
    std::uint64_t forwarders = 0;
    for (std::uint64_t at = table.rva;; at += 8) {
      const std::string record(image_.view(at, 8, "bound import"));
      if (forwarders == 0 && field(record, 0) == 0 && field(record, 4, 2) == 0) {
        return;
      }
      image_.spend_entry();
      std::string name = image_.name(table.rva + field(record, 4, 2), "name of a bound library");
      if (known.insert(name).second) {
        pe_.bound.push_back(std::move(name));
      }
      forwarders = forwarders == 0 ? field(record, 6, 2) : forwarders - 1;
    }
  }

  void read_exports() {
    const Directory table = image_.directory(PeImage::exports);
    if (table.rva == 0) {
      return;
    }
    const std::string record(image_.view(table.rva, 40, "export directory"));
    const std::uint64_t own_name = field(record, 12), base = field(record, 16),
                        function_count = field(record, 20), name_count = field(record, 24),
                        functions = field(record, 28), names = field(record, 32),
                        ordinals = field(record, 36);
    if (own_name != 0) {
      pe_.export_name = image_.name(own_name, "name of the exporting library");
    }
    std::vector<bool> has_name;
    const auto add = [&](std::uint64_t index, std::string name) {
      const std::uint64_t address = image_.number(functions + 4 * index, 4, "export address table");
      if (address == 0) {
        return; // a gap between ordinals
      }
      image_.spend_entry();
      PeExport& entry = pe_.exports.emplace_back();
      entry.ordinal = static_cast<std::uint32_t>(base + index);
      entry.name = std::move(name);
      if (address >= table.rva && address - table.rva < table.size) {
        entry.forward = image_.name(address, "forwarder");
      }
    };
    for (std::uint64_t i = 0; i < name_count; ++i) {
      const std::uint64_t name = image_.number(names + 4 * i, 4, "export name table");
      const std::uint64_t index = image_.number(ordinals + 2 * i, 2, "export ordinal table");
      image_.spend_entry();
      if (index >= function_count) {
        continue; // the loader says that there is no such function
      }
      has_name.resize(std::max<std::size_t>(has_name.size(), index + 1));
      has_name[index] = true;
      add(index, image_.name(name, "name of an exported symbol"));
    }
    for (std::uint64_t i = 0; i < function_count; ++i) {
      if (i >= 65536) {
        throw InputError("more exported functions than there are ordinals");
      }
      if (i >= has_name.size() || !has_name[i]) {
        add(i, "");
      }
    }
    std::ranges::sort(pe_.exports);
    std::vector<std::uint32_t>& by_name = pe_.exports_by_name;
    for (std::uint32_t i = 0; i < pe_.exports.size(); ++i) {
      if (!pe_.exports[i].name.empty()) {
        by_name.push_back(i);
      }
    }
    std::ranges::sort(
        by_name, {}, [this](std::uint32_t i) -> const std::string& { return pe_.exports[i].name; });
  }

  // Three levels: type, name, language ("The .rsrc Section"). The loader takes manifest 1 of a
  // program and 2 of a library (CreateActCtx, ISOLATIONAWARE_MANIFEST_RESOURCE_ID), in any
  // language.
  void read_manifest() {
    const Directory tree = image_.directory(PeImage::resources);
    if (tree.rva == 0) {
      return;
    }
    const std::optional<std::uint64_t> type = find_resource(tree.rva, 0, manifest_type);
    if (!type) {
      return;
    }
    std::optional<std::uint64_t> name = find_resource(tree.rva, *type, pe_.is_dll ? 2 : 1);
    if (!name && pe_.is_dll) {
      name = find_resource(tree.rva, *type, 1); // a private assembly's own (Manifest resources)
    }
    const std::optional<std::uint64_t> language =
        name ? find_resource(tree.rva, *name, std::nullopt) : std::nullopt;
    if (!language) {
      return;
    }
    const std::string entry(image_.view(tree.rva + *language, 16, "resource"));
    const std::uint64_t size = field(entry, 4);
    if (size > longest_manifest) {
      throw InputError(fmt::format("a manifest of {} bytes", size));
    }
    pe_.manifest = image_.bytes(field(entry, 0), size, "manifest");
  }

  /// The offset of what a folder has under `id`, or under whatever comes first; nullopt: nothing,
  /// or nothing that fits the level.
  std::optional<std::uint64_t>
  find_resource(std::uint64_t tree, std::uint64_t folder, std::optional<std::uint64_t> id) {
    constexpr std::uint64_t high_bit = 0x80000000;
    const std::string head(image_.view(tree + folder, 16, "resource folder"));
    const std::uint64_t count = std::min(field(head, 12, 2) + field(head, 14, 2), most_resources);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string entry(image_.view(tree + folder + 16 + 8 * i, 8, "resource folder"));
      const std::uint64_t name = field(entry, 0), offset = field(entry, 4);
      const bool is_folder = (offset & high_bit) != 0;
      if (is_folder == id.has_value() && (!id || name == *id)) {
        return offset & ~high_bit;
      }
    }
    return std::nullopt;
  }

  // IMAGE_LOAD_CONFIG_DIRECTORY64 of the Windows SDK (winnt.h): CHPEMetadataPointer at 200 is set
  // where code for Arm64 lies beside x64's ("Arm64EC ABI", "Arm64X PE files" of
  // learn.microsoft.com/windows/arm).
  bool has_hybrid_code() {
    const Directory config = image_.directory(PeImage::load_config);
    constexpr std::uint64_t metadata_pointer = 200;
    return pe_.is_64 && config.rva != 0 &&
           image_.number(config.rva, 4, "load configuration") >= metadata_pointer + 8 &&
           image_.number(config.rva + metadata_pointer, 8, "load configuration") != 0;
  }

  PeImage image_;
  Pe pe_;
};

} // namespace

const PeExport* Pe::find_export(const PeSymbol& symbol) const {
  if (symbol.name.empty()) {
    const auto found = std::ranges::lower_bound(exports, symbol.ordinal, {}, &PeExport::ordinal);
    return found != exports.end() && found->ordinal == symbol.ordinal ? &*found : nullptr;
  }
  const auto name_of = [this](std::uint32_t index) -> const std::string& {
    return exports[index].name;
  };
  const auto found = std::ranges::lower_bound(exports_by_name, symbol.name, {}, name_of);
  return found != exports_by_name.end() && name_of(*found) == symbol.name ? &exports[*found]
                                                                          : nullptr;
}

bool Pe::is_for_windows() const {
  constexpr std::uint16_t efi_application = 10, efi_rom = 13, boot_application = 16;
  return !(subsystem >= efi_application && subsystem <= efi_rom) && subsystem != boot_application;
}

bool looks_like_pe(PageReader& file) {
  if (!file.contains(0, 64) || file.view(0, 2, "DOS header") != "MZ") {
    return false;
  }
  const std::uint64_t start = load_unsigned(file.view(60, 4, "DOS header"), 4, false);
  return file.contains(start, 24) &&
         file.view(start, 4, "PE header") == std::string_view("PE\0\0", 4);
}

Pe read_pe(PageReader& file) {
  return PeReader(file).read();
}

} // namespace pare
