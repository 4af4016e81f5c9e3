#pragma once
// The loader's view of a PE file, 32 and 64 bit: what it imports, at once and delayed, what it
// exports and forwards, its manifest, and what .NET's metadata refer to.

#include "base/bytes.hpp"
#include "formats/facts.hpp"

namespace pare {

/// Whether the file has the DOS header and the signature of a PE file. A DOS program has the first
/// alone.
bool looks_like_pe(PageReader& file);

/// Throws InputError, without the file's name, when a table lies outside of the image or holds more
/// than a file of its size can. Bounds: see PeImage.
Pe read_pe(PageReader& file);

} // namespace pare
