#include "code/functions.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>

namespace pare {

namespace {

constexpr std::size_t most_functions = 1 << 20;
constexpr std::uint64_t most_code = std::uint64_t{1} << 30;

// Pointer encodings (LSB 5.0 Core, 10.5 "DWARF Extensions").
constexpr unsigned pe_absptr = 0x00, pe_uleb128 = 0x01, pe_udata2 = 0x02, pe_udata4 = 0x03,
                   pe_udata8 = 0x04, pe_sleb128 = 0x09, pe_sdata2 = 0x0a, pe_sdata4 = 0x0b,
                   pe_sdata8 = 0x0c, pe_pcrel = 0x10, pe_datarel = 0x30, pe_indirect = 0x80,
                   pe_omit = 0xff;

/// Reads forward from an address. Behind the end there are zeros, and ok() says so.
class Cursor {
public:
  Cursor(const Object& object, std::uint64_t address, std::uint64_t data_base)
      : big_(object.machine().big_endian), bytes_(object.bytes_at(address)), address_(address),
        data_base_(data_base) {}

  bool ok() const { return ok_; }
  std::uint64_t address() const { return address_ + at_; }
  void skip(std::uint64_t count) { take(count); }

  std::uint64_t number(unsigned width) {
    const std::string_view bytes = take(width);
    return ok_ ? load_unsigned(bytes, width, big_) : 0;
  }
  std::uint64_t leb128(bool is_signed) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint64_t byte = number(1);
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) {
        if (is_signed && (byte & 0x40) != 0 && shift + 7 < 64) {
          value |= ~std::uint64_t{0} << (shift + 7);
        }
        return value;
      }
    }
    ok_ = false;
    return 0;
  }
  std::string_view text() {
    const std::string_view rest = bytes_.substr(std::min(at_, bytes_.size())).substr(0, 64);
    const std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) {
      ok_ = false;
      return {};
    }
    take(end + 1);
    return rest.substr(0, end);
  }

  std::uint64_t pointer(unsigned encoding) {
    const std::uint64_t here = address();
    std::uint64_t value = 0;
    switch (encoding & 0x0f) {
    case pe_absptr:
    case pe_udata8:
    case pe_sdata8:
      value = number(8);
      break;
    case pe_uleb128:
    case pe_sleb128:
      value = leb128((encoding & 0x0f) == pe_sleb128);
      break;
    case pe_udata2:
      value = number(2);
      break;
    case pe_sdata2:
      value = static_cast<std::uint64_t>(std::int64_t{static_cast<std::int16_t>(number(2))});
      break;
    case pe_udata4:
      value = number(4);
      break;
    case pe_sdata4:
      value = static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(number(4))});
      break;
    default:
      ok_ = false;
      return 0;
    }
    switch (encoding & 0x70) {
    case 0:
      return value;
    case pe_pcrel:
      return here + value;
    case pe_datarel:
      return data_base_ + value;
    default:
      ok_ = false;
      return 0;
    }
  }

private:
  std::string_view take(std::uint64_t count) {
    if (at_ > bytes_.size() || bytes_.size() - at_ < count) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
  }

  bool big_;
  std::string_view bytes_;
  std::uint64_t address_;
  std::uint64_t data_base_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

class UnwindReader {
public:
  explicit UnwindReader(const Object& object) : object_(object) {}

  std::vector<FunctionRange> read() {
    const std::uint64_t header = object_.unwind_table();
    if (header == 0) {
      return {};
    }
    Cursor at(object_, header, header);
    const std::uint64_t version = at.number(1);
    const auto frame_encoding = static_cast<unsigned>(at.number(1));
    at.skip(2); // how the table that is sorted for searching is written: it says no more than the
                // frames
    if (!at.ok() || version != 1 || frame_encoding == pe_omit) {
      return {};
    }
    const std::uint64_t frames = at.pointer(frame_encoding);
    if (at.ok()) {
      read_frames(frames);
    }
    std::ranges::sort(ranges_, {}, [](const FunctionRange& range) {
      return std::pair(range.start, std::numeric_limits<std::uint64_t>::max() - range.end);
    });
    ranges_.erase(std::unique(ranges_.begin(),
                              ranges_.end(),
                              [](const FunctionRange& one, const FunctionRange& other) {
                                return one.start == other.start;
                              }),
                  ranges_.end());
    return std::move(ranges_);
  }

private:
  void read_frames(std::uint64_t address) {
    while (ranges_.size() < most_functions) {
      Cursor at(object_, address, 0);
      std::uint64_t length = at.number(4);
      if (length == 0xffffffff) {
        length = at.number(8);
      }
      const std::uint64_t body = at.address();
      if (!at.ok() || length == 0 || length > object_.bytes_at(body).size()) {
        return; // zero ends the list
      }
      const std::uint64_t back = at.number(4);
      if (at.ok() && back != 0) {
        read_frame(at, body - back);
      }
      address = body + length;
    }
  }

