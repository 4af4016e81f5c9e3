#pragma once
// --mkdir: what the program needs and no root has.

#include "cli/option_list.hpp"
#include "outputs/layout.hpp"

#include <string>
#include <vector>

namespace pare {

struct MadeArguments {
  std::vector<std::string> folders; ///< PATH[:MODE[:UID:GID]]
};

void add_made_options(OptionList& options, MadeArguments& arguments);

/// Throws UsageError for a text that is not of that form.
std::vector<MadeEntry> made_entries(const MadeArguments& arguments, const Root& root);

} // namespace pare
