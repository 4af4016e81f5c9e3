#pragma once
// Why a file is in the closure: every chain of reasons from what the user named down to it.

#include <pare/report.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// The files that a person means by `name`: the one with this real path, or one that is looked up
/// by it; for a name without a slash also those that are called so or asked for so ("libz.so.1").
/// Places in report.files, in their order.
std::vector<std::size_t> files_called(const Report& report, std::string_view name);

/// From the file up to the user: who asked, how, and who asked for that. Each file is told once in
/// full; a later mention says so, so that all chains are there, however many there are.
std::string why_text(const Report& report, std::size_t file, bool colour);

/// {"schema":"pare-why/1","path":…,"confidence":…,"chains":[[{"path","kind","detail","confidence"}…]…],"complete":true}:
/// each chain from a program to the file, the shortest first, without loops. At most 1,000: then
/// complete is false.
std::string why_json(const Report& report, std::size_t file);

} // namespace pare
