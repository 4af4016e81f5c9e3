#pragma once
// The functions of an object, and where its data begins. Compilers describe each function for
// unwinding (.eh_frame), stripped files too; what that leaves out (assembly, Go, a C library built
// without) starts where a symbol, a call or a pointer says.

#include "code/address_set.hpp"
#include "code/decode.hpp"
#include "code/object.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace pare {

struct FunctionRange {
  std::uint64_t start = 0; ///< The address of its first byte,
  std::uint64_t end = 0;   ///< and of the one behind its last.

  bool operator==(const FunctionRange&) const = default;
};

/// What .eh_frame_hdr and .eh_frame say (LSB 5.0 Core, 10.6), sorted by start, one for each, none
/// of them outside of the segments with code. At most 2^20. Damaged entries are left out.
std::vector<FunctionRange> read_unwind_ranges(const Object& object);

class Functions {
public:
  /// Of a loaded object. At most 2^20 functions, and as many added.
  explicit Functions(const Object& object);

  std::uint32_t size() const { return static_cast<std::uint32_t>(ranges_.size()); }
  const FunctionRange& operator[](std::uint32_t function) const { return ranges_[function]; }

  /// The function that the address lies in.
  std::optional<std::uint32_t> find(std::uint64_t address) const;

  /// For the target of a call or jump: where no function is known, one starts. It gets the next
  /// number.
  std::optional<std::uint32_t> find_or_add(const Object& object, std::uint64_t address);

  /// Of a procedure linkage table: a row of stubs (stub_slot()), not a function like others.
  bool is_stubs(std::uint32_t function) const { return is_stubs_[function]; }

  /// The first address above `address`, but no more than `limit` above, where something else
  /// begins: code, a pointer, or a symbol names it.
  std::uint64_t next_start(std::uint64_t address, std::uint64_t limit) const {
    return starts_.next(address, limit);
  }

private:
  class Finder;
  static bool has_stubs(const Object& object, const FunctionRange& range);
  void find_stubs(const Object& object);
  void index();

  std::vector<FunctionRange> ranges_; ///< Sorted, without overlap; then those that were added.
  std::vector<bool> is_stubs_;
  /// For each run of 64 bytes from `first_` on: the first function that ends behind its start.
  std::vector<std::uint32_t> buckets_;
  std::uint64_t first_ = 0;
  std::uint32_t indexed_ = 0;                    ///< How many are in the buckets,
  std::map<std::uint64_t, std::uint32_t> added_; ///< and the others by start.
  AddressSet starts_;                            ///< Where something begins.
};

/// The region of a function, with the numbers of a program that is not position-independent. Its
/// bytes are the object's.
Region region_of(const Object& object, const FunctionRange& range);

} // namespace pare
