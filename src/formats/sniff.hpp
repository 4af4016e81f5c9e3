#pragma once
// What kind of file the first bytes promise, and its facts.

#include "base/bytes.hpp"
#include "formats/facts.hpp"

namespace pare {

/// Never throws for a file that is just something else (that is Plain); throws InputError for a damaged one.
Facts read_facts(const ByteSource& source);

} // namespace pare
