#pragma once
// One file a command: its options, and what it does.

#include "cli/exit_code.hpp"
#include "cli/option_list.hpp"

#include <functional>

namespace pare {

using Run = std::function<ExitCode()>;

/// Each adds the command's options and returns what to do once they are parsed.
Run set_up_tree(OptionList& options);
Run set_up_copy(OptionList& options);
Run set_up_stage(OptionList& options);
Run set_up_rootfs(OptionList& options);
Run set_up_check(OptionList& options);
Run set_up_diff(OptionList& options);
Run set_up_sbom(OptionList& options);
Run set_up_why(OptionList& options);
Run set_up_trace(OptionList& options);
Run set_up_verify(OptionList& options);
Run set_up_rules(OptionList& options);
Run set_up_image(OptionList& options);

} // namespace pare
