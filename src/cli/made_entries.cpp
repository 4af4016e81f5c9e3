#include "cli/made_entries.hpp"

#include "base/bytes.hpp"
#include "outputs/package_records.hpp"
#include "root/follow.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace pare {
namespace {

constexpr std::uint64_t most_passwd = std::uint64_t{16} << 20;
const Account nonroot = {"nonroot", 65532, 65532, "/home/nonroot", ""}; // as distroless has it

std::optional<std::uint32_t> parse_number(std::string_view text, int base) {
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return !text.empty() && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()
             ? std::optional(value)
             : std::nullopt;
}

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  while (true) {
    const std::size_t colon = line.find(':');
    fields.emplace_back(line.substr(0, colon));
    if (colon == std::string_view::npos) {
      return fields;
    }
    line.remove_prefix(colon + 1);
  }
}

std::uint32_t number(std::string_view text, int base, const std::string& option) {
  const std::optional<std::uint32_t> value = parse_number(text, base);
  if (!value) {
    throw UsageError(fmt::format("--mkdir {}: expected PATH[:MODE[:UID:GID]]", option));
  }
  return *value;
}

MadeEntry made_folder(const std::string& option) {
  const std::vector<std::string> parts = fields_of(option);
  if (!parts[0].starts_with('/') || parts.size() == 3 || parts.size() > 4) {
    throw UsageError(
        fmt::format("--mkdir {}: expected PATH[:MODE[:UID:GID]], PATH being absolute", option));
  }
  MadeEntry entry;
  entry.path = RootPath::lexical(parts[0]);
  if (parts.size() > 1) {
    entry.mode = number(parts[1], 8, option);
    if (entry.mode > 07777) {
      throw UsageError(fmt::format("--mkdir {}: mode {} is larger than 7777", option, parts[1]));
    }
  }
  if (parts.size() > 2) {
    entry.uid = number(parts[2], 10, option);
    entry.gid = number(parts[3], 10, option);
  }
  return entry;
}

/// The lines of a file of the root; none where there is no such file.
std::vector<std::string> lines_of(const Root& root, const char* path) {
  Walker walker(root);
  const Walk walk = walker.follow(path);
  const std::optional<Root::Opened> opened =
      walk.end == WalkEnd::found ? root.open(walk.path) : std::nullopt;
  std::vector<std::string> lines;
  if (opened && opened->stat.size <= most_passwd) {
    const std::string text = read_all(*opened->bytes, most_passwd);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      lines.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }
  return lines;
}

std::optional<Account> account_in(const std::string& line) {
  const std::vector<std::string> fields = fields_of(line);
  const std::optional<std::uint32_t> uid =
      fields.size() < 7 ? std::nullopt : parse_number(fields[2], 10);
  const std::optional<std::uint32_t> gid = uid ? parse_number(fields[3], 10) : std::nullopt;
  return gid ? std::optional(Account{fields[0], *uid, *gid, fields[5], ""}) : std::nullopt;
}

std::string joined_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  return text;
}

bool is_in_closure(const Computed& computed, const char* path) {
  return std::ranges::any_of(computed.report.files, [&](const ReportFile& file) {
    return file.destination().text() == path;
  });
}

/// /etc/passwd and /etc/group with the lines of root, nobody and the user. A file that the closure
/// has is whole already; then only a line that it lacks is added.
class Accounts {
public:
  Accounts(const Computed& computed, const std::optional<Account>& user)
      : computed_(computed), user_(user) {}

  void make(std::vector<MadeEntry>& entries) const {
    put(entries, "/etc/passwd", passwd());
    put(entries, "/etc/group", group());
  }

private:
  std::vector<std::string> passwd() const {
    std::vector<std::string> kept;
    bool has_user = !user_;
    for (const std::string& line : lines_of(*computed_.root, "/etc/passwd")) {
      const std::optional<Account> account = account_in(line);
      const bool is_user = account && user_ && account->name == user_->name;
      has_user = has_user || is_user;
      if (is_in_closure(computed_, "/etc/passwd") || is_user ||
          (account && (account->uid == 0 || account->name == "nobody"))) {
        kept.push_back(line);
      }
    }
    if (kept.empty()) {
      kept.emplace_back("root:x:0:0:root:/root:/sbin/nologin");
    }
    if (!has_user) {
      kept.push_back(fmt::format("{}:x:{}:{}:{}:{}:/sbin/nologin",
                                 user_->name,
                                 user_->uid,
                                 user_->gid,
                                 user_->name,
                                 user_->home));
    }
    return kept;
  }

  std::vector<std::string> group() const {
    std::vector<std::string> kept;
    bool has_user = !user_;
    for (const std::string& line : lines_of(*computed_.root, "/etc/group")) {
      const std::vector<std::string> fields = fields_of(line);
      if (fields.size() < 4) {
        continue;
      }
      const std::optional<std::uint32_t> gid = parse_number(fields[2], 10);
      const bool is_primary = gid && user_ && *gid == user_->gid;
      has_user = has_user || is_primary;
      const bool is_asked = user_ && !user_->group.empty() &&
                            (user_->group == fields[0] || user_->group == fields[2]);
      if (is_in_closure(computed_, "/etc/group") || is_primary || is_asked || gid == 0 ||
          fields[0] == "nogroup" || fields[0] == "nobody" ||
          (user_ &&
           fmt::format(",{},", fields[3]).find("," + user_->name + ",") != std::string::npos)) {
        kept.push_back(line);
      }
    }
    if (kept.empty()) {
      kept.emplace_back("root:x:0:");
    }
    if (!has_user) {
      kept.push_back(fmt::format("{}:x:{}:", user_->name, user_->gid));
    }
    return kept;
  }

