#include "code/object.hpp"

#include <algorithm>
#include <limits>

namespace pare {

namespace {

constexpr std::uint64_t most_symbols = 1 << 20, most_name_bytes = 64 << 20, most_slots = 1 << 22,
                        most_segments = 256, most_bytes = std::uint64_t{1} << 30,
                        most_version_bytes = 1 << 20, most_array_bytes = 1 << 19;
constexpr std::size_t longest_text = 4096, shortest_text = 3;

// elf(5), and the gABI for DT_RELR.
constexpr std::uint64_t pt_load = 1, pt_dynamic = 2, pt_gnu_eh_frame = 0x6474e550;
constexpr std::uint64_t pf_x = 1, pf_w = 2;
constexpr std::uint64_t dt_pltrelsz = 2, dt_hash = 4, dt_strtab = 5, dt_symtab = 6, dt_rela = 7,
                        dt_relasz = 8, dt_strsz = 10, dt_init = 12, dt_fini = 13, dt_rel = 17,
                        dt_relsz = 18, dt_pltrel = 20, dt_jmprel = 23, dt_init_array = 25,
                        dt_fini_array = 26, dt_init_arraysz = 27, dt_fini_arraysz = 28,
                        dt_preinit_array = 32, dt_preinit_arraysz = 33, dt_relrsz = 35,
                        dt_relr = 36, dt_gnu_hash = 0x6ffffef5, dt_versym = 0x6ffffff0,
                        dt_verdef = 0x6ffffffc, dt_verneed = 0x6ffffffe;
constexpr unsigned stt_func = 2, stt_tls = 6, stt_gnu_ifunc = 10, shn_undef = 0, shn_abs = 0xfff1;

enum class Relocation : std::uint8_t { ignored, symbol, linkage, relative, resolver, copy };

/// psABI x86-64, table 4.9; AAELF64, "Dynamic relocations". Thread-local storage holds no
/// addresses.
Relocation relocation_of(std::uint16_t machine, std::uint64_t type) {
  if (machine == elf::em_x86_64) {
    switch (type) {
    case 1: // R_X86_64_64
      return Relocation::symbol;
    case 6: // GLOB_DAT
    case 7: // JUMP_SLOT
      return Relocation::linkage;
    case 5:
      return Relocation::copy;
    case 8:
      return Relocation::relative;
    case 37:
      return Relocation::resolver;
    default:
      return Relocation::ignored;
    }
  }
  switch (type) {
  case 257: // R_AARCH64_ABS64
    return Relocation::symbol;
  case 1025: // GLOB_DAT
  case 1026: // JUMP_SLOT
    return Relocation::linkage;
  case 1024:
    return Relocation::copy;
  case 1027:
    return Relocation::relative;
  case 1032:
    return Relocation::resolver;
  default:
    return Relocation::ignored;
  }
}

} // namespace

std::string_view text_in(std::string_view bytes) {
  std::size_t length = 0;
  const std::size_t end = std::min(bytes.size(), longest_text + 1);
  while (length < end && is_printable(bytes[length])) {
    ++length;
  }
  return length < end && bytes[length] == '\0' && length >= shortest_text ? bytes.substr(0, length)
                                                                          : std::string_view();
}

Object::Object(const ByteSource& source, const Elf& elf)
    : machine_(elf.machine), fixed_(elf.type == elf::et_exec), bytes_left_(most_bytes) {
  const unsigned word = machine_.is_64 ? 8 : 4;
  const Bytes header = read_bytes(source, 0, 64);
  const auto number = [&](std::string_view bytes, std::size_t at, unsigned width) -> std::uint64_t {
    return at <= bytes.size() && bytes.size() - at >= width
               ? load_unsigned(bytes.substr(at), width, machine_.big_endian)
               : 0;
  };
  entry_ = number(header.view(), 24, word);
  const std::uint64_t table = number(header.view(), 24 + word, word);
  const std::uint64_t entry_size = machine_.is_64 ? 56 : 32;
  const std::uint64_t count = std::min(number(header.view(), 24 + 3 * word + 8, 2), most_segments);
  const Bytes entries = read_bytes(source, table, count * entry_size);
  std::uint64_t dynamic = 0, dynamic_size = 0;
  for (std::uint64_t at = 0; at + entry_size <= entries.view().size(); at += entry_size) {
    const std::string_view entry = entries.view().substr(at, entry_size);
    const std::uint64_t type = number(entry, 0, 4),
                        flags = number(entry, machine_.is_64 ? 4 : 24, 4),
                        offset = number(entry, machine_.is_64 ? 8 : 4, word),
                        address = number(entry, machine_.is_64 ? 16 : 8, word),
                        size = number(entry, machine_.is_64 ? 32 : 16, word),
                        memory_size = number(entry, machine_.is_64 ? 40 : 20, word);
    if (type == pt_load && offset < source.size() && size != 0 &&
        address <= std::numeric_limits<std::uint64_t>::max() - size) {
      segments_.push_back({address,
                           std::min(size, source.size() - offset),
                           offset,
                           std::max(size, memory_size),
                           (flags & pf_w) != 0,
                           (flags & pf_x) != 0});
    } else if (type == pt_dynamic) {
      dynamic = address;
      dynamic_size = std::min<std::uint64_t>(size, 1 << 16);
    } else if (type == pt_gnu_eh_frame) {
      unwind_ = address;
    }
  }
  std::ranges::stable_sort(segments_, {}, &Segment::address);
  loaded_.resize(segments_.size());

  const Bytes dynamics = read(source, dynamic, dynamic_size);
  for (std::uint64_t at = 0; at + 2 * word <= dynamics.view().size(); at += 2 * word) {
    const std::uint64_t tag = number(dynamics.view(), at, word);
    const std::uint64_t value = number(dynamics.view(), at + word, word);
    struct Field {
      std::uint64_t tag;
      std::uint64_t Dynamic::*place;
    };
    static constexpr Field fields[] = {
        {dt_strtab, &Dynamic::strings},
        {dt_strsz, &Dynamic::strings_size},
        {dt_symtab, &Dynamic::symbols},
        {dt_hash, &Dynamic::hash},
        {dt_gnu_hash, &Dynamic::gnu_hash},
        {dt_versym, &Dynamic::versions},
        {dt_verneed, &Dynamic::needed},
        {dt_verdef, &Dynamic::defined},
        {dt_rela, &Dynamic::rela},
        {dt_relasz, &Dynamic::rela_size},
        {dt_rel, &Dynamic::rel},
        {dt_relsz, &Dynamic::rel_size},
        {dt_jmprel, &Dynamic::plt},
        {dt_pltrel, &Dynamic::plt_kind},
        {dt_pltrelsz, &Dynamic::plt_size},
        {dt_relr, &Dynamic::relr},
        {dt_relrsz, &Dynamic::relr_size},
        {dt_init, &Dynamic::init},
        {dt_fini, &Dynamic::fini},
        {dt_init_array, &Dynamic::init_array},
        {dt_init_arraysz, &Dynamic::init_array_size},
        {dt_fini_array, &Dynamic::fini_array},
        {dt_fini_arraysz, &Dynamic::fini_array_size},
        {dt_preinit_array, &Dynamic::preinit_array},
        {dt_preinit_arraysz, &Dynamic::preinit_array_size},
    };
    if (tag == 0) {
      break;
    }
    for (const Field& field : fields) {
      if (field.tag == tag) {
        dynamic_.*field.place = value;
      }
    }
  }
  read_symbols(source);
}

std::uint64_t Object::low() const {
  return segments_.empty() ? 0 : segments_.front().address;
}

std::uint64_t Object::high() const {
  return segments_.empty() ? 0 : segments_.back().address + segments_.back().memory_size;
}

const Segment* Object::segment_of(std::uint64_t address) const {
  for (const Segment& segment : segments_) {
    if (segment.contains(address)) {
      return &segment;
    }
  }
  return nullptr;
}

std::string_view Object::bytes_of(const Segment& segment) const {
  const std::unique_ptr<MappedBytes>& loaded =
      loaded_[static_cast<std::size_t>(&segment - segments_.data())];
  return loaded == nullptr ? std::string_view()
                           : std::string_view(reinterpret_cast<const char*>(loaded->bytes().data()),
                                              loaded->bytes().size());
}

std::string_view Object::bytes_at(std::uint64_t address) const {
  const Segment* segment = segment_of(address);
  if (segment == nullptr) {
    return {};
  }
  const std::string_view bytes = bytes_of(*segment);
  const std::uint64_t offset = address - segment->address;
  return offset < bytes.size() ? bytes.substr(offset) : std::string_view();
}

std::uint64_t Object::number_at(std::uint64_t address, unsigned width) const {
  const std::string_view bytes = bytes_at(address);
  return bytes.size() < width ? 0 : load_unsigned(bytes, width, machine_.big_endian);
}

const Slot* Object::slot_at(std::uint64_t address) const {
  if (slots_.empty() || address < slots_.front().at || address > slots_.back().at) {
    return nullptr;
  }
  const auto found = std::ranges::lower_bound(slots_, address, {}, &Slot::at);
  return found != slots_.end() && found->at == address ? &*found : nullptr;
}

Bytes Object::read(const ByteSource& source, std::uint64_t address, std::uint64_t size) const {
  const Segment* segment = segment_of(address);
  if (segment == nullptr) {
    return {};
  }
  const std::uint64_t skipped = address - segment->address;
  return read_bytes(source, segment->offset + skipped, std::min(size, segment->size - skipped));
}

std::uint64_t Object::count_relocated_symbols(const ByteSource& source) const {
  std::uint64_t count = 0;
  const std::uint64_t word = machine_.is_64 ? 8 : 4, with_addend = 3 * word, without = 2 * word;
  struct Table {
    std::uint64_t address, size, entry_size;
  };
  const Table tables[] = {
      {dynamic_.rela, dynamic_.rela_size, with_addend},
      {dynamic_.rel, dynamic_.rel_size, without},
      {dynamic_.plt, dynamic_.plt_size, dynamic_.plt_kind == dt_rel ? without : with_addend}};
  for (const auto& [table, size, entry_size] : tables) {
    const Bytes entries = read(source, table, std::min(size, most_slots * entry_size));
    for (std::size_t at = 0; at + entry_size <= entries.view().size(); at += entry_size) {
      const std::uint64_t info = load_unsigned(
          entries.view().substr(at + word), machine_.is_64 ? 8 : 4, machine_.big_endian);
      count = std::max(count, (info >> (machine_.is_64 ? 32 : 8)) + 1);
    }
  }
  return count;
}

/// The number of symbols is stated nowhere: the hash tables tell (gABI, "Hash Table"; the GNU one's
/// chains go up to the last).
std::uint64_t Object::count_symbols(const ByteSource& source) const {
  const auto number = [&](const Bytes& bytes, std::size_t index) {
    return 4 * index + 4 <= bytes.view().size()
               ? load_unsigned(bytes.view().substr(4 * index), 4, machine_.big_endian)
               : 0;
  };
  if (dynamic_.hash != 0) {
    return number(read(source, dynamic_.hash, 8), 1);
  }
  if (dynamic_.gnu_hash == 0) {
    return 0;
  }
  const Bytes header = read(source, dynamic_.gnu_hash, 16);
  const std::uint64_t buckets = std::min(number(header, 0), most_symbols),
                      first = number(header, 1);
  const std::uint64_t bloom_size = number(header, 2) * (machine_.is_64 ? 8 : 4);
  const std::uint64_t buckets_at = dynamic_.gnu_hash + 16 + bloom_size;
  const Bytes heads = read(source, buckets_at, 4 * buckets);
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    last = std::max(last, number(heads, i));
  }
  if (last < first) {
    return std::max(
        first,
        count_relocated_symbols(source)); // a table of nothing says 1, whatever there is to import
  }
  const std::uint64_t chains_at = buckets_at + 4 * buckets;
  while (last < most_symbols) {
    constexpr std::size_t step = 64;
    const Bytes chain = read(source, chains_at + 4 * (last - first), 4 * step);
    if (chain.view().size() < 4) {
      break;
    }
    for (std::size_t i = 0; 4 * i + 4 <= chain.view().size(); ++i, ++last) {
      if ((number(chain, i) & 1) != 0) {
        return last + 1;
      }
    }
  }
  return last;
}

