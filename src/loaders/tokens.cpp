#include "loaders/tokens.hpp"

namespace pare {

std::optional<std::string> expand_tokens(std::string_view text, const TokenValues& values) {
  std::string out;
  while (!text.empty()) {
    const std::size_t dollar = text.find('$');
    out += text.substr(0, dollar);
    if (dollar == std::string_view::npos) {
      break;
    }
    text.remove_prefix(dollar + 1);
    const bool curly = text.starts_with('{');
    const auto takes = [&](std::string_view token) {
      const std::string_view rest = text.substr(curly ? 1 : 0);
      if (!rest.starts_with(token)) {
        return false;
      }
      const char after = rest.size() > token.size() ? rest[token.size()] : '\0';
      const bool word = (after >= 'A' && after <= 'Z') || (after >= 'a' && after <= 'z') ||
                        (after >= '0' && after <= '9') || after == '_';
      if (curly ? after != '}' : word) {
        return false;
      }
      text.remove_prefix(token.size() + (curly ? 2 : 0));
      return true;
    };
    if (takes("ORIGIN")) {
      out += values.origin;
    } else if (takes("PLATFORM")) {
      values.saw_platform();
      if (values.platform.empty()) {
        return std::nullopt;
      }
      out += values.platform;
    } else if (takes("LIB")) {
      out += values.lib;
    } else {
      out += '$';
    }
  }
  return out;
}

} // namespace pare
