#pragma once
// Bytes of host files: read at their place, or mapped.

#include "base/descriptor.hpp"

#include <pare/root.hpp>

#include <memory>

namespace pare {

/// A part of an open file, that several sources may share.
class FileBytes final : public ByteSource {
public:
  FileBytes(std::shared_ptr<const Descriptor> file, std::uint64_t offset, std::uint64_t size)
      : file_(std::move(file)), offset_(offset), size_(size) {}

  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override;
  std::optional<FilePlace> place() const override { return FilePlace{file_->get(), offset_}; }

private:
  std::shared_ptr<const Descriptor> file_;
  std::uint64_t offset_;
  std::uint64_t size_;
};

/// `length` bytes of `whole` from `offset`. Where they lie in a host file, it is asked directly.
/// Less than `length` where `whole` ends before.
std::shared_ptr<const ByteSource>
part_of(std::shared_ptr<const ByteSource> whole, std::uint64_t offset, std::uint64_t length);

/// Opens a regular file of the host. Throws InputError, which names it.
std::shared_ptr<const ByteSource> open_host_file(const std::string& path);

/// Bytes of a source at once, in memory: mapped where the source lies in a host file, which takes
/// no memory of its own; else read. A mapped file that another program cuts short meanwhile
/// reads as zeros from there on (a digest then tells) instead of ending pare by SIGBUS.
class MappedBytes {
public:
  /// All of it. Throws InputError when it can neither be mapped nor read.
  explicit MappedBytes(const ByteSource& source) : MappedBytes(source, 0, source.size()) {}
  /// As many of `size` bytes from `offset` as there are. Throws InputError, too.
  MappedBytes(const ByteSource& source, std::uint64_t offset, std::uint64_t size);
  MappedBytes(const MappedBytes&) = delete;
  MappedBytes& operator=(const MappedBytes&) = delete;
  ~MappedBytes();

  std::span<const std::byte> bytes() const { return bytes_; }

  /// Takes the pages of a mapping out of the program's memory until they are looked at again.
  void let_go() const;

private:
  void* mapping_ = nullptr;
  std::size_t mapping_size_ = 0;
  std::unique_ptr<std::byte[]> read_;
  std::span<const std::byte> bytes_;
};

} // namespace pare
