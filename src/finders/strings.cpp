#include "finders/strings.hpp"

#include <algorithm>

namespace pare {

bool looks_like_soname(std::string_view text) {
  const std::string_view name = text.substr(text.rfind('/') + 1);
  const std::size_t ending = name.find(".so");
  if (ending == std::string_view::npos || ending == 0 || name.size() > 255) {
    return false;
  }
  const std::string_view version = name.substr(ending + 3);
  const auto is_of_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '+';
  };
  return std::ranges::all_of(name, is_of_name) &&
         (version.empty() || (version.size() > 1 && version.front() == '.' &&
                              version.find_first_not_of(".0123456789") == std::string_view::npos));
}

void StringsFinder::reached(const Reached& reached,
                            std::vector<Request>& requests,
                            std::vector<Warning>&) {
  if (reached.kind == ReachedKind::constant && looks_like_soname(reached.text) &&
      (reached.text.starts_with("lib") || reached.text.starts_with('/'))) {
    requests.push_back({.kind = RequestKind::library,
                        .reason = ReasonKind::dlopen_string,
                        .names = {reached.text},
                        .confidence = reached.confidence,
                        .by = reached.file});
  }
}

} // namespace pare
