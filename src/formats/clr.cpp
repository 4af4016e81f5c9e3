// The tables follow one another in one stream, without an index: where the sixth begins depends on
// the sizes of rows of the five before. A row's columns are numbers, places in one of three heaps,
// and row numbers of other tables; the latter two take 2 bytes, or 4 where the heap or table is
// large (II.24.2.6).

#include "formats/clr.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace pare {
namespace {

enum Table : unsigned {
  assembly = 0x20,
  assembly_ref = 0x23,
  file_table = 0x26,
  impl_map = 0x1c,
  module_ref = 0x1a,
};
constexpr unsigned known_tables = 0x27; // those up to File

/// Column kinds: '2' and '4' are numbers; S, G and B places in the heaps of strings, GUIDs and
/// blobs; '@' and a character a row of one table (its number + 0x30), '#' and a letter one of
/// several tables, as `coded` has it. II.22, in the order of the tables' numbers.
constexpr std::array<std::string_view, known_tables> schema = {
    "2SGGG",     // 00 Module
    "#rSS",      // 01 TypeRef
    "4SS#t@4@6", // 02 TypeDef
    "@4",        // 03 FieldPtr
    "2SB",       // 04 Field
    "@6",        // 05 MethodPtr
    "422SB@8",   // 06 MethodDef
    "@8",        // 07 ParamPtr
    "22S",       // 08 Param
    "@2#t",      // 09 InterfaceImpl
    "#pSB",      // 0a MemberRef
    "2#cB",      // 0b Constant
    "#a#yB",     // 0c CustomAttribute
    "#mB",       // 0d FieldMarshal
    "2#dB",      // 0e DeclSecurity
    "24@2",      // 0f ClassLayout
    "4@4",       // 10 FieldLayout
    "B",         // 11 StandAloneSig
    "@2@D",      // 12 EventMap
    "@D",        // 13 EventPtr
    "2S#t",      // 14 Event
    "@2@G",      // 15 PropertyMap
    "@G",        // 16 PropertyPtr
    "2SB",       // 17 Property
    "2@6#s",     // 18 MethodSemantics
    "@2#o#o",    // 19 MethodImpl
    "S",         // 1a ModuleRef
    "B",         // 1b TypeSpec
    "2#fS@J",    // 1c ImplMap
    "4@4",       // 1d FieldRVA
    "44",        // 1e EncLog
    "4",         // 1f EncMap
    "422224BSS", // 20 Assembly
    "4",         // 21 AssemblyProcessor
    "444",       // 22 AssemblyOS
    "22224BSSB", // 23 AssemblyRef
    "4@S",       // 24 AssemblyRefProcessor
    "444@S",     // 25 AssemblyRefOS
    "4SB",       // 26 File
};

struct Coded {
  char letter;
  unsigned tag_bits;
  std::array<std::uint8_t, 22> tables; // ended by `none`
};
constexpr std::uint8_t none = 0xff;
constexpr std::array coded = {
    Coded{'r', 2, {0x00, 0x1a, 0x23, 0x01, none}},       // ResolutionScope
    Coded{'t', 2, {0x02, 0x01, 0x1b, none}},             // TypeDefOrRef
    Coded{'p', 3, {0x02, 0x01, 0x1a, 0x06, 0x1b, none}}, // MemberRefParent
    Coded{'c', 2, {0x04, 0x08, 0x17, none}},             // HasConstant
    Coded{
        'a', 5, {0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14, 0x11,
                 0x1a, 0x1b, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b}}, // HasCustomAttribute
    Coded{'y', 3, {0x06, 0x0a, none}},       // CustomAttributeType
    Coded{'m', 1, {0x04, 0x08, none}},       // HasFieldMarshal
    Coded{'d', 2, {0x02, 0x06, 0x20, none}}, // HasDeclSecurity
    Coded{'s', 1, {0x14, 0x17, none}},       // HasSemantics
    Coded{'o', 1, {0x06, 0x0a, none}},       // MethodDefOrRef
    Coded{'f', 1, {0x04, 0x06, none}},       // MemberForwarded
};

constexpr std::uint64_t most_rows = 4096; // of the tables that are read: references to others

class ClrReader {
public:
  explicit ClrReader(PeImage& image) : image_(image) {}

