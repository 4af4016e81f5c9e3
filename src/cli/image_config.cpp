#include "cli/image_config.hpp"

#include "base/words.hpp"
#include "formats/sniff.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pare {
namespace {

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ":"));
}

std::vector<std::string> default_entrypoint(const Report& report) {
  if (report.programs.empty()) {
    return {};
  }
  const NamedProgram& first = report.programs.front();
  const ReportFile* file = report.find(first.path);
  return file != nullptr && file->kind == FileKind::program ? std::vector{first.started}
                                                            : std::vector<std::string>();
}

/// A variable that is there keeps its place.
void set_variable(std::vector<std::string>& environment,
                  const std::string& name,
                  const std::string& value) {
  const auto known = std::ranges::find_if(
      environment, [&](const std::string& text) { return text.starts_with(name + "="); });
  if (known != environment.end()) {
    *known = name + "=" + value;
  } else {
    environment.push_back(name + "=" + value);
  }
}

Platform platform_of_programs(const Computed& computed) {
  for (const ReportFile& file : computed.report.files) {
    if (file.kind == FileKind::program || file.kind == FileKind::library) {
      const std::optional<Root::Opened> opened = computed.root->open(file.path);
      const Reading reading = opened ? read_facts(*opened->bytes) : Reading{};
      const std::optional<Platform> platform =
          reading.machine ? platform_of(*reading.machine) : std::nullopt;
      if (platform) {
        return *platform;
      }
    }
  }
  return host_platform(); // scripts only
}

} // namespace

void add_config_options(OptionList& options, ConfigArguments& arguments) {
  options.list(
      "--set-env", arguments.set_environment, "NAME=VALUE", "An ENV of the image (repeatable)");
  options.value("--entrypoint",
                arguments.entrypoint,
                "WORDS",
                "Instead of the first program: words as in a shell, or a JSON array");
  options.value("--cmd", arguments.cmd, "WORDS", "CMD: words as in a shell, or a JSON array");
  options.value("--workdir", arguments.workdir, "DIR", "WORKDIR");
  options.list("--label", arguments.labels, "NAME=VALUE", "A LABEL (repeatable)");
  options.list("--port", arguments.ports, "PORT[/PROTO]", "EXPOSE (repeatable)");
  options.value("--stop-signal", arguments.stop_signal, "SIGNAL", "STOPSIGNAL");
}

void tell_command(const ConfigArguments& arguments, ClosureArguments& closure) {
  if (!arguments.entrypoint.empty()) {
    closure.entrypoint = split_words(arguments.entrypoint);
    closure.cmd = std::vector<std::string>(); // the image's belonged to its own Entrypoint
  }
  if (!arguments.cmd.empty()) {
    closure.cmd = split_words(arguments.cmd);
  }
}

ImageConfig result_config(const ConfigArguments& arguments,
                          const MadeArguments& made,
                          const ClosureArguments& closure,
                          const Computed& computed) {
  ImageConfig config = computed.image ? computed.image->config : ImageConfig();
  if (!computed.image) {
    config.platform = platform_of_programs(computed);
  }
  if (!closure.programs.empty()) {
    config.entrypoint = default_entrypoint(computed.report);
    config.command.clear();
  }
  if (closure.entrypoint) {
    config.entrypoint = *closure.entrypoint;
  }
  if (closure.cmd) {
    config.command = *closure.cmd;
  }
  for (const auto& [name, value] : computed.report.environment) {
    set_variable(config.environment, name, value);
  }
  if (!computed.options.library_path.empty()) {
    set_variable(config.environment, "LD_LIBRARY_PATH", joined(computed.options.library_path));
  }
  if (!computed.options.preload.empty()) {
    set_variable(config.environment, "LD_PRELOAD", joined(computed.options.preload));
  }
  for (const std::string& text : arguments.set_environment) {
    const auto [name, value] = name_and_value(text, "--set-env");
    set_variable(config.environment, name, value);
  }
  for (const std::string& text : arguments.labels) {
    const auto [name, value] = name_and_value(text, "--label");
    config.labels[name] = value;
  }
  for (const std::string& port : arguments.ports) {
    config.exposed_ports.push_back(port.find('/') == std::string::npos ? port + "/tcp" : port);
  }
  std::ranges::sort(config.exposed_ports);
  config.exposed_ports.erase(std::unique(config.exposed_ports.begin(), config.exposed_ports.end()),
                             config.exposed_ports.end());
  if (!made.user.empty()) {
    config.user = user_in_config(made.user);
  }
  if (!arguments.workdir.empty()) {
    config.working_folder = arguments.workdir;
  }
  if (!arguments.stop_signal.empty()) {
    config.stop_signal = arguments.stop_signal;
  }
  if (closure.no_healthcheck) {
    config.healthcheck.reset();
  }
  return config;
}

} // namespace pare
