#pragma once
// The bytes of layers: checked, and unpacked where they are packed.

#include "root/sources.hpp"

#include <memory>
#include <string>
#include <vector>

namespace pare {

struct StoredLayer {
  std::shared_ptr<const ByteSource> blob; ///< As stored: a tar, or one that gzip or zstd packed.
  std::string digest;                     ///< What the blob must hash to; empty: nobody says.
  std::string diff_id;                    ///< What the tar must hash to.
};

/// The tars, in the order of the layers. Several threads work on them; a packed layer is hashed
/// while it is unpacked. Throws InputError, which names the layer's digest; Interrupted.
std::vector<std::shared_ptr<const ByteSource>> open_layers(const std::vector<StoredLayer>& layers,
                                                           const SourceOptions& options);

} // namespace pare
