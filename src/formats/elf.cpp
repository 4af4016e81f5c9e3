// ELF has two classes, two byte orders and, for the loader, one table that leads to all others:
// PT_DYNAMIC. Its pointers are addresses, which the program headers translate to offsets. All is
// read as the loader reads it (glibc 2.36, elf/dl-load.c, _dl_map_object_from_fd;
// elf/get-dynamic-info.h; elf/dl-version.c), a page at a time.

#include "formats/elf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pare {
namespace {

constexpr std::uint64_t most_entries = 65536; // of each table: far above what any linker writes
constexpr std::uint64_t longest_notes = 1 << 20;
constexpr std::uint64_t most_reserved = 64; // before that many are there
constexpr std::uint64_t most_read_ahead = 8192, longest_usual_name = 256;
constexpr std::uint64_t most_name_bytes = 16 << 20; // in all: many entries may be one long string

enum SegmentType : std::uint32_t { pt_load = 1, pt_dynamic = 2, pt_interp = 3, pt_note = 4 };

enum DynamicTag : std::uint64_t {
  dt_null = 0,
  dt_needed = 1,
  dt_strtab = 5,
  dt_strsz = 10,
  dt_soname = 14,
  dt_rpath = 15,
  dt_runpath = 29,
  dt_depaudit = 0x6ffffefb,
  dt_audit = 0x6ffffefc,
  dt_flags_1 = 0x6ffffffb,
  dt_verdef = 0x6ffffffc,
  dt_verneed = 0x6ffffffe,
  dt_auxiliary = 0x7ffffffd,
  dt_filter = 0x7fffffff,
};

constexpr std::uint64_t ver_flg_weak = 2;
constexpr std::uint64_t nt_fdo_dlopen = 0x407c0c0a; // systemd.io/ELF_DLOPEN_METADATA

struct Segment {
  std::uint64_t type, flags, offset, address, file_size, align;
};

constexpr std::uint64_t pf_x = 1, pf_w = 2;

class ElfReader {
public:
  explicit ElfReader(PageReader& file) : file_(file) {}

  Elf read() {
    read_header();
    for (const Segment& segment : segments_) {
      if (segment.type == pt_interp) {
        read_interpreter(segment);
      } else if (segment.type == pt_note) {
        read_notes(segment);
      }
    }
    find_constants();
    read_dynamic();
    return std::move(elf_);
  }

private:
  std::uint64_t number(std::string_view bytes, std::size_t offset, unsigned width) const {
    return load_unsigned(bytes.substr(offset), width, elf_.machine.big_endian);
  }
  unsigned word() const { return elf_.machine.is_64 ? 8 : 4; }

  void read_header() {
    const std::optional<ElfMachine> machine = read_elf_machine(file_);
    if (!machine) {
      throw InputError("its ELF header is cut off, or of an unknown class or byte order");
    }
    elf_.machine = *machine;
    const std::string_view header = file_.view(0, elf_.machine.is_64 ? 64 : 52, "the ELF header");
    elf_.type = static_cast<std::uint16_t>(number(header, 16, 2));
    const std::uint64_t table = number(header, 24 + word(), word());
    const std::uint64_t entry_size = number(header, 24 + 3 * word() + 6, 2);
    const std::uint64_t count = number(header, 24 + 3 * word() + 8, 2);
    const std::uint64_t expected_size = elf_.machine.is_64 ? 56 : 32;
    if (count == 0) {
      return; // an object file, say
    }
    if (entry_size != expected_size) {
      throw InputError(
          fmt::format("program headers of {} bytes each, not {}", entry_size, expected_size));
    }
    const std::string_view entries = file_.view(table, count * entry_size, "program header table");
    for (std::uint64_t i = 0; i < count; ++i) {
      add_segment(entries.substr(i * entry_size, entry_size));
    }
  }

