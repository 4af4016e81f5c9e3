#pragma once
// Writes tiny PE files: what Windows' loader looks at and nothing else, PE32 and PE32+. One section
// holds all tables, at an address that is not its offset, so that a reader that takes one for the
// other is found out.

#include "formats/facts.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pare::test {

struct PeSpec {
  std::uint16_t machine = pe::amd64;
  bool is_64 = true;
  bool is_dll = false;
  bool is_hybrid = false;
  std::uint16_t subsystem = 3;   ///< IMAGE_SUBSYSTEM_WINDOWS_CUI
  std::vector<PeImport> imports; ///< symbols_unknown: bound, and without names.
  std::string export_name;
  std::vector<PeExport> exports;
  std::vector<std::string> bound;
  std::string manifest;
  std::optional<Clr> clr;
};

struct BuiltPe {
  std::string bytes;
  std::map<std::string, std::size_t> at; ///< Where a field is: "e_lfanew", "SizeOfRawData"...
};

class PeBuilder {
public:
  explicit PeBuilder(const PeSpec& spec) : spec_(spec) {}

  BuiltPe build() {
    put_imports();
    put_delay_imports();
    put_exports();
    put_bound();
    put_manifest();
    put_clr();
    put_load_config();
    pe_.bytes = headers();
    for (auto& [name, place] : pe_.at) {
      place += place >= in_data ? header_size - in_data : 0;
    }
    pe_.bytes += data_;
    return std::move(pe_);
  }

  static constexpr std::uint32_t section_rva = 0x3000;

private:
  static constexpr std::size_t header_size = 0x400;
  static constexpr std::size_t in_data = 1 << 30; // marks places that count from the data's start

  static void put(std::string& to, std::uint64_t value, unsigned width) {
    for (unsigned i = 0; i < width; ++i) {
      to += static_cast<char>(i < 8 ? value >> 8 * i & 0xff : 0);
    }
  }
  void put(std::uint64_t value, unsigned width) { put(data_, value, width); }
  void set(std::size_t place, std::uint64_t value, unsigned width) {
    std::string bytes;
    put(bytes, value, width);
    data_.replace(place, width, bytes);
  }
  std::uint32_t here() const { return static_cast<std::uint32_t>(section_rva + data_.size()); }
  void note(const std::string& name) { pe_.at[name] = in_data + data_.size(); }
  void align() { data_.resize((data_.size() + 7) / 8 * 8, '\0'); }

  std::uint32_t text(const std::string& value) {
    const std::uint32_t at = here();
    data_ += value + '\0';
    return at;
  }

  std::uint32_t symbols(const PeImport& import) {
    const unsigned width = spec_.is_64 ? 8 : 4;
    std::vector<std::uint64_t> entries;
    for (const PeSymbol& symbol : import.symbols) {
      if (symbol.name.empty()) {
        entries.push_back(std::uint64_t{1} << (8 * width - 1) | symbol.ordinal);
      } else {
        entries.push_back(here());
        put(0, 2); // hint
        text(symbol.name);
      }
    }
    align();
    const std::uint32_t at = here();
    for (const std::uint64_t entry : entries) {
      put(entry, width);
    }
    put(0, width);
    return at;
  }

  void put_imports() {
    std::string table;
    for (const PeImport& import : spec_.imports) {
      if (import.delayed) {
        continue;
      }
      const std::uint32_t name = text(import.library), names = symbols(import);
      put(table, import.symbols_unknown ? 0 : names, 4);
      put(table, import.symbols_unknown ? 0xffffffff : 0, 4); // bound
      put(table, 0, 4);
      put(table, name, 4);
      put(table, names, 4);
    }
    directory(1, table, 20);
    note("imports end");
  }

  void put_delay_imports() {
    std::string table;
    for (const PeImport& import : spec_.imports) {
      if (!import.delayed) {
        continue;
      }
      const std::uint32_t name = text(import.library), names = symbols(import);
      for (const std::uint32_t field : {1u, name, 0u, names, names, 0u, 0u, 0u}) {
        put(table, field, 4);
      }
    }
    directory(13, table, 32);
  }

  /// A table ends with an entry of zeros.
  void directory(int index, const std::string& table, std::size_t entry_size) {
    if (table.empty()) {
      return;
    }
    align();
    directories_[index] = {here(), static_cast<std::uint32_t>(table.size() + entry_size)};
    note("directory " + std::to_string(index));
    data_ += table;
    data_.append(entry_size, '\0');
  }

