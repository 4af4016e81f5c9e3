#pragma once
// Identifiers as numbers: what a thousand sources mention is compared, counted and kept as such.

#include <bit>
#include <cstdint>
#include <cstring>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pare {

using NameNumber = std::uint32_t;

/// Numbers are given in order from 0. Not for two threads at a time.
class NameTable {
public:
  /// `first` get the numbers of their places.
  explicit NameTable(std::span<const std::string_view> first = {}) : slots_(1024) {
    for (const std::string_view name : first) {
      number(name);
    }
  }

  NameNumber number(std::string_view name) {
    const std::uint32_t hash = hash_of(name);
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at].number != free; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].hash == hash && names_[slots_[at].number] == name) {
        return slots_[at].number;
      }
    }
    const auto number = static_cast<NameNumber>(names_.size());
    names_.emplace_back(name);
    slots_[at] = {hash, number};
    if (names_.size() * 2 > slots_.size()) {
      grow();
    }
    return number;
  }

  const std::string& name(NameNumber number) const { return names_[number]; }

  /// A number that nobody has got yet, to mark names with.
  std::uint32_t new_mark() { return ++last_mark_; }
  /// Marks a name; false: it was marked so by the last who marked it.
  bool mark(NameNumber number, std::uint32_t mark) {
    marks_.resize(names_.size());
    return std::exchange(marks_[number], mark) != mark;
  }

  std::size_t size() const { return names_.size(); }

private:
  static constexpr NameNumber free = UINT32_MAX;
  struct Slot {
    std::uint32_t hash = 0;
    NameNumber number = free;
  };

  static std::uint32_t hash_of(std::string_view name) {
    constexpr std::uint64_t factor =
        0x9E3779B97F4A7C15; // 2^64 over the golden ratio: an odd number that mixes
    std::uint64_t hash = name.size();
    while (!name.empty()) {
      const std::size_t size = name.size() < 8 ? name.size() : 8;
      std::uint64_t word = 0;
      std::memcpy(&word, name.data(), size);
      hash = std::rotl((hash ^ word) * factor, 29);
      name.remove_prefix(size);
    }
    hash *= factor;
    return static_cast<std::uint32_t>(hash >> 32);
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != free) {
        std::size_t at = slot.hash & (slots_.size() - 1);
        while (slots_[at].number != free) {
          at = (at + 1) & (slots_.size() - 1);
        }
        slots_[at] = slot;
      }
    }
  }

  std::deque<std::string> names_;
  std::vector<std::uint32_t> marks_;
  std::uint32_t last_mark_ = 0;
  std::vector<Slot> slots_; ///< A power of two, at most half of them taken.
};

} // namespace pare
