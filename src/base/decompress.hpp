#pragma once
// Unpacks what gzip and zstd packed, into a file: what comes out may be larger than memory.

#include "base/compress.hpp"

#include <cstdint>
#include <span>

namespace pare {

/// What the first bytes say (RFC 1952, 2.3.1; RFC 8878, 3.1.1): `none` for anything else.
Compression packed_as(std::span<const std::byte> first_bytes);

/// Unpacks all members, or frames, of `packed` to `file`, an empty file of the host that is open
/// for reading and writing, and gives the number of bytes. Memory: up to 1 MiB for gzip, up to 128
/// MiB for zstd (what a frame asks for; by default 8). Throws InputError when the bytes are
/// damaged or end too soon, when they would become more than `limit`, and when the disk is full
/// (the text says what it is, without names); Interrupted.
std::uint64_t
unpack(std::span<const std::byte> packed, Compression how, int file, std::uint64_t limit);

} // namespace pare
