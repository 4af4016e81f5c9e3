#pragma once
// A PE file as Windows maps it: headers, sections, and what lies at an address of the image.

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pare {

/// Addresses are relative to the image's start (`rva`). Reads single pages, 16 MiB at most, and at
/// most 16 MiB of names, less for a small file: whatever the tables claim, work and memory are
/// bounded by the file's size.
class PeImage {
public:
  /// Throws InputError, without the file's name, when a header or section lies outside of the file.
  explicit PeImage(PageReader& file);

  struct Directory {
    std::uint64_t rva = 0;
    std::uint64_t size = 0;
  };
  /// Places in the header's table of directories (PE format, "Optional Header Data Directories").
  enum DirectoryIndex : unsigned {
    exports = 0,
    imports = 1,
    resources = 2,
    load_config = 10,
    bound_imports = 11,
    delay_imports = 13,
    clr_header = 14
  };

  std::uint16_t machine() const { return machine_; }
  std::uint16_t characteristics() const { return characteristics_; }
  std::uint16_t subsystem() const { return subsystem_; }
  bool is_64() const { return is_64_; }
  std::uint64_t base() const { return base_; } ///< The address that the linker assumed.
  /// {0, 0}: the image has none.
  Directory directory(DirectoryIndex index) const { return directories_[index]; }

  /// The bytes at an address, zeros where the image is larger than what is stored. Valid until the
  /// next call of any method. Throws InputError "`what` at RVA N lies outside of the image"; at
  /// most 4096 bytes.
  std::string_view view(std::uint64_t rva, std::uint64_t length, std::string_view what);

  /// Little-endian, at most 8 bytes.
  std::uint64_t number(std::uint64_t rva, unsigned width, std::string_view what) {
    return load_unsigned(view(rva, width, what), width, false);
  }

  /// A NUL-terminated name of at most 65,535 bytes. Throws InputError.
  std::string name(std::uint64_t rva, std::string_view what);

  /// `length` bytes of any number up to `limit`; counted as names are. Throws InputError.
  std::string bytes(std::uint64_t rva, std::uint64_t length, std::string_view what);

  /// A part of the file that is mapped.
  struct Stored {
    std::uint64_t rva = 0, offset = 0, size = 0;
    bool is_code = false;
  };
  const std::vector<Stored>& stored() const { return stored_; } ///< In order of the addresses.

  /// `length` bytes of a part from `offset` in it, which must lie inside. Not counted: whoever
  /// reads whole sections bounds it.
  Bytes stored_bytes(const Stored& part, std::uint64_t offset, std::uint64_t length) const {
    return read_bytes(file_.source(), part.offset + offset, length);
  }

  /// Takes one of so many entries that a file of this size can hold. Throws InputError.
  void spend_entry();

private:
  struct Section {
    std::uint64_t rva, size, offset, stored; // stored: as many of `size` bytes are in the file
  };
  void read_header();
  void read_sections(std::uint64_t table, std::uint64_t count);
  const Section* section_at(std::uint64_t rva);
  std::string_view page(std::uint64_t index);
  void spend_bytes(std::uint64_t size);

  PageReader& file_;
  std::uint16_t machine_ = 0, characteristics_ = 0, subsystem_ = 0;
  bool is_64_ = false;
  std::uint64_t base_ = 0, header_size_ = 0, section_alignment_ = 0, file_alignment_ = 0;
  std::array<Directory, 16> directories_{};
  std::vector<Section> sections_; // sorted by rva; the headers are one, too
  std::vector<Stored> stored_;
  std::size_t last_section_ = 0;
  std::unordered_map<std::uint64_t, std::string_view> pages_;
  std::uint64_t last_page_index_ = UINT64_MAX;
  std::string_view last_page_;
  std::string scratch_;
  std::uint64_t name_bytes_left_, entries_left_;
};

} // namespace pare
