#include "finders/never_runs.hpp"

#include <algorithm>
#include <array>

namespace pare {
namespace {

/// For compilers, linkers and debuggers; message catalogues; samples, of which a copy by another
/// name is what runs (githooks(5)).
constexpr std::array<std::string_view, 20> endings = {
    ".a",   ".la",  ".h",  ".hh", ".hpp",   ".hxx", ".c",   ".cc",   ".cpp",    ".cxx",
    ".pyx", ".pxd", ".pc", ".bc", ".debug", ".mo",  ".gir", ".vapi", ".sample", ".example"};

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

constexpr std::array<std::string_view, 13> for_people = {"man",
                                                         "info",
                                                         "apropos",
                                                         "whatis",
                                                         "editor",
                                                         "sensible-editor",
                                                         "pager",
                                                         "sensible-pager",
                                                         "sensible-browser",
                                                         "x-www-browser",
                                                         "www-browser",
                                                         "x-terminal-emulator",
                                                         "xdg-open"};

} // namespace

bool never_runs(std::string_view path) {
  return std::ranges::any_of(endings, [&](std::string_view e) { return path.ends_with(e); }) ||
         std::ranges::any_of(
             folders, [&](std::string_view f) { return path.find(f) != std::string_view::npos; });
}

bool is_for_people(std::string_view program) {
  return std::ranges::find(for_people, program.substr(program.rfind('/') + 1)) != for_people.end();
}

} // namespace pare