  Clr read() {
    const std::uint64_t header = image_.directory(PeImage::clr_header).rva;
    const std::uint64_t flags = image_.number(header + 16, 4, "CLR header");
    clr_.il_only = (flags & 1) != 0;
    clr_.requires_32_bit = (flags & 2) != 0 && (flags & 0x20000) == 0; // not merely preferred
    metadata_ = image_.number(header + 8, 4, "CLR header");
    read_streams();
    if (tables_ != 0) {
      read_sizes();
      read_references();
    }
    return std::move(clr_);
  }

private:
  // II.24.2.1 and II.24.2.2
  void read_streams() {
    constexpr std::uint64_t signature = 0x424a5342, longest_version = 256, most_streams = 64;
    if (image_.number(metadata_, 4, "metadata") != signature) {
      throw InputError("metadata without their signature");
    }
    const std::uint64_t length = image_.number(metadata_ + 12, 4, "metadata");
    if (length > longest_version) {
      throw InputError(fmt::format("metadata of a version of {} bytes", length));
    }
    const std::string_view version = image_.view(metadata_ + 16, length, "metadata");
    clr_.runtime = version.substr(0, version.find('\0'));
    std::uint64_t at = metadata_ + 16 + (length + 3) / 4 * 4;
    const std::uint64_t count =
        std::min(image_.number(at + 2, 2, "metadata streams"), most_streams);
    at += 4;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t offset = image_.number(at, 4, "metadata stream");
      const std::uint64_t size = image_.number(at + 4, 4, "metadata stream");
      const std::string name = image_.name(at + 8, "name of a metadata stream");
      if (name == "#~" || name == "#-") {
        tables_ = metadata_ + offset;
      } else if (name == "#Strings") {
        strings_ = {metadata_ + offset, size};
      } else if (name == "#Blob") {
        blobs_ = {metadata_ + offset, size};
      }
      at += 8 + (name.size() + 4) / 4 * 4;
    }
  }

  void read_sizes() {
    const std::uint64_t heap_sizes = image_.number(tables_ + 6, 1, "metadata tables");
    string_width_ = (heap_sizes & 1) != 0 ? 4 : 2;
    guid_width_ = (heap_sizes & 2) != 0 ? 4 : 2;
    blob_width_ = (heap_sizes & 4) != 0 ? 4 : 2;
    const std::uint64_t valid = image_.number(tables_ + 8, 8, "metadata tables");
    std::uint64_t at = tables_ + 24;
    for (unsigned table = 0; table < rows_.size(); ++table) {
      if ((valid >> table & 1) != 0) {
        rows_[table] = image_.number(at, 4, "metadata tables");
        at += 4;
      }
    }
    if ((heap_sizes & 0x40) != 0) {
      at += 4; // "extra data", which ECMA-335 does not know and the runtime skips
    }
    for (unsigned table = 0; table < known_tables; ++table) {
      starts_[table] = at;
      at += rows_[table] * row_size(table);
    }
  }

  unsigned width_of(char kind, char of) const {
    switch (kind) {
    case '2':
      return 2;
    case '4':
      return 4;
    case 'S':
      return string_width_;
    case 'G':
      return guid_width_;
    case 'B':
      return blob_width_;
    case '@':
      return rows_[static_cast<std::size_t>(of - '0')] < 0x10000 ? 2 : 4;
    default:
      const auto& entry = *std::ranges::find(coded, of, &Coded::letter);
      std::uint64_t most = 0;
      for (const std::uint8_t table : entry.tables) {
        if (table == none) {
          break;
        }
        most = std::max(most, rows_[table]);
      }
      return most < (std::uint64_t{0x10000} >> entry.tag_bits) ? 2 : 4;
    }
  }

