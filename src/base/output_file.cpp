#include "base/output_file.hpp"

#include "base/interrupt.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <random>
#include <sys/stat.h>

namespace pare {

OutputError output_failure(const std::string& name, int error) {
  return OutputError(fmt::format("{}: {}", name, std::strerror(error)));
}

std::string temporary_name() {
  std::random_device random; // two runs of pare may write to one folder
  return fmt::format(".pare-{:08x}{:08x}", random(), random());
}

OutputPlace locate_output(const std::string& destination) {
  std::string path = destination;
  if (const std::unique_ptr<char, decltype(&std::free)> real{realpath(destination.c_str(), nullptr),
                                                             &std::free}) {
    path = real.get();
  } else {
    if (errno != ENOENT || destination.empty()) {
      throw output_failure(destination, errno);
    }
    while (path.size() > 1 && path.back() == '/') {
      path.pop_back();
    }
    struct stat link = {};
    if (lstat(path.c_str(), &link) == 0) {
      throw OutputError(destination + ": is a symlink that leads nowhere");
    }
  }
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  Descriptor opened{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened && errno == EACCES) { // may be entered, not listed: that is enough
    opened = Descriptor{open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  }
  if (!opened) {
    throw output_failure(destination, errno);
  }
  return {std::move(opened), slash == std::string::npos ? path : path.substr(slash + 1)};
}

OutputFile::OutputFile(std::string destination) : destination_(std::move(destination)) {
  if (destination_ == "-" || destination_ == "/dev/stdout") {
    destination_ = "standard output";
    file_ = STDOUT_FILENO;
    return;
  }
  // stat(2), not the name, knows what stands there: /dev/fd/3 is a symlink that only the kernel can
  // follow.
  struct stat there = {};
  const bool is_there = stat(destination_.c_str(), &there) == 0;
  if (is_there) {
    if (S_ISDIR(there.st_mode)) {
      throw OutputError(destination_ + ": is a folder");
    }
    if (!S_ISREG(there.st_mode)) {
      own_ = Descriptor{open(destination_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY)};
      if (!own_) {
        const int error = errno;
        check_interrupt(); // while it waited for the reader of a FIFO
        throw output_failure(destination_, error);
      }
      file_ = own_.get();
      return;
    }
  }
  place_ = locate_output(destination_);
  temporary_ = temporary_name();
  own_ = Descriptor{openat(
      place_.folder.get(), temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
  if (!own_) {
    temporary_.clear();
    throw output_failure(destination_, errno);
  }
  if (is_there) {
    fchmod(own_.get(),
           there.st_mode &
               0777); // as if it were overwritten: what only its owner may read stays so
  }
  file_ = own_.get();
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) {
    unlinkat(place_.folder.get(), temporary_.c_str(), 0);
  }
}

void OutputFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    check_interrupt();
    const ssize_t count = ::write(file_, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (errno ==
               EAGAIN) { // whoever shares the standard output with pare made it non-blocking
      pollfd writable = {file_, POLLOUT, 0};
      poll(&writable, 1, -1);
    } else if (errno == EPIPE) {
      throw ClosedPipe();
    } else if (errno != EINTR) {
      throw output_failure(destination_, errno);
    }
  }
}

void OutputFile::finish() {
  if (own_ && close(own_.release()) != 0) {
    throw output_failure(destination_, errno);
  }
  if (temporary_.empty()) {
    return;
  }
  if (renameat(place_.folder.get(), temporary_.c_str(), place_.folder.get(), place_.name.c_str()) !=
      0) {
    throw output_failure(destination_, errno);
  }
  temporary_.clear();
}

} // namespace pare
