#pragma once
// Writes tiny ELF files: what a loader looks at and nothing else, in any class and byte order. No
// section headers. One read-only segment holds the whole file, at an address that is not its
// offset, so that a reader that takes one for the other is found out.

#include "formats/facts.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pare::test {

// elf(5); DT_FILTER and its kin from the gABI.
constexpr std::uint64_t dt_needed = 1, dt_strtab = 5, dt_strsz = 10, dt_soname = 14, dt_rpath = 15,
                        dt_runpath = 29, dt_depaudit = 0x6ffffefb, dt_audit = 0x6ffffefc,
                        dt_flags_1 = 0x6ffffffb, dt_verdef = 0x6ffffffc, dt_verdefnum = 0x6ffffffd,
                        dt_verneed = 0x6ffffffe, dt_verneednum = 0x6fffffff,
                        dt_auxiliary = 0x7ffffffd, dt_filter = 0x7fffffff;

struct ElfSpec {
  ElfMachine machine = {.machine = elf::em_x86_64};
  std::uint16_t type = elf::et_dyn;
  std::optional<std::string> interpreter;
  bool dynamic = true; ///< False: no PT_DYNAMIC, whatever the fields below say.
  std::vector<std::string> needed;
  std::optional<std::string> soname, rpath, runpath;
  std::vector<std::pair<std::uint64_t, std::string>>
      names; ///< More entries whose value is a string: {dt_filter, "liba.so"}.
  std::uint64_t flags_1 = 0;
  std::vector<VersionNeed> version_needs; ///< Neighbours of one library share a record.
  std::vector<std::string> versions;
  std::vector<std::string> notes; ///< Texts of .note.dlopen.
  std::string constants;          ///< Any bytes, as ld.so has its folders.
};

struct BuiltElf {
  std::string bytes;
  /// Where a field is: "e_phnum", "PT_INTERP p_filesz", "DT_STRTAB" (its value), "verneed",
  /// "verdef", "strings", "interp", "dynamic", "notes".
  std::map<std::string, std::size_t> at;
};

class ElfBuilder {
public:
  explicit ElfBuilder(const ElfSpec& spec) : spec_(spec) {}

  BuiltElf build() {
    const std::size_t segments =
        1 + (spec_.interpreter ? 1 : 0) + (spec_.dynamic ? 1 : 0) + (spec_.notes.empty() ? 0 : 1);
    put_header(segments);
    segment_at_ = elf_.bytes.size();
    elf_.bytes.resize(segment_at_ + segments * segment_size(), '\0');
    if (spec_.interpreter) {
      const std::size_t start = begin("interp");
      elf_.bytes += *spec_.interpreter + '\0';
      put_segment("PT_INTERP", 3, start, elf_.bytes.size());
    }
    const std::size_t load = segment_at_;
    segment_at_ += segment_size();
    if (!spec_.notes.empty()) {
      const std::size_t start = begin("notes");
      put_notes();
      put_segment("PT_NOTE", 4, start, elf_.bytes.size());
    }
    if (spec_.dynamic) {
      put_dynamic();
    }
    elf_.bytes += spec_.constants;
    segment_at_ = load;
    put_segment("PT_LOAD", 1, 0, elf_.bytes.size());
    return std::move(elf_);
  }

private:
  static constexpr std::uint64_t base = 0x400000;

  unsigned word() const { return spec_.machine.is_64 ? 8 : 4; }
  std::size_t segment_size() const { return spec_.machine.is_64 ? 56 : 32; }

  void set(std::size_t offset, unsigned width, std::uint64_t value) {
    for (unsigned i = 0; i < width; ++i) {
      const unsigned shift = 8 * (spec_.machine.big_endian ? width - 1 - i : i);
      elf_.bytes[offset + i] = static_cast<char>(value >> shift & 0xff);
    }
  }

  std::size_t put(unsigned width, std::uint64_t value) {
    const std::size_t offset = elf_.bytes.size();
    elf_.bytes.resize(offset + width);
    set(offset, width, value);
    return offset;
  }

  void put_field(const std::string& name, unsigned width, std::uint64_t value) {
    elf_.at[name] = put(width, value);
  }

  /// Starts a table, aligned as all of them may be.
  std::size_t begin(const std::string& name) {
    elf_.bytes.resize((elf_.bytes.size() + 7) / 8 * 8, '\0');
    return elf_.at[name] = elf_.bytes.size();
  }

  void put_header(std::size_t segments) {
    elf_.bytes = "\177ELF";
    put_field("e_class", 1, spec_.machine.is_64 ? 2 : 1);
    put_field("e_data", 1, spec_.machine.big_endian ? 2 : 1);
    put(1, 1); // e_version of e_ident
    elf_.bytes.resize(16, '\0');
    put_field("e_type", 2, spec_.type);
    put_field("e_machine", 2, spec_.machine.machine);
    put(4, 1);
    put(word(), 0); // e_entry
    put_field("e_phoff", word(), spec_.machine.is_64 ? 64 : 52);
    put(word(), 0); // e_shoff
    put(4, spec_.machine.flags);
    put(2, spec_.machine.is_64 ? 64 : 52);
    put_field("e_phentsize", 2, segment_size());
    put_field("e_phnum", 2, segments);
    put(2, 0);
    put(2, 0);
    put(2, 0);
  }

