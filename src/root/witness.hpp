#pragma once
// A root that keeps account of what it is asked: whoever asks the same again and gets the same
// answers has no need to think anew. Costs nothing but a note of each first question.

#include <pare/root.hpp>

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace pare {

class WitnessRoot final : public Root {
public:
  /// `root` must outlive it.
  explicit WitnessRoot(const Root& root) : root_(root) {}

  // As the root's own. What the kernel makes up (/proc, /dev, /sys) is asked for, but not noted.
  std::optional<Stat> lstat(const RootPath& path) const override;
  std::optional<std::string> read_link(const RootPath& path) const override;
  std::optional<Opened> open(const RootPath& path) const override;
  std::vector<std::string> list(const RootPath& folder) const override;
  std::map<std::string, std::string> xattrs(const RootPath& path) const override;
  std::string identity(const RootPath& path, const Stat& stat) const override;
  std::string label() const override { return root_.label(); }

  /// All questions and the answers' marks. Empty: some answer has no mark (Root::identity), so that
  /// a change of it would not be seen.
  std::string testimony() const;

private:
  enum class Question : char { entry = 'e', link = 'l', names = 'n', identity = 'i' };

  static std::string mark_of(const Root& root, Question question, const RootPath& path);
  void note(Question question, const RootPath& path, std::string mark) const;

  friend bool still_holds(std::string_view testimony, const Root& root);

  const Root& root_;
  mutable std::mutex mutex_; // code is read by several threads
  mutable std::map<std::pair<Question, std::string>, std::string> marks_;
  mutable bool has_unmarked_ = false;
};

/// Whether the root would answer each question as it did. A regular file's bytes are the same as
/// long as its identity is; of a folder only its names count, and only where they were asked for.
bool still_holds(std::string_view testimony, const Root& root);

} // namespace pare
