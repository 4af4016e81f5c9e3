// Names are read from the process's memory and made absolute with what /proc says of it at that
// moment: nothing has to be kept in step with fork, dup, fchdir or unshare. The process stands
// still meanwhile; other threads of it may change the memory, which only spoils what it tells of
// itself.

#include "run/tracee.hpp"

#include <climits>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace pare {
namespace {

constexpr std::size_t page = 4096; ///< The least of Linux; no read crosses one.
constexpr std::size_t most_bytes = PATH_MAX;

std::string read_link(const char* path) {
  std::array<char, PATH_MAX> text;
  const ssize_t length = readlink(path, text.data(), text.size());
  return length < 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(length));
}

/// Appends the parts of `name`, without empty and `.` ones.
void append_parts(std::string& to, std::string_view name) {
  while (!name.empty()) {
    const std::string_view part = name.substr(0, name.find('/'));
    name.remove_prefix(std::min(part.size() + 1, name.size()));
    if (!part.empty() && part != ".") {
      to += '/';
      to += part;
    }
  }
}

/// /proc/self means the tracer to whoever looks: the process's own number in its stead.
std::string seen_from_outside(const std::string& path, pid_t id) {
  for (const std::string_view self : {"/proc/self", "/proc/thread-self"}) {
    if (path.starts_with(self) && (path.size() == self.size() || path[self.size()] == '/')) {
      return "/proc/" + std::to_string(id) + path.substr(self.size());
    }
  }
  return path;
}

} // namespace

bool Tracee::Look::is_absent() const {
  return error == ENOENT || error == ENOTDIR;
}

std::string Tracee::bytes_at(std::uint64_t address, std::size_t size) const {
  std::string bytes(std::min(size, most_bytes), '\0');
  iovec local{bytes.data(), bytes.size()};
  iovec remote{reinterpret_cast<void*>(address), bytes.size()};
  const ssize_t count = process_vm_readv(id_, &local, 1, &remote, 1, 0);
  if (count >= 0) {
    bytes.resize(static_cast<std::size_t>(count));
    return bytes;
  }
  // A container's filter may refuse that call; ptrace(2) itself has one, a word at a time.
  std::size_t done = 0;
  while (done < bytes.size()) {
    errno = 0;
    const long word = ptrace(PTRACE_PEEKDATA, id_, address + done, 0);
    if (errno != 0) {
      break;
    }
    const std::size_t some = std::min(sizeof word, bytes.size() - done);
    std::memcpy(bytes.data() + done, &word, some);
    const char* end = std::find(bytes.data() + done, bytes.data() + done + some, '\0');
    done += some;
    if (end != bytes.data() + done) {
      break; // text_at() needs no more, and nobody else reads more than a word or two
    }
  }
  bytes.resize(done);
  return bytes;
}

std::optional<std::string> Tracee::text_at(std::uint64_t address) const {
  std::string text;
  if (address == 0) {
    return std::nullopt;
  }
  while (text.size() < most_bytes) {
    // Most names are short, and the page behind may not be there.
    const std::size_t in_page = page - (address + text.size()) % page;
    const std::size_t wanted = std::min({in_page, most_bytes - text.size(), std::size_t{256}});
    const std::string some = bytes_at(address + text.size(), wanted);
    if (const std::size_t end = some.find('\0'); end != std::string::npos) {
      return text + some.substr(0, end);
    }
    if (some.empty()) {
      return std::nullopt;
    }
    text += some;
  }
  return std::nullopt; // ENAMETOOLONG
}

bool Tracee::write_at(std::uint64_t address, std::string_view bytes) const {
  iovec local{const_cast<char*>(bytes.data()), bytes.size()};
  iovec remote{reinterpret_cast<void*>(address), bytes.size()};
  return process_vm_writev(id_, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(bytes.size());
}

std::string Tracee::link(std::string_view name) const {
  std::array<char, 64> path;
  char* end = std::copy_n("/proc/", 6, path.data());
  end = std::to_chars(end, path.data() + 32, id_).ptr;
  *end++ = '/';
  end = std::copy_n(name.data(), std::min<std::size_t>(name.size(), 24), end);
  *end = '\0';
  return read_link(path.data());
}

std::string Tracee::path_of(int descriptor) const {
  std::array<char, 16> name = {'f', 'd', '/'};
  const char* end = std::to_chars(name.data() + 3, name.data() + name.size(), descriptor).ptr;
  std::string path = link({name.data(), static_cast<std::size_t>(end - name.data())});
  return path.starts_with('/') && !path.ends_with(" (deleted)") ? path : "";
}

std::string Tracee::program() const {
  const std::string path = link("exe");
  return path.ends_with(" (deleted)") ? "" : path;
}

std::string Tracee::absolute(int folder, std::string_view name) const {
  std::string path;
  if (name.starts_with('/')) {
    if (!shares_root_) {
      path = link("root");
    }
  } else {
    path = folder == AT_FDCWD ? link("cwd") : path_of(folder);
    if (!path.starts_with('/') || path.ends_with(" (deleted)")) {
      return {};
    }
  }
  if (path == "/") {
    path.clear();
  }
  append_parts(path, name);
  return path.empty() ? "/" : path;
}

namespace {

/// An openat2(2) that stays in `root` as a process that has it for its `/` would.
Descriptor open_inside(const std::string& root, const std::string& path, std::uint64_t flags) {
  const Descriptor top(::open(root.c_str(), O_PATH | O_CLOEXEC));
  open_how how = {};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT;
  return Descriptor(
      static_cast<int>(syscall(SYS_openat2, top.get(), path.c_str(), &how, sizeof how)));
}

} // namespace

Tracee::Look Tracee::look(const std::string& path, bool is_of_link) const {
  struct stat found = {};
  const int flags = is_of_link ? AT_SYMLINK_NOFOLLOW : 0;
  int result = 0;
  if (shares_root_) {
    result = fstatat(AT_FDCWD, seen_from_outside(path, id_).c_str(), &found, flags);
  } else {
    const std::string root = "/proc/" + std::to_string(id_) + "/root";
    const std::string below = link("root");
    const bool is_below = below != "/" && path.starts_with(below);
    const Descriptor file = open_inside(root,
                                        "/" + path.substr(is_below ? below.size() : 0),
                                        O_PATH | (is_of_link ? O_NOFOLLOW : 0));
    result = file ? fstat(file.get(), &found) : -1;
  }
  return result == 0 ? Look{.mode = found.st_mode} : Look{.error = errno};
}

Descriptor Tracee::open(const std::string& path) const {
  const std::string below = shares_root_ ? "/" : link("root");
  const bool is_below = below != "/" && path.starts_with(below);
  if (const Look there = look(path, false); there.error != 0 || !S_ISREG(there.mode)) {
    return Descriptor();
  }
  return open_inside("/proc/" + std::to_string(id_) + "/root",
                     "/" + path.substr(is_below ? below.size() : 0),
                     O_RDONLY | O_NONBLOCK);
}

} // namespace pare
