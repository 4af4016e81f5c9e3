#pragma once
// One file a command: its options, and what it does.

#include <functional>

#include "cli/exit_code.hpp"

namespace CLI {
class App;
}

namespace pare {

using Run = std::function<ExitCode()>;

/// Each adds the command's options to `app` and returns what to do once they are parsed.
Run set_up_tree(CLI::App& app);
Run set_up_copy(CLI::App& app);
Run set_up_stage(CLI::App& app);
Run set_up_rootfs(CLI::App& app);

} // namespace pare