void Object::read_symbols(const ByteSource& source) {
  const std::uint64_t entry_size = machine_.is_64 ? 24 : 16;
  const std::uint64_t count = std::min(count_symbols(source), most_symbols);
  const Bytes entries = read(source, dynamic_.symbols, count * entry_size);
  names_ = read(source, dynamic_.strings, std::min(dynamic_.strings_size, most_name_bytes));
  const std::string_view names = names_.view();
  symbols_.resize(entries.view().size() / entry_size);
  const bool big = machine_.big_endian;
  for (std::size_t i = 1; i < symbols_.size(); ++i) {
    const std::string_view entry = entries.view().substr(i * entry_size, entry_size);
    Symbol& symbol = symbols_[i];
    const std::uint64_t name = load_unsigned(entry, 4, big);
    if (name < names.size()) {
      const std::size_t end = names.find('\0', name);
      symbol.name =
          end == std::string_view::npos ? std::string_view() : names.substr(name, end - name);
    }
    const std::uint64_t info = load_unsigned(entry.substr(machine_.is_64 ? 4 : 12), 1, big);
    const std::uint64_t section = load_unsigned(entry.substr(machine_.is_64 ? 6 : 14), 2, big);
    symbol.defined = section != shn_undef;
    symbol.located = symbol.defined && section != shn_abs && (info & 15) != stt_tls;
    symbol.value = load_unsigned(entry.substr(machine_.is_64 ? 8 : 4), machine_.is_64 ? 8 : 4, big);
    symbol.size = load_unsigned(entry.substr(machine_.is_64 ? 16 : 8), machine_.is_64 ? 8 : 4, big);
    symbol.resolver = (info & 15) == stt_gnu_ifunc;
    symbol.function = symbol.resolver || (info & 15) == stt_func;
  }
  read_versions(source);
}

