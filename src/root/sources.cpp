// A layout is a folder, or a tar that is itself read as an image of one layer; a Walker follows the
// symlinks in it, which old archives of `docker save` hold. So nothing here knows which of both it
// is, and names in hostile JSON files lead nowhere else.

#include "root/sources.hpp"

#include "base/bytes.hpp"
#include "base/decompress.hpp"
#include "base/digest.hpp"
#include "base/file_bytes.hpp"
#include "base/process.hpp"
#include "root/directory.hpp"
#include "root/follow.hpp"
#include "root/layers.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace pare {

namespace {

constexpr std::uint64_t most_json = std::uint64_t{16} << 20; ///< Registries take 4 MiB.
constexpr int most_nested_indexes = 4;

/// "oci:build:latest": what stands between and after the colons.
struct SourceName {
  std::string whole;
  std::string transport;
  std::string place;  ///< A path.
  std::string detail; ///< A tag; empty: none.
};

/// A path may hold a colon, where such a file is there.
SourceName split_name(const std::string& whole, std::size_t colon) {
  SourceName name{.whole = whole, .transport = whole.substr(0, colon)};
  const std::string rest = whole.substr(colon + 1);
  std::error_code ignored;
  const std::size_t second =
      std::filesystem::exists(rest, ignored) ? std::string::npos : rest.find(':');
  name.place = rest.substr(0, second);
  name.detail = second == std::string::npos ? "" : rest.substr(second + 1);
  if (name.place.empty()) {
    throw UsageError(fmt::format("{}: expected {}:PATH", whole, name.transport));
  }
  return name;
}

/// A file of the layout or archive; its name comes from a JSON file.
class Store {
public:
  Store(std::unique_ptr<Root> files, std::string label)
      : files_(std::move(files)), walker_(*files_), label_(std::move(label)) {}

  std::shared_ptr<const ByteSource> open(const std::string& name) {
    Walk walk;
    const SplitPath split = split_path(name);
    std::optional<Root::Opened> opened =
        walker_.open_in(walker_.folder(split.folder), split.name, walk);
    if (!opened) {
      throw InputError(fmt::format("{}: has no file {}{}",
                                   label_,
                                   name,
                                   walk.end == WalkEnd::unreadable ? " that may be read" : ""));
    }
    return opened->bytes;
  }

  std::string read(const std::string& name) {
    const std::shared_ptr<const ByteSource> file = open(name);
    if (file->size() > most_json) {
      throw InputError(fmt::format("{}: {} is larger than 16 MiB", label_, name));
    }
    return read_all(*file, most_json);
  }

  const std::string& label() const { return label_; }

private:
  std::unique_ptr<Root> files_;
  Walker walker_;
  std::string label_;
};

/// Puts the name of the file in front of what its reader says.
template <typename Read>
auto reading(const std::string& label, const std::string& file, Read read) {
  try {
    return read();
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}: {}", label, file, error.what()));
  }
}

std::string digest_of(const std::string& text) {
  return "sha256:" + sha256(text);
}

class ImageReader {
public:
  ImageReader(Store store, const SourceOptions& options)
      : store_(std::move(store)), options_(options) {}

  Source open_layout(const std::string& tag) {
    const std::string text = store_.read("/index.json");
    const ImageIndex index =
        reading(store_.label(), "index.json", [&] { return read_image_index(text); });
    const BlobDescriptor chosen = choose_by_tag(index, tag);
    ImageFacts facts{.name = tag.empty() ? tag_of(chosen) : tag};
    return open_manifest(choose_manifest(chosen, 0), std::move(facts));
  }

  /// skopeo's `dir:`: a manifest and blobs named by digest.
  Source open_flat() {
    is_flat_ = true;
    const std::string text = store_.read("/manifest.json");
    return open_manifest_text(text, digest_of(text), {});
  }

  Source open_saved(const std::string& wanted) {
    const std::string text = store_.read("/manifest.json");
    const std::vector<SavedImage> images =
        reading(store_.label(), "manifest.json", [&] { return read_saved_images(text); });
    const SavedImage& image = choose_saved(images, wanted);
    ImageFacts facts;
    if (!image.tags.empty()) {
      facts.name = wanted.empty() || wanted.starts_with('@') ? image.tags.front() : wanted;
    }
    const std::string config = store_.read("/" + image.config);
    check_name(image.config, ".json", config);
    facts.config = reading(store_.label(), image.config, [&] { return read_image_config(config); });
    std::vector<StoredLayer> layers;
    for (const std::string& name : image.layers) {
      layers.push_back({.blob = store_.open("/" + name), .digest = digest_in_name(name, "")});
    }
    return open_image(std::move(facts), std::move(layers));
  }

private:
  // ----------------------------------------------------------------------------------------------
  // which image

