#pragma once
// The minimal root as a tar, the form in which it travels: also the bytes of an image layer.

#include "base/compress.hpp"
#include "base/output_file.hpp"
#include "outputs/layout.hpp"

#include <string>
#include <vector>

namespace pare {

/// What the name of the file asks for: `.tar.gz` and `.tgz`, `.tar.zst` and `.tzst`; else none.
Compression compression_by_name(std::string_view name);

/// Writes and finishes a tar: owners by number, modes, extended attributes and capabilities, times
/// to the nanosecond, hard links, holes and names of any length and encoding are kept. The same
/// input gives the same bytes. It does not take any rights to write, only to read. Throws
/// InputError when a file cannot be read, and what the sink throws.
void write_tar(const RootContents& contents,
               ByteSink& sink,
               const WriteOptions& options,
               std::vector<Warning>& said);

/// The same of entries that are laid out already, sorted, all that they refer to among them.
void write_tar(const Root& root, const std::vector<LayoutEntry>& entries, ByteSink& sink);

/// The same to what the user named: a file (a FIFO, a device), or `-`. Throws OutputError; then no
/// half file is there.
void write_tar(const RootContents& contents,
               const std::string& destination,
               Compression compression,
               const WriteOptions& options,
               std::vector<Warning>& said);

} // namespace pare