  void put_exports() {
    if (spec_.exports.empty()) {
      return;
    }
    std::uint32_t base = UINT32_MAX, last = 0;
    for (const PeExport& entry : spec_.exports) {
      base = std::min(base, entry.ordinal);
      last = std::max(last, entry.ordinal);
    }
    align();
    const std::size_t start = data_.size();
    data_.append(40, '\0');
    std::vector<std::uint32_t> functions(last - base + 1);
    std::string names, ordinals;
    std::uint32_t name_count = 0;
    for (const PeExport& entry : spec_.exports) {
      functions[entry.ordinal - base] = entry.forward.empty() ? 0x10 : text(entry.forward);
      if (!entry.name.empty()) {
        put(names, text(entry.name), 4);
        put(ordinals, entry.ordinal - base, 2);
        ++name_count;
      }
    }
    const std::uint32_t own = text(spec_.export_name);
    align();
    const std::uint32_t at = here();
    for (const std::uint32_t function : functions) {
      put(function, 4);
    }
    const std::uint32_t names_at = here();
    data_ += names;
    const std::uint32_t ordinals_at = here();
    data_ += ordinals;
    const std::uint32_t fields[] = {own,
                                    base,
                                    static_cast<std::uint32_t>(functions.size()),
                                    name_count,
                                    at,
                                    names_at,
                                    ordinals_at};
    for (std::size_t i = 0; i < std::size(fields); ++i) {
      set(start + 12 + 4 * i, fields[i], 4);
    }
    pe_.at["NumberOfNames"] = in_data + start + 24;
    directories_[0] = {static_cast<std::uint32_t>(section_rva + start),
                       static_cast<std::uint32_t>(data_.size() - start)};
  }

  void put_bound() {
    if (spec_.bound.empty()) {
      return;
    }
    align();
    const std::size_t start = data_.size();
    data_.append(8 * (spec_.bound.size() + 1), '\0');
    for (std::size_t i = 0; i < spec_.bound.size(); ++i) {
      set(start + 8 * i, 0x5f000000, 4);
      set(start + 8 * i + 4, data_.size() - start, 2);
      text(spec_.bound[i]);
    }
    directories_[11] = {static_cast<std::uint32_t>(section_rva + start),
                        static_cast<std::uint32_t>(data_.size() - start)};
  }

  void put_manifest() {
    if (spec_.manifest.empty()) {
      return;
    }
    align();
    const std::uint32_t start = here();
    const auto folder = [this](std::uint32_t id, std::uint32_t offset) {
      put(0, 8);
      put(0, 4);
      put(0, 2);
      put(1, 2);
      put(id, 4);
      put(offset, 4);
    };
    constexpr std::uint32_t is_folder = 0x80000000;
    folder(24, 24 | is_folder);
    folder(spec_.is_dll ? 2 : 1, 48 | is_folder);
    folder(1033, 72);
    put(here() + 16, 4);
    note("manifest size");
    put(spec_.manifest.size(), 4);
    put(0, 8);
    data_ += spec_.manifest;
    directories_[2] = {start, here() - start};
  }

  void put_load_config() {
    if (!spec_.is_hybrid) {
      return;
    }
    align();
    directories_[10] = {here(), 208};
    put(208, 4);
    data_.append(196, '\0');
    put(0x140001000, 8);
  }