void Object::read_versions(const ByteSource& source) {
  if (dynamic_.versions == 0) {
    return;
  }
  const bool big = machine_.big_endian;
  const Bytes numbers = read(source, dynamic_.versions, 2 * symbols_.size());
  std::vector<std::string_view> texts;
  const auto name = [&](std::uint64_t index, std::uint64_t text) {
    const std::string_view names = names_.view();
    if (text >= names.size() || index > 0x7fff) {
      return;
    }
    const std::size_t end = names.find('\0', text);
    if (end != std::string_view::npos) {
      texts.resize(std::max<std::size_t>(texts.size(), index + 1));
      texts[index] = names.substr(text, end - text);
    }
  };
  const auto field =
      [&](std::string_view bytes, std::uint64_t at, unsigned width) -> std::uint64_t {
    return at <= bytes.size() && bytes.size() - at >= width
               ? load_unsigned(bytes.substr(at), width, big)
               : 0;
  };
  // Both are lists of records with lists of their own; the offsets are unsigned, so they only go
  // forward.
  versions_needed_ =
      dynamic_.needed == 0 ? Bytes() : read(source, dynamic_.needed, most_version_bytes);
  const std::string_view needed = versions_needed_.view();
  std::uint64_t budget = 65536;
  for (std::uint64_t at = 0; at < needed.size();) {
    for (std::uint64_t inner = at + field(needed, at + 8, 4);
         inner < needed.size() && budget-- > 0;) {
      name(field(needed, inner + 6, 2) & 0x7fff, field(needed, inner + 8, 4));
      const std::uint64_t step = field(needed, inner + 12, 4);
      if (step == 0) {
        break;
      }
      inner += step;
    }
    const std::uint64_t step = field(needed, at + 12, 4);
    if (step == 0) {
      break;
    }
    at += step;
  }
  versions_defined_ =
      dynamic_.defined == 0 ? Bytes() : read(source, dynamic_.defined, most_version_bytes);
  const std::string_view defined = versions_defined_.view();
  for (std::uint64_t at = 0; at < defined.size();) {
    name(field(defined, at + 4, 2) & 0x7fff, field(defined, at + field(defined, at + 12, 4), 4));
    const std::uint64_t step = field(defined, at + 16, 4);
    if (step == 0) {
      break;
    }
    at += step;
  }
  for (std::size_t i = 1; i < symbols_.size(); ++i) {
    const std::uint64_t number = field(numbers.view(), 2 * i, 2);
    const std::uint64_t index = number & 0x7fff;
    symbols_[i].hidden = symbols_[i].defined && (number & 0x8000) != 0;
    if (index >= 2 && index < texts.size()) { // 0: local, 1: global, without a version
      symbols_[i].version = texts[index];
    }
  }
}

