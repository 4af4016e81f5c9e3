#pragma once
// Answers that were dear, kept between runs: a file an answer, in a folder of the user's. Nothing
// in it is trusted further than its checksum: a damaged or foreign entry is as good as none.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pare {

class Cache {
public:
  /// `folder`: a path of the host, made when the first answer is kept; empty: nothing is ever found
  /// or kept. All entries together are kept below `limit` bytes: the ones that were used longest
  /// ago go.
  explicit Cache(std::string folder, std::uint64_t limit = std::uint64_t{512} << 20);

  /// What was kept under this key. `key` is any text; it must name everything that the answer hangs
  /// on, the version of the code that made it too.
  std::optional<std::string> get(std::string_view key) const;

  /// Keeps it for the next run. A failure (no space, no permission) is silent: the answer is only
  /// made again. Two programs may do this at a time: an entry is written aside and renamed.
  void put(std::string_view key, std::string_view value);

  bool is_on() const { return !folder_.empty(); }

private:
  std::string path_of(std::string_view key) const;
  void trim() const;

  std::string folder_;
  std::uint64_t limit_;
  std::uint64_t written_ = 0;
};

} // namespace pare
