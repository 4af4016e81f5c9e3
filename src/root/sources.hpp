#pragma once
// What `--image`, and every SOURCE of the command line, may name: a folder, or an image under one
// of skopeo's transport names (containers-transports(5)).

#include "base/temp_file.hpp"
#include "formats/oci.hpp"
#include "root/image.hpp"

#include <pare/root.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pare {

struct SourceOptions {
  std::optional<Platform> platform;      ///< --platform; nullopt: this machine's, of several.
  std::string temporary_folder = "/tmp"; ///< For unpacked layers.
  /// Where unpacked layers, and what was checked, are kept for the next run; empty: nowhere.
  std::string cache_folder;
  ImageLimits limits;
  /// Called now and then while layers are read, by several threads, one at a time, with the packed
  /// bytes that are done and all of them.
  std::function<void(std::uint64_t done, std::uint64_t all)> progress;
};

struct ImageLayer {
  std::string digest;     ///< Of the blob as stored: "sha256:..."; of one that is not packed its
                          ///< diff_id.
  std::string diff_id;    ///< Of the unpacked tar.
  std::string created_by; ///< From the history; empty: it says nothing.
  std::uint64_t size = 0; ///< As stored.
  std::uint64_t unpacked = 0; ///< Of the tar.
};

/// What an image says of itself.
struct ImageFacts {
  std::string name;   ///< The tag by which it was found ("app:slim"); empty: by none.
  std::string digest; ///< Of its manifest; empty: it has none (docker-archive).
  ImageConfig config;
  std::vector<ImageLayer> layers; ///< The lowest first.
};

struct Source {
  std::unique_ptr<Root> root;
  std::optional<ImageFacts> image; ///< nullopt: a folder.
};

/// Whether the text begins with the name of a transport: "oci:", "dir:", "docker:"...
bool names_transport(const std::string& text);

/// Opens `dir:PATH` or a folder's bare path, `oci:DIR[:TAG]`, `oci-archive:FILE[:TAG]`,
/// `docker-archive:FILE[:NAME:TAG|:@INDEX]`; `docker://...`, `docker-daemon:...`,
/// `containers-storage:...` and the other transports of skopeo by skopeo. Every blob is checked
/// against its digest and size, every layer against its diff_id. Packed layers are unpacked to
/// temporary files, side by side; others are read where they are. Throws InputError, which names
/// the source, when it is not what it claims to be; UsageError for a name of no such form;
/// Interrupted.
Source open_source(const std::string& name, const SourceOptions& options);

} // namespace pare