  void add_segment(std::string_view entry) {
    const Segment segment = elf_.machine.is_64 ? Segment{number(entry, 0, 4),
                                                         number(entry, 4, 4),
                                                         number(entry, 8, 8),
                                                         number(entry, 16, 8),
                                                         number(entry, 32, 8),
                                                         number(entry, 48, 8)}
                                               : Segment{number(entry, 0, 4),
                                                         number(entry, 24, 4),
                                                         number(entry, 4, 4),
                                                         number(entry, 8, 4),
                                                         number(entry, 16, 4),
                                                         number(entry, 28, 4)};
    // The last page of a file reads as zeros behind its end, so some packers let a segment end
    // there.
    if (segment.type == pt_load && !file_.contains(segment.offset, segment.file_size) &&
        (segment.offset > file_.size() ||
         segment.file_size - (file_.size() - segment.offset) > 4095)) {
      throw InputError(fmt::format(
          "segment at offset {} lies outside of the file: it was cut off, or is damaged",
          segment.offset));
    }
    segments_.push_back(segment);
  }

  /// Linkers before 2018 put constants and code into one segment.
  void find_constants() {
    for (const bool with_code : {false, true}) {
      for (const Segment& segment : segments_) {
        if (segment.type == pt_load && (segment.flags & pf_w) == 0 &&
            ((segment.flags & pf_x) != 0) == with_code &&
            file_.contains(segment.offset, segment.file_size)) {
          elf_.constants.push_back({segment.offset, segment.file_size});
        }
      }
      if (elf_.constants.size() > 1 || (with_code && !elf_.constants.empty())) {
        return; // the first segment has headers and symbols only, where there is a second one
      }
    }
  }

  /// The kernel wants it to end in NUL (Linux, fs/binfmt_elf.c, load_elf_binary).
  void read_interpreter(const Segment& segment) {
    if (segment.file_size < 2 || segment.file_size > 4096) {
      throw InputError(fmt::format("interpreter name of {} bytes", segment.file_size));
    }
    const std::string_view text = file_.view(segment.offset, segment.file_size, "interpreter name");
    if (text.back() != '\0') {
      throw InputError("interpreter name without an end");
    }
    elf_.interpreter = std::string(text.substr(0, text.find('\0')));
  }

  void read_notes(const Segment& segment) {
    const std::uint64_t size = std::min(segment.file_size, longest_notes);
    if (!file_.contains(segment.offset, size)) {
      return; // the loader does not look at them
    }
    const std::string_view notes = file_.view(segment.offset, size, "notes");
    const std::uint64_t align = segment.align == 8 ? 8 : 4;
    const auto padded = [align](std::uint64_t length) {
      return (length + align - 1) / align * align;
    };
    std::uint64_t at = 0;
    while (at + 12 <= size) {
      const std::uint64_t name_size = number(notes, at, 4);
      const std::uint64_t text_size = number(notes, at + 4, 4);
      const std::uint64_t type = number(notes, at + 8, 4);
      const std::uint64_t text_at = padded(at + 12 + name_size); // sizes have 32 bits: no sum wraps
      if (text_at + text_size > size) {
        return;
      }
      if (type == nt_fdo_dlopen &&
          notes.substr(at + 12, name_size) == std::string_view("FDO\0", 4)) {
        std::string_view text = notes.substr(text_at, text_size);
        elf_.dlopen_notes.emplace_back(text.substr(0, text.find('\0')));
      }
      at = padded(text_at + text_size);
    }
  }

  /// Where the bytes of an address are, or nullopt when no segment brings them from the file.
  std::optional<std::uint64_t> offset_of(std::uint64_t address) const {
    for (const Segment& segment : segments_) {
      if (segment.type == pt_load && address >= segment.address &&
          address - segment.address < segment.file_size) {
        return segment.offset + (address - segment.address);
      }
    }
    return std::nullopt;
  }