  void put(std::vector<MadeEntry>& entries,
           const char* path,
           const std::vector<std::string>& lines) const {
    if (is_in_closure(computed_, path) &&
        joined_lines(lines) == joined_lines(lines_of(*computed_.root, path))) {
      return;
    }
    entries.push_back({.path = RootPath::trusted(path),
                       .type = FileType::regular,
                       .mode = 0644,
                       .text = joined_lines(lines)});
  }

  const Computed& computed_;
  const std::optional<Account>& user_;
};

void make_hosts(std::vector<MadeEntry>& entries, const Computed& computed) {
  constexpr std::array<std::pair<const char*, const char*>, 2> files = {{
      {"/etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost\n"},
      {"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"},
  }};
  for (const auto& [path, text] : files) {
    if (!is_in_closure(computed, path)) {
      entries.push_back(
          {.path = RootPath::trusted(path), .type = FileType::regular, .mode = 0644, .text = text});
    }
  }
}

void make_home(std::vector<MadeEntry>& entries, const Computed& computed, const Account& account) {
  if (!account.home.starts_with('/') || account.home == "/nonexistent" ||
      account.home == "/dev/null") {
    return;
  }
  std::optional<MadeEntry> home = needed_folder(computed, account.home);
  if (!home) {
    return;
  }
  Walker walker(*computed.root);
  if (walker.follow(account.home).end != WalkEnd::found) {
    home->mode = 0700;
    home->uid = account.uid;
    home->gid = account.gid;
  }
  entries.push_back(std::move(*home));
}

} // namespace

void add_made_options(OptionList& options, MadeArguments& arguments, ClosureArguments& closure) {
  options.list("--mkdir",
               arguments.folders,
               "PATH[:MODE[:UID:GID]]",
               "An empty folder that the program writes to (repeatable)");
  options.value(
      "--with", closure.with, "LIST", "What a bare root lacks: passwd,tmp,home,certs,tzdata,hosts");
  options.value("--user",
                arguments.user,
                "NAME|UID[:GID]",
                "Who runs it: its lines of passwd and group come along (nonroot: 65532)");
  options.choice("--metadata",
                 arguments.metadata,
                 "WHAT",
                 "packages: records of the packages that files came from, for scanners; or none",
                 {"packages", "none"});
  closure.with_healthcheck = true;
  options.flag("--no-healthcheck",
               closure.no_healthcheck,
               "An image's Healthcheck is left out: else what it runs counts as a program");
}

std::string user_in_config(const std::string& user) {
  return user == "nonroot" ? "65532:65532" : user;
}

std::optional<Account> find_account(const Root& root, const std::string& user) {
  const std::string name = user.substr(0, user.find(':'));
  const std::optional<std::uint32_t> uid = parse_number(name, 10);
  for (const std::string& line : lines_of(root, "/etc/passwd")) {
    std::optional<Account> account = account_in(line);
    if (account && (uid ? account->uid == *uid : account->name == name)) {
      account->group = user.substr(std::min(name.size() + 1, user.size()));
      return account->uid == 0 ? std::nullopt : account;
    }
  }
  if (name == nonroot.name || uid == nonroot.uid) {
    return nonroot;
  }
  return std::nullopt;
}

std::optional<MadeEntry> needed_folder(const Computed& computed, const std::string& path) {
  const RootPath place = RootPath::lexical(path);
  if (place.is_root() || is_in_closure(computed, place.text().c_str())) {
    return std::nullopt;
  }
  MadeEntry entry{.path = place};
  Walker walker(*computed.root);
  const Walk walk = walker.follow(place.text());
  const std::optional<Stat> stat =
      walk.end == WalkEnd::found ? walker.lstat(walk.path) : std::nullopt;
  if (stat && stat->type == FileType::directory) {
    entry.mode = stat->mode;
    entry.uid = stat->uid;
    entry.gid = stat->gid;
  }
  return entry;
}

std::vector<MadeEntry> made_entries(const MadeArguments& arguments,
                                    const ClosureArguments& closure,
                                    const Computed& computed,
                                    std::vector<Warning>& said) {
  std::vector<MadeEntry> entries;
  if (arguments.metadata == "packages") {
    entries = package_records(computed.report, *computed.root, said);
  }
  const std::string user = arguments.user.empty() ? arguments.image_user : arguments.user;
  const std::optional<Account> account =
      user.empty() ? std::nullopt : find_account(*computed.root, user);
  const std::string name = user.substr(0, user.find(':'));
  if (!account && !arguments.user.empty() && name != "root" && !parse_number(name, 10)) {
    throw UsageError(
        fmt::format("--user {}: the root's /etc/passwd has no such user", arguments.user));
  }
  const std::set<std::string> with = with_words(closure);
  if (account || with.contains("passwd")) {
    Accounts(computed, account).make(entries);
  }
  if (account || with.contains("home")) {
    make_home(entries, computed, account.value_or(Account{"root", 0, 0, "/root", ""}));
  }
  if (with.contains("tmp")) {
    entries.push_back({.path = RootPath::trusted("/tmp"), .mode = 01777});
  }
  if (with.contains("hosts")) {
    make_hosts(entries, computed);
  }
  for (const std::string& option : arguments.folders) {
    entries.push_back(made_folder(option));
  }
  return entries;
}

} // namespace pare
