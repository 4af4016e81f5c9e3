// gzip: each piece becomes a member of its own, which is what RFC 1952 (2.2: "a gzip file consists
// of a series of members") provides for, and every reader of images already meets in eStargz
// layers. So libdeflate, which compresses whole buffers only, can be used: it takes less than half
// of zlib's time. zstd: one frame, with a checksum.

#include "base/compress.hpp"

#include <zstd.h>

#include <libdeflate.h>
#include <stdexcept>
#include <vector>

namespace pare {

namespace {

class GzipSink final : public ByteSink {
public:
  explicit GzipSink(ByteSink& below)
      : below_(below), compressor_(libdeflate_alloc_compressor(level)) {}

  void write(std::span<const std::byte> bytes) override {
    packed_.resize(libdeflate_gzip_compress_bound(compressor_.get(), bytes.size()));
    const std::size_t size = libdeflate_gzip_compress(
        compressor_.get(), bytes.data(), bytes.size(), packed_.data(), packed_.size());
    below_.write(std::span(packed_).first(size));
  }
  void finish() override { below_.finish(); }

private:
  static constexpr int level = 6; ///< gzip's own default

  struct Free {
    void operator()(libdeflate_compressor* compressor) const {
      libdeflate_free_compressor(compressor);
    }
  };
  ByteSink& below_;
  std::unique_ptr<libdeflate_compressor, Free> compressor_;
  std::vector<std::byte> packed_;
};

class ZstdSink final : public ByteSink {
public:
  explicit ZstdSink(ByteSink& below)
      : below_(below), stream_(ZSTD_createCCtx()), packed_(ZSTD_CStreamOutSize()) {
    ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_compressionLevel, ZSTD_CLEVEL_DEFAULT);
    ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1);
  }

  void write(std::span<const std::byte> bytes) override { compress(bytes, ZSTD_e_continue); }
  void finish() override {
    compress({}, ZSTD_e_end);
    below_.finish();
  }

private:
  void compress(std::span<const std::byte> bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in = {bytes.data(), bytes.size(), 0};
    while (true) {
      ZSTD_outBuffer out = {packed_.data(), packed_.size(), 0};
      const std::size_t left = ZSTD_compressStream2(stream_.get(), &out, &in, directive);
      if (ZSTD_isError(left) != 0) {
        throw std::runtime_error(ZSTD_getErrorName(left)); // out of memory
      }
      below_.write(std::span(packed_).first(out.pos));
      if (directive == ZSTD_e_end ? left == 0 : in.pos == in.size) {
        return;
      }
    }
  }

  struct Free {
    void operator()(ZSTD_CCtx* stream) const { ZSTD_freeCCtx(stream); }
  };
  ByteSink& below_;
  std::unique_ptr<ZSTD_CCtx, Free> stream_;
  std::vector<std::byte> packed_;
};

} // namespace

std::unique_ptr<ByteSink> compress_to(ByteSink& below, Compression compression) {
  switch (compression) {
  case Compression::gzip:
    return std::make_unique<GzipSink>(below);
  case Compression::zstd:
    return std::make_unique<ZstdSink>(below);
  case Compression::none:
    break;
  }
  return nullptr;
}

} // namespace pare
