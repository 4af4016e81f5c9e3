// Any bytes as each of the JSON files of an image.

#include "entry.hpp"
#include "formats/oci.hpp"

#include <pare/error.hpp>

using namespace pare;
using test::promise;

namespace {

template <typename Read> void read(Read reader, std::string_view text) {
  try {
    reader(text);
  } catch (const InputError& error) {
    promise(*error.what() != '\0', "an error says why");
  }
}

void check(const BlobDescriptor& blob) {
  promise(blob.digest.size() == 71 && blob.hex().find('/') == std::string::npos,
          "a digest is the name of a file");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = test::text_of(data, size);
  read(
      [](std::string_view all) {
        for (const BlobDescriptor& blob : read_image_index(all).manifests) {
          check(blob);
        }
      },
      text);
  read(
      [](std::string_view all) {
        const ImageManifest manifest = read_image_manifest(all);
        check(manifest.config);
        for (const BlobDescriptor& blob : manifest.layers) {
          check(blob);
        }
      },
      text);
  read([](std::string_view all) { healthcheck_command(read_image_config(all)); }, text);
  read([](std::string_view all) { read_saved_images(all); }, text);
  read([](std::string_view all) { looks_like_index(all); }, text);
  if (const std::optional<std::int64_t> time = parse_rfc3339(text)) {
    promise(parse_rfc3339(rfc3339(*time)) == time, "a time comes back");
  }
  return 0;
}
