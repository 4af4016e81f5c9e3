#include "cli/image_config.hpp"

#include "base/words.hpp"
#include "formats/sniff.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>

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

std::uint16_t positive(std::string_view digits) {
  std::uint16_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, number);
  return stopped == end && error == std::errc() ? number : std::uint16_t{0};
}

/// PORT[/PROTO] (OCI image-spec 1.1, config.md, ExposedPorts)
bool is_port(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view protocol = text.substr(slash);
  return positive(text.substr(0, slash)) > 0 &&
         (protocol.empty() || protocol == "/tcp" || protocol == "/udp" || protocol == "/sctp");
}

/// SIGTERM, TERM, 15, SIGRTMIN+3: what Docker takes (signal(7)).
bool is_signal(std::string_view text) {
  constexpr int most = 64; // SIGRTMAX of Linux
  if (const int number = positive(text); number > 0) {
    return number <= most;
  }
  if (text.starts_with("SIG")) {
    text.remove_prefix(3);
  }
  if (text.starts_with("RTMIN") || text.starts_with("RTMAX")) {
    const std::string_view distance = text.substr(5);
    return distance.empty() ||
           (distance.front() == (text[4] == 'N' ? '+' : '-') && positive(distance.substr(1)) > 0 &&
            positive(distance.substr(1)) <= 30);
  }
  for (int signal = 1; signal <= most; ++signal) {
    const char* const name = sigabbrev_np(signal);
    if (name != nullptr && text == name) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> words_of(const std::string& text, const char* option) {
  try {
    return split_words(text);
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{} {}", option, error.what()));
  }
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
  for (const std::string& port : arguments.ports) {
    if (!is_port(port)) {
      throw UsageError(fmt::format("--port {}: expected a port, as 8080 or 53/udp", port));
    }
  }
  if (!arguments.stop_signal.empty() && !is_signal(arguments.stop_signal)) {
    throw UsageError(
        fmt::format("--stop-signal {}: expected a signal, as SIGQUIT", arguments.stop_signal));
  }
  if (!arguments.workdir.empty() && arguments.workdir.front() != '/' &&
      arguments.workdir.find(':') != 1) { // C:\app of Windows
    throw UsageError(fmt::format("--workdir {}: expected an absolute path", arguments.workdir));
  }
  if (!arguments.entrypoint.empty()) {
    closure.entrypoint = words_of(arguments.entrypoint, "--entrypoint");
    closure.cmd = std::vector<std::string>(); // the image's belonged to its own Entrypoint
  }
  if (!arguments.cmd.empty()) {
    closure.cmd = words_of(arguments.cmd, "--cmd");
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
