#pragma once
// What a program of Go says of itself. Its linker leaves out functions that nothing calls, and
// keeps the names of the others even in a stripped program, for stack traces: they tell what it can
// do.

#include <pare/root.hpp>

#include <functional>
#include <string_view>

namespace pare {

/// Calls `take` for the name of each function, "net/http.(*Client).Do", in the order of the table.
/// Nothing: no program of Go, or one of a form that is not known (before Go 1.16; big-endian).
/// Reads the ELF file's section headers, which Go's linker and strip(1) leave; 256 MiB of names at
/// most. Throws InputError when the file cannot be read.
void for_each_go_function(const ByteSource& source,
                          const std::function<void(std::string_view)>& take);

} // namespace pare
