#include "root/image.hpp"

#include "base/bytes.hpp"
#include "base/file_bytes.hpp"
#include "base/interrupt.hpp"
#include "base/names.hpp"
#include "base/sizes.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace pare {

namespace {

constexpr std::size_t longest_name = 255;  // NAME_MAX
constexpr std::size_t longest_path = 4095; // PATH_MAX less its NUL; so a tree is bounded in depth
constexpr int most_hops = 255;             // of umoci and runc (filepath-securejoin)
constexpr std::uint64_t text_of_entry = 256;

constexpr std::string_view whiteout = ".wh.";
constexpr std::string_view opaque = ".wh..wh..opq";
constexpr std::string_view whiteout_meta = ".wh..wh."; ///< aufs' own files: no part of the image.

/// A name in a message.
std::string told(std::string_view name) {
  constexpr std::size_t most = 200;
  return name.size() <= most ? shown(name) : shown(name.substr(0, most)) + "...";
}

/// The parts of a tar's name. Throws InputError when it leads out.
std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  while (!name.empty()) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, slash);
    name.remove_prefix(std::min(slash + 1, name.size()));
    if (part == "..") {
      if (parts.empty()) {
        throw InputError("leads out of the image");
      }
      parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  return parts;
}

std::string folder_of(const std::vector<std::string_view>& parts) {
  return fmt::format("{}", fmt::join(parts.begin(), parts.end() - 1, "/"));
}

/// A file with holes.
class SparseBytes final : public ByteSource {
public:
  SparseBytes(std::shared_ptr<const ByteSource> tar, std::vector<TarPart> parts, std::uint64_t size)
      : tar_(std::move(tar)), parts_(std::move(parts)), size_(size) {}

  std::uint64_t size() const override { return size_; }

  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override {
    if (offset >= size_) {
      return 0;
    }
    to = to.first(std::min<std::uint64_t>(to.size(), size_ - offset));
    std::memset(to.data(), 0, to.size());
    const std::uint64_t end = offset + to.size();
    auto part = std::ranges::partition_point(parts_, [&](const TarPart& any) {
      return any.extent.offset + any.extent.length <= offset;
    });
    for (; part != parts_.end() && part->extent.offset < end; ++part) {
      const std::uint64_t from = std::max(offset, part->extent.offset);
      const std::uint64_t until = std::min(end, part->extent.offset + part->extent.length);
      tar_->read_at(part->place + (from - part->extent.offset),
                    to.subspan(from - offset, until - from));
    }
    return to.size();
  }

  std::optional<std::vector<Extent>> data() const override {
    std::vector<Extent> extents;
    for (const TarPart& part : parts_) {
      extents.push_back(part.extent);
    }
    return extents;
  }

private:
  std::shared_ptr<const ByteSource> tar_;
  std::vector<TarPart> parts_;
  std::uint64_t size_;
};

} // namespace

/// A file; its names are nodes.
struct ImageRoot::Inode {
  Stat stat;
  std::size_t layer = 0;
  std::string target; ///< Of a symlink.
  std::vector<TarPart> parts;
  std::map<std::string, std::string> xattrs;
};

struct ImageRoot::Node {
  Node* parent = nullptr; ///< Null: the root.
  std::shared_ptr<Inode> inode;
  std::size_t path_length = 0;
  std::size_t touched = 0; ///< The last layer, counted from 1, that has it or something below it.
  std::map<std::string, Node, std::less<>> children;

  bool is_folder() const { return inode->stat.type == FileType::directory; }
};

ImageRoot::ImageRoot(std::string label, ImageLimits limits)
    : label_(std::move(label)), limits_(limits), top_(std::make_unique<Node>()) {
  TarEntry entry{.stat = {.type = FileType::directory, .mode = 0755}};
  top_->inode = make_inode(entry);
  top_->inode->stat.links = 1;
}

ImageRoot::ImageRoot(ImageRoot&& other) noexcept = default;

ImageRoot::~ImageRoot() = default;

void ImageRoot::add_layer(std::shared_ptr<const ByteSource> tar,
                          Whiteouts whiteouts,
                          std::string digest) {
  layers_.push_back({std::move(tar), std::move(digest)});
  TarReader reader(*layers_.back().tar);
  while (std::optional<TarEntry> entry = reader.next()) {
    if (entries_ % 1024 == 0) {
      check_interrupt();
    }
    try {
      apply(*entry, whiteouts);
    } catch (const InputError& error) {
      throw InputError(fmt::format("{}: {}", told(entry->name), error.what()));
    }
  }
}

