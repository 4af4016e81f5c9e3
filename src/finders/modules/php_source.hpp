#pragma once
// What one PHP source names: files that it includes, classes that an autoloader would look for.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pare {

/// A text in which '\0' stands for whatever is computed when the program runs.
struct PhpInclude {
  std::string path;
  bool is_computed() const { return path.find('\0') != std::string::npos; }

  auto operator<=>(const PhpInclude&) const = default;
};

struct PhpNeeds {
  std::vector<PhpInclude>
      includes; ///< Of include, require and their _once: as the source says, `__DIR__` resolved.
  std::vector<std::string>
      classes; ///< Full names without a leading backslash: "Psr\Log\LoggerInterface". No doubles.
  std::vector<std::pair<std::string, std::string>>
      map; ///< `'key' => path` pairs, which Composer's autoloader files consist of.
  std::vector<std::string> programs; ///< Of exec(), shell_exec(), proc_open() and their kin.
  std::vector<std::string> files;    ///< Absolute paths that are read.
};

/// `constants`: what define() and const gave so far in the program; those of this source are added.
PhpNeeds read_php(std::string_view text,
                  const std::string& path,
                  std::map<std::string, std::string>& constants);

} // namespace pare
