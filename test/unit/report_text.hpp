#pragma once
// A report as text, to be compared as a whole.

#include "report/words.hpp"

#include <pare/report.hpp>

#include <string>

namespace pare::test {

/// A line a file with its reasons, "/lib/libz.so library certain: needed by /bin/x (libz.so)", then
/// what is missing, the warnings, and the sums.
inline std::string text_of(const Report& report) {
  std::string out;
  for (const ReportFile& file : report.files) {
    out += file.path.text();
    if (file.lay_at) {
      out += " at " + file.lay_at->text();
    }
    out += " " + std::string(word(file.kind)) + " " + std::string(word(file.confidence));
    if (file.kind == FileKind::symlink) {
      out += " -> " + file.target;
    }
    std::string separator = ": ";
    for (const Reason& reason : file.reasons) {
      out += separator + std::string(word(reason.kind));
      out += reason.by == by_user ? "" : " by " + report.files.at(reason.by).path.text();
      out += reason.detail.empty() ? "" : " (" + reason.detail + ")";
      separator = ", ";
    }
    out += '\n';
  }
  for (const Missing& missing : report.missing) {
    out += "missing " + std::string(word(missing.kind)) + " " + missing.name + " by " + missing.by;
    out += missing.found.empty() ? "" : " in " + missing.found;
    out += missing.allowed ? " (allowed)\n" : "\n";
  }
  for (const SystemLibrary& library : report.system) {
    out += "system " + library.name + " by " + library.by + ": " + library.provided_by;
    out += library.is_uncertain ? " (uncertain)\n" : "\n";
  }
  for (const Warning& warning : report.warnings) {
    out += "warning " + warning.path + ": " + warning.message + "\n";
  }
  return out + std::to_string(report.file_count) + " files, " + std::to_string(report.bytes) +
         " bytes\n";
}

} // namespace pare::test
