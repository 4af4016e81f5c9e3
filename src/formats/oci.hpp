#pragma once
// The JSON files of images: OCI image-spec 1.1 (image-index.md, manifest.md, config.md,
// descriptor.md), Docker's manifests of schema 2, which are the same under other media types, and
// the manifest.json of `docker save`.

#include "formats/facts.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// "linux/arm64/v8".
struct Platform {
  std::string os;
  std::string architecture;
  std::string variant; ///< Mostly empty.

  bool operator==(const Platform&) const = default;
  std::string text() const;
  /// Whether `this`, as an image says it, is what `wanted` asks for. arm64 is arm64/v8; a variant
  /// that only one of them names is no difference.
  bool fits(const Platform& wanted) const;
};

/// "OS/ARCH[/VARIANT]". Throws UsageError.
Platform parse_platform(const std::string& text);

/// The platform of this machine: Linux, and the name that images have for uname(2)'s.
Platform host_platform();

/// The platform of programs for a machine, on Linux; nullopt: images have no name for it.
std::optional<Platform> platform_of(const ElfMachine& machine);

using Annotations = std::map<std::string, std::string>;

/// Names bytes by their digest.
struct BlobDescriptor {
  std::string media_type;
  std::string digest; ///< "sha256:" and 64 hex digits in lower case: nothing else is taken.
  std::uint64_t size = 0;
  std::optional<Platform> platform;
  Annotations annotations;

  std::string hex() const { return digest.substr(7); }
};

struct ImageManifest {
  BlobDescriptor config;
  std::vector<BlobDescriptor> layers; ///< The lowest first.
  Annotations annotations;
};

struct ImageIndex {
  std::vector<BlobDescriptor> manifests;
};

/// What a digest that an index names may be.
bool is_index_type(std::string_view media_type);
bool is_manifest_type(std::string_view media_type);

struct Healthcheck {
  std::vector<std::string> test; ///< ["CMD", ...], ["CMD-SHELL", "..."], ["NONE"].
  std::int64_t interval = 0;     ///< Nanoseconds; 0: not said.
  std::int64_t timeout = 0;
  std::int64_t start_period = 0;
  std::int64_t start_interval = 0;
  std::int64_t retries = 0;

  bool operator==(const Healthcheck&) const = default;
};

struct HistoryEntry {
  std::string created;
  std::string created_by;
  std::string author;
  std::string comment;
  bool empty_layer = false;

  bool operator==(const HistoryEntry&) const = default;
};

/// What an image says of how it is run, and of how it was made.
struct ImageConfig {
  std::string created; ///< RFC 3339, or empty.
  std::string author;
  Platform platform;
  std::string user;
  std::vector<std::string> exposed_ports; ///< "80/tcp"; sorted.
  std::vector<std::string> environment;   ///< NAME=VALUE, in order.
  std::vector<std::string> entrypoint;
  std::vector<std::string> command; ///< Cmd.
  std::vector<std::string> volumes; ///< Sorted.
  std::string working_folder;       ///< Empty: /.
  std::map<std::string, std::string> labels;
  std::string stop_signal;
  std::vector<std::string> shell; ///< Of Docker: what RUN uses.
  std::optional<Healthcheck> healthcheck;
  std::vector<std::string> diff_ids; ///< Digests of the unpacked layers, the lowest first.
  std::vector<HistoryEntry> history;

  bool operator==(const ImageConfig&) const = default;
};

/// One image of manifest.json in an archive of `docker save`.
struct SavedImage {
  std::string config;              ///< A name in the archive.
  std::vector<std::string> tags;   ///< "app:slim"
  std::vector<std::string> layers; ///< Names in the archive, the lowest first.
};

/// What the Healthcheck runs, `CMD-SHELL` by the image's shell; empty: nothing.
std::vector<std::string> healthcheck_command(const ImageConfig& config);

/// Each throws InputError (without the file's name) for a text that is no JSON, lacks what the
/// format requires, or names a blob by anything but a SHA-256. Bounds: 1000 manifests or layers,
/// 10000 entries of history.
ImageIndex read_image_index(std::string_view text);
ImageManifest read_image_manifest(std::string_view text);
ImageConfig read_image_config(std::string_view text);
std::vector<SavedImage> read_saved_images(std::string_view text);

/// Whether the text is an index, not a manifest: what it says of itself, or what it holds.
bool looks_like_index(std::string_view text);

/// Seconds since the epoch of an RFC 3339 time; nullopt: it is none.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);
/// "2024-05-01T00:00:00Z".
std::string rfc3339(std::int64_t seconds);

} // namespace pare
