#pragma once
// Where a command looks: a folder or an image; and what an image says of how it is run.

#include "cli/options.hpp"

namespace pare {

/// XDG_CACHE_HOME/pare (XDG Base Directory Specification); empty: there is no home, or --no-cache.
std::string cache_folder(const ClosureArguments& arguments);

/// How images are read: --platform, the limits, the folders for what is temporary and what is kept.
SourceOptions source_options(const ClosureArguments& arguments);

/// Opens --root or --image; the working folder is set. Throws UsageError, InputError, Interrupted.
Computed open_root(const ClosureArguments& arguments);

/// Of the image, and --env over it.
void set_environment(const ClosureArguments& arguments, Computed& computed);

/// --with certs, tzdata: what of the places where systems keep them is there is included.
void include_with(const ClosureArguments& arguments, Computed& computed);

/// No program was named: what the image starts by itself, Entrypoint and Cmd, and what looks after
/// it, with the files among their arguments. Throws InputError when it starts nothing, UsageError
/// when the root is no image.
void take_own_programs(const ClosureArguments& arguments, Computed& computed);

} // namespace pare