  void read_frame(Cursor& at, std::uint64_t common) {
    const auto [known, fresh] = encodings_.try_emplace(common, pe_omit);
    if (fresh) {
      known->second = encoding_of(common);
    }
    const unsigned encoding = known->second;
    if (encoding == pe_omit) {
      return;
    }
    const std::uint64_t start = at.pointer(encoding);
    const std::uint64_t size = at.pointer(encoding & 0x0f);
    const Segment* segment = object_.segment_of(start);
    if (at.ok() && size != 0 && segment != nullptr && segment->executable &&
        size <= segment->size - (start - segment->address)) {
      ranges_.push_back({start, start + size});
    }
  }

  /// How the frames of a common entry write their addresses; pe_omit: not to be understood.
  unsigned encoding_of(std::uint64_t address) {
    Cursor at(object_, address, 0);
    if (at.number(4) == 0xffffffff) {
      at.skip(8);
    }
    const std::uint64_t id = at.number(4), version = at.number(1);
    const std::string_view augmentation = at.text();
    if (!at.ok() || id != 0) {
      return pe_omit;
    }
    if (version == 4) {
      at.skip(2); // the sizes of addresses and of segment selectors
    }
    at.leb128(false);
    at.leb128(true);
    version == 1 ? at.skip(1) : static_cast<void>(at.leb128(false));
    if (!augmentation.starts_with('z')) {
      return augmentation.empty() ? pe_absptr : pe_omit;
    }
    at.leb128(false);
    for (const char letter : augmentation.substr(1)) {
      switch (letter) {
      case 'R': {
        const auto encoding = static_cast<unsigned>(at.number(1));
        return at.ok() && (encoding & pe_indirect) == 0 ? encoding : pe_omit;
      }
      case 'P': {
        const auto encoding = static_cast<unsigned>(at.number(1));
        at.pointer(encoding & 0x7f);
        break;
      }
      case 'L':
        at.skip(1);
        break;
      case 'S':
      case 'B':
      case 'G':
        break;
      default:
        return pe_omit;
      }
    }
    return pe_absptr;
  }

  const Object& object_;
  std::vector<FunctionRange> ranges_;
  std::map<std::uint64_t, unsigned> encodings_; ///< By the address of the common entry.
};

} // namespace

std::vector<FunctionRange> read_unwind_ranges(const Object& object) {
  return UnwindReader(object).read();
}

Region region_of(const Object& object, const FunctionRange& range) {
  Region region;
  const Segment* segment = object.segment_of(range.start);
  if (segment == nullptr) {
    return region;
  }
  region.bytes = object.bytes_of(*segment);
  region.address = segment->address;
  region.from = std::min<std::size_t>(range.start - segment->address, region.bytes.size());
  region.to = std::min<std::size_t>(range.end - segment->address, region.bytes.size());
  if (object.is_fixed()) {
    region.low = object.low();
    region.high = object.high();
  }
  return region;
}

/// Starts of functions that the unwind table does not know, from what names them; without a table
/// also from the targets of all calls. On the way, where data begins.
class Functions::Finder {
public:
  Finder(const Object& object, Functions& functions) : object_(object), functions_(functions) {}

  void find() {
    functions_.ranges_ = read_unwind_ranges(object_);
    std::vector<FunctionRange>& ranges = functions_.ranges_;
    for (std::size_t i = 0; i + 1 < ranges.size(); ++i) {
      ranges[i].end = std::min(ranges[i].end, ranges[i + 1].start);
    }
    functions_.index();
    meet_named();
    if (ranges.empty()) {
      read_segments();
    } else if (object_.machine().machine == elf::em_x86_64 && !object_.is_fixed()) {
      mark_by_bytes();
    } else {
      for (const FunctionRange& range : ranges) {
        read(region_of(object_, range));
      }
    }
    add_found();
    split_found();
    add_found();
  }

private:
  /// An address that is named, as code or as data. Old linkers put constants behind the code, into
  /// one segment with it.
  void meet_address(std::uint64_t address) {
    const std::vector<FunctionRange>& known = functions_.ranges_;
    const bool is_code = known.empty()
                             ? text_in(object_.bytes_at(address)).empty()
                             : address >= known.front().start && address < known.back().end;
    if (is_code) {
      meet(address);
    }
  }

  /// Hardly any code is ASCII with a NUL behind.
  bool is_text(std::uint64_t address) const {
    const std::string_view text = text_in(object_.bytes_at(address));
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  }

