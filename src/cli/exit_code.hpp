#pragma once

namespace pare {

/// The contract's exit codes.
enum class ExitCode : int { yes = 0, no = 1, usage = 2, input = 3, output = 4, interrupted = 130 };

} // namespace pare
