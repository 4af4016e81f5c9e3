#include "formats/ld_so_cache.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pare {
namespace {

constexpr std::string_view old_magic = "ld.so-1.7.0";
constexpr std::string_view new_magic = "glibc-ld.so.cache1.1";
constexpr std::uint64_t new_header = 48, old_header = 16;
constexpr std::uint64_t extension_magic = 0xeaa42174;
constexpr std::uint64_t hwcap_extension = 1ull << 62; // DL_CACHE_HWCAP_EXTENSION
constexpr std::uint64_t largest_file = 64 << 20;      // what is behind it is not there
constexpr std::size_t most_single_reads = 48; // then all at once: two or three names take as many
constexpr std::uint64_t most_levels = 256;
constexpr std::uint64_t longest_path = 4096; // PATH_MAX
constexpr std::size_t most_found = 1024;     // of one name: far above what ldconfig writes

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

} // namespace

int compare_library_names(std::string_view a, std::string_view b) {
  const auto at = [](std::string_view text, std::size_t i) {
    return i < text.size() ? text[i] : '\0';
  };
  std::size_t i = 0, j = 0;
  while (i < a.size()) {
    if (is_digit(a[i])) {
      if (!is_digit(at(b, j))) {
        return 1;
      }
      std::uint32_t x = 0, y = 0; // wraps as the loader's int does
      while (is_digit(at(a, i))) {
        x = x * 10 + static_cast<std::uint32_t>(a[i++] - '0');
      }
      while (is_digit(at(b, j))) {
        y = y * 10 + static_cast<std::uint32_t>(b[j++] - '0');
      }
      if (x != y) {
        return static_cast<std::int32_t>(x - y);
      }
    } else if (is_digit(at(b, j))) {
      return -1;
    } else if (a[i] != at(b, j)) {
      return a[i] - at(b, j);
    } else {
      ++i;
      ++j;
    }
  }
  return -at(b, j);
}

LdSoCache::LdSoCache(const ByteSource& source)
    : source_(source), size_(std::min(source.size(), largest_file)), pages_(source) {
  const auto starts_at = [&](std::uint64_t offset) {
    return contains(offset, new_header) && view(offset, new_magic.size()) == new_magic;
  };
  // The count tells the byte order of files without the flag of glibc 2.33: the wrong one makes it
  // absurdly large.
  const auto order_by_count = [&](std::uint64_t offset, std::uint64_t header, std::uint64_t entry) {
    big_endian_ = false;
    const std::uint64_t count = number(offset, 4);
    big_endian_ = size_ < header || count > (size_ - header) / entry;
  };
  std::uint64_t base = 0;
  if (!starts_at(0)) {
    if (!contains(0, old_header) || !view(0, old_header).starts_with(old_magic)) {
      throw InputError("is no ld.so.cache");
    }
    order_by_count(12, old_header, 12);
    entries_ = old_header;
    entry_size_ = 12;
    count_ = number(12, 4);
    strings_ = old_header + count_ * 12;
    base = (strings_ + 7) / 8 * 8; // ALIGN_CACHE: the new format may follow the old one
  }
  if (starts_at(base)) {
    const std::uint64_t order = number(base + 28, 1) & 3;
    order_by_count(base + 20, base + new_header, 24);
    if (order >= 2) {
      big_endian_ = order == 3;
    }
    entries_ = base + new_header;
    entry_size_ = 24;
    count_ = number(base + 20, 4);
    strings_ = base;
    const std::uint64_t extension = number(base + 32, 4);
    if (extension != 0 && contains(base + extension, 8) &&
        number(base + extension, 4) == extension_magic) {
      const std::uint64_t sections = std::min<std::uint64_t>(number(base + extension + 4, 4), 16);
      for (std::uint64_t i = 0; i < sections; ++i) {
        const std::uint64_t section = base + extension + 8 + i * 16;
        if (number(section, 4) != 1) { // cache_extension_tag_glibc_hwcaps
          continue;
        }
        const std::uint64_t names = base + number(section + 8, 4);
        const std::uint64_t count = std::min(number(section + 12, 4) / 4, most_levels);
        for (std::uint64_t k = 0; k < count; ++k) {
          levels_.emplace_back(string_at(base + number(names + k * 4, 4)));
        }
      }
    }
  }
  if (!contains(entries_, count_ * entry_size_)) {
    throw InputError("its entries lie outside of the file");
  }
}

std::string_view LdSoCache::view(std::uint64_t offset, std::uint64_t length) const {
  if (!all_ && pages_.read_count() > most_single_reads) {
    complete();
  }
  return all_ ? all_->view().substr(offset, length) : pages_.view(offset, length, "table");
}

void LdSoCache::complete() const {
  if (all_) {
    return;
  }
  Bytes bytes = read_bytes(source_, 0, size_);
  if (bytes.view().size() < size_) {
    throw InputError("the file changed while it was read");
  }
  all_ = std::move(bytes);
}

std::uint64_t LdSoCache::number(std::uint64_t offset, unsigned width) const {
  if (!contains(offset, width)) {
    throw InputError(fmt::format("number at offset {} lies outside of the file", offset));
  }
  return load_unsigned(view(offset, width), width, big_endian_);
}

std::string_view LdSoCache::string_at(std::uint64_t offset) const {
  if (offset < size_ && all_) {
    const std::string_view text = all_->view().substr(offset, longest_path + 1);
    if (const std::size_t end = text.find('\0'); end != std::string_view::npos) {
      return text.substr(0, end);
    }
  } else if (offset < size_) {
    return pages_.c_string(offset, size_, "name", longest_path + 1);
  }
  throw InputError(fmt::format("name at offset {} lies outside of the file", offset));
}

std::vector<CacheEntry> LdSoCache::find(std::string_view name) const {
  // The table is sorted downwards.
  std::uint64_t low = 0, high = count_;
  while (low < high) {
    const std::uint64_t middle = (low + high) / 2;
    if (compare_library_names(name, key_of(middle)) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  std::vector<CacheEntry> found;
  for (; low < count_ && found.size() < most_found && compare_library_names(name, key_of(low)) == 0;
       ++low) {
    const std::uint64_t entry = entries_ + low * entry_size_;
    CacheEntry result;
    result.flags = static_cast<std::uint32_t>(number(entry, 4));
    result.path = string_at(strings_ + number(entry + 8, 4));
    if (entry_size_ == 24) {
      result.hwcap = number(entry + 16, 8);
      if ((result.hwcap >> 32) == (hwcap_extension >> 32)) {
        const std::uint64_t index = result.hwcap & 0xffffffff;
        if (index >= levels_.size()) {
          continue; // the loader passes it over
        }
        result.level = levels_[index];
        result.hwcap = 0;
      }
    }
    found.push_back(std::move(result));
  }
  return found;
}

} // namespace pare