  void meet(std::uint64_t address) {
    if (functions_.find(address)) {
      return;
    }
    const Segment* segment = object_.segment_of(address);
    if (segment != nullptr && segment->executable && found_.size() < 4 * most_functions) {
      found_.push_back(address);
    }
  }

  void meet_named() {
    for (const Symbol& symbol : object_.symbols()) {
      if (symbol.located && symbol.function) {
        meet(symbol.value);
      }
    }
    if (object_.entry() != 0) {
      meet(object_.entry());
    }
    for (const std::vector<std::uint64_t>* list :
         {&object_.initializers(), &object_.finalizers()}) {
      for (const std::uint64_t address : *list) {
        meet(address);
      }
    }
    for (const Slot& slot : object_.slots()) {
      if (slot.symbol == no_symbol) {
        meet_address(slot.value);
      }
    }
  }

  /// Returns how far it came.
  std::size_t read(const Region& region) {
    references_.clear();
    read_references(object_.machine(), region, references_);
    for (const Reference& reference : references_) {
      switch (reference.kind) {
      case ReferenceKind::call:
        meet(reference.value);
        break;
      case ReferenceKind::address:
      case ReferenceKind::number:
        functions_.starts_.insert(reference.value);
        meet_address(reference.value);
        break;
      default:
        break;
      }
    }
    return references_.empty() || references_.back().kind != ReferenceKind::undecoded
               ? region.to
               : region.from + references_.back().at;
  }

  /// A function that nothing names has become a part of the one before it. That one ends where its
  /// code ends and no jump of it leads further. Behind a switch, whose jumps are not understood,
  /// nothing is split.
  void split_found() {
    std::vector<std::uint64_t> ends;
    for (const FunctionRange& range : functions_.ranges_) {
      if (!std::ranges::binary_search(found_, range.start)) {
        continue;
      }
      const Region region = region_of(object_, range);
      references_.clear();
      read_references(object_.machine(), region, references_);
      std::uint64_t furthest = range.start;
      for (const Reference& reference : references_) {
        const bool jumps = reference.kind == ReferenceKind::jump;
        if (reference.kind == ReferenceKind::jump_register || ends.size() == most_functions) {
          break;
        }
        if ((jumps || reference.kind == ReferenceKind::branch) && reference.value < range.end) {
          furthest = std::max(furthest, reference.value);
        }
        if (jumps || reference.kind == ReferenceKind::returns ||
            reference.kind == ReferenceKind::stops ||
            reference.kind == ReferenceKind::jump_memory) {
          const std::uint64_t at = range.start + reference.at;
          const std::uint64_t next =
              at + effect_at(object_.machine(), region.bytes, region.address, at - region.address)
                       .length;
          if (next > furthest && next < range.end && !is_text(next)) {
            ends.push_back(next);
          }
        }
      }
    }
    found_ = std::move(ends);
  }

  /// By pieces, so that the list of references stays short. What is no instruction is passed over.
  void read_segments() {
    constexpr std::size_t piece = 65536, margin = 16;
    for (const Segment& segment : object_.segments()) {
      if (!segment.executable) {
        continue;
      }
      Region region = region_of(object_, {segment.address, segment.address + segment.size});
      const std::size_t end = region.to;
      while (region.from < end) {
        region.to = std::min(end, region.from + piece);
        const std::size_t stop = read(region);
        const bool was_cut = stop == region.to || (stop + margin > region.to && region.to != end);
        region.from = std::max(was_cut ? stop : (stop / 16 + 1) * 16, region.from + 1);
      }
    }
  }

  /// Compilers take addresses by `lea r64, [rip + d]`, seven bytes of which three are known: they
  /// are looked for without regard to where instructions begin, ten times as fast as by reading the
  /// code. What looks like one by chance, once in a million bytes, at worst cuts a table in two.
  void mark_by_bytes() {
    for (const Segment& segment : object_.segments()) {
      const std::string_view bytes =
          segment.executable ? object_.bytes_of(segment) : std::string_view();
      for (std::size_t at = 1; (at = bytes.find('\x8d', at)) < bytes.size(); ++at) {
        const auto before = static_cast<unsigned char>(bytes[at - 1]);
        if (bytes.size() - at < 6 || (before & 0xf8) != 0x48 ||
            (static_cast<unsigned char>(bytes[at + 1]) & 0xc7) != 0x05) {
          continue;
        }
        const auto offset =
            static_cast<std::int32_t>(load_unsigned(bytes.substr(at + 2), 4, false));
        const std::uint64_t value =
            segment.address + at + 6 + static_cast<std::uint64_t>(std::int64_t{offset});
        functions_.starts_.insert(value);
        meet_address(value);
      }
    }
  }

