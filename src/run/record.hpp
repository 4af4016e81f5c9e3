#pragma once
// Runs a command and watches which files it and its children use.

#include "run/drive.hpp"
#include "run/facts.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace pare {

/// Who runs the command.
struct Identity {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

struct RecordOptions {
  std::vector<std::string> command; ///< Looked up in PATH as execvp(3) does it.
  std::optional<pid_t> join;        ///< Instead of a command: a process that runs already.
  std::optional<Identity> identity; ///< Else who runs pare.
  std::string working_folder;       ///< Empty: that of pare.
  std::optional<std::vector<std::string>> environment; ///< NAME=VALUE; else that of pare.
  std::optional<unsigned> timeout;                     ///< Seconds; then everything is ended.
  DriveOptions drive;
};

struct RecordEnd {
  int code = 0; ///< The command's exit code, 128+N for a signal; 124: ended by the time limit; 125,
                ///< 126, 127: as env(1) has them.
  bool is_interrupted = false;    ///< A sandbox was told to end, by a signal or from the terminal.
  std::string failure;            ///< Why it is 124 to 127, or why driving it failed; else empty.
  std::vector<std::string> notes; ///< What was not seen, or went other ways than without a tracer.
};

/// Returns when the command and all that it started have ended. The command has the caller's
/// standard files, terminal and process group; signals that are sent to the caller alone are passed
/// on to it. What it started dies with the caller, however that ends (PTRACE_O_EXITKILL); a process
/// that was joined goes on.
///
/// Costs: a process stops at a call that names a file, and only there. While such calls come
/// thick and fast, pare and what it traces share one processor: waking the tracer on another one
/// costs ten times the call. When they come seldom, every processor is used.
///
/// Signal handlers and timers are the caller's again at the end. To be called by a process with one
/// thread.
RecordEnd record(const RecordOptions& options, FactWriter& facts);

} // namespace pare