  std::uint64_t table_at(std::uint64_t address, std::string_view what) const {
    const std::optional<std::uint64_t> offset = offset_of(address);
    if (!offset) {
      throw InputError(fmt::format("{} at address {:#x} lies outside of the file", what, address));
    }
    return *offset;
  }

  void spend_on_names(std::uint64_t size) {
    if (size > name_bytes_left_) {
      throw InputError(fmt::format("names of more than {} bytes", most_name_bytes));
    }
    name_bytes_left_ -= size;
  }

  std::string_view string_at(std::uint64_t index) {
    if (index >= strings_size_) {
      throw InputError(fmt::format("string {} lies outside of the string table", index));
    }
    const std::string_view text =
        file_.c_string(strings_ + index, strings_ + strings_size_, "string");
    spend_on_names(text.size());
    return text;
  }

  void read_dynamic() {
    const auto segment = std::ranges::find(segments_, pt_dynamic, &Segment::type);
    if (segment == segments_.end() || segment->file_size == 0) {
      return;
    }
    // The loader goes by the address; a file of debugging information has the header, not the
    // bytes.
    const std::uint64_t table = offset_of(segment->address).value_or(segment->offset);
    const std::uint64_t entry_size = 2 * word();
    const std::uint64_t size = std::min(segment->file_size / entry_size, most_entries) * entry_size;
    const std::string_view entries = file_.view(table, size, "dynamic table");

    struct Entry {
      std::uint64_t tag, value;
    };
    std::vector<Entry> named;
    std::optional<std::uint64_t> strings, verneed, verdef;
    for (std::uint64_t at = 0; at < size; at += entry_size) {
      const std::uint64_t tag = number(entries, at, word());
      const std::uint64_t value = number(entries, at + word(), word());
      if (tag == dt_null) {
        break;
      }
      elf_.is_dynamic = true;
      switch (tag) {
      case dt_strtab:
        strings = value;
        break;
      case dt_strsz:
        strings_size_ = value;
        break;
      case dt_verneed:
        verneed = value;
        break;
      case dt_verdef:
        verdef = value;
        break;
      case dt_flags_1:
        elf_.flags_1 = value;
        break;
      case dt_needed:
      case dt_soname:
      case dt_rpath:
      case dt_runpath:
      case dt_audit:
      case dt_depaudit:
      case dt_auxiliary:
      case dt_filter:
        named.push_back({tag, value});
        break;
      default:
        break;
      }
    }
    if (!elf_.is_dynamic) {
      return;
    }
    if (strings) {
      strings_ = table_at(*strings, "string table");
      if (!file_.contains(strings_, strings_size_)) {
        throw InputError(
            fmt::format("string table at offset {} lies outside of the file", strings_));
      }
    }
    // The names asked for stand at the end of the string table, mostly, and the version tables
    // right behind it: one call reads all.
    std::uint64_t first = file_.size(), last = 0;
    for (const Entry& entry : named) {
      first = std::min(first, strings_ + entry.value);
      last = std::max(last, strings_ + entry.value);
    }
    for (const std::optional<std::uint64_t>& address : {verdef, verneed}) {
      if (const std::optional<std::uint64_t> offset = address ? offset_of(*address) : std::nullopt;
          offset && *offset >= first && *offset - first <= most_read_ahead) {
        last = std::max(last, *offset);
      }
    }
    if (first <= last && last - first <= most_read_ahead) {
      file_.read_ahead(first, last + longest_usual_name);
    }
    for (const Entry& entry : named) {
      take_name(entry.tag, string_at(entry.value));
    }
    if (elf_.runpath) {
      elf_.rpath.reset();
    }
    if (verneed) {
      read_version_needs(table_at(*verneed, "version needs"));
    }
    if (verdef) {
      read_versions(table_at(*verdef, "version definitions"));
    }
  }

