#pragma once
// --mkdir, --with, --user, --metadata, --no-healthcheck: what the program needs and no analysis
// finds in the root.

#include "cli/option_list.hpp"
#include "cli/options.hpp"
#include "outputs/layout.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pare {

struct MadeArguments {
  std::vector<std::string> folders; ///< PATH[:MODE[:UID:GID]]
  std::string user;                 ///< NAME|UID[:GID]
  std::string metadata = "none";    ///< Or "packages".
  std::string image_user;           ///< Instead, where the image's own User is to be served.
};

/// Adds the options; --with goes to `closure`, since it also includes files.
void add_made_options(OptionList& options, MadeArguments& arguments, ClosureArguments& closure);

/// A line of passwd(5).
struct Account {
  std::string name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string home;
  std::string group; ///< A name or number that was asked for beside it; else empty.
};

/// Who runs the program, as an image's User has it: "NAME", "UID", either with ":GROUP" or ":GID";
/// `nonroot` is 65532. nullopt: root, or a number that the root's passwd does not know, or a name
/// that it does not know.
std::optional<Account> find_account(const Root& root, const std::string& user);

/// What --user, or an image's own User, is in a config and in a USER line: `nonroot` becomes its
/// number, which needs no passwd.
std::string user_in_config(const std::string& user);

/// All that the options make. Throws
/// UsageError for an option that is not of its form, or a --user whose name nobody knows.
std::vector<MadeEntry> made_entries(const MadeArguments& arguments,
                                    const ClosureArguments& closure,
                                    const Computed& computed,
                                    std::vector<Warning>& said);

/// A folder that must be there, with the attributes that it has in the root; nullopt: the closure
/// has it, or it is the root itself.
std::optional<MadeEntry> needed_folder(const Computed& computed, const std::string& path);

} // namespace pare
