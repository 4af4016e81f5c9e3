#pragma once
// The options that trace and verify share: how a command is run, and driven if it is a server.

#include "cli/option_list.hpp"
#include "run/record.hpp"
#include "run/sandbox.hpp"

#include <pare/root.hpp>

#include <optional>
#include <string>
#include <vector>

namespace pare {

struct RunArguments {
  std::vector<std::string> command; ///< After `--`.
  std::vector<std::string> binds;   ///< SOURCE[:TARGET[:ro]]
  std::string user;
  std::string working_folder;
  std::string ready;
  std::vector<std::string> probes;
  std::vector<std::string> commands; ///< --exec
  std::optional<unsigned> timeout;
};

/// `has_user`: --user is among them; else the command has its own.
void add_run_options(OptionList& options, RunArguments& arguments, bool has_user);

/// NAME|UID[:NAME|GID], by the root's own passwd and group; nullopt for an empty text. A number
/// without a group gets that of its line in passwd, else 0 (as container runtimes have it). Throws
/// UsageError for a name that is not there.
std::optional<Identity> identity_of(const std::string& user, const Root& root);

/// The home folder, by the root's passwd; /root or / where that has no line.
std::string home_of(const Identity& identity, const Root& root);

std::vector<Bind> binds_of(const RunArguments& arguments);

/// What the arguments say, for record(). Throws UsageError.
RecordOptions record_options(const RunArguments& arguments, const Root& root);

} // namespace pare
