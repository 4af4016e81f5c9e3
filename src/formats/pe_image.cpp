// The kernel maps a section's stored bytes at its address, in steps of 512 bytes of the file and a
// page of memory; what the section claims beyond them is zero. Where the alignment is below a page,
// the file is mapped as it is (PE format, "Section Table"; checks as NtCreateSection has them: a
// section that reaches past the end of the file is no image).

#include "formats/pe_image.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace pare {
namespace {

constexpr std::uint64_t page_size = 4096, sector = 512;
constexpr std::uint64_t most_pages = 4096;
constexpr std::uint64_t most_name_bytes = 16 << 20, most_entries = 1 << 18;
constexpr std::uint64_t longest_name = 65536;
constexpr std::uint64_t is_executable = 0x20000000; // IMAGE_SCN_MEM_EXECUTE

} // namespace

PeImage::PeImage(PageReader& file)
    : file_(file), name_bytes_left_(std::min(most_name_bytes, 2 * file.size() + page_size)),
      entries_left_(std::min(most_entries, file.size() / 2)) {
  read_header();
}

void PeImage::read_header() {
  const std::uint64_t start = load_unsigned(file_.view(60, 4, "DOS header"), 4, false);
  const std::string_view header = file_.view(start, 24, "PE header");
  const auto at = [&](std::size_t offset, unsigned width) {
    return load_unsigned(header.substr(offset), width, false);
  };
  machine_ = static_cast<std::uint16_t>(at(4, 2));
  characteristics_ = static_cast<std::uint16_t>(at(22, 2));
  const std::uint64_t section_count = at(6, 2), optional_size = at(20, 2);
  const std::uint64_t table = start + 24 + optional_size;
  const std::string_view optional = file_.view(start + 24, optional_size, "optional header");
  const auto field = [&](std::size_t offset, unsigned width) {
    if (offset + width > optional.size()) {
      throw InputError(fmt::format("optional header of {} bytes is cut short", optional.size()));
    }
    return load_unsigned(optional.substr(offset), width, false);
  };
  const std::uint64_t magic = field(0, 2);
  if (magic != 0x10b && magic != 0x20b) {
    throw InputError(fmt::format("optional header of an unknown kind ({:#x})", magic));
  }
  is_64_ = magic == 0x20b;
  base_ = is_64_ ? field(24, 8) : field(28, 4);
  section_alignment_ = field(32, 4);
  file_alignment_ = field(36, 4);
  header_size_ = std::min(field(60, 4), file_.size());
  subsystem_ = static_cast<std::uint16_t>(field(68, 2));
  const std::size_t first = is_64_ ? 112 : 96;
  const std::uint64_t count = std::min<std::uint64_t>(field(first - 4, 4), directories_.size());
  for (std::size_t i = 0; i < count && first + 8 * i + 8 <= optional.size(); ++i) {
    directories_[i] = {field(first + 8 * i, 4), field(first + 8 * i + 4, 4)};
    if (directories_[i].rva == 0) {
      directories_[i] = {};
    }
  }
  read_sections(table, section_count);
}

void PeImage::read_sections(std::uint64_t table, std::uint64_t count) {
  if (section_alignment_ < page_size) {
    sections_.push_back({0, file_.size(), 0, file_.size()});
    return;
  }
  sections_.push_back({0, header_size_, 0, header_size_});
  const std::string_view headers = file_.view(table, count * 40, "section table");
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = [&](std::size_t offset) {
      return load_unsigned(headers.substr(i * 40 + offset), 4, false);
    };
    const std::uint64_t virtual_size = at(8), rva = at(12), raw_size = at(16), raw_offset = at(20);
    if (raw_size > 0 && raw_offset > 0 && !file_.contains(raw_offset, raw_size)) {
      throw InputError(
          fmt::format("section {} at offset {} lies outside of the file", i + 1, raw_offset));
    }
    const std::uint64_t offset = raw_offset / sector * sector;
    const std::uint64_t size = virtual_size == 0 ? raw_size : virtual_size;
    const std::uint64_t mapped = (size + page_size - 1) / page_size * page_size;
    const std::uint64_t stored =
        raw_offset == 0
            ? 0
            : std::min({raw_size + (raw_offset - offset), mapped, file_.size() - offset});
    sections_.push_back({rva, mapped, offset, stored});
    if (stored > 0) {
      stored_.push_back({rva, offset, stored, (at(36) & is_executable) != 0});
    }
  }
  std::ranges::stable_sort(sections_, {}, &Section::rva);
  std::ranges::stable_sort(stored_, {}, &Stored::rva);
}

