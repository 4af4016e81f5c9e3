#include "report/words.hpp"

#include <algorithm>
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

template <typename Kind, typename Words>
std::optional<Kind> kind_of(const Words& words, string_view word) {
  const auto found = std::ranges::find(words, word);
  return found == words.end() ? std::nullopt
                              : std::optional(static_cast<Kind>(found - words.begin()));
}

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

std::optional<Confidence> confidence_of(string_view word) {
  return kind_of<Confidence>(confidences, word);
}
std::optional<FileKind> file_kind_of(string_view word) {
  return kind_of<FileKind>(file_kinds, word);
}
std::optional<ReasonKind> reason_kind_of(string_view word) {
  return kind_of<ReasonKind>(reason_kinds, word);
}
std::optional<MissingKind> missing_kind_of(string_view word) {
  return kind_of<MissingKind>(missing_kinds, word);
}

} // namespace pare