  static bool is_attestation(const BlobDescriptor& blob) {
    const auto type = blob.annotations.find("vnd.docker.reference.type");
    return (type != blob.annotations.end() && type->second == "attestation-manifest") ||
           (blob.platform && blob.platform->os == "unknown");
  }

  static std::string tag_of(const BlobDescriptor& blob) {
    for (const char* key : {"org.opencontainers.image.ref.name", "io.containerd.image.name"}) {
      const auto found = blob.annotations.find(key);
      if (found != blob.annotations.end()) {
        return found->second;
      }
    }
    return {};
  }

  static bool has_tag(const BlobDescriptor& blob, const std::string& tag) {
    return std::ranges::any_of(blob.annotations, [&](const auto& annotation) {
      return annotation.second == tag && (annotation.first == "org.opencontainers.image.ref.name" ||
                                          annotation.first == "io.containerd.image.name");
    });
  }

  BlobDescriptor choose_by_tag(const ImageIndex& index, const std::string& tag) const {
    std::vector<BlobDescriptor> fitting;
    std::set<std::string> tags, digests;
    for (const BlobDescriptor& blob : index.manifests) {
      if (is_attestation(blob)) {
        continue;
      }
      if (const std::string name = tag_of(blob); !name.empty()) {
        tags.insert(name);
      }
      if (tag.empty() || has_tag(blob, tag)) {
        digests.insert(blob.digest);
        fitting.push_back(blob);
      }
    }
    const std::string there = fmt::format("{}", fmt::join(tags, ", "));
    if (fitting.empty()) {
      throw InputError(
          tags.empty() ? store_.label() + ": holds no image" + (tag.empty() ? "" : " with a tag")
                       : fmt::format("{}: has no such tag; there are: {}", store_.label(), there));
    }
    if (digests.size() == 1) {
      return fitting.front();
    }
    if (tag.empty() && tags.size() > 1) {
      throw InputError(
          fmt::format("{}: holds several images, name one by its tag: {}", store_.label(), there));
    }
    return choose_by_platform(fitting);
  }

  BlobDescriptor choose_by_platform(const std::vector<BlobDescriptor>& all) const {
    const Platform wanted = options_.platform.value_or(host_platform());
    std::vector<std::string> there;
    for (const BlobDescriptor& blob : all) {
      if (!is_attestation(blob) && blob.platform) {
        if (blob.platform->fits(wanted)) {
          return blob;
        }
        there.push_back(blob.platform->text());
      }
    }
    throw InputError(fmt::format("{}: has no image for {}; there are: {}",
                                 store_.label(),
                                 wanted.text(),
                                 there.empty() ? "none that say their platform"
                                               : fmt::format("{}", fmt::join(there, ", "))));
  }

  BlobDescriptor choose_manifest(const BlobDescriptor& blob, int depth) {
    const std::string text = read_blob(blob);
    const bool is_index =
        is_index_type(blob.media_type) ||
        (!is_manifest_type(blob.media_type) &&
         reading(store_.label(), blob.digest, [&] { return looks_like_index(text); }));
    if (!is_index) {
      return blob;
    }
    if (depth == most_nested_indexes) {
      throw InputError(fmt::format("{}: its indexes are nested too deep", store_.label()));
    }
    const ImageIndex index =
        reading(store_.label(), blob.digest, [&] { return read_image_index(text); });
    std::vector<BlobDescriptor> images;
    std::ranges::copy_if(index.manifests, std::back_inserter(images), std::not_fn(is_attestation));
    if (images.size() == 1 && !options_.platform) {
      return choose_manifest(images.front(), depth + 1);
    }
    return choose_manifest(choose_by_platform(images), depth + 1);
  }

  /// "app", "app:latest" and "docker.io/library/app:latest" are one.
  static std::string full_name(std::string name) {
    for (const std::string_view prefix : {"docker.io/library/", "docker.io/"}) {
      if (name.starts_with(prefix)) {
        name.erase(0, prefix.size());
        break;
      }
    }
    return name.find(':', name.rfind('/') + 1) == std::string::npos ? name + ":latest" : name;
  }

  const SavedImage& choose_saved(const std::vector<SavedImage>& images,
                                 const std::string& wanted) const {
    std::vector<std::string> there;
    for (const SavedImage& image : images) {
      there.insert(there.end(), image.tags.begin(), image.tags.end());
    }
    const std::string names = fmt::format("{}", fmt::join(there, ", "));
    if (wanted.empty()) {
      if (images.size() != 1) {
        throw InputError(
            images.empty()
                ? fmt::format("{}: holds no image", store_.label())
                : fmt::format("{}: holds several images, name one: {}", store_.label(), names));
      }
      return images.front();
    }
    if (wanted.starts_with('@')) {
      for (std::size_t i = 0; i < images.size(); ++i) {
        if (wanted == fmt::format("@{}", i)) {
          return images[i];
        }
      }
      throw InputError(fmt::format("{}: holds {} images", store_.label(), images.size()));
    }
    for (const SavedImage& image : images) {
      if (std::ranges::any_of(image.tags, [&](const std::string& tag) {
            return full_name(tag) == full_name(wanted);
          })) {
        return image;
      }
    }
    throw InputError(fmt::format("{}: has no such image; there are: {}", store_.label(), names));
  }

