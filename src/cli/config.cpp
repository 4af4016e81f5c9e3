#include "cli/config.hpp"

#include "base/sizes.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <charconv>

namespace pare {
namespace {

class ConfigReader {
public:
  explicit ConfigReader(const std::string& file) : file_(file) {}

  Config read() {
    const std::string text = read_host_file(file_);
    toml::table table;
    try {
      table = toml::parse(text, file_);
    } catch (const toml::parse_error& error) {
      throw UsageError(
          fmt::format("{}:{}: {}", file_, error.source().begin.line, error.description()));
    }
    Config config;
    for (const auto& [key, node] : table) {
      if (key == "target") {
        const toml::array* targets = node.as_array();
        if (targets == nullptr) {
          refuse(node, "[[target]], an array of tables, is expected");
        }
        for (const toml::node& each : *targets) {
          config.targets.push_back(read_target(each));
        }
      } else if (key != "audit") {
        refuse(node, fmt::format("{}: no such key", key.str()));
      }
    }
    return config;
  }

private:
  [[noreturn]] void refuse(const toml::node& node, const std::string& what) const {
    throw UsageError(fmt::format("{}:{}: {}", file_, node.source().begin.line, what));
  }

  std::string text(const toml::node& node, std::string_view key) const {
    if (const auto value = node.value<std::string>()) {
      return *value;
    }
    refuse(node, fmt::format("{}: a text is expected", key));
  }

  std::vector<std::string> texts(const toml::node& node, std::string_view key) const {
    if (node.is_string()) {
      return {text(node, key)};
    }
    const toml::array* array = node.as_array();
    if (array == nullptr) {
      refuse(node, fmt::format("{}: a list of texts is expected", key));
    }
    std::vector<std::string> all;
    for (const toml::node& each : *array) {
      all.push_back(text(each, key));
    }
    return all;
  }

  std::uint64_t size(const toml::node& node, std::string_view key) const {
    if (const auto number = node.value_exact<std::int64_t>(); number && *number >= 0) {
      return static_cast<std::uint64_t>(*number);
    }
    const std::optional<std::uint64_t> parsed =
        node.is_string() ? parse_size(text(node, key)) : std::nullopt;
    if (!parsed) {
      refuse(node, fmt::format("{}: a size is expected, as \"40 MiB\"", key));
    }
    return *parsed;
  }

  double percent(const toml::node& node, std::string_view key) const {
    const std::string value = text(node, key);
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || std::string_view(end) != "%" || number < 0) {
      refuse(node, fmt::format("{}: a percentage is expected, as \"5%\"", key));
    }
    return number;
  }

  Target read_target(const toml::node& node) const {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      refuse(node, "[[target]] is a table");
    }
    Target target;
    ClosureArguments& closure = target.closure;
    for (const auto& [name, value] : *table) {
      const std::string_view key = name.str();
      if (key == "name") {
        target.name = text(value, key);
      } else if (key == "programs") {
        closure.programs = texts(value, key);
      } else if (key == "root") {
        closure.root = text(value, key);
      } else if (key == "image") {
        closure.image = text(value, key);
      } else if (key == "platform") {
        closure.platform = text(value, key);
      } else if (key == "include") {
        closure.includes = texts(value, key);
      } else if (key == "include-from") {
        closure.include_files = texts(value, key);
      } else if (key == "exclude") {
        closure.excludes = texts(value, key);
      } else if (key == "trace") {
        closure.traces = texts(value, key);
      } else if (key == "env") {
        closure.environment = texts(value, key);
      } else if (key == "library-path") {
        closure.library_path = texts(value, key);
      } else if (key == "preload") {
        closure.preload = texts(value, key);
      } else if (key == "rules") {
        closure.rule_folders = texts(value, key);
      } else if (key == "hints") {
        closure.hints = text(value, key);
      } else if (key == "confidence") {
        closure.confidence = text(value, key);
        if (closure.confidence != "certain" && closure.confidence != "likely" &&
            closure.confidence != "possible") {
          refuse(value, "confidence: certain, likely or possible");
        }
      } else if (key == "allow-missing") {
        closure.allow_missing = texts(value, key);
      } else if (key == "budget") {
        read_budget(value, target);
      } else {
        refuse(value, fmt::format("{}: no such key of a target", key));
      }
    }
    if (closure.programs.empty() && closure.image.empty()) {
      refuse(node, "a target names programs, or an image");
    }
    if (target.name.empty()) {
      target.name = closure.programs.empty() ? closure.image
                                             : fmt::format("{}", fmt::join(closure.programs, ", "));
    }
    return target;
  }

  void read_budget(const toml::node& node, Target& target) const {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      refuse(node, "[target.budget] is a table");
    }
    Budget& budget = target.budget;
    for (const auto& [name, value] : *table) {
      const std::string_view key = name.str();
      if (key == "bytes") {
        budget.bytes = size(value, key);
      } else if (key == "warn-bytes") {
        budget.warn_bytes = size(value, key);
      } else if (key == "files") {
        budget.files = size(value, key);
      } else if (key == "growth") {
        budget.growth = percent(value, key);
      } else if (key == "growth-floor") {
        budget.growth_floor = size(value, key);
      } else if (key == "deny") {
        budget.deny = texts(value, key);
      } else if (key == "allow-missing") {
        for (std::string& glob : texts(value, key)) {
          target.closure.allow_missing.push_back(std::move(glob));
        }
      } else if (key == "new-libraries") {
        const std::string word = text(value, key);
        if (word != "ask" && word != "ok") {
          refuse(value, "new-libraries: \"ask\" or \"ok\"");
        }
        budget.ask_for_new_libraries = word == "ask";
      } else {
        refuse(value, fmt::format("{}: no such key of a budget", key));
      }
    }
  }

  const std::string& file_;
};

} // namespace

Config read_config(const std::string& file) {
  return ConfigReader(file).read();
}

} // namespace pare
