#pragma once
// Tar archives for tests, a line an entry: ustar headers, and what one wants to say before them.

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pare::test {

struct TarSpec {
  char type = '0';
  std::string name;
  std::string link;
  std::string bytes;
  unsigned mode = 0644;
  std::string magic = std::string("ustar\0"
                                  "00",
                                  8);
  std::vector<std::pair<std::size_t, std::string>> pokes; ///< Into the header, by offset.
};

class TarBuilder {
public:
  TarBuilder& add(const TarSpec& spec) {
    std::array<char, 512> header{};
    const auto put = [&header](std::size_t offset, std::string_view text) {
      std::memcpy(header.data() + offset, text.data(), text.size());
    };
    put(0, std::string_view(spec.name).substr(0, 100));
    put(100, fmt::format("{:07o}", spec.mode));
    put(108, "0000000");
    put(116, "0000000");
    put(124, fmt::format("{:011o}", spec.bytes.size()));
    put(136, "00000000007");
    header[156] = spec.type;
    put(157, std::string_view(spec.link).substr(0, 100));
    put(257, spec.magic);
    for (const auto& [offset, text] : spec.pokes) {
      put(offset, text);
    }
    put(148, "        ");
    unsigned sum = 0;
    for (const char c : header) {
      sum += static_cast<unsigned char>(c);
    }
    put(148, fmt::format("{:06o}", sum) + '\0');
    text_.append(header.data(), header.size());
    text_ += spec.bytes;
    text_.resize((text_.size() + 511) / 512 * 512, '\0');
    return *this;
  }

  TarBuilder& file(const std::string& name, const std::string& bytes) {
    return add({.name = name, .bytes = bytes});
  }
  TarBuilder& folder(const std::string& name, unsigned mode = 0755) {
    return add({.type = '5', .name = name, .mode = mode});
  }
  TarBuilder& link(const std::string& name, const std::string& target) {
    return add({.type = '2', .name = name, .link = target, .mode = 0777});
  }
  TarBuilder& hard(const std::string& name, const std::string& target) {
    return add({.type = '1', .name = name, .link = target});
  }
  /// The records of an extended header for the entry that follows.
  TarBuilder& pax(const std::vector<std::pair<std::string, std::string>>& records,
                  char type = 'x') {
    std::string text;
    for (const auto& [key, value] : records) {
      const std::size_t rest = key.size() + value.size() + 3;
      std::size_t length = rest + 1;
      while (length != rest + std::to_string(length).size()) {
        ++length;
      }
      text += fmt::format("{} {}={}\n", length, key, value);
    }
    return add({.type = type, .name = "PaxHeaders/x", .bytes = text});
  }

  /// With the two blocks at the end.
  std::string finish() const { return text_ + std::string(1024, '\0'); }
  const std::string& cut() const { return text_; }

private:
  std::string text_;
};

} // namespace pare::test
