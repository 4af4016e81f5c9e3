#include "base/file_bytes.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <sys/mman.h>
#include <sys/stat.h>

namespace pare {

namespace {

class PartBytes final : public ByteSource {
public:
  PartBytes(std::shared_ptr<const ByteSource> whole, std::uint64_t offset, std::uint64_t size)
      : whole_(std::move(whole)), offset_(offset), size_(size) {}

  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override {
    if (offset >= size_) {
      return 0;
    }
    return whole_->read_at(offset_ + offset,
                           to.first(std::min<std::uint64_t>(to.size(), size_ - offset)));
  }
  std::optional<FilePlace> place() const override {
    std::optional<FilePlace> place = whole_->place();
    if (place) {
      place->offset += offset_;
    }
    return place;
  }

private:
  std::shared_ptr<const ByteSource> whole_;
  std::uint64_t offset_;
  std::uint64_t size_;
};

std::uintptr_t page_size = 0; ///< Set before the handler is.

/// The page that cannot be read becomes one of zeros. Only faults of mapped files come here
/// (BUS_ADRERR): every other SIGBUS ends the program as it would have.
void give_zeros(int number, siginfo_t* what, void*) {
  if (what->si_code == BUS_ADRERR) {
    void* const start =
        reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(what->si_addr) & ~(page_size - 1));
    if (mmap(start, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) !=
        MAP_FAILED) {
      return;
    }
  }
  std::signal(number, SIG_DFL); // the access is tried again, and ends the program
}

void outlive_short_files() {
  static std::once_flag once;
  std::call_once(once, [] {
    page_size = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    struct sigaction action = {};
    action.sa_sigaction = give_zeros;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGBUS, &action, nullptr);
  });
}

} // namespace

std::size_t FileBytes::read_at(std::uint64_t offset, std::span<std::byte> to) const {
  if (offset >= size_) {
    return 0;
  }
  to = to.first(std::min<std::uint64_t>(to.size(), size_ - offset));
  std::size_t done = 0;
  while (done < to.size()) {
    const ssize_t count = pread(file_->get(),
                                to.data() + done,
                                to.size() - done,
                                static_cast<off_t>(offset_ + offset + done));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      throw InputError(std::strerror(errno));
    }
    if (count == 0) {
      break;
    }
    done += static_cast<std::size_t>(count);
  }
  return done;
}

std::shared_ptr<const ByteSource>
part_of(std::shared_ptr<const ByteSource> whole, std::uint64_t offset, std::uint64_t length) {
  offset = std::min(offset, whole->size());
  length = std::min(length, whole->size() - offset);
  return std::make_shared<PartBytes>(std::move(whole), offset, length);
}

std::shared_ptr<const ByteSource> open_host_file(const std::string& path) {
  auto file = std::make_shared<const Descriptor>(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)); // a FIFO must not block
  struct stat there = {};
  if (!*file || fstat(file->get(), &there) != 0) {
    throw InputError(fmt::format("{}: {}", path, std::strerror(errno)));
  }
  if (!S_ISREG(there.st_mode)) {
    throw InputError(fmt::format("{}: is no regular file", path));
  }
  return std::make_shared<FileBytes>(std::move(file), 0, static_cast<std::uint64_t>(there.st_size));
}

MappedBytes::MappedBytes(const ByteSource& source, std::uint64_t offset, std::uint64_t length) {
  offset = std::min(offset, source.size());
  const auto size = static_cast<std::size_t>(std::min(length, source.size() - offset));
  if (size == 0) {
    return;
  }
  if (const std::optional<ByteSource::FilePlace> place = source.place()) {
    outlive_short_files();
    const std::uint64_t there = place->offset + offset;
    const std::uint64_t start = there & ~std::uint64_t{0xffff}; // any machine's pages
    mapping_size_ = size + static_cast<std::size_t>(there - start);
    mapping_ = mmap(nullptr,
                    mapping_size_,
                    PROT_READ,
                    MAP_SHARED,
                    place->descriptor,
                    static_cast<off_t>(start));
    if (mapping_ != MAP_FAILED) {
      madvise(mapping_, mapping_size_, MADV_SEQUENTIAL);
      bytes_ = {static_cast<const std::byte*>(mapping_) + (there - start), size};
      return;
    }
    mapping_ = nullptr;
  }
  read_ = std::make_unique_for_overwrite<std::byte[]>(size);
  const std::span<std::byte> to(read_.get(), size);
  bytes_ = to.first(source.read_at(offset, to));
}

void MappedBytes::let_go() const {
  if (mapping_ != nullptr) {
    madvise(mapping_, mapping_size_, MADV_DONTNEED);
  }
}

MappedBytes::~MappedBytes() {
  if (mapping_ != nullptr) {
    munmap(mapping_, mapping_size_);
  }
}

} // namespace pare
