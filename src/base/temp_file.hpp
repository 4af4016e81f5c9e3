#pragma once
// Large intermediate bytes: files without a name, which are gone with the process however it ends.

#include "base/descriptor.hpp"

#include <string>
#include <utility>

namespace pare {

/// A new, empty file in `folder` (the host's), open for reading and writing, that has no name there
/// any more. Throws InputError, which names the folder.
Descriptor open_temporary(const std::string& folder);

/// A new folder that only its owner may enter; it goes, with all that is in it, when this object
/// goes. Throws InputError, which names `folder`.
class TemporaryFolder {
public:
  explicit TemporaryFolder(const std::string& folder);
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TemporaryFolder();

  const std::string& path() const { return path_; }

private:
  std::string path_;
};

} // namespace pare
