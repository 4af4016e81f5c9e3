#pragma once
// `#!` lines.

#include "formats/facts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// How much of a file the kernel looks at (Linux 5.1, BINPRM_BUF_SIZE).
constexpr std::size_t script_line_limit = 256;

/// `first_bytes`: the file's first script_line_limit bytes, or all of a shorter file. nullopt: no
/// `#!`, or one that the kernel would not run: blank, or an interpreter that is cut off by the
/// limit.
std::optional<Script> read_script(std::string_view first_bytes);

/// What env(1) of coreutils is asked to run by the arguments of a `#!` line, and how.
struct EnvCommand {
  std::string program;                ///< Empty: none is named.
  std::optional<std::string> path;    ///< PATH, when the line sets it, or takes it away (`-i`, `-u
                                      ///< PATH`): then execvp(3)'s own.
  std::vector<std::string> arguments; ///< What follows the program.
};
EnvCommand read_env_arguments(const std::vector<std::string>& arguments);

} // namespace pare
