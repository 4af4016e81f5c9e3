#include "report/words.hpp"

#include <array>

namespace pare {
namespace {

using std::string_view;

// In the order of the enumerators.
constexpr std::array<string_view, 3> confidences = {"possible", "likely", "certain"};
constexpr std::array<string_view, 6> file_kinds = {
    "program", "interpreter", "library", "data", "symlink", "directory"};
constexpr std::array<string_view, reason_kind_count> reason_kinds = {"program",
                                                                     "interpreter",
                                                                     "needed",
                                                                     "dlopen-note",
                                                                     "dlopen-call",
                                                                     "dlopen-string",
                                                                     "path-call",
                                                                     "path-string",
                                                                     "module",
                                                                     "rule",
                                                                     "traced",
                                                                     "include",
                                                                     "with",
                                                                     "symlink",
                                                                     "parent"};
constexpr std::array<string_view, 6> missing_kinds = {
    "needed", "version", "symbol", "interpreter", "dlopen-note", "program"};

} // namespace

string_view word(Confidence confidence) {
  return confidences[static_cast<std::size_t>(confidence)];
}
string_view word(FileKind kind) {
  return file_kinds[static_cast<std::size_t>(kind)];
}
string_view word(ReasonKind kind) {
  return reason_kinds[static_cast<std::size_t>(kind)];
}
string_view word(MissingKind kind) {
  return missing_kinds[static_cast<std::size_t>(kind)];
}

} // namespace pare