void ImageRoot::apply(TarEntry& entry, Whiteouts whiteouts) {
  entries_ += std::max<std::size_t>(1, entry.parts.size());
  text_ += entry.name.size() + entry.link.size();
  for (const auto& [name, value] : entry.xattrs) {
    text_ += name.size() + value.size();
  }
  if (entries_ > limits_.entries) {
    throw InputError(fmt::format("is one entry more than {}, the limit", limits_.entries));
  }
  if (text_ > limits_.entries * text_of_entry) {
    throw InputError("names, links and attributes are longer than the limit on entries allows for");
  }
  if (entry.stat.size > limits_.bytes) {
    throw InputError(fmt::format("claims {}, more than {}, the limit",
                                 human_size(entry.stat.size),
                                 human_size(limits_.bytes)));
  }
  const std::vector<std::string_view> parts = parts_of(entry.name);
  if (parts.empty()) {
    if (entry.stat.type != FileType::directory || entry.is_hard_link) {
      throw InputError("would take the place of the root");
    }
    top_->inode = make_inode(entry);
    top_->inode->stat.links = 1;
    return;
  }
  const std::string_view name = parts.back();
  if (name.size() > longest_name) {
    throw InputError(fmt::format("its name is longer than {} bytes", longest_name));
  }
  if (whiteouts == Whiteouts::apply && name.starts_with(whiteout)) {
    put_whiteout(walk(folder_of(parts), false), name);
    return;
  }
  std::shared_ptr<Inode> inode = entry.is_hard_link ? linked(entry) : make_inode(entry);
  put(*walk(folder_of(parts), true), std::string(name), std::move(inode));
}

/// What a hard link names.
std::shared_ptr<ImageRoot::Inode> ImageRoot::linked(const TarEntry& entry) {
  const std::vector<std::string_view> parts = parts_of(entry.link);
  const Node* const folder = parts.empty() ? nullptr : walk(folder_of(parts), false);
  if (folder != nullptr) {
    const auto child = folder->children.find(parts.back());
    if (child != folder->children.end() && !child->second.is_folder()) {
      return child->second.inode;
    }
  }
  throw InputError(
      fmt::format("is a hard link to {}, which is no file of the image", told(entry.link)));
}

void ImageRoot::put(Node& folder, const std::string& name, std::shared_ptr<Inode> inode) {
  Node& node = add_child(folder, name);
  if (node.inode && !(node.is_folder() && inode->stat.type == FileType::directory)) {
    if (node.inode == inode) {
      throw InputError("is a hard link to itself");
    }
    remove_below(node);
    --node.inode->stat.links;
    node.inode.reset();
  }
  if (!node.inode) {
    ++inode->stat.links;
  } else { // a folder's attributes change
    inode->stat.links = node.inode->stat.links;
  }
  node.inode = std::move(inode);
  touch(node);
}

/// The child, which has no inode yet if it is new.
ImageRoot::Node& ImageRoot::add_child(Node& folder, std::string_view name) {
  Node& node = folder.children.try_emplace(std::string(name)).first->second;
  node.parent = &folder;
  node.path_length = folder.path_length + 1 + name.size();
  if (node.path_length > longest_path) {
    folder.children.erase(folder.children.find(name));
    throw InputError(fmt::format("its path is longer than {} bytes", longest_path));
  }
  return node;
}

std::shared_ptr<ImageRoot::Inode> ImageRoot::make_inode(TarEntry& entry) {
  auto inode = std::make_shared<Inode>();
  inode->stat = entry.stat;
  inode->stat.device = 1;
  inode->stat.inode = next_inode_++;
  inode->stat.links = 0; // counted by put()
  inode->layer = layers_.empty() ? 0 : layers_.size() - 1;
  inode->parts = std::move(entry.parts);
  inode->xattrs = std::move(entry.xattrs);
  if (entry.stat.type == FileType::symlink) {
    inode->target = std::move(entry.link);
  }
  return inode;
}

void ImageRoot::put_whiteout(Node* folder, std::string_view name) {
  if (folder == nullptr) {
    return; // there is nothing to remove
  }
  if (name == opaque) {
    sweep(*folder);
    return;
  }
  if (name.starts_with(whiteout_meta)) {
    return;
  }
  name.remove_prefix(whiteout.size());
  if (name.empty() || name == "." || name == "..") {
    throw InputError("removes no name");
  }
  const auto child = folder->children.find(name);
  if (child == folder->children.end()) {
    return;
  }
  if (child->second.touched == layers_.size()) {
    sweep(child->second);
  } else {
    remove_below(child->second);
    --child->second.inode->stat.links;
    folder->children.erase(child);
  }
}

/// Removes what lower layers put below a folder.
void ImageRoot::sweep(Node& node) {
  for (auto child = node.children.begin(); child != node.children.end();) {
    if (child->second.touched == layers_.size()) {
      sweep(child->second);
      ++child;
    } else {
      remove_below(child->second);
      --child->second.inode->stat.links;
      child = node.children.erase(child);
    }
  }
}

void ImageRoot::remove_below(Node& node) {
  for (auto& [name, child] : node.children) {
    remove_below(child);
    --child.inode->stat.links;
  }
  node.children.clear();
}

void ImageRoot::touch(Node& node) const {
  for (Node* at = &node; at != nullptr && at->touched != layers_.size(); at = at->parent) {
    at->touched = layers_.size();
  }
}

