#pragma once
// Compression on the way to a sink. The same bytes, in the same pieces, give the same result: no
// name and no time is stored.

#include "base/output_file.hpp"

#include <memory>

namespace pare {

enum class Compression { none, gzip, zstd };

/// A sink that compresses what it takes and hands it on to `below`, which must outlive it and is
/// finished along with it. Null for `none`: write to `below` itself.
std::unique_ptr<ByteSink> compress_to(ByteSink& below, Compression compression);

} // namespace pare
