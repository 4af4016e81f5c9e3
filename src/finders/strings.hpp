#pragma once
// Constants that look like a soname: a name that is handed to dlopen(3) by ways that no decoding
// follows.

#include "finders/finder.hpp"

namespace pare {

class StringsFinder final : public ReachedFinder {
public:
  void reached(const Reached& reached,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;
};

/// "libssl.so.3", "libfoo-1.2.so": one part, with the ending of a shared object. Also with folders
/// in front.
bool looks_like_soname(std::string_view text);

} // namespace pare
