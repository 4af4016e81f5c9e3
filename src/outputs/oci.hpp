#pragma once
// A minimal root as a runnable image: its layers, config and manifest (OCI image-spec 1.1), and the
// layout in which they are kept, a folder or a tar of it.

#include "base/compress.hpp"
#include "formats/oci.hpp"
#include "outputs/layout.hpp"

#include <memory>
#include <string>
#include <vector>

namespace pare {

struct ImagePlan {
  ImageConfig config; ///< diff_ids and history are filled in.
  Annotations annotations;
  Compression compression = Compression::gzip;
  /// The app's files get a layer of their own on top: what the user named, what is made up, and
  /// what lies in the folder of a program that was named. The one below, of all that they need,
  /// does not change as long as that is the same.
  bool split_app = false;
  std::string temporary_folder = "/tmp"; ///< For layers until they are whole.
};

struct ImageBlob {
  std::string media_type;
  std::string digest; ///< "sha256:..."
  std::shared_ptr<const ByteSource> bytes;
};

/// An image that is whole, and nowhere yet.
struct BuiltImage {
  ImageBlob manifest;
  ImageBlob config;
  std::vector<ImageBlob> layers; ///< The lowest first.
  Platform platform;
  std::int64_t created = 0; ///< Of all that the layout itself is made of.
};

/// The same input gives the same bytes. Throws as write_tar() does.
BuiltImage build_image(const RootContents& contents,
                       const ImagePlan& plan,
                       const WriteOptions& options,
                       std::vector<Warning>& said);

/// Puts the image into a layout at `folder`, a host path: one that is there, beside its other
/// images (one of the same tag is replaced), or a new or empty folder. Throws OutputError; then
/// `folder` is as before.
void write_oci_layout(const BuiltImage& image, const std::string& folder, const std::string& tag);

/// A tar of a layout with this image alone.
void write_oci_archive(const BuiltImage& image, const std::string& file, const std::string& tag);

} // namespace pare
