#pragma once
// musl's dynamic loader (musl 1.2.3, ldso/dynlink.c).

#include "loaders/answer.hpp"

#include <string>

namespace pare {

/// Loads `program` with all that it needs. `interpreter_name`: the text of PT_INTERP;
/// `interpreter`: that file, or null.
Loading load_with_musl(Files& files,
                       const Examined& program,
                       const std::string& started_as,
                       const Examined* interpreter,
                       const std::string& interpreter_name,
                       const StartOptions& options);

/// "/lib/ld-musl-x86_64.so.1", wherever it lies.
bool is_musl_interpreter_name(std::string_view path);

} // namespace pare
