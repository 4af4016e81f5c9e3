// pare.lock is written to be committed: one line a file, sorted, so that a change of it reads as a
// change of the closure.

#include "base/json.hpp"
#include "base/names.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "report/json.hpp"
#include "report/read.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

namespace pare {
namespace {

struct CheckArguments {
  std::string config = "pare.toml";
  std::string format = "text";
  std::string output = "-";
  bool update = false;
  bool locked = false;
  bool no_cache = false;
};

using Locks = std::map<std::string, Report>; ///< By the target's name.

/// pare.lock beside the config.
std::string lock_file(const std::string& config) {
  return std::filesystem::path(config).replace_extension(".lock").string();
}

Locks read_locks(const std::string& file) {
  Locks locks;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return locks;
  }
  try {
    const Json json = parse_json(read_host_file(file));
    if (json["schema"].text() != "pare-lock/1") {
      throw InputError("no lock of the form pare-lock/1");
    }
    for (const Json& target : json["targets"].list()) {
      locks.emplace(name_of_json(target["name"].text()), read_report(target["report"]));
    }
  } catch (const InputError& fault) {
    throw InputError(fmt::format("{}: {}", file, fault.what()));
  }
  return locks;
}

void write_locks(const std::string& file, const std::vector<std::pair<std::string, Report>>& all) {
  std::string text = "{\"schema\":\"pare-lock/1\",\"targets\":[";
  for (const auto& [name, report] : all) {
    text += &name == &all.front().first ? "\n{\"name\":\"" : ",\n{\"name\":\"";
    append_json(text, name);
    text += "\",\"report\":" + to_json(report);
    text.back() = '}';
  }
  write_result(file, text + "]}\n");
}

struct Judged {
  std::string target;
  std::vector<Verdict> verdicts;
};

bool is_broken(const Judged& judged) {
  return std::ranges::any_of(
      judged.verdicts, [](const Verdict& verdict) { return verdict.kind == VerdictKind::broken; });
}

std::string as_text(const std::vector<Judged>& all) {
  std::string text;
  for (const Judged& judged : all) {
    text += fmt::format("{}: {}\n", shown(judged.target), is_broken(judged) ? "FAILED" : "ok");
    for (const Verdict& verdict : judged.verdicts) {
      text += fmt::format(
          "  {}{}\n", verdict.kind == VerdictKind::broken ? "" : "note: ", verdict.message);
      for (const std::string& detail : verdict.details) {
        text += fmt::format("    {}\n", detail);
      }
    }
  }
  return text;
}

std::string as_json(const std::vector<Judged>& all) {
  std::string text = "{\"schema\":\"pare-check/1\",\"targets\":[";
  for (const Judged& judged : all) {
    text += &judged == &all.front() ? "\n  {\"name\":\"" : ",\n  {\"name\":\"";
    append_json(text, judged.target);
    text += fmt::format("\",\"ok\":{},\"findings\":[", !is_broken(judged));
    for (const Verdict& verdict : judged.verdicts) {
      text += &verdict == &judged.verdicts.front() ? "{" : ",{";
      text += fmt::format("\"kind\":\"{}\",\"message\":\"",
                          verdict.kind == VerdictKind::broken ? "broken" : "note");
      append_json(text, verdict.message);
      text += "\",\"details\":[";
      for (const std::string& detail : verdict.details) {
        text += &detail == &verdict.details.front() ? "\"" : ",\"";
        append_json(text, detail);
        text += '"';
      }
      text += "]}";
    }
    text += "]}";
  }
  return text + "]}\n";
}

/// GitHub's workflow commands: what ends a line or a property is percent-encoded.
std::string as_github(const std::vector<Judged>& all, const std::string& config) {
  const auto escaped = [](std::string_view text, bool is_property) {
    std::string out;
    for (const char c : text) {
      if (c == '%' || c == '\n' || c == '\r' || (is_property && (c == ':' || c == ','))) {
        out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
      } else {
        out += c;
      }
    }
    return out;
  };
  std::string text;
  for (const Judged& judged : all) {
    for (const Verdict& verdict : judged.verdicts) {
      std::string message = fmt::format("{}: {}", judged.target, verdict.message);
      for (const std::string& detail : verdict.details) {
        message += "\n" + detail;
      }
      text += fmt::format("::{} file={}::{}\n",
                          verdict.kind == VerdictKind::broken ? "error" : "notice",
                          escaped(config, true),
                          escaped(message, false));
    }
  }
  return text;
}

ExitCode run_check(const CheckArguments& arguments) {
  const Config config = read_config(arguments.config);
  if (config.targets.empty()) {
    throw UsageError(fmt::format("{}: no [[target]]", arguments.config));
  }
  const Locks locks = arguments.update ? Locks() : read_locks(lock_file(arguments.config));
  std::vector<Judged> judged;
  std::vector<std::pair<std::string, Report>> reports;
  bool all_well = true;
  for (const Target& target : config.targets) {
    ClosureArguments closure = target.closure;
    closure.digests = true;
    closure.quiet = true;
    closure.no_cache = arguments.no_cache;
    Computed computed = compute(closure, false);
    const auto lock = locks.find(target.name);
    Budget budget = target.budget;
    if (arguments.update) { // what is locked now is what is meant
      budget.growth.reset();
      budget.ask_for_new_libraries = false;
    }
    judged.push_back({target.name,
                      judge_budget(budget,
                                   computed.report,
                                   lock == locks.end() ? nullptr : &lock->second,
                                   arguments.locked && !arguments.update)});
    all_well = all_well && !is_broken(judged.back());
    reports.emplace_back(target.name, std::move(computed.report));
  }
  if (arguments.update) {
    write_locks(lock_file(arguments.config), reports);
  }
  write_result(arguments.output,
               arguments.format == "json"     ? as_json(judged)
               : arguments.format == "github" ? as_github(judged, arguments.config)
                                              : as_text(judged));
  return all_well ? ExitCode::yes : ExitCode::no;
}

} // namespace

Run set_up_check(OptionList& options) {
  const auto arguments = std::make_shared<CheckArguments>();
  options.value("--config",
                arguments->config,
                "FILE",
                "The project's file (default: pare.toml); its lock lies beside it");
  options.flag("--update", arguments->update, "Write the lock: what is there now is what is meant");
  options.flag("--locked", arguments->locked, "Any difference from the lock fails");
  options.choice("--format",
                 arguments->format,
                 "FORMAT",
                 "text (default), json, github (annotations)",
                 {"text", "json", "github"});
  options.flag("--no-cache", arguments->no_cache, "Neither read nor keep facts between runs");
  options.value(
      "-o,--output", arguments->output, "FILE", "Write to this file instead of standard output");
  return [arguments] { return run_check(*arguments); };
}

} // namespace pare