/// The folder that a path (with no `..` of its own) leads to. Null: not there, and `make` is
/// false.
ImageRoot::Node* ImageRoot::walk(const std::string& folder, bool make) {
  Node* at = top_.get();
  int hops = 0;
  std::string followed; // what links put in front
  std::string_view rest = folder;
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    const std::string_view after = rest.substr(std::min(slash + 1, rest.size()));
    if (part.empty() || part == ".") {
      rest = after;
      continue;
    }
    if (part == "..") {
      at = at->parent != nullptr ? at->parent : at;
      rest = after;
      continue;
    }
    const auto child = at->children.find(part);
    if (child == at->children.end()) {
      if (!make) {
        return nullptr;
      }
      if (part.size() > longest_name) {
        throw InputError(fmt::format("a folder's name is longer than {} bytes", longest_name));
      }
      if (++entries_ > limits_.entries) {
        throw InputError(
            fmt::format("needs a folder more than {} entries, the limit", limits_.entries));
      }
      Node& made = add_child(*at, part);
      TarEntry entry{.stat = {.type = FileType::directory, .mode = 0755}};
      made.inode = make_inode(entry);
      made.inode->stat.links = 1;
      at = &made;
      rest = after;
      continue;
    }
    Node& next = child->second;
    if (next.inode->stat.type == FileType::symlink) {
      if (++hops > most_hops) {
        throw InputError("too many symlinks lead there");
      }
      const std::string& target = next.inode->target;
      text_ += target.size(); // so that long links, followed often, come to an end
      at = target.starts_with('/') ? top_.get() : at;
      std::string ahead = fmt::format("{}/{}", target, after);
      if (ahead.size() > 16 * longest_path) {
        throw InputError("too many symlinks lead there");
      }
      followed = std::move(ahead);
      rest = followed;
      continue;
    }
    if (!next.is_folder()) {
      if (!make) {
        return nullptr;
      }
      throw InputError("lies below a file");
    }
    at = &next;
    rest = after;
  }
  return at;
}

const ImageRoot::Node* ImageRoot::find(const RootPath& path) const {
  const Node* at = top_.get();
  std::string_view rest = std::string_view(path.text()).substr(1);
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const auto child = at->children.find(rest.substr(0, slash));
    if (child == at->children.end()) {
      return nullptr;
    }
    at = &child->second;
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  return at;
}

std::optional<Stat> ImageRoot::lstat(const RootPath& path) const {
  const Node* node = find(path);
  return node == nullptr ? std::nullopt : std::optional(node->inode->stat);
}

std::optional<std::string> ImageRoot::read_link(const RootPath& path) const {
  const Node* node = find(path);
  if (node == nullptr || node->inode->stat.type != FileType::symlink) {
    return std::nullopt;
  }
  return node->inode->target;
}

std::optional<Root::Opened> ImageRoot::open(const RootPath& path) const {
  const Node* node = find(path);
  if (node == nullptr || node->inode->stat.type != FileType::regular) {
    return std::nullopt;
  }
  const Inode& inode = *node->inode;
  const bool has_holes = inode.parts.size() != 1 || inode.parts[0].extent.length != inode.stat.size;
  if (inode.stat.size == 0) {
    return Opened{std::make_shared<MemoryBytes>(""), inode.stat};
  }
  if (has_holes) {
    return Opened{
        std::make_shared<SparseBytes>(layers_[inode.layer].tar, inode.parts, inode.stat.size),
        inode.stat};
  }
  return Opened{part_of(layers_[inode.layer].tar, inode.parts[0].place, inode.stat.size),
                inode.stat};
}

std::vector<std::string> ImageRoot::list(const RootPath& folder) const {
  std::vector<std::string> names;
  const Node* node = find(folder);
  if (node == nullptr || !node->is_folder()) {
    throw InputError(fmt::format("{}: {}", folder.text(), std::strerror(ENOTDIR)));
  }
  for (const auto& [name, child] : node->children) {
    names.push_back(name);
  }
  return names;
}

std::map<std::string, std::string> ImageRoot::xattrs(const RootPath& path) const {
  const Node* node = find(path);
  return node == nullptr ? std::map<std::string, std::string>() : node->inode->xattrs;
}

/// Of a file: where in which tar its data begins, which names its entry; so the same layer in
/// another image is the same file. Of a folder: all layers.
std::string ImageRoot::identity(const RootPath& path, const Stat&) const {
  const Node* node = find(path);
  if (node == nullptr) {
    return {};
  }
  const Inode& inode = *node->inode;
  if (node->is_folder()) {
    std::string all;
    for (const Layer& layer : layers_) {
      if (layer.digest.empty()) {
        return {};
      }
      all += layer.digest + ' ';
    }
    return all;
  }
  if (inode.parts.empty()) {
    return fmt::format("{} zeros", inode.stat.size);
  }
  const std::string& digest = layers_[inode.layer].digest;
  return digest.empty()
             ? std::string()
             : fmt::format("{} at {}, {}", digest, inode.parts[0].place, inode.stat.size);
}

std::optional<std::size_t> ImageRoot::layer_of(const RootPath& path) const {
  const Node* node = find(path);
  return node == nullptr ? std::nullopt : std::optional(node->inode->layer);
}

} // namespace pare
