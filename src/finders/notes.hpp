#pragma once
// .note.dlopen: what an object says of itself that it loads (systemd.io/ELF_DLOPEN_METADATA).

#include "finders/finder.hpp"

namespace pare {

/// Each entry's sonames are alternatives. Its priority gives the confidence: required is certain,
/// recommended (also the default) likely, suggested possible.
class NotesFinder final : public Finder {
public:
  void examine(const Subject& subject,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;
};

} // namespace pare