  // ----------------------------------------------------------------------------------------------
  // blobs

  std::string place_of(const BlobDescriptor& blob) const {
    return (is_flat_ ? "/" : "/blobs/sha256/") + blob.hex();
  }

  std::shared_ptr<const ByteSource> open_blob(const BlobDescriptor& blob) {
    std::shared_ptr<const ByteSource> file = store_.open(place_of(blob));
    if (file->size() != blob.size) {
      throw InputError(fmt::format(
          "{}: {} has {} bytes, not {}", store_.label(), blob.digest, file->size(), blob.size));
    }
    return file;
  }

  /// A JSON file.
  std::string read_blob(const BlobDescriptor& blob) {
    open_blob(blob);
    std::string text = store_.read(place_of(blob));
    if (digest_of(text) != blob.digest) {
      throw InputError(fmt::format(
          "{}: {} is damaged: it hashes to {}", store_.label(), blob.digest, digest_of(text)));
    }
    return text;
  }

  /// "blobs/sha256/HEX" and "HEX.json" are digests; other names say nothing.
  static std::string digest_in_name(std::string_view name, std::string_view ending) {
    constexpr std::string_view folder = "blobs/sha256/";
    if (name.starts_with(folder)) {
      name.remove_prefix(folder.size());
    } else if (!ending.empty() && name.ends_with(ending)) {
      name.remove_suffix(ending.size());
    } else {
      return {};
    }
    return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos
               ? fmt::format("sha256:{}", name)
               : std::string();
  }

  void check_name(const std::string& name, std::string_view ending, const std::string& text) const {
    const std::string digest = digest_in_name(name, ending);
    if (!digest.empty() && digest_of(text) != digest) {
      throw InputError(
          fmt::format("{}: {} is damaged: it hashes to {}", store_.label(), name, digest_of(text)));
    }
  }

  // ----------------------------------------------------------------------------------------------
  // the image

  Source open_manifest(const BlobDescriptor& blob, ImageFacts facts) {
    return open_manifest_text(read_blob(blob), blob.digest, std::move(facts));
  }

  Source open_manifest_text(const std::string& text, const std::string& digest, ImageFacts facts) {
    facts.digest = digest;
    const ImageManifest manifest =
        reading(store_.label(), digest, [&] { return read_image_manifest(text); });
    const std::string config = read_blob(manifest.config);
    facts.config =
        reading(store_.label(), manifest.config.digest, [&] { return read_image_config(config); });
    std::vector<StoredLayer> layers;
    for (const BlobDescriptor& layer : manifest.layers) {
      layers.push_back({.blob = open_blob(layer), .digest = layer.digest});
    }
    return open_image(std::move(facts), std::move(layers));
  }

  Source open_image(ImageFacts facts, std::vector<StoredLayer> layers) {
    const std::vector<std::string>& diff_ids = facts.config.diff_ids;
    if (diff_ids.size() != layers.size()) {
      throw InputError(fmt::format("{}: has {} layers, but its config names {}",
                                   store_.label(),
                                   layers.size(),
                                   diff_ids.size()));
    }
    if (options_.platform && !facts.config.platform.fits(*options_.platform)) {
      throw InputError(fmt::format("{}: is an image for {}, not for {}",
                                   store_.label(),
                                   facts.config.platform.text(),
                                   options_.platform->text()));
    }
    for (std::size_t i = 0; i < layers.size(); ++i) {
      layers[i].diff_id = diff_ids[i];
    }
    Source source;
    auto image = std::make_unique<ImageRoot>(store_.label(), options_.limits);
    try {
      const std::vector<std::shared_ptr<const ByteSource>> tars = open_layers(layers, options_);
      for (std::size_t i = 0; i < tars.size(); ++i) {
        facts.layers.push_back(
            {.digest = layers[i].digest.empty() ? layers[i].diff_id : layers[i].digest,
             .diff_id = layers[i].diff_id,
             .size = layers[i].blob->size(),
             .unpacked = tars[i]->size()});
        add_layer(*image, tars[i], facts.layers[i]);
      }
    } catch (const InputError& error) {
      throw InputError(fmt::format("{}: {}", store_.label(), error.what()));
    }
    std::size_t next = 0;
    for (const HistoryEntry& entry : facts.config.history) {
      if (!entry.empty_layer && next < facts.layers.size()) {
        facts.layers[next++].created_by = entry.created_by;
      }
    }
    source.root = std::move(image);
    source.image = std::move(facts);
    return source;
  }

