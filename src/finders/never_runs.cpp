#include "finders/never_runs.hpp"

#include <algorithm>
#include <array>

namespace pare {
namespace {

constexpr std::array<std::string_view, 12> endings = {
    ".a", ".la", ".h", ".hh", ".hpp", ".hxx", ".pc", ".bc", ".debug", ".mo", ".gir", ".vapi"};

/// Anywhere in the path.
constexpr std::array<std::string_view, 9> folders = {"/share/man/",
                                                     "/share/doc/",
                                                     "/share/info/",
                                                     "/share/gtk-doc/",
                                                     "/share/lintian/",
                                                     "/share/bug/",
                                                     "/include/",
                                                     "/pkgconfig/",
                                                     "/.build-id/"};

} // namespace

bool never_runs(std::string_view path) {
  return std::ranges::any_of(endings, [&](std::string_view e) { return path.ends_with(e); }) ||
         std::ranges::any_of(
             folders, [&](std::string_view f) { return path.find(f) != std::string_view::npos; });
}

} // namespace pare
