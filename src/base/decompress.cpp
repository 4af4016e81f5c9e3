// gzip by libdeflate, which takes a third of zlib's time but wants a member's whole output in
// memory: that is a mapping of the file, so it is the page cache's memory. How long a member will
// be, only its end says (ISIZE, modulo 4 GiB), and of several only the last one's is easy to find;
// so that is a guess, bounded by what deflate can do at best, and the file grows where it was too
// small. Its blocks are reserved before they are written: a full disk is then an error of
// fallocate(2) and not a SIGBUS.

#include "base/decompress.hpp"

#include "base/interrupt.hpp"
#include "base/sizes.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <libdeflate.h>
#include <sys/mman.h>
#include <vector>

namespace pare {

namespace {

constexpr std::uint64_t best_deflate =
    1032;                                   // zlib.net/zlib_tech.html, "Maximum Compression Factor"
constexpr std::size_t smallest_member = 18; // RFC 1952: a header of 10 bytes, a trailer of 8

[[noreturn]] void fail(int error) {
  throw InputError(fmt::format("cannot be unpacked: {}", std::strerror(error)));
}

[[noreturn]] void too_large(std::uint64_t limit) {
  throw InputError(fmt::format("unpacks to more than {}", human_size(limit)));
}

/// A file that grows, mapped.
class GrowingFile {
public:
  explicit GrowingFile(int file) : file_(file) {}
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;
  ~GrowingFile() {
    if (start_ != nullptr) {
      munmap(start_, size_);
    }
  }

  void grow(std::uint64_t size) {
    int error = EINTR;
    while (error == EINTR) {
      check_interrupt();
      error = posix_fallocate(file_, 0, static_cast<off_t>(size));
    }
    if (error != 0) {
      fail(error);
    }
    void* const start = start_ == nullptr
                            ? mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0)
                            : mremap(start_, size_, size, MREMAP_MAYMOVE);
    if (start == MAP_FAILED) {
      fail(errno);
    }
    start_ = start;
    size_ = size;
  }

  std::uint64_t size() const { return size_; }
  std::byte* at(std::uint64_t offset) { return static_cast<std::byte*>(start_) + offset; }

private:
  int file_;
  void* start_ = nullptr;
  std::uint64_t size_ = 0;
};

std::uint64_t unpack_gzip(std::span<const std::byte> packed, int file, std::uint64_t limit) {
  struct Free {
    void operator()(libdeflate_decompressor* decompressor) const {
      libdeflate_free_decompressor(decompressor);
    }
  };
  const std::unique_ptr<libdeflate_decompressor, Free> decompressor{
      libdeflate_alloc_decompressor()};
  if (!decompressor) {
    throw std::bad_alloc();
  }
  const auto at_best = [limit](std::uint64_t bytes) {
    return std::min(bytes > limit / best_deflate ? limit : bytes * best_deflate, limit);
  };
  GrowingFile out(file);
  std::uint64_t done = 0;
  while (!packed.empty()) {
    check_interrupt();
    if (std::ranges::all_of(packed.first(std::min<std::size_t>(packed.size(), 512)),
                            [](std::byte byte) { return byte == std::byte{0}; })) {
      break; // padding, as of tapes; gzip(1) passes over it too
    }
    if (packed.size() < smallest_member) {
      throw InputError("ends in the middle of its gzip data");
    }
    if (done == out.size()) {
      const std::span<const std::byte> last = packed.last(4);
      std::uint64_t guess = 0;
      for (int i = 3; i >= 0; --i) {
        guess = guess << 8 | std::to_integer<std::uint64_t>(last[static_cast<std::size_t>(i)]);
      }
      guess = std::max<std::uint64_t>(guess, 4 * packed.size());
      out.grow(std::max<std::uint64_t>(done + std::min(guess, at_best(packed.size())),
                                       std::min<std::uint64_t>(4096, limit)));
    }
    std::size_t taken = 0, given = 0;
    switch (libdeflate_gzip_decompress_ex(decompressor.get(),
                                          packed.data(),
                                          packed.size(),
                                          out.at(done),
                                          out.size() - done,
                                          &taken,
                                          &given)) {
    case LIBDEFLATE_SUCCESS:
      packed = packed.subspan(taken);
      done += given;
      break;
    case LIBDEFLATE_INSUFFICIENT_SPACE: {
      const std::uint64_t most = done + std::min(at_best(packed.size()), limit - done);
      if (out.size() >= most) {
        too_large(limit);
      }
      out.grow(std::min(most, std::max<std::uint64_t>(2 * out.size(), done + 4 * packed.size())));
      break;
    }
    default:
      throw InputError("is damaged: no gzip data");
    }
  }
  if (ftruncate(file, static_cast<off_t>(done)) != 0) {
    fail(errno);
  }
  return done;
}

std::uint64_t unpack_zstd(std::span<const std::byte> packed, int file, std::uint64_t limit) {
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  const std::unique_ptr<ZSTD_DCtx, Free> context{ZSTD_createDCtx()};
  std::vector<std::byte> buffer(std::size_t{1} << 20);
  ZSTD_inBuffer in = {packed.data(), packed.size(), 0};
  std::uint64_t done = 0;
  std::size_t left = 1;
  while (true) {
    check_interrupt();
    ZSTD_outBuffer out = {buffer.data(), buffer.size(), 0};
    left = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(left) != 0) {
      throw InputError(fmt::format("is damaged: zstd: {}", ZSTD_getErrorName(left)));
    }
    if (out.pos > limit - done) {
      too_large(limit);
    }
    for (std::size_t written = 0; written < out.pos;) {
      const ssize_t count = pwrite(
          file, buffer.data() + written, out.pos - written, static_cast<off_t>(done + written));
      if (count < 0 && errno != EINTR) {
        fail(errno);
      }
      written += count < 0 ? 0 : static_cast<std::size_t>(count);
    }
    done += out.pos;
    if (in.pos == in.size && out.pos < out.size) { // all that it had is out
      break;
    }
  }
  if (left != 0) {
    throw InputError("ends in the middle of its zstd data");
  }
  return done;
}

} // namespace

Compression packed_as(std::span<const std::byte> first_bytes) {
  const auto starts_with = [&](std::initializer_list<unsigned char> magic) {
    return first_bytes.size() >= magic.size() &&
           std::equal(magic.begin(), magic.end(), first_bytes.begin(), [](auto left, auto right) {
             return std::byte{left} == right;
           });
  };
  if (starts_with({0x1f, 0x8b})) {
    return Compression::gzip;
  }
  return starts_with({0x28, 0xb5, 0x2f, 0xfd}) ? Compression::zstd : Compression::none;
}

std::uint64_t
unpack(std::span<const std::byte> packed, Compression how, int file, std::uint64_t limit) {
  return how == Compression::gzip ? unpack_gzip(packed, file, limit)
                                  : unpack_zstd(packed, file, limit);
}

} // namespace pare