const PeImage::Section* PeImage::section_at(std::uint64_t rva) {
  const auto holds = [rva](const Section& section) {
    return rva >= section.rva && rva - section.rva < section.size;
  };
  if (holds(sections_[last_section_])) {
    return &sections_[last_section_];
  }
  const auto after = std::ranges::upper_bound(sections_, rva, {}, &Section::rva);
  if (after == sections_.begin() || !holds(*std::prev(after))) {
    return nullptr;
  }
  last_section_ = static_cast<std::size_t>(std::prev(after) - sections_.begin());
  return &sections_[last_section_];
}

std::string_view PeImage::page(std::uint64_t index) {
  if (index == last_page_index_) {
    return last_page_;
  }
  const auto [entry, fresh] = pages_.try_emplace(index);
  if (fresh) {
    if (pages_.size() > most_pages) {
      throw InputError(fmt::format("its tables are spread over more than {} pages", most_pages));
    }
    const std::uint64_t offset = index * page_size;
    entry->second = file_.view(offset, std::min(page_size, file_.size() - offset), "page");
  }
  last_page_index_ = index;
  last_page_ = entry->second;
  return last_page_;
}

std::string_view PeImage::view(std::uint64_t rva, std::uint64_t length, std::string_view what) {
  const Section* section = section_at(rva);
  if (section == nullptr || length > page_size || length > section->size - (rva - section->rva)) {
    throw InputError(fmt::format("{} at RVA {:#x} lies outside of the image", what, rva));
  }
  const std::uint64_t into = rva - section->rva;
  const std::uint64_t there =
      into >= section->stored ? 0 : std::min(length, section->stored - into);
  const std::uint64_t offset = section->offset + into;
  if (there == length && length > 0 && offset / page_size == (offset + length - 1) / page_size) {
    return page(offset / page_size).substr(offset % page_size, length);
  }
  scratch_.clear();
  while (scratch_.size() < there) {
    const std::uint64_t at = offset + scratch_.size();
    scratch_ += page(at / page_size).substr(at % page_size, there - scratch_.size());
  }
  scratch_.resize(length, '\0');
  return scratch_;
}

std::string PeImage::name(std::uint64_t rva, std::string_view what) {
  std::string text;
  while (true) {
    const Section* section = section_at(rva + text.size());
    if (section == nullptr) {
      throw InputError(fmt::format("{} at RVA {:#x} lies outside of the image", what, rva));
    }
    const std::uint64_t into = rva + text.size() - section->rva;
    if (into >= section->stored) {
      return text; // zeros follow
    }
    const std::uint64_t offset = section->offset + into;
    const std::string_view rest =
        page(offset / page_size).substr(offset % page_size, section->stored - into);
    const std::size_t nul = rest.find('\0');
    spend_bytes(std::min(nul, rest.size()) + 1);
    text += rest.substr(0, nul);
    if (nul != std::string_view::npos) {
      return text;
    }
    if (text.size() >= longest_name) {
      throw InputError(fmt::format("{} at RVA {:#x} has no end", what, rva));
    }
  }
}

std::string PeImage::bytes(std::uint64_t rva, std::uint64_t length, std::string_view what) {
  spend_bytes(length);
  std::string all;
  while (all.size() < length) {
    all += view(rva + all.size(), std::min(page_size, length - all.size()), what);
  }
  return all;
}

void PeImage::spend_bytes(std::uint64_t size) {
  if (size > name_bytes_left_) {
    throw InputError("its tables hold more names than a file of this size can");
  }
  name_bytes_left_ -= size;
}

void PeImage::spend_entry() {
  if (entries_left_ == 0) {
    throw InputError("its tables hold more entries than a file of this size can");
  }
  --entries_left_;
}

} // namespace pare
