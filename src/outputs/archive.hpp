#pragma once
// A tar of a few files that are whole already: what archives of images consist of.

#include <pare/root.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace pare {

using ArchiveFiles = std::map<RootPath, std::shared_ptr<const ByteSource>>;

/// Writes it to `destination`, as OutputFile has it: all of `time`, root's, 0644, with the folders
/// that the paths need. Throws OutputError; then no half file is there.
void write_archive(const ArchiveFiles& files, std::int64_t time, const std::string& destination);

} // namespace pare