  /// Fills the next program header.
  void
  put_segment(const std::string& name, std::uint64_t type, std::size_t start, std::size_t end) {
    const std::size_t at = std::exchange(segment_at_, segment_at_ + segment_size());
    const auto field =
        [&](const char* field_name, std::size_t offset, unsigned width, std::uint64_t value) {
          elf_.at[name + ' ' + field_name] = at + offset;
          set(at + offset, width, value);
        };
    constexpr std::uint64_t readable = 4;
    const unsigned w = word();
    field("p_type", 0, 4, type);
    field("p_flags", spec_.machine.is_64 ? 4 : 24, 4, readable);
    field("p_offset", w, w, start);
    field("p_vaddr", 2 * w, w, base + start);
    field("p_filesz", 4 * w, w, end - start);
    field("p_memsz", 5 * w, w, end - start);
    field("p_align", spec_.machine.is_64 ? 48 : 28, w, 4);
  }

  void put_notes() {
    for (const std::string& text : spec_.notes) {
      put(4, 4);
      put(4, text.size() + 1);
      put(4, 0x407c0c0a); // NT_FDO_DLOPEN_METADATA
      elf_.bytes += std::string("FDO\0", 4) + text + '\0';
      elf_.bytes.resize((elf_.bytes.size() + 3) / 4 * 4, '\0');
    }
  }

  std::uint64_t string(const std::string& text) {
    const std::uint64_t index = strings_.size();
    strings_ += text + '\0';
    return index;
  }

  void put_dynamic() {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> entries;
    const auto name = [&](std::uint64_t tag, const std::optional<std::string>& text) {
      if (text) {
        entries.emplace_back(tag, string(*text));
      }
    };
    for (const std::string& needed : spec_.needed) {
      name(dt_needed, needed);
    }
    for (const auto& [tag, text] : spec_.names) {
      name(tag, text);
    }
    name(dt_soname, spec_.soname);
    name(dt_rpath, spec_.rpath);
    name(dt_runpath, spec_.runpath);
    if (spec_.flags_1 != 0) {
      entries.emplace_back(dt_flags_1, spec_.flags_1);
    }
    if (!spec_.version_needs.empty()) {
      entries.emplace_back(dt_verneed, base + begin("verneed"));
      entries.emplace_back(dt_verneednum, put_version_needs());
    }
    if (!spec_.versions.empty()) {
      entries.emplace_back(dt_verdef, base + begin("verdef"));
      entries.emplace_back(dt_verdefnum, spec_.versions.size());
      put_versions();
    }
    entries.emplace_back(dt_strtab, base + begin("strings"));
    entries.emplace_back(dt_strsz, strings_.size());
    elf_.bytes += strings_;
    entries.emplace_back(0, 0);

    const std::size_t start = begin("dynamic");
    const std::map<std::uint64_t, std::string> tags = {
        {dt_needed, "DT_NEEDED"},
        {dt_strtab, "DT_STRTAB"},
        {dt_strsz, "DT_STRSZ"},
        {dt_soname, "DT_SONAME"},
        {dt_verneed, "DT_VERNEED"},
        {dt_verdef, "DT_VERDEF"},
    };
    for (const auto& [tag, value] : entries) {
      put(word(), tag);
      const std::size_t offset = put(word(), value);
      if (const auto known = tags.find(tag); known != tags.end()) {
        elf_.at[known->second] = offset;
      }
    }
    put_segment("PT_DYNAMIC", 2, start, elf_.bytes.size());
  }

  /// Returns how many libraries are named.
  std::size_t put_version_needs() {
    const std::vector<VersionNeed>& needs = spec_.version_needs;
    std::size_t libraries = 0;
    for (std::size_t i = 0; i < needs.size();) {
      std::size_t end = i;
      while (end < needs.size() && needs[end].library == needs[i].library) {
        ++end;
      }
      put(2, 1);
      put(2, end - i);
      put(4, string(needs[i].library));
      put(4, 16); // the records follow at once
      put(4, end == needs.size() ? 0 : 16 + 16 * (end - i));
      for (; i < end; ++i) {
        put(4, 0);
        put(2, needs[i].weak ? 2 : 0);
        put(2, 2 + i);
        put(4, string(needs[i].version));
        put(4, i + 1 == end ? 0 : 16);
      }
      ++libraries;
    }
    return libraries;
  }

  void put_versions() {
    for (std::size_t i = 0; i < spec_.versions.size(); ++i) {
      put(2, 1);
      put(2, i == 0 ? 1 : 0); // VER_FLG_BASE
      put(2, i + 1);
      put(2, 1);
      put(4, 0);
      put(4, 20);
      put(4, i + 1 == spec_.versions.size() ? 0 : 28);
      put(4, string(spec_.versions[i]));
      put(4, 0);
    }
  }

  const ElfSpec& spec_;
  BuiltElf elf_;
  std::string strings_ = std::string(1, '\0');
  std::size_t segment_at_ = 0;
};

inline std::string build_elf(const ElfSpec& spec) {
  return ElfBuilder(spec).build().bytes;
}

} // namespace pare::test
