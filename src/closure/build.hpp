#pragma once
// The closure of what the user named.

#include "closure/closure.hpp"

#include <pare/resolve.hpp>

namespace pare {

/// See pare::resolve(), which freezes it.
Closure build_closure(const Root& root, const Options& options);

} // namespace pare
