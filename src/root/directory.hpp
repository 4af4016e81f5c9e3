#pragma once
// A folder of the host as a root.

#include <pare/root.hpp>

#include <memory>
#include <string>

namespace pare {

/// Throws InputError when `folder`, a host path, is no folder or may not be entered.
std::unique_ptr<Root> open_directory(const std::string& folder);

} // namespace pare
