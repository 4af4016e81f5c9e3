#include "outputs/stage.hpp"

#include "base/names.hpp"

#include <fmt/format.h>

namespace pare {

std::string stage_text(const Stage& stage) {
  const char escape = stage.is_for_windows ? '`' : '\\';
  std::string out = stage.is_for_windows ? "# escape=`\n" : ""; // counts on the first line only
  out += fmt::format("# {}\n", shown(stage.title));
  for (const std::string& note : stage.notes) {
    out += fmt::format("# {}\n", shown(note));
  }
  out += stage.builder;
  if (!stage.builder.empty()) {
    out += '\n';
  }
  out += fmt::format("FROM {}\n", stage.base);
  out += stage.copies;
  for (const std::string& folder : stage.folders) {
    out += fmt::format(
        "WORKDIR {}\n",
        quoted_value(folder, escape)); // the one instruction that makes a folder without a shell
  }
  if (!stage.folders.empty() && stage.workdir.empty()) {
    out += "WORKDIR /\n";
  }
  for (const auto& [name, value] : stage.environment) {
    out += fmt::format("ENV {}={}\n", name, quoted_value(value, escape));
  }
  for (const auto& [name, value] : stage.labels) {
    out += fmt::format("LABEL {}={}\n", quoted_value(name, escape), quoted_value(value, escape));
  }
  for (const std::string& port : stage.ports) {
    out += fmt::format("EXPOSE {}\n", port);
  }
  if (!stage.workdir.empty()) {
    out += fmt::format("WORKDIR {}\n", quoted_value(stage.workdir, escape));
  }
  if (!stage.user.empty()) {
    out += fmt::format("USER {}\n", stage.user);
  }
  if (!stage.stop_signal.empty()) {
    out += fmt::format("STOPSIGNAL {}\n", stage.stop_signal);
  }
  if (!stage.healthcheck.empty()) {
    out += fmt::format("HEALTHCHECK {}\n", stage.healthcheck);
  }
  if (!stage.entrypoint.empty()) {
    out += fmt::format("ENTRYPOINT {}\n", exec_form(stage.entrypoint));
  }
  if (!stage.cmd.empty()) {
    out += fmt::format("CMD {}\n", exec_form(stage.cmd));
  }
  return out;
}

} // namespace pare
