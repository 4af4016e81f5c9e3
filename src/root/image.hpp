#pragma once
// Layers of an image, merged as a view: nothing is unpacked, file contents are read at their place
// in the layers' tars. The rules are those of the OCI image-spec 1.1, layer.md, and where it is
// silent what the unpackers of containerd, Docker and umoci agree on:
//
// - A whiteout removes what lower layers hold, never what its own layer does, whatever the order.
// - A folder on the way to a name may be a symlink: it is followed, inside of the image. One that
//   is not there is made (0755, root's).
// - An entry replaces what stands at its name, but a folder over a folder changes only its
//   attributes.
// - A hard link names what its target is at that moment, in a lower layer too.

#include "formats/tar.hpp"

#include <pare/root.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// What reading an image may take. Beyond it the image is refused.
struct ImageLimits {
  /// Of all layers, unpacked (so of the temporary files), and of what a file with holes claims.
  std::uint64_t bytes = std::uint64_t{16} << 30;
  /// Tar entries of all layers, each part of a file with holes counted. Memory: about 400 bytes
  /// each, and what names, links and attributes hold: no more than 256 bytes an entry on average.
  std::uint64_t entries = 1'000'000;
};

enum class Whiteouts { apply, keep };

class ImageRoot final : public Root {
public:
  explicit ImageRoot(std::string label, ImageLimits limits = {});
  ImageRoot(ImageRoot&& other) noexcept;
  ~ImageRoot() override;

  /// Puts a layer on top. `digest`: what the whole tar was found to hash to; empty: nobody knows,
  /// so its files have no identity(). Throws InputError (without the layer's name) when it is no
  /// tar archive, when a name leads out of the image, when a hard link names nothing, and beyond
  /// the limits; Interrupted.
  void add_layer(std::shared_ptr<const ByteSource> tar,
                 Whiteouts whiteouts = Whiteouts::apply,
                 std::string digest = {});

  std::optional<Stat> lstat(const RootPath& path) const override;
  std::optional<std::string> read_link(const RootPath& path) const override;
  std::optional<Opened> open(const RootPath& path) const override;
  std::vector<std::string> list(const RootPath& folder) const override;
  std::map<std::string, std::string> xattrs(const RootPath& path) const override;
  std::string identity(const RootPath& path, const Stat& stat) const override;
  std::string label() const override { return label_; }

  /// From which layer (counted from 0) the entry at `path` comes; nullopt: not there.
  std::optional<std::size_t> layer_of(const RootPath& path) const;

private:
  struct Inode;
  struct Node;

  void apply(TarEntry& entry, Whiteouts whiteouts);
  void put_whiteout(Node* folder, std::string_view name);
  std::shared_ptr<Inode> linked(const TarEntry& entry);
  void put(Node& folder, const std::string& name, std::shared_ptr<Inode> inode);
  Node& add_child(Node& folder, std::string_view name);
  std::shared_ptr<Inode> make_inode(TarEntry& entry);
  Node* walk(const std::string& folder, bool make);
  void touch(Node& node) const;
  void remove_below(Node& node);
  void sweep(Node& node);
  const Node* find(const RootPath& path) const;

  std::string label_;
  ImageLimits limits_;
  struct Layer {
    std::shared_ptr<const ByteSource> tar;
    std::string digest; ///< Of the tar; empty: not known.
  };
  std::vector<Layer> layers_;
  std::unique_ptr<Node> top_;
  std::uint64_t next_inode_ = 1;
  std::uint64_t entries_ = 0;
  std::uint64_t text_ = 0; ///< Bytes of names, links and attributes, and of links followed.
};

} // namespace pare