void Object::load(const ByteSource& source, std::size_t segment) {
  const Segment& place = segments_[segment];
  if (loaded_[segment] != nullptr || place.size > bytes_left_) {
    return;
  }
  bytes_left_ -= place.size;
  loaded_[segment] = std::make_unique<MappedBytes>(source, place.offset, place.size);
}

void Object::let_go() const {
  for (const std::unique_ptr<MappedBytes>& segment : loaded_) {
    if (segment != nullptr) {
      segment->let_go();
    }
  }
}

void Object::load_constants(const ByteSource& source) {
  bool found = false;
  for (const bool with_code : {false, true}) {
    for (std::size_t i = 0; i < segments_.size(); ++i) {
      if (!segments_[i].writable && segments_[i].executable == with_code) {
        load(source, i);
        found =
            found || i != 0; // the first one has headers and symbols only, where there is another
      }
    }
    if (found) {
      return;
    }
  }
}

void Object::load(const ByteSource& source) {
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    load(source, i);
  }
  read_slots();
  read_initializers();
}

void Object::read_slots() {
  if (machine_.is_64) {
    read_table(dynamic_.rela, dynamic_.rela_size);
    if (dynamic_.plt != dynamic_.rela) {
      read_table(dynamic_.plt, dynamic_.plt_size);
    }
    read_packed(dynamic_.relr, dynamic_.relr_size);
  }
  if (fixed_) {
    guess_slots();
  }
  // Of two at one address, the first: the guesses come last.
  std::ranges::stable_sort(slots_, {}, &Slot::at);
  slots_.erase(std::unique(slots_.begin(),
                           slots_.end(),
                           [](const Slot& one, const Slot& other) { return one.at == other.at; }),
               slots_.end());
}

