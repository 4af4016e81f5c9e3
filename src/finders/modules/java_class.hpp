#pragma once
// Java class files (JVMS 17, 4): what the constants of one say that it uses.

#include <string_view>
#include <vector>

namespace pare {

/// Views into the class file.
struct ClassConstants {
  std::vector<std::string_view>
      names; ///< Every Utf8 constant: names of classes ("java/awt/Font"), descriptors, members.
  std::vector<std::string_view> strings; ///< Those that are texts of the source.
};

/// Throws InputError for what is no class file, or is cut short.
ClassConstants read_class(std::string_view bytes);

} // namespace pare
