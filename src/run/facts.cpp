#include "run/facts.hpp"

#include "base/names.hpp"
#include "base/output_file.hpp"
#include "formats/recording.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace pare {
namespace {

constexpr std::size_t most_known = 2'000'000;
constexpr std::size_t most_waiting = 64 * 1024;

/// Of a path with an operation; never 0.
std::uint64_t hash_of(std::string_view path, TracedOperation operation) {
  const std::uint64_t hash = std::hash<std::string_view>()(path) +
                             (static_cast<std::uint64_t>(operation) + 1) * 0x9e3779b97f4a7c15;
  return hash == 0 ? 1 : hash;
}

} // namespace

FactWriter::FactWriter(std::string destination)
    : destination_(std::move(destination)),
      file_(destination_ == "-"
                ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
                : ::open(destination_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)),
      seen_(1024) {
  if (!file_) {
    throw output_failure(shown(destination_), errno);
  }
}

FactWriter::FactWriter(Descriptor file, std::string name)
    : destination_(std::move(name)), file_(std::move(file)), seen_(1024) {}

bool FactWriter::is_known(std::string_view path, TracedOperation operation) const {
  const std::uint64_t hash = hash_of(path, operation);
  for (std::size_t i = hash & (seen_.size() - 1); seen_[i] != 0; i = (i + 1) & (seen_.size() - 1)) {
    if (seen_[i] == hash) {
      return true;
    }
  }
  return false;
}

void FactWriter::remember(std::uint64_t hash) {
  if (count_ == most_known) {
    seen_.assign(1024, 0);
    count_ = 0;
  }
  if (count_ * 2 >= seen_.size()) {
    std::vector<std::uint64_t> former(seen_.size() * 2);
    former.swap(seen_);
    count_ = 0;
    for (const std::uint64_t each : former) {
      if (each != 0) {
        remember(each);
      }
    }
  }
  std::size_t i = hash & (seen_.size() - 1);
  while (seen_[i] != 0) {
    i = (i + 1) & (seen_.size() - 1);
  }
  seen_[i] = hash;
  ++count_;
}

void FactWriter::add(std::string_view path, TracedOperation operation, int pid) {
  if (is_known(path, operation)) {
    return;
  }
  remember(hash_of(path, operation));
  waiting_ += R"({"path":")";
  append_json(waiting_, path);
  fmt::format_to(
      std::back_inserter(waiting_), "\",\"op\":\"{}\",\"pid\":{}}}\n", word_of(operation), pid);
  if (waiting_.size() >= most_waiting) {
    flush();
  }
}

void FactWriter::flush() {
  std::string_view rest = waiting_;
  while (!rest.empty() && failure_.empty()) {
    const ssize_t written = ::write(file_.get(), rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      failure_ = output_failure(shown(destination_), errno).what();
    }
  }
  waiting_.clear();
}

} // namespace pare
