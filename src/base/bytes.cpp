#include "base/bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace pare {

namespace {

/// A page of the reader, smaller than the processor's: what is read is mostly a few hundred bytes,
/// and 4 KB of memory that nobody touched before cost more (1.3 us) than a pread(2).
constexpr std::uint64_t page = 1024;

/// Pages of readers that are gone, for those to come: a closure of 200 files takes some 700, three
/// at a time.
thread_local std::vector<std::unique_ptr<char[]>> spare_pages;
constexpr std::size_t most_spare_pages = 16;

std::unique_ptr<char[]> take_bytes(std::uint64_t size) {
  if (size > page || spare_pages.empty()) {
    return std::make_unique_for_overwrite<char[]>(std::max(size, page));
  }
  std::unique_ptr<char[]> bytes = std::move(spare_pages.back());
  spare_pages.pop_back();
  return bytes;
}

} // namespace

PageReader::~PageReader() {
  for (Window& window : windows_) {
    if (window.size <= page && spare_pages.size() < most_spare_pages) {
      spare_pages.push_back(std::move(window.bytes));
    }
  }
}

std::size_t MemoryBytes::read_at(std::uint64_t offset, std::span<std::byte> to) const {
  if (offset >= bytes_.size()) {
    return 0;
  }
  const std::size_t count = std::min<std::uint64_t>(to.size(), bytes_.size() - offset);
  std::memcpy(to.data(), bytes_.data() + offset, count);
  return count;
}

const PageReader::Window& PageReader::window(std::uint64_t offset, std::uint64_t length) {
  const auto holds = [&](const Window& known) {
    return offset >= known.offset && offset - known.offset <= known.size &&
           length <= known.size - (offset - known.offset);
  };
  if (const auto known = std::ranges::find_if(windows_, holds); known != windows_.end()) {
    last_ = static_cast<std::size_t>(known - windows_.begin());
    return *known;
  }
  const std::uint64_t start = offset / page * page;
  const std::uint64_t end = std::min(size_, (offset + length + page - 1) / page * page);
  Window fresh{start, end - start, take_bytes(end - start)};
  const std::span<char> bytes(fresh.bytes.get(), fresh.size);
  if (source_.read_at(start, std::as_writable_bytes(bytes)) < fresh.size) {
    throw InputError("the file changed while it was read");
  }
  last_ = windows_.size();
  return windows_.emplace_back(std::move(fresh));
}

std::string_view
PageReader::view_elsewhere(std::uint64_t offset, std::uint64_t length, std::string_view what) {
  if (!contains(offset, length)) {
    throw InputError(fmt::format("{} at offset {} lies outside of the file", what, offset));
  }
  if (length == 0) {
    return {};
  }
  const Window& found = window(offset, length);
  return {found.bytes.get() + (offset - found.offset), length};
}

void PageReader::read_ahead(std::uint64_t offset, std::uint64_t end) {
  end = std::min(end, size_);
  if (offset < end) {
    window(offset, end - offset);
  }
}

std::string_view PageReader::c_string(std::uint64_t offset,
                                      std::uint64_t end,
                                      std::string_view what,
                                      std::uint64_t limit) {
  end = std::min(end, size_);
  if (offset < end) {
    const std::string_view rest = rest_of_last(offset).substr(0, std::min(limit, end - offset));
    if (const std::size_t nul = rest.find('\0'); nul != std::string_view::npos) {
      return rest.substr(0, nul);
    }
  }
  std::uint64_t length = 0;
  while (offset < end && length < limit) {
    // As far as this page goes; then on, a page at a time.
    const std::uint64_t stop =
        std::min({(offset + length) / page * page + page, end, offset + limit});
    if (stop <= offset + length) {
      break;
    }
    const std::string_view bytes = view(offset, stop - offset, what);
    const std::size_t nul = bytes.find('\0', length);
    if (nul != std::string_view::npos) {
      return bytes.substr(0, nul);
    }
    length = stop - offset;
  }
  throw InputError(fmt::format("{} at offset {} has no end", what, offset));
}

Bytes read_bytes(const ByteSource& source, std::uint64_t offset, std::size_t length) {
  Bytes bytes(length);
  bytes.shrink(source.read_at(offset, bytes.writable()));
  return bytes;
}

std::string read_all(const ByteSource& source, std::uint64_t limit) {
  if (source.size() > limit) {
    throw InputError(fmt::format("is larger than {} bytes", limit));
  }
  return std::string(read_bytes(source, 0, source.size()).view());
}

} // namespace pare
