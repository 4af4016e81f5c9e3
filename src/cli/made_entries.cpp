#include "cli/made_entries.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <charconv>

namespace pare {
namespace {

std::uint32_t number(std::string_view text, int base, const std::string& option) {
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    throw UsageError(fmt::format("--mkdir {}: expected PATH[:MODE[:UID:GID]]", option));
  }
  return value;
}

MadeEntry made_folder(const std::string& option) {
  std::vector<std::string_view> parts;
  for (std::string_view rest = option;;) {
    const std::size_t colon = rest.find(':');
    parts.push_back(rest.substr(0, colon));
    if (colon == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(colon + 1);
  }
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

} // namespace

void add_made_options(OptionList& options, MadeArguments& arguments) {
  options.list("--mkdir",
               arguments.folders,
               "PATH[:MODE[:UID:GID]]",
               "An empty folder that the program writes to (repeatable)");
}

std::vector<MadeEntry> made_entries(const MadeArguments& arguments, const Root&) {
  std::vector<MadeEntry> entries;
  for (const std::string& option : arguments.folders) {
    entries.push_back(made_folder(option));
  }
  return entries;
}

} // namespace pare