  /// Each goes on to the next start, found or known.
  void add_found() {
    std::ranges::sort(found_);
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    std::vector<FunctionRange>& known = functions_.ranges_;
    found_.resize(std::min(found_.size(), most_functions - std::min(known.size(), most_functions)));
    std::vector<FunctionRange> all;
    all.reserve(known.size() + found_.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      while (next < known.size() && known[next].start < found_[i]) {
        all.push_back(known[next++]);
      }
      if (!all.empty()) {
        all.back().end = std::min(all.back().end, found_[i]);
      }
      const Segment* segment = object_.segment_of(found_[i]);
      std::uint64_t end = segment->address + segment->size;
      if (i + 1 < found_.size()) {
        end = std::min(end, found_[i + 1]);
      }
      if (next < known.size()) {
        end = std::min(end, known[next].start);
      }
      all.push_back({found_[i], end});
    }
    all.insert(all.end(), known.begin() + static_cast<std::ptrdiff_t>(next), known.end());
    known = std::move(all);
  }

  const Object& object_;
  Functions& functions_;
  std::vector<std::uint64_t> found_;
  std::vector<Reference> references_;
};

Functions::Functions(const Object& object) {
  for (const Segment& segment : object.segments()) {
    starts_.cover(segment.address, object.bytes_of(segment).size());
  }
  Finder(object, *this).find();
  for (const Slot& slot : object.slots()) {
    const bool is_pointer = slot.symbol == no_symbol;
    starts_.insert((is_pointer ? 0 : object.symbols()[slot.symbol].value) + slot.value);
  }
  for (const Symbol& symbol : object.symbols()) {
    if (symbol.located) {
      starts_.insert(symbol.value);
      starts_.insert(symbol.value + symbol.size);
    }
  }
  index();
  find_stubs(object);
}

/// The first entry of a lazy table is no stub, and is 16 or 32 bytes long.
bool Functions::has_stubs(const Object& object, const FunctionRange& range) {
  const Region region = region_of(object, range);
  for (const std::size_t at : {region.from, region.from + 16, region.from + 32}) {
    if (at < region.to && stub_slot(object.machine(), region.bytes, region.address, at)) {
      return true;
    }
  }
  return false;
}

void Functions::find_stubs(const Object& object) {
  is_stubs_.reserve(ranges_.size());
  for (const FunctionRange& range : ranges_) {
    is_stubs_.push_back(has_stubs(object, range));
  }
}

void Functions::index() {
  buckets_.clear();
  indexed_ = static_cast<std::uint32_t>(ranges_.size());
  if (ranges_.empty()) {
    return;
  }
  first_ = ranges_.front().start / 64 * 64;
  const std::uint64_t span = std::min(ranges_.back().end - first_, 2 * most_code);
  buckets_.reserve(span / 64 + 1);
  std::uint32_t function = 0;
  for (std::uint64_t at = first_; at < first_ + span; at += 64) {
    while (function < ranges_.size() && ranges_[function].end <= at) {
      ++function;
    }
    buckets_.push_back(function);
  }
}

std::optional<std::uint32_t> Functions::find(std::uint64_t address) const {
  const std::uint64_t bucket = (address - first_) / 64;
  if (address >= first_ && bucket < buckets_.size()) {
    std::uint32_t function = buckets_[bucket];
    while (function < indexed_ && ranges_[function].end <= address) {
      ++function;
    }
    if (function < indexed_ && ranges_[function].start <= address) {
      return function;
    }
  }
  const auto behind = added_.upper_bound(address);
  if (behind == added_.begin()) {
    return std::nullopt;
  }
  const std::uint32_t function = std::prev(behind)->second;
  return address < ranges_[function].end ? std::optional(function) : std::nullopt;
}

std::optional<std::uint32_t> Functions::find_or_add(const Object& object, std::uint64_t address) {
  if (const std::optional<std::uint32_t> known = find(address)) {
    return known;
  }
  const Segment* segment = object.segment_of(address);
  if (segment == nullptr || !segment->executable || ranges_.size() >= 2 * most_functions) {
    return std::nullopt;
  }
  std::uint64_t end = segment->address + segment->size;
  const auto indexed_end = ranges_.begin() + static_cast<std::ptrdiff_t>(indexed_);
  const auto next = std::upper_bound(
      ranges_.begin(), indexed_end, address, [](std::uint64_t place, const FunctionRange& range) {
        return place < range.start;
      });
  if (next != indexed_end) {
    end = std::min(end, next->start);
  }
  if (const auto behind = added_.upper_bound(address); behind != added_.end()) {
    end = std::min(end, behind->first);
  }
  const auto number = static_cast<std::uint32_t>(ranges_.size());
  ranges_.push_back({address, end});
  is_stubs_.push_back(has_stubs(object, ranges_.back()));
  added_[address] = number;
  return number;
}

} // namespace pare
