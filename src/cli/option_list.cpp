#include "cli/option_list.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace pare {

OptionList::OptionList(CLI::App& app,
                       std::span<char* const> arguments,
                       std::span<char* const> command)
    : app_(app), arguments_(arguments), command_(command) {
  wants_all_ = std::ranges::any_of(arguments, [](std::string_view argument) {
    return argument == "--help" || argument == "-h";
  });
}

void OptionList::command(std::vector<std::string>& to) const {
  to.assign(command_.begin(), command_.end());
}

bool OptionList::mentions(std::string_view names) const {
  if (wants_all_) {
    return true;
  }
  const std::string_view full = names.substr(names.find("--"));
  const bool has_short = !names.starts_with("--");
  return std::ranges::any_of(arguments_, [&](std::string_view argument) {
    // A short one may stand in a cluster ("-qv").
    return argument.starts_with(full) ||
           (has_short && argument.starts_with('-') && !argument.starts_with("--"));
  });
}

void OptionList::positional(const char* name, std::string& to, const char* help) {
  app_.add_option(name, to, help)->required()->type_name("");
}

void OptionList::positionals(const char* name, std::vector<std::string>& to, const char* help) {
  app_.add_option(name, to, help);
}

void OptionList::value(const std::string& names,
                       std::string& to,
                       const char* type,
                       const char* help,
                       bool is_required) {
  if (mentions(names) || is_required) {
    app_.add_option(names, to, help)->type_name(type)->required(is_required);
  }
}

void OptionList::value(const std::string& names,
                       std::optional<unsigned>& to,
                       const char* type,
                       const char* help) {
  if (mentions(names)) {
    app_.add_option(names, to, help)->type_name(type);
  }
}

void OptionList::choice(const std::string& names,
                        std::string& to,
                        const char* type,
                        const char* help,
                        std::vector<std::string> words) {
  if (mentions(names)) {
    app_.add_option(names, to, help)->check(CLI::IsMember(std::move(words)))->type_name(type);
  }
}

void OptionList::list(const std::string& names,
                      std::vector<std::string>& to,
                      const char* type,
                      const char* help) {
  if (mentions(names)) {
    app_.add_option(names, to, help)->allow_extra_args(false)->type_name(type);
  }
}

void OptionList::flag(const std::string& names, bool& to, const char* help) {
  if (mentions(names)) {
    app_.add_flag(names, to, help);
  }
}

} // namespace pare
