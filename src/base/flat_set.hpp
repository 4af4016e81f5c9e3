#pragma once
// A set of small plain keys in one block of memory. A graph asks tens of thousands of times whether
// it has seen an edge; a node for each, as std::unordered_set has them, took a twentieth of the
// instructions of a closure and as much memory again.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pare {

/// Keys are pairs of numbers (or of addresses, as numbers), never both 0. There is no removal.
class FlatSet {
public:
  /// Whether it is new.
  bool insert(std::uint64_t first, std::uint64_t second) {
    if (count_ >= slots_.size() / 2) {
      grow();
    }
    Key& slot = place(first, second);
    if (slot.first == first && slot.second == second) {
      return false;
    }
    slot = {first, second};
    ++count_;
    return true;
  }

  bool insert(const void* first, const void* second) {
    return insert(reinterpret_cast<std::uintptr_t>(first),
                  reinterpret_cast<std::uintptr_t>(second));
  }

  bool contains(const void* first, const void* second) {
    const Key key{reinterpret_cast<std::uintptr_t>(first),
                  reinterpret_cast<std::uintptr_t>(second)};
    return count_ > 0 && place(key.first, key.second).first == key.first;
  }

private:
  struct Key {
    std::uint64_t first = 0, second = 0;
  };

  /// Where the key is, or the empty slot where it belongs.
  Key& place(std::uint64_t first, std::uint64_t second) {
    // Multiplying spreads low bits upwards, so the high ones choose (Knuth, TAOCP 3, 6.4).
    const std::uint64_t mixed = (first ^ (second << 29 | second >> 35)) * 0x9e3779b97f4a7c15u;
    std::size_t at = static_cast<std::size_t>(mixed >> 32) & (slots_.size() - 1);
    while ((slots_[at].first != first || slots_[at].second != second) &&
           (slots_[at].first != 0 || slots_[at].second != 0)) {
      at = (at + 1) & (slots_.size() - 1);
    }
    return slots_[at];
  }

  void grow() {
    std::vector<Key> old(slots_.empty() ? 16 : slots_.size() * 2);
    old.swap(slots_);
    for (const Key& key : old) {
      if (key.first != 0 || key.second != 0) {
        place(key.first, key.second) = key;
      }
    }
  }

  std::vector<Key> slots_; ///< A power of two of them; half of them are empty.
  std::size_t count_ = 0;
};

} // namespace pare
