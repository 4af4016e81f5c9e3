#pragma once
// What reading an image took long for, kept for the next run: layers, unpacked, in a folder of the
// user's; and which blobs were hashed already. Nothing is believed for its name: a file counts as
// checked as long as its device, inode, size, time of change and time of the inode's change are
// those at which it was checked.

#include "base/cache.hpp"
#include "base/descriptor.hpp"

#include <pare/root.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace pare {

class KeptLayers {
public:
  /// `folder`: of the cache; empty: nothing is found or kept. All layers together are kept below
  /// `limit` bytes: the ones that were used longest ago go.
  explicit KeptLayers(std::string folder, std::uint64_t limit = std::uint64_t{4} << 30);

  /// Whether the source was found to have this digest ("sha256:..."). False for one that lies in no
  /// host file.
  bool was_checked(const ByteSource& source, const std::string& digest) const;
  void note_checked(const ByteSource& source, const std::string& digest);

  /// Whether a blob (by its digest, or where it has none by where it lies) was found to unpack to
  /// the tar `diff_id`.
  bool
  unpacks_to(const ByteSource& blob, const std::string& digest, const std::string& diff_id) const;
  void
  note_unpacks_to(const ByteSource& blob, const std::string& digest, const std::string& diff_id);

  /// The unpacked layer; null: it is not there, or was changed since it was kept.
  std::shared_ptr<const ByteSource> find(const std::string& diff_id) const;

  /// A new, empty file without a name for a layer that may be kept; none: it cannot be.
  Descriptor make_file() const;
  /// Gives such a file, whole and checked, its name.
  void keep(const Descriptor& file, std::uint64_t size, const std::string& diff_id);

private:
  std::string path_of(const std::string& diff_id) const;
  void trim() const;

  Cache cache_;
  std::string folder_;
  std::uint64_t limit_;
};

} // namespace pare