  static void add_layer(ImageRoot& image,
                        const std::shared_ptr<const ByteSource>& tar,
                        const ImageLayer& layer) {
    try {
      image.add_layer(tar, Whiteouts::apply, layer.diff_id);
    } catch (const InputError& error) {
      throw InputError(fmt::format("layer {}: {}", layer.digest, error.what()));
    }
  }

  Store store_;
  const SourceOptions& options_;
  bool is_flat_ = false;
};

/// A tar, which may be packed as a whole.
std::unique_ptr<Root> open_archive(const SourceName& name, const SourceOptions& options) {
  std::shared_ptr<const ByteSource> file = open_host_file(name.place);
  std::array<std::byte, 4> first;
  auto archive = std::make_unique<ImageRoot>(name.whole, options.limits);
  try {
    const Compression packing = packed_as(std::span(first).first(file->read_at(0, first)));
    if (packing != Compression::none) {
      auto unpacked = std::make_shared<const Descriptor>(open_temporary(options.temporary_folder));
      const std::uint64_t size =
          unpack(MappedBytes(*file).bytes(), packing, unpacked->get(), options.limits.bytes);
      file = std::make_shared<FileBytes>(std::move(unpacked), 0, size);
    }
    archive->add_layer(file, Whiteouts::keep);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", name.place, error.what()));
  }
  return archive;
}

/// By skopeo, into a folder that is gone when its files are open.
Source open_by_skopeo(const std::string& name, const SourceOptions& options) {
  const TemporaryFolder folder(options.temporary_folder);
  std::vector<std::string> command = {"skopeo"};
  if (const std::optional<Platform>& platform = options.platform) {
    command.insert(command.end(),
                   {"--override-os", platform->os, "--override-arch", platform->architecture});
    if (!platform->variant.empty()) {
      command.insert(command.end(), {"--override-variant", platform->variant});
    }
  }
  command.insert(command.end(), {"copy", "--quiet", name, "dir:" + folder.path()});
  const std::optional<Ran> ran = run_program(command);
  if (!ran) {
    throw InputError(fmt::format("{}: only skopeo reads this, and it is not installed", name));
  }
  if (ran->code != 0) {
    // time="..." level=fatal msg="..."
    std::string said = ran->said.substr(0, ran->said.find_last_not_of("\"\n") + 1);
    said.erase(0, said.rfind('\n') + 1);
    const std::size_t message = said.find("msg=\"");
    said.erase(0, message == std::string::npos ? 0 : message + 5);
    throw InputError(fmt::format("{}: skopeo ends with {}: {}", name, ran->code, said));
  }
  return ImageReader(Store(open_directory(folder.path()), name), options).open_flat();
}

} // namespace

bool names_transport(const std::string& text) {
  constexpr std::array<std::string_view, 10> known = {"dir",
                                                      "oci",
                                                      "oci-archive",
                                                      "docker-archive",
                                                      "docker",
                                                      "docker-daemon",
                                                      "containers-storage",
                                                      "ostree",
                                                      "sif",
                                                      "tarball"};
  const std::size_t colon = text.find(':');
  return colon != std::string::npos &&
         std::ranges::find(known, std::string_view(text).substr(0, colon)) != known.end();
}

Source open_source(const std::string& name, const SourceOptions& options) {
  const std::size_t colon = name.find(':');
  const std::string transport = name.substr(0, colon);
  if (colon == std::string::npos || transport.find('/') != std::string::npos) {
    return {.root = open_directory(name)};
  }
  if (transport == "dir") {
    return {.root = open_directory(name.substr(colon + 1))};
  }
  if (transport == "oci") {
    const SourceName parts = split_name(name, colon);
    return ImageReader(Store(open_directory(parts.place), name), options).open_layout(parts.detail);
  }
  if (transport == "oci-archive") {
    const SourceName parts = split_name(name, colon);
    return ImageReader(Store(open_archive(parts, options), name), options)
        .open_layout(parts.detail);
  }
  if (transport == "docker-archive") {
    const SourceName parts = split_name(name, colon);
    return ImageReader(Store(open_archive(parts, options), name), options).open_saved(parts.detail);
  }
  if (names_transport(name)) {
    return open_by_skopeo(name, options);
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(name, ignored)) {
    return {.root = open_directory(name)};
  }
  throw UsageError(fmt::format(
      "{}: no such folder, and no transport of this name (dir, oci, oci-archive, docker-archive, "
      "docker, docker-daemon, containers-storage)",
      name));
}

} // namespace pare