  // Six tables, all heaps and tables small: each place takes two bytes.
  void put_clr() {
    if (!spec_.clr) {
      return;
    }
    const Clr& clr = *spec_.clr;
    std::string strings(1, '\0'), blobs(1, '\0');
    const auto string = [&](const std::string& value) {
      const std::size_t at = strings.size();
      strings += value + '\0';
      return value.empty() ? 0 : at;
    };
    const auto token = [&](const std::string& digits) -> std::size_t {
      if (digits.empty()) {
        return 0;
      }
      const std::size_t at = blobs.size();
      blobs += static_cast<char>(digits.size() / 2);
      for (std::size_t i = 0; i < digits.size(); i += 2) {
        blobs += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
      }
      return at;
    };
    std::map<unsigned, std::pair<std::uint32_t, std::string>> tables; // rows, bytes
    const auto row = [&](unsigned table,
                         std::initializer_list<std::pair<std::uint64_t, unsigned>> columns) {
      ++tables[table].first;
      for (const auto& [value, width] : columns) {
        put(tables[table].second, value, width);
      }
    };
    const auto version = [](const std::string& text, int part) {
      std::size_t at = 0;
      for (; part > 0; --part) {
        at = text.find('.', at) + 1;
      }
      return static_cast<std::uint64_t>(std::stoi(text.substr(at)));
    };
    row(0x00, {{0, 2}, {string("module"), 2}, {0, 2}, {0, 2}, {0, 2}});
    for (const std::string& name : clr.native_libraries) {
      row(0x1a, {{string(name), 2}});
      row(0x1c, {{0, 2}, {1, 2}, {string("function"), 2}, {tables[0x1a].first, 2}});
    }
    if (clr.is_assembly) {
      const std::string& v = clr.own.version;
      row(0x20,
          {{0x8004, 4},
           {version(v, 0), 2},
           {version(v, 1), 2},
           {version(v, 2), 2},
           {version(v, 3), 2},
           {0, 4},
           {token(clr.own.public_key_token), 2},
           {string(clr.own.name), 2},
           {string(clr.own.culture), 2}});
    }
    for (const AssemblyName& name : clr.references) {
      const std::string& v = name.version;
      row(0x23,
          {{version(v, 0), 2},
           {version(v, 1), 2},
           {version(v, 2), 2},
           {version(v, 3), 2},
           {0, 4},
           {token(name.public_key_token), 2},
           {string(name.name), 2},
           {string(name.culture), 2},
           {0, 2}});
    }
    for (const std::string& name : clr.files) {
      row(0x26, {{0, 4}, {string(name), 2}, {0, 2}});
    }
    std::string stream(6, '\0');
    put(stream, 0, 2); // small heaps
    std::uint64_t valid = 0;
    for (const auto& [table, rows] : tables) {
      valid |= std::uint64_t{1} << table;
    }
    put(stream, valid, 8);
    put(stream, 0, 8);
    for (const auto& [table, rows] : tables) {
      put(stream, rows.first, 4);
    }
    for (const auto& [table, rows] : tables) {
      stream += rows.second;
    }

    align();
    const std::uint32_t header = here();
    directories_[14] = {header, 72};
    const std::size_t header_at = data_.size();
    data_.append(72, '\0');
    const std::uint32_t metadata = here();
    set(header_at + 8, metadata, 4);
    set(header_at + 16, (clr.il_only ? 1u : 0u) | (clr.requires_32_bit ? 2u : 0u), 4);
    note("metadata");
    put(0x424a5342, 4);
    put(0, 8);
    put(12, 4);
    std::string runtime = clr.runtime;
    runtime.resize(12, '\0');
    data_ += runtime;
    put(0, 2);
    put(3, 2);
    std::uint64_t offset = 16 + 12 + 4 + (8 + 4) + (8 + 12) + (8 + 8);
    for (const auto& [name, bytes] :
         {std::pair(std::string("#~"), stream), {"#Strings", strings}, {"#Blob", blobs}}) {
      put(offset, 4);
      put(bytes.size(), 4);
      data_ += name;
      data_.append(4 - name.size() % 4, '\0');
      offset += bytes.size();
    }
    data_ += stream + strings + blobs;
  }

  std::string headers() {
    std::string out = "MZ";
    out.resize(60, '\0');
    pe_.at["e_lfanew"] = 60;
    put(out, 64, 4);
    out += std::string("PE\0\0", 4);
    put(out, spec_.machine, 2);
    pe_.at["NumberOfSections"] = out.size();
    put(out, 1, 2);
    put(out, 0, 12);
    pe_.at["SizeOfOptionalHeader"] = out.size();
    const unsigned fixed = spec_.is_64 ? 112 : 96;
    put(out, fixed + 16 * 8, 2);
    put(out, 0x22 | (spec_.is_dll ? 0x2000 : 0), 2);
    const std::size_t optional = out.size();
    pe_.at["Magic"] = optional;
    put(out, spec_.is_64 ? 0x20b : 0x10b, 2);
    out.resize(optional + fixed, '\0');
    const auto field = [&](std::size_t offset, std::uint64_t value, unsigned width) {
      std::string bytes;
      put(bytes, value, width);
      out.replace(optional + offset, width, bytes);
    };
    field(spec_.is_64 ? 24 : 28, spec_.is_64 ? 0x140000000 : 0x400000, spec_.is_64 ? 8 : 4);
    field(32, 0x1000, 4);
    field(36, 0x200, 4);
    field(56, section_rva + data_.size(), 4);
    field(60, header_size, 4);
    field(68, spec_.subsystem, 2);
    field(fixed - 4, 16, 4);
    for (int i = 0; i < 16; ++i) {
      pe_.at["directory entry " + std::to_string(i)] = out.size();
      put(out, directories_[i].first, 4);
      put(out, directories_[i].second, 4);
    }
    out += ".data";
    out.append(3, '\0');
    pe_.at["VirtualSize"] = out.size();
    put(out, data_.size(), 4);
    put(out, section_rva, 4);
    pe_.at["SizeOfRawData"] = out.size();
    put(out, data_.size(), 4);
    pe_.at["PointerToRawData"] = out.size();
    put(out, header_size, 4);
    out.resize(header_size, '\0');
    return out;
  }

  const PeSpec& spec_;
  BuiltPe pe_;
  std::string data_;
  std::map<int, std::pair<std::uint32_t, std::uint32_t>> directories_;
};

inline std::string build_pe(const PeSpec& spec) {
  return PeBuilder(spec).build().bytes;
}

} // namespace pare::test
