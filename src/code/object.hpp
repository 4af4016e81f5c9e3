#pragma once
// One ELF file as its code sees it once it is loaded: bytes by address, the dynamic symbols, and
// what the loader writes into pointers. Only program headers and the dynamic table are used, as the
// loader does: stripped files have nothing else. What lies outside of the file, or contradicts
// itself, is left out: the loader's reader (formats/elf) has complained already.

#include "base/bytes.hpp"
#include "base/file_bytes.hpp"
#include "formats/facts.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace pare {

/// A part of the file in memory (PT_LOAD).
struct Segment {
  std::uint64_t address = 0; ///< Of its first byte.
  std::uint64_t size = 0; ///< Bytes that come from the file; the rest is zero, and is not in here.
  std::uint64_t offset = 0;      ///< Where they are in the file.
  std::uint64_t memory_size = 0; ///< With the zeros.
  bool writable = false;         ///< Also what is read-only after relocation.
  bool executable = false;

  bool contains(std::uint64_t place) const { return place - address < size; }
};

/// An entry of the dynamic symbol table. Its texts live as long as the object.
struct Symbol {
  std::string_view name;
  std::string_view version; ///< "GLIBC_2.34"; empty: none.
  std::uint64_t value = 0;  ///< An address.
  std::uint64_t size = 0;   ///< Bytes; 0: unknown.
  bool defined = false;     ///< Exported by this object, rather than imported.
  bool hidden =
      false; ///< Not the default among its name's versions: found only by who asks for its version.
  bool function = false; ///< STT_FUNC, or the next.
  bool resolver = false; ///< STT_GNU_IFUNC: the code at `value` chooses the function.
  bool located = false;  ///< Defined, and `value` is an address: not thread-local, not absolute.
};

constexpr std::uint32_t no_symbol = 0xffffffff;

/// A pointer that the loader fills.
struct Slot {
  std::uint64_t at = 0; ///< Its address.
  std::uint64_t value =
      0; ///< Without a symbol: the address that it will hold. With one: what is added.
  std::uint32_t symbol = no_symbol; ///< The symbol whose address it will hold.
  bool resolver = false;            ///< `value` is code that chooses the function (R_*_IRELATIVE).
  bool copied = false;              ///< No pointer: a copy of the variable `symbol` (R_*_COPY).
  bool linkage = false; ///< Of the global offset table: code goes by way of it, it is no data.
};

class Object {
public:
  /// Reads headers and symbols. Bounds: 2^20 symbols, 64 MiB of their names; what is beyond is left
  /// out. Throws InputError only if the file cannot be read.
  Object(const ByteSource& source, const Elf& elf);

  /// Reads the segments and the pointers; once. Bounds: 1 GiB of segments, 2^22 pointers.
  void load(const ByteSource& source);
  /// Segments of host files are mapped: until they are looked at again, they take no memory.
  void let_go() const;
  /// Reads only the segments that no one writes to and that hold no code, or, where linkers before
  /// 2018 left only one, that one.
  void load_constants(const ByteSource& source);

  const ElfMachine& machine() const { return machine_; }
  bool is_fixed() const {
    return fixed_;
  } ///< ET_EXEC: not position-independent, its numbers may be addresses.
  const std::vector<Segment>& segments() const { return segments_; } ///< By address.
  const std::vector<Symbol>& symbols() const {
    return symbols_;
  } ///< By their number in the file; the first is empty.
  const std::vector<Slot>& slots() const {
    return slots_;
  }                                              ///< By address, one for each. After load().
  std::uint64_t entry() const { return entry_; } ///< 0: none.
  std::uint64_t unwind_table() const {
    return unwind_;
  } ///< Of .eh_frame_hdr (PT_GNU_EH_FRAME); 0: none.
  /// Code that runs when the object is loaded (DT_INIT, its array, that of programs), and when it
  /// is unloaded. After load().
  const std::vector<std::uint64_t>& initializers() const { return initializers_; }
  const std::vector<std::uint64_t>& finalizers() const { return finalizers_; }
  std::uint64_t low() const;  ///< The lowest address of a segment,
  std::uint64_t high() const; ///< and the one behind the highest.

  /// Null: the address is in none, or behind what comes from the file.
  const Segment* segment_of(std::uint64_t address) const;
  /// All bytes of a segment; empty: not loaded.
  std::string_view bytes_of(const Segment& segment) const;
  /// The bytes from the address to the end of its segment; empty: there are none.
  std::string_view bytes_at(std::uint64_t address) const;
  std::uint64_t number_at(std::uint64_t address,
                          unsigned width) const; ///< 0 where there is nothing.

  /// The pointer at exactly this address; null: no relocation is there.
  const Slot* slot_at(std::uint64_t address) const;

private:
  Bytes read(const ByteSource& source, std::uint64_t address, std::uint64_t size) const;
  void read_symbols(const ByteSource& source);
  std::uint64_t count_relocated_symbols(const ByteSource& source) const;
  std::uint64_t count_symbols(const ByteSource& source) const;
  void read_versions(const ByteSource& source);
  void load(const ByteSource& source, std::size_t segment);
  void read_slots();
  void read_table(std::uint64_t table, std::uint64_t size);
  void read_packed(std::uint64_t table, std::uint64_t size);
  void guess_slots();
  void read_initializers();
  std::uint64_t value_at(std::uint64_t address) const;

  ElfMachine machine_;
  bool fixed_ = false;
  std::vector<Segment> segments_;
  std::vector<std::unique_ptr<MappedBytes>> loaded_; ///< By segment; null: not loaded.
  std::uint64_t bytes_left_;
  std::vector<Symbol> symbols_;
  std::vector<Slot> slots_;
  std::vector<std::uint64_t> initializers_, finalizers_;
  std::uint64_t entry_ = 0;
  std::uint64_t unwind_ = 0;
  Bytes names_, versions_needed_, versions_defined_;
  struct Dynamic {
    std::uint64_t strings = 0, strings_size = 0, symbols = 0, hash = 0, gnu_hash = 0, versions = 0,
                  needed = 0, defined = 0, rela = 0, rela_size = 0, rel = 0, rel_size = 0,
                  plt_kind = 0, plt = 0, plt_size = 0, relr = 0, relr_size = 0, init = 0, fini = 0,
                  init_array = 0, init_array_size = 0, fini_array = 0, fini_array_size = 0,
                  preinit_array = 0, preinit_array_size = 0;
  } dynamic_;
};

/// ASCII's printable characters, tab, line feed, and bytes that may be parts of UTF-8.
inline bool is_printable(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return (byte >= 0x20 && byte != 0x7f) || byte == '\t' || byte == '\n';
}

/// The text that starts `bytes`: at least 3 printable characters (ASCII, or parts of UTF-8; tab and
/// line feed too) and NUL, at most 4096; empty: there is none.
std::string_view text_in(std::string_view bytes);

} // namespace pare
