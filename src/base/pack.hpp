#pragma once
// Values in a row of bytes, for answers that are kept between runs of one build (base/cache.hpp).

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace pare {

class Packer {
public:
  /// Any number or enumerator, by its bytes.
  template <typename Number> void number(Number value) {
    static_assert(std::is_arithmetic_v<Number> || std::is_enum_v<Number>);
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    out += value;
  }

  std::string out;
};

/// Reads what Packer wrote. The cache has checked that it is whole; what does not fit all the same
/// ends the reading: zeros and empty texts follow.
class Unpacker {
public:
  explicit Unpacker(std::string_view in) : in_(in) {}

  template <typename Number> Number number() {
    Number value{};
    if (in_.size() < sizeof value) {
      fits = false;
      in_ = {};
      return value;
    }
    std::memcpy(&value, in_.data(), sizeof value);
    in_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view text() {
    const auto size = number<std::uint32_t>();
    if (size > in_.size()) {
      fits = false;
      in_ = {};
      return {};
    }
    const std::string_view value = in_.substr(0, size);
    in_.remove_prefix(size);
    return value;
  }
  bool is_at_end() const { return in_.empty(); }

  bool fits = true;

private:
  std::string_view in_;
};

} // namespace pare
