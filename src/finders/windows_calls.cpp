// A call of an imported function goes through its slot in the address table: `call [slot]`, or a
// call of a stub that jumps there. The first argument is loaded shortly before: `lea rcx, [string]`
// on x64, the last `push string` on x86 (x64 and x86 calling conventions,
// learn.microsoft.com/cpp/build). No instruction is decoded as such; a false match names a string
// that is no library, and the root has none of that name.

#include "finders/windows_calls.hpp"

#include "formats/facts.hpp"
#include "formats/pe.hpp"
#include "formats/pe_image.hpp"

#include <pare/error.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <set>

namespace pare {
namespace {

constexpr std::uint64_t most_bytes = 64 << 20;
constexpr std::size_t block = 1 << 20;
constexpr std::size_t look_back = 96; // bytes before a call in which its argument is loaded
constexpr std::size_t longest_call = 6;
constexpr std::size_t longest_name = 260; // MAX_PATH
constexpr std::size_t most_names = 4096;

struct Loading {
  std::string_view function;
  bool is_wide;
};
constexpr std::array<Loading, 5> loaders = {{{"LoadLibraryA", false},
                                             {"LoadLibraryW", true},
                                             {"LoadLibraryExA", false},
                                             {"LoadLibraryExW", true},
                                             {"LoadPackagedLibrary", true}}};

/// Calls `look` with pieces of all code, or of all else, that overlap by `overlap` bytes: with the
/// bytes and their RVA.
template <typename Look>
void each_block(const PeImage& image, bool of_code, std::size_t overlap, const Look& look) {
  std::uint64_t left = most_bytes;
  for (const PeImage::Stored& part : image.stored()) {
    if (part.is_code != of_code) {
      continue;
    }
    const std::uint64_t size = std::min(part.size, left);
    left -= size;
    for (std::uint64_t at = 0; at < size; at += block) {
      const std::uint64_t before = std::min<std::uint64_t>(at, overlap);
      const std::uint64_t length = std::min<std::uint64_t>(size - at, block) + before;
      const Bytes bytes = image.stored_bytes(part, at - before, length);
      look(bytes.view(), part.rva + at - before);
    }
  }
}

class CallFinder {
public:
  explicit CallFinder(PageReader& file) : image_(file) {}

  std::vector<std::string> find() {
    is_x64_ = image_.machine() == pe::amd64;
    if (!is_x64_ && image_.machine() != pe::i386) {
      return {};
    }
    find_slots();
    if (slots_.empty()) {
      return {};
    }
    // Stubs first: what calls them may stand before them.
    each_block(image_,
               true,
               look_back + longest_call,
               [this](std::string_view code, std::uint64_t rva) { find_stubs(code, rva); });
    each_block(image_,
               true,
               look_back + longest_call,
               [this](std::string_view code, std::uint64_t rva) { find_calls(code, rva); });
    return std::move(names_);
  }

private:
  void find_slots() {
    const unsigned width = image_.is_64() ? 8 : 4;
    const std::uint64_t table = image_.directory(PeImage::imports).rva;
    for (std::uint64_t at = table; table != 0; at += 20) {
      const std::uint64_t names = image_.number(at, 4, "import"),
                          name = image_.number(at + 12, 4, "import"),
                          slots = image_.number(at + 16, 4, "import");
      if (name == 0 || slots == 0) {
        return;
      }
      image_.spend_entry();
      for (std::uint64_t i = 0; names != 0; i += width) {
        const std::uint64_t entry = image_.number(names + i, width, "import");
        if (entry == 0) {
          break;
        }
        image_.spend_entry();
        if (entry >> (8 * width - 1) != 0) {
          continue;
        }
        const std::string symbol = image_.name(entry + 2, "import");
        const auto* known = std::ranges::find(loaders, symbol, &Loading::function);
        if (known != loaders.end()) {
          slots_[slots + i] = known->is_wide;
        }
      }
    }
  }

  /// Where `code[at]`'s 32-bit operand leads: relative to what follows it, or an address.
  std::uint64_t operand(std::string_view code, std::size_t at, std::uint64_t rva) const {
    std::int32_t value = 0;
    std::memcpy(&value, code.data() + at, 4);
    return is_x64_ ? static_cast<std::uint64_t>(static_cast<std::int64_t>(rva + at + 4) + value)
                   : static_cast<std::uint32_t>(value) - image_.base();
  }

  /// Calls `take` with the place of each FF `second` whose operand is a slot, and whether it is
  /// wide.
  template <typename Take>
  void each_slot_use(std::string_view code, std::uint64_t rva, char second, const Take& take) {
    for (std::size_t at = 0; (at = code.find('\xff', at)) != std::string_view::npos; ++at) {
      if (at + longest_call <= code.size() && code[at + 1] == second) {
        const auto slot = slots_.find(operand(code, at + 2, rva));
        if (slot != slots_.end()) {
          take(at, slot->second);
        }
      }
    }
  }

  void find_stubs(std::string_view code, std::uint64_t rva) {
    each_slot_use(code, rva, '\x25', [&](std::size_t at, bool is_wide) { // jmp [slot]
      stubs_[rva + at] = is_wide;
      if (at > 0 && code[at - 1] == '\x48') { // with a prefix that changes nothing
        stubs_[rva + at - 1] = is_wide;
      }
    });
  }

