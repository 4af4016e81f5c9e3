#pragma once
// A loading as text, to be compared as a whole.

#include "loaders/answer.hpp"

#include <string>

namespace pare::test {

/// A line an answer: "x: libc.so.6 => /lib/libc.so.6", with the file names of askers.
inline std::string text_of(const Loading& loading) {
  std::string out;
  for (const Answer& answer : loading.answers) {
    out += answer.by == nullptr ? "-" : std::string(answer.by->path.name());
    out += ": " + std::string(answer.name) + " => ";
    switch (answer.outcome) {
    case Outcome::found:
      out += answer.file->path.text();
      break;
    case Outcome::damaged:
      out += "damaged: " + answer.damage;
      break;
    case Outcome::missing:
      out += "missing";
      for (const std::string& folder : answer.tried) {
        out += " " + folder;
      }
      break;
    }
    out += answer.optional ? " (optional)\n" : "\n";
  }
  for (const MissingVersion& version : loading.versions) {
    out += std::string(version.by->path.name()) + ": no " + std::string(version.version) + " in " +
           version.library->path.text() + "\n";
  }
  for (const LoaderFile& read : loading.loader_files) {
    out += "reads " + read.way->walk.path.text() + "\n";
  }
  for (const std::string& warning : loading.warnings) {
    out += "warning: " + warning + "\n";
  }
  return out;
}

} // namespace pare::test
