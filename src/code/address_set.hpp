#pragma once
// A set of addresses of an object: a bit for each byte of its segments. Where none was inserted far
// and wide, the bits take no memory: the system gives pages of zeros once they are written to.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

namespace pare {

class AddressSet {
public:
  /// Of these segments, which may overlap: an address belongs to the first that has it.
  void cover(std::uint64_t address, std::uint64_t size) {
    // calloc(3) leaves the zeros of a large block to the system.
    auto* bits = static_cast<std::uint64_t*>(std::calloc(size / 64 + 1, sizeof(std::uint64_t)));
    if (bits == nullptr) {
      throw std::bad_alloc();
    }
    parts_.push_back({address, size, std::unique_ptr<std::uint64_t[], Free>(bits)});
  }

  /// False: it was in already, or lies in no segment.
  bool insert(std::uint64_t address) {
    for (Part& part : parts_) {
      const std::uint64_t place = address - part.address;
      if (place < part.size) {
        std::uint64_t& word = part.bits[place / 64];
        const std::uint64_t bit = std::uint64_t{1} << (place % 64);
        const bool fresh = (word & bit) == 0;
        word |= bit;
        return fresh;
      }
    }
    return false;
  }

  /// The first member above `address`; else the end of its segment, or `address + limit` if that
  /// comes first.
  std::uint64_t next(std::uint64_t address, std::uint64_t limit) const {
    for (const Part& part : parts_) {
      std::uint64_t place = address - part.address;
      if (place >= part.size) {
        continue;
      }
      const std::uint64_t end = place + std::min(limit, part.size - place);
      for (++place; place < end; place = (place / 64 + 1) * 64) {
        if (const std::uint64_t rest = part.bits[place / 64] >> (place % 64); rest != 0) {
          return part.address +
                 std::min(end, place + static_cast<unsigned>(std::countr_zero(rest)));
        }
      }
      return part.address + end;
    }
    return address;
  }

private:
  struct Free {
    void operator()(std::uint64_t* bits) const { std::free(bits); }
  };
  struct Part {
    std::uint64_t address;
    std::uint64_t size;
    std::unique_ptr<std::uint64_t[], Free> bits;
  };
  std::vector<Part> parts_;
};

} // namespace pare
