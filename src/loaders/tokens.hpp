#pragma once
// $ORIGIN, $LIB and $PLATFORM in search paths and names (ld.so(8), "Dynamic string tokens").

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pare {

/// What the tokens stand for.
struct TokenValues {
  std::string_view origin; ///< The object's folder.
  std::string_view lib;
  std::string_view platform;          ///< Empty: this CPU has none.
  std::function<void()> saw_platform; ///< Called for each $PLATFORM.
};

/// glibc 2.36, elf/dl-load.c, is_dst and _dl_dst_substitute: nullopt when a token has no value
/// here; then the whole path has none.
std::optional<std::string> expand_tokens(std::string_view text, const TokenValues& values);

} // namespace pare
