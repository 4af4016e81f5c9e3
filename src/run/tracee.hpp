#pragma once
// What a process that is stopped at a system call means by its arguments.

#include "base/descriptor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace pare {

/// One thread of a traced program, looked at from outside. Cheap to make; holds nothing open.
class Tracee {
public:
  /// `shares_root`: no process has called chroot(2) or pivot_root(2) yet, so that its `/` is the
  /// tracer's.
  Tracee(pid_t id, bool shares_root) : id_(id), shares_root_(shares_root) {}

  /// A string of its memory, up to 4096 bytes (PATH_MAX) with its end; nullopt: there is none, or
  /// it may not be read.
  std::optional<std::string> text_at(std::uint64_t address) const;

  /// Up to `size` bytes of its memory, at most 4096; fewer where the memory ends.
  std::string bytes_at(std::uint64_t address, std::size_t size) const;

  bool write_at(std::uint64_t address, std::string_view bytes) const;

  /// Where `name` leads from, an absolute path as the tracer sees it: `folder` is a descriptor or
  /// AT_FDCWD. The name's own symlinks are not followed; empty and `.` parts are dropped. `..`
  /// parts stay: what they mean, the symlinks in front of them decide. Empty: from a deleted
  /// folder, or a descriptor that is none of a folder.
  std::string absolute(int folder, std::string_view name) const;

  /// The path behind a descriptor; empty: it has none (a pipe, a socket, a deleted file).
  std::string path_of(int descriptor) const;

  /// The program file that it runs.
  std::string program() const;

  /// What is there by a path that absolute() gave.
  struct Look {
    int error = 0;          ///< errno; 0: it is there.
    std::uint32_t mode = 0; ///< st_mode.
    bool is_absent() const; ///< ENOENT, ENOTDIR.
  };
  Look look(const std::string& path, bool is_of_link) const;

  /// The regular file by such a path, to be read; none: it is no regular file, or may not be read.
  Descriptor open(const std::string& path) const;

private:
  std::string link(std::string_view name) const;

  pid_t id_;
  bool shares_root_;
};

} // namespace pare
