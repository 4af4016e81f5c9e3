#pragma once
// Copied files over a base, as a build would lay them out: nothing is written, every look-up sees
// the result.

#include <pare/root.hpp>

#include <map>
#include <set>

namespace pare {

class LayeredRoot final : public Root {
public:
  /// `base` must outlive it.
  explicit LayeredRoot(const Root& base) : base_(base) {}

  /// As COPY does: a symlink among the destination's folders is followed in the base. A file of the
  /// base that is there is covered. `from` must outlive it.
  void put(const Root& from, const RootPath& source, const RootPath& destination);

  std::optional<Stat> lstat(const RootPath& path) const override;
  std::optional<std::string> read_link(const RootPath& path) const override;
  std::optional<Opened> open(const RootPath& path) const override;
  std::vector<std::string> list(const RootPath& folder) const override;
  std::map<std::string, std::string> xattrs(const RootPath& path) const override;
  std::string label() const override { return base_.label(); }

private:
  struct Entry {
    const Root* from;
    RootPath source;
  };
  const Entry* find(const RootPath& path) const;
  RootPath folder_of(const RootPath& destination) const;

  const Root& base_;
  std::map<RootPath, Entry> files_;
  std::set<RootPath> folders_; ///< That the copies bring.
};

} // namespace pare
