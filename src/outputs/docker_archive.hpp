#pragma once
// What `docker load` and `podman load` take.

#include "outputs/oci.hpp"

#include <string>

namespace pare {

/// `name`: "app:slim", or empty. The layers should not be packed: not every reader expects that.
/// Throws OutputError; then no half file is there.
void write_docker_archive(const BuiltImage& image,
                          const std::string& file,
                          const std::string& name);

} // namespace pare