  /// Calls `visit` with each column's width.
  template <typename Visit> void each_column(unsigned table, const Visit& visit) const {
    const std::string_view columns = schema[table];
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const char kind = columns[i];
      const bool is_pair = kind == '@' || kind == '#';
      visit(width_of(kind, is_pair ? columns[i + 1] : '\0'));
      i += is_pair ? 1 : 0;
    }
  }

  std::uint64_t row_size(unsigned table) const {
    std::uint64_t size = 0;
    each_column(table, [&](unsigned width) { size += width; });
    return size;
  }

  using Row = std::vector<std::uint64_t>;
  Row row(unsigned table, std::uint64_t index) {
    image_.spend_entry();
    Row values;
    std::uint64_t at = starts_[table] + index * row_size(table);
    each_column(table, [&](unsigned width) {
      values.push_back(image_.number(at, width, "metadata table"));
      at += width;
    });
    return values;
  }

  std::uint64_t count(unsigned table) const {
    if (rows_[table] > most_rows) {
      throw InputError(fmt::format("a metadata table of {} rows", rows_[table]));
    }
    return rows_[table];
  }

  std::string string(std::uint64_t index) {
    if (index >= strings_.size) {
      throw InputError(fmt::format("string {} lies outside of the metadata's strings", index));
    }
    return image_.name(strings_.rva + index, "string of the metadata");
  }

  /// II.24.2.4; a key that is stored whole is longer than its token of 8 bytes, and is left out.
  std::string token(std::uint64_t index) {
    if (index == 0 || index >= blobs_.size) {
      return "";
    }
    const std::uint64_t length = image_.number(blobs_.rva + index, 1, "blob of the metadata");
    std::string digits;
    if (length == 8) {
      for (const char byte : image_.view(blobs_.rva + index + 1, 8, "blob of the metadata")) {
        digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
      }
    }
    return digits;
  }

  static std::string version(const Row& row, std::size_t first) {
    return fmt::format("{}.{}.{}.{}", row[first], row[first + 1], row[first + 2], row[first + 3]);
  }

  void read_references() {
    if (count(assembly) > 0) {
      const Row own = row(assembly, 0);
      clr_.is_assembly = true;
      clr_.own = {string(own[7]), version(own, 1), string(own[8]), token(own[6])};
    }
    for (std::uint64_t i = 0; i < count(assembly_ref); ++i) {
      const Row reference = row(assembly_ref, i);
      clr_.references.push_back(
          {string(reference[6]), version(reference, 0), string(reference[7]), token(reference[5])});
    }
    for (std::uint64_t i = 0; i < count(file_table); ++i) {
      clr_.files.push_back(string(row(file_table, i)[1]));
    }
    read_native_libraries();
  }

  /// ModuleRef holds what DllImport names, and modules of the assembly; ImplMap tells the first.
  void read_native_libraries() {
    std::set<std::uint64_t> named;
    for (std::uint64_t i = 0; i < rows_[impl_map]; ++i) {
      named.insert(row(impl_map, i)[3]);
    }
    for (const std::uint64_t number : named) { // rows are counted from 1
      if (number >= 1 && number <= count(module_ref)) {
        clr_.native_libraries.push_back(string(row(module_ref, number - 1)[0]));
      }
    }
  }

  struct Heap {
    std::uint64_t rva = 0, size = 0;
  };

  PeImage& image_;
  Clr clr_;
  std::uint64_t metadata_ = 0, tables_ = 0;
  Heap strings_, blobs_;
  unsigned string_width_ = 2, guid_width_ = 2, blob_width_ = 2;
  std::array<std::uint64_t, 64> rows_{};
  std::array<std::uint64_t, known_tables> starts_{};
};

} // namespace

Clr read_clr(PeImage& image) {
  return ClrReader(image).read();
}

} // namespace pare
