#include "base/temp_file.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>

namespace pare {

namespace {

[[noreturn]] void fail(const std::string& folder, int error) {
  throw InputError(fmt::format("{}: no temporary file: {}", folder, std::strerror(error)));
}

} // namespace

Descriptor open_temporary(const std::string& folder) {
  Descriptor file{open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
  if (file) {
    return file;
  }
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) { // not every file system has it
    fail(folder, errno);
  }
  std::string name = folder + "/pare-XXXXXX";
  file = Descriptor{mkostemp(name.data(), O_CLOEXEC)};
  if (!file) {
    fail(folder, errno);
  }
  unlink(name.c_str());
  return file;
}

TemporaryFolder::TemporaryFolder(const std::string& folder) : path_(folder + "/pare-XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) {
    fail(folder, errno);
  }
}

TemporaryFolder::~TemporaryFolder() {
  if (!path_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
}

} // namespace pare
