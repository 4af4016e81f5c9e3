#pragma once

#include <string>

namespace pare {

/// The linker's build id of the program that runs, as hex digits: another build has another one.
/// Empty: it has none (ld(1), --build-id).
std::string build_id();

} // namespace pare
