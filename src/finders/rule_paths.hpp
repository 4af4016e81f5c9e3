#pragma once
// What is there of the paths that a rule names.

#include "loaders/files.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// The existing paths of a glob (rule_pattern.hpp, `*`, `**`, `?`, `[a-z]`), in the order of their
/// bytes; as it names them: links are followed on the way, kept at the end. `**` enters no linked
/// folder. 65536 entries are looked at, at most, 32 folders deep.
std::vector<std::string> expand_glob(Files& files, std::string_view glob);

/// All files and links below a folder, and folders that hold nothing; the same bounds. Empty when
/// it is no folder.
std::vector<std::string> all_below(Files& files, const std::string& folder);

/// The names in a folder; empty when it is none, or may not be read.
std::vector<std::string> names_in(Files& files, const std::string& folder);

bool exists(Files& files, std::string_view path);

} // namespace pare
