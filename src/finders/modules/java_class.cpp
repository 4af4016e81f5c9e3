#include "finders/modules/java_class.hpp"

#include "base/bytes.hpp"

#include <pare/error.hpp>

#include <cstdint>

namespace pare {

ClassConstants read_class(std::string_view bytes) {
  std::size_t at = 0;
  const auto number = [&](unsigned width) {
    if (bytes.size() - at < width) {
      throw InputError("a class file is cut short");
    }
    const std::uint64_t value = load_unsigned(bytes.substr(at, width), width, true);
    at += width;
    return value;
  };
  if (number(4) != 0xcafebabe) {
    throw InputError("is no class file");
  }
  number(4); // its version
  const std::size_t count = number(2);
  ClassConstants constants;
  std::vector<std::string_view> texts(count);
  std::vector<std::size_t> strings;
  for (std::size_t i = 1; i < count; ++i) { // 4.4
    switch (number(1)) {
    case 1: { // Utf8
      const std::size_t size = number(2);
      if (bytes.size() - at < size) {
        throw InputError("a class file is cut short");
      }
      texts[i] = bytes.substr(at, size);
      constants.names.push_back(texts[i]);
      at += size;
      break;
    }
    case 8: // String
      strings.push_back(number(2));
      break;
    case 7:  // Class
    case 16: // MethodType
    case 19: // Module
    case 20: // Package
      number(2);
      break;
    case 15: // MethodHandle
      number(1);
      number(2);
      break;
    case 3:  // Integer
    case 4:  // Float
    case 9:  // Fieldref
    case 10: // Methodref
    case 11: // InterfaceMethodref
    case 12: // NameAndType
    case 17: // Dynamic
    case 18: // InvokeDynamic
      number(4);
      break;
    case 5: // Long
    case 6: // Double
      number(8);
      ++i; // takes two places
      break;
    default:
      throw InputError("a class file holds a constant of a kind that is not known");
    }
  }
  for (const std::size_t place : strings) {
    if (place < count && !texts[place].empty()) {
      constants.strings.push_back(texts[place]);
    }
  }
  return constants;
}

} // namespace pare
