#pragma once
// What a command line starts: the way from an image's Entrypoint and Cmd to the programs that a
// closure is asked for.

#include <pare/resolve.hpp>
#include <pare/root.hpp>

#include <string>
#include <vector>

namespace pare {

/// Sorted as they are met, without doubles.
struct CommandUse {
  std::vector<std::string> programs; ///< As Options::programs: the first is the command's own.
  std::vector<std::string> files;    ///< Arguments that are files of the root: its own code, data.
  std::vector<std::string> missing;  ///< Started on the way, and not found.
};

/// Wrappers are followed to what they start: `sh -c '...'`, env, tini, dumb-init, gosu, su-exec,
/// nice and their kin, and scripts of a shell that end in `exec "$@"`, or exec something else.
/// `options`: the environment (PATH) and the working folder. Throws InputError when a folder or
/// script on the way may not be read.
CommandUse
read_command(const Root& root, const std::vector<std::string>& words, const Options& options);

} // namespace pare
