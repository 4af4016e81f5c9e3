#pragma once
// A folder of the host as a root.

#include <memory>
#include <string>

#include <pare/root.hpp>

namespace pare {

/// Throws InputError when `folder`, a host path, is no folder or may not be entered.
std::unique_ptr<Root> open_directory(const std::string& folder);

} // namespace pare
