#pragma once
// The recording as it is written: JSON lines, each fact once.

#include "base/descriptor.hpp"

#include <pare/resolve.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

/// Streams facts to a file. Whole lines are written, so that the file of a tracer that was killed
/// can be read. Memory is bounded: of 2 million facts it is remembered that they are written
/// already (32 MiB); when there are more it starts anew, and facts may be repeated.
class FactWriter {
public:
  /// Opens the file, which is emptied; `-` is the standard output. Throws OutputError.
  explicit FactWriter(std::string destination);

  /// To a file that is open already; `name` is for messages.
  FactWriter(Descriptor file, std::string name);

  bool is_known(std::string_view path, TracedOperation operation) const;

  /// Writes it unless it is known.
  void add(std::string_view path, TracedOperation operation, int pid);

  /// Hands what is waiting to the system: to be called a few times a second.
  void flush();

  /// What went wrong, as "FILE: No space left on device"; empty: nothing. The run goes on without.
  const std::string& failure() const { return failure_; }

private:
  void remember(std::uint64_t hash);

  std::string destination_;
  Descriptor file_;
  std::string waiting_;
  std::string failure_;
  std::vector<std::uint64_t> seen_; ///< Open addressing; 0: free. A power of two.
  std::size_t count_ = 0;
};

} // namespace pare
