#pragma once
// Calls whose arguments the code fixes: dlopen("libx.so.1"), open("/etc/x"), execvp("ssh", …),
// system("sort -u x").

#include "finders/finder.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace pare {

class CallsFinder final : public ReachedFinder {
public:
  void reached(const Reached& reached,
               std::vector<Request>& requests,
               std::vector<Warning>& warnings) override;

  /// The functions whose arguments it wants to know, and how many of their first ones.
  static std::map<std::string, unsigned, std::less<>> names();
};

} // namespace pare
