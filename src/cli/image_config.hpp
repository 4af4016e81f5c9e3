#pragma once
// How the result is run: what the source image says, and the options over it.

#include "cli/made_entries.hpp"
#include "cli/option_list.hpp"
#include "cli/options.hpp"
#include "formats/oci.hpp"

#include <string>
#include <vector>

namespace pare {

struct ConfigArguments {
  std::vector<std::string> set_environment; ///< NAME=VALUE
  std::vector<std::string> labels;          ///< NAME=VALUE
  std::vector<std::string> ports;           ///< PORT[/PROTO]
  std::string entrypoint;
  std::string cmd;
  std::string workdir;
  std::string stop_signal;
};

void add_config_options(OptionList& options, ConfigArguments& arguments);

/// --entrypoint and --cmd decide what the image's own programs are: to be called before compute().
/// Throws UsageError, for the other options too.
void tell_command(const ConfigArguments& arguments, ClosureArguments& closure);

/// The config of the result, but for what comes of its layers (created, diff_ids, history). An
/// image's Entrypoint and Cmd stay unless programs were named; then the first of those is the
/// Entrypoint. LD_LIBRARY_PATH, LD_PRELOAD and what else decided an answer are in its Env.
ImageConfig result_config(const ConfigArguments& arguments,
                          const MadeArguments& made,
                          const ClosureArguments& closure,
                          const Computed& computed);

} // namespace pare