  void take_name(std::uint64_t tag, std::string_view name) {
    switch (tag) {
    case dt_needed:
      elf_.dependencies.push_back({DependencyTag::needed, std::string(name)});
      break;
    case dt_filter:
      elf_.dependencies.push_back({DependencyTag::filter, std::string(name)});
      break;
    case dt_auxiliary:
      elf_.dependencies.push_back({DependencyTag::auxiliary, std::string(name)});
      break;
    case dt_soname:
      elf_.soname = name;
      break;
    case dt_rpath:
      elf_.rpath = name;
      break;
    case dt_runpath:
      elf_.runpath = name;
      break;
    default: // DT_AUDIT, DT_DEPAUDIT
      elf_.audit.emplace_back(name);
      break;
    }
  }

  // Elf32 and Elf64 share the layout of these records. Their `next` fields are unsigned: a chain
  // only goes forward.

  void read_version_needs(std::uint64_t at) {
    std::uint64_t budget = most_entries;
    while (budget-- > 0) {
      const std::string_view need = file_.view(at, 16, "version need");
      const std::string_view library = string_at(number(need, 4, 4));
      const std::uint64_t next = number(need, 12, 4);
      elf_.version_needs.reserve(elf_.version_needs.size() +
                                 std::min(number(need, 2, 2), most_reserved));
      std::uint64_t auxiliary = at + number(need, 8, 4);
      while (budget-- > 0) {
        const std::string_view record = file_.view(auxiliary, 16, "version need");
        spend_on_names(library.size());
        VersionNeed& version = elf_.version_needs.emplace_back();
        version.library = library;
        version.version = string_at(number(record, 8, 4));
        version.weak = (number(record, 4, 2) & ver_flg_weak) != 0;
        const std::uint64_t step = number(record, 12, 4);
        if (step == 0) {
          break;
        }
        auxiliary += step;
      }
      if (next == 0) {
        return;
      }
      at += next;
    }
    throw InputError(fmt::format("more than {} version needs", most_entries));
  }

  void read_versions(std::uint64_t at) {
    elf_.defines_versions = true;
    for (std::uint64_t budget = most_entries; budget > 0; --budget) {
      const std::string_view definition = file_.view(at, 20, "version definition");
      const std::string_view record =
          file_.view(at + number(definition, 12, 4), 8, "version definition");
      elf_.versions.emplace_back(string_at(number(record, 0, 4)));
      const std::uint64_t next = number(definition, 16, 4);
      if (next == 0) {
        std::ranges::sort(elf_.versions);
        return;
      }
      at += next;
    }
    throw InputError(fmt::format("more than {} version definitions", most_entries));
  }

  PageReader& file_;
  Elf elf_;
  std::vector<Segment> segments_;
  std::uint64_t strings_ = 0;
  std::uint64_t strings_size_ = 0;
  std::uint64_t name_bytes_left_ = most_name_bytes;
};

} // namespace

bool Elf::is_program() const {
  return interpreter.has_value() || type == elf::et_exec || (flags_1 & elf::df_1_pie) != 0;
}

bool looks_like_elf(std::string_view first_bytes) {
  return first_bytes.starts_with("\177ELF");
}

std::optional<ElfMachine> read_elf_machine(PageReader& file) {
  if (!file.contains(0, 52)) {
    return std::nullopt;
  }
  const std::string_view header = file.view(0, 52, "the ELF header");
  const char elf_class = header[4], order = header[5];
  if ((elf_class != 1 && elf_class != 2) || (order != 1 && order != 2) ||
      (elf_class == 2 && !file.contains(0, 64))) {
    return std::nullopt;
  }
  ElfMachine machine{.is_64 = elf_class == 2, .big_endian = order == 2};
  machine.machine =
      static_cast<std::uint16_t>(load_unsigned(header.substr(18), 2, machine.big_endian));
  machine.flags = static_cast<std::uint32_t>(
      load_unsigned(header.substr(machine.is_64 ? 48 : 36), 4, machine.big_endian));
  return machine;
}

Elf read_elf(PageReader& file) {
  return ElfReader(file).read();
}

} // namespace pare
