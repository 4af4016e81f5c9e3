#include "cli/run_options.hpp"

#include "base/bytes.hpp"
#include "root/follow.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace pare {
namespace {

constexpr std::uint32_t nonroot = 65532; ///< As distroless images have it.
constexpr std::uint64_t most_of_passwd = 16 * 1024 * 1024;

std::string text_of(const Root& root, std::string_view path) {
  Walker walker(root);
  const Walk walk = walker.follow(path);
  const std::optional<Root::Opened> file =
      walk.end == WalkEnd::found ? root.open(walk.path) : std::nullopt;
  return file ? read_all(*file->bytes, most_of_passwd) : "";
}

std::optional<std::uint32_t> number_in(std::string_view text) {
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()
             ? std::optional(number)
             : std::nullopt;
}

struct Entry {
  std::string_view name;
  std::uint32_t id = 0;
  std::uint32_t group = 0; ///< Of passwd(5).
  std::string_view home;   ///< Likewise.
};

/// The line of passwd(5) or group(5) with that name, or number.
std::optional<Entry> entry_of(std::string_view text, std::string_view name) {
  const std::optional<std::uint32_t> number = number_in(name);
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    std::array<std::string_view, 6> fields;
    for (std::string_view& field : fields) {
      field = line.substr(0, line.find(':'));
      line.remove_prefix(std::min(field.size() + 1, line.size()));
    }
    const std::optional<std::uint32_t> id = number_in(fields[2]);
    if (id && (fields[0] == name || (number && id == number))) {
      return Entry{fields[0], *id, number_in(fields[3]).value_or(0), fields[5]};
    }
  }
  return std::nullopt;
}

} // namespace

void add_run_options(OptionList& options, RunArguments& arguments, bool has_user) {
  options.list("--bind",
               arguments.binds,
               "SRC[:DST[:ro]]",
               "This file or folder of the host, at DST in the root (repeatable)");
  if (has_user) {
    options.value(
        "--user", arguments.user, "NAME|UID[:GID]", "Who runs the command, by the root's passwd");
  }
  options.value("--workdir", arguments.working_folder, "DIR", "Where the command starts");
  options.value("--ready",
                arguments.ready,
                "WHAT",
                "The command is a server, and ready when: port:N answers, path:P is there, or "
                "output:REGEX was written");
  options.list("--probe",
               arguments.probes,
               "URL",
               "Ask the server: http://localhost:PORT/PATH or tcp://localhost:PORT (repeatable)");
  options.list("--exec",
               arguments.commands,
               "CMD",
               "Then run this client (repeatable); after the last, the server is stopped by "
               "SIGTERM");
  options.value("--timeout", arguments.timeout, "SECONDS", "End everything after this time");
}

std::optional<Identity> identity_of(const std::string& user, const Root& root) {
  if (user.empty()) {
    return std::nullopt;
  }
  const std::size_t colon = user.find(':');
  const std::string name = user.substr(0, colon);
  const std::string passwd = text_of(root, "/etc/passwd");
  const std::optional<Entry> known = entry_of(passwd, name);
  const std::optional<std::uint32_t> number =
      name == "nonroot" ? std::optional(nonroot) : number_in(name);
  if (!known && !number) {
    throw UsageError(fmt::format("--user {}: no such user in the root's /etc/passwd", user));
  }
  Identity identity{.uid = known ? known->id : *number,
                    .gid = known                ? known->group
                           : *number == nonroot ? nonroot
                                                : 0};
  if (colon != std::string::npos) {
    const std::string group = user.substr(colon + 1);
    const std::string groups = text_of(root, "/etc/group");
    const std::optional<Entry> line = entry_of(groups, group);
    const std::optional<std::uint32_t> gid = line ? std::optional(line->id) : number_in(group);
    if (!gid) {
      throw UsageError(fmt::format("--user {}: no such group in the root's /etc/group", user));
    }
    identity.gid = *gid;
  }
  return identity;
}

std::string home_of(const Identity& identity, const Root& root) {
  const std::string passwd = text_of(root, "/etc/passwd");
  const std::optional<Entry> entry = entry_of(passwd, std::to_string(identity.uid));
  return entry && entry->home.starts_with('/') ? std::string(entry->home)
         : identity.uid == 0                   ? "/root"
                                               : "/";
}

std::vector<Bind> binds_of(const RunArguments& arguments) {
  std::vector<Bind> binds;
  for (const std::string& text : arguments.binds) {
    binds.push_back(parse_bind(text));
  }
  return binds;
}

RecordOptions record_options(const RunArguments& arguments, const Root& root) {
  RecordOptions options;
  options.command = arguments.command;
  options.identity = identity_of(arguments.user, root);
  options.working_folder = arguments.working_folder;
  options.timeout = arguments.timeout;
  options.drive = {
      .ready = arguments.ready, .probes = arguments.probes, .commands = arguments.commands};
  if (!options.drive.ready.empty() || !options.drive.probes.empty() ||
      !options.drive.commands.empty()) {
    check_drive(options.drive);
  }
  return options;
}

} // namespace pare