  void find_calls(std::string_view code, std::uint64_t rva) {
    each_slot_use(code, rva, '\x15', [&](std::size_t at, bool is_wide) { // call [slot]
      take_argument(code.substr(0, at), rva, is_wide);
    });
    if (stubs_.empty()) {
      return;
    }
    for (std::size_t at = 0; (at = code.find('\xe8', at)) != std::string_view::npos; ++at) { // call
      if (at + 5 > code.size()) {
        return;
      }
      std::int32_t distance = 0;
      std::memcpy(&distance, code.data() + at + 1, 4);
      const auto stub = stubs_.find(
          static_cast<std::uint64_t>(static_cast<std::int64_t>(rva + at + 5) + distance));
      if (stub != stubs_.end()) {
        take_argument(code.substr(0, at), rva, stub->second);
      }
    }
  }

  /// The constant that was last loaded as the first argument.
  void take_argument(std::string_view before, std::uint64_t rva, bool is_wide) {
    const std::size_t first = before.size() - std::min(before.size(), look_back);
    const std::string_view load = is_x64_ ? "\x48\x8d\x0d" : "\x68";
    for (std::size_t at = before.rfind(load); at != std::string_view::npos && at >= first;
         at = at == 0 ? std::string_view::npos : before.rfind(load, at - 1)) {
      if (at + load.size() + 4 > before.size()) {
        continue;
      }
      const std::optional<std::string> name =
          string_at(operand(before, at + load.size(), rva), is_wide);
      if (name) {
        if (known_.insert(*name).second) {
          names_.push_back(*name);
        }
        return;
      }
      if (is_x64_) {
        return; // that is the argument, and no string
      }
    }
  }

  /// Printable ASCII up to a NUL.
  std::optional<std::string> string_at(std::uint64_t rva, bool is_wide) {
    const unsigned width = is_wide ? 2 : 1;
    std::string text;
    try {
      while (text.size() < longest_name) {
        const std::uint64_t c = image_.number(rva + text.size() * width, width, "constant");
        if (c == 0) {
          return text.empty() ? std::nullopt : std::optional(text);
        }
        if (c < 0x20 || c > 0x7e) {
          return std::nullopt;
        }
        text += static_cast<char>(c);
      }
    } catch (const InputError&) {
      // no address of the image
    }
    return std::nullopt;
  }

  PeImage image_;
  bool is_x64_ = false;
  std::map<std::uint64_t, bool> slots_, stubs_; // by RVA: whether the name is UTF-16
  std::vector<std::string> names_;
  std::set<std::string> known_;
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '+' || c == '-' || c == '.';
}

/// Whether the characters from `at` on, each of `width` bytes, are ".dll" in any case.
bool is_ending(std::string_view bytes, std::size_t at, std::size_t width) {
  constexpr std::string_view ending = ".dll";
  for (std::size_t i = 0; i < ending.size(); ++i) {
    const std::size_t place = at + i * width;
    if (place + width > bytes.size() || (bytes[place] | 0x20) != (ending[i] | 0x20) ||
        (width == 2 && bytes[place + 1] != '\0')) {
      return false;
    }
  }
  return true;
}

/// The name that ends with the ending at `at`.
std::string name_before(std::string_view bytes, std::size_t at, std::size_t width) {
  // In UTF-16 each letter follows a zero byte, and the last one of an ASCII text before it does
  // not.
  const auto is_part = [&](std::size_t place) {
    return is_name_character(bytes[place]) &&
           (width == 1 || (bytes[place + 1] == '\0' && (place == 0 || bytes[place - 1] == '\0')));
  };
  std::size_t first = at;
  while (first >= width && at - first < longest_name * width && is_part(first - width)) {
    first -= width;
  }
  std::string name;
  for (std::size_t i = first; i < at + 4 * width; i += width) {
    name += bytes[i];
  }
  return name;
}

} // namespace

std::vector<std::string> find_library_names(const ByteSource& source) {
  std::vector<std::string> names;
  std::set<std::string> known;
  try {
    PageReader file(source);
    if (!looks_like_pe(file)) {
      return names;
    }
    const PeImage image(file);
    each_block(image, false, 2 * longest_name, [&](std::string_view bytes, std::uint64_t) {
      for (std::size_t at = 0; (at = bytes.find('.', at)) != std::string_view::npos; ++at) {
        for (const std::size_t width : {1, 2}) {
          if (names.size() == most_names || !is_ending(bytes, at, width)) {
            continue;
          }
          std::string name = name_before(bytes, at, width);
          if (name.size() > 4 && known.insert(name).second) {
            names.push_back(std::move(name));
          }
        }
      }
    });
  } catch (const InputError&) {
    // the loader has said it
  }
  return names;
}

std::vector<std::string> find_library_calls(const ByteSource& source) {
  try {
    PageReader file(source);
    return looks_like_pe(file) ? CallFinder(file).find() : std::vector<std::string>();
  } catch (const InputError&) {
    return {}; // the loader has said it
  }
}

} // namespace pare
