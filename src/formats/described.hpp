#pragma once
// A file of which the facts are known, and not the bytes: those of a base image that is told of,
// not read.

#include "base/bytes.hpp"
#include "formats/facts.hpp"

namespace pare {

class DescribedFile final : public ByteSource {
public:
  DescribedFile(std::uint64_t size, Facts facts, std::string sha256)
      : size_(size), facts_(std::move(facts)), sha256_(std::move(sha256)) {}

  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t, std::span<std::byte>) const override {
    throw InputError("only facts of it are known");
  }

  const Facts& facts() const { return facts_; }
  const std::string& sha256() const { return sha256_; } ///< Empty: not known either.

private:
  std::uint64_t size_;
  Facts facts_;
  std::string sha256_;
};

} // namespace pare