void Object::read_table(std::uint64_t table, std::uint64_t size) {
  const std::string_view entries = bytes_at(table).substr(0, size);
  const bool big = machine_.big_endian;
  for (std::size_t at = 0; at + 24 <= entries.size() && slots_.size() < most_slots; at += 24) {
    const std::uint64_t info = load_unsigned(entries.substr(at + 8), 8, big);
    const std::uint64_t symbol = info >> 32;
    const Relocation kind = relocation_of(machine_.machine, info & 0xffffffff);
    Slot slot{.at = load_unsigned(entries.substr(at), 8, big),
              .value = load_unsigned(entries.substr(at + 16), 8, big)};
    switch (kind) {
    case Relocation::ignored:
      continue;
    case Relocation::copy:
    case Relocation::linkage:
    case Relocation::symbol:
      if (symbol == 0 || symbol >= symbols_.size()) {
        continue;
      }
      slot.symbol = static_cast<std::uint32_t>(symbol);
      slot.copied = kind == Relocation::copy;
      slot.linkage = kind == Relocation::linkage;
      break;
    case Relocation::resolver:
      slot.resolver = true;
      break;
    case Relocation::relative:
      break;
    }
    slots_.push_back(slot);
  }
}

/// DT_RELR (gABI, "Relative Relocation Table"): an even word is an address, an odd one a bitmap of
/// the 63 words behind it. The value is what the slot holds.
void Object::read_packed(std::uint64_t table, std::uint64_t size) {
  const std::string_view entries = bytes_at(table).substr(0, size);
  std::uint64_t next = 0;
  const auto add = [&](std::uint64_t at) {
    if (slots_.size() < most_slots) {
      slots_.push_back({.at = at, .value = number_at(at, 8)});
    }
  };
  for (std::size_t at = 0; at + 8 <= entries.size() && slots_.size() < most_slots; at += 8) {
    const std::uint64_t word = load_unsigned(entries.substr(at), 8, machine_.big_endian);
    if ((word & 1) == 0) {
      add(word);
      next = word + 8;
    } else {
      for (unsigned bit = 1; bit < 64; ++bit) {
        if ((word >> bit & 1) != 0) {
          add(next + 8 * (bit - 1));
        }
      }
      next += std::uint64_t{63} * 8;
    }
  }
}

/// A program that is not position-independent has its pointers filled already, and no list of them:
/// a word that is an address of the program is taken for one.
void Object::guess_slots() {
  const std::uint64_t start = low(), end = high();
  for (const Segment& segment : segments_) {
    const std::string_view bytes = segment.executable ? std::string_view() : bytes_of(segment);
    for (std::size_t at = (8 - segment.address % 8) % 8; at + 8 <= bytes.size(); at += 8) {
      const std::uint64_t value = load_unsigned(bytes.substr(at), 8, machine_.big_endian);
      if (value >= start && value < end && slots_.size() < most_slots) {
        slots_.push_back({.at = segment.address + at, .value = value});
      }
    }
  }
}

void Object::read_initializers() {
  const auto array = [&](std::uint64_t at, std::uint64_t size, std::vector<std::uint64_t>& to) {
    for (std::uint64_t i = 0; machine_.is_64 && i < std::min(size, most_array_bytes) / 8; ++i) {
      if (const std::uint64_t value = value_at(at + 8 * i); value != 0) {
        to.push_back(value);
      }
    }
  };
  array(dynamic_.preinit_array, dynamic_.preinit_array_size, initializers_);
  if (dynamic_.init != 0) {
    initializers_.push_back(dynamic_.init);
  }
  array(dynamic_.init_array, dynamic_.init_array_size, initializers_);
  array(dynamic_.fini_array, dynamic_.fini_array_size, finalizers_);
  if (dynamic_.fini != 0) {
    finalizers_.push_back(dynamic_.fini);
  }
}

/// The address that a pointer will hold, of this object.
std::uint64_t Object::value_at(std::uint64_t address) const {
  if (const Slot* slot = slot_at(address)) {
    return slot->symbol == no_symbol        ? slot->value
           : symbols_[slot->symbol].defined ? symbols_[slot->symbol].value + slot->value
                                            : 0;
  }
  return fixed_ ? number_at(address, 8) : 0;
}

} // namespace pare
