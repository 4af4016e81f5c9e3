#pragma once
// From the graph to the report.

#include "closure/closure.hpp"

namespace pare {

/// Sorts, weighs each file's chains, and leaves out what is less sure than `least`. `root`: how the
/// user named it.
Report freeze(Closure closure, std::string root, Confidence least);

} // namespace pare
