#pragma once

#include <string_view>

namespace pare {

/// What the kernel and the container runtime fill, whatever a root holds there: /dev, /proc, /sys,
/// and the folders /run and /tmp themselves. A file in these two may well be one that somebody put
/// there.
constexpr bool is_of_the_runtime(std::string_view path) {
  for (const std::string_view place : {"/dev", "/proc", "/sys"}) {
    if (path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/')) {
      return true;
    }
  }
  return path == "/run" || path == "/tmp";
}

} // namespace pare
