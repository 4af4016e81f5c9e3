#pragma once
// Options of a command. Setting one up costs CLI11 as much time as reading a library, and a run
// names few of them: those that the command line does not mention are set up only when help is
// asked for. CLI11 itself is seen by option_list.cpp and main.cpp alone: it is slow to compile.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace pare {

class OptionList {
public:
  /// `arguments`: those after the command's name; `command`: of them, what follows the first `--`
  /// and is another program's.
  OptionList(CLI::App& app, std::span<char* const> arguments, std::span<char* const> command = {});

  /// The program and arguments behind `--`.
  void command(std::vector<std::string>& to) const;

  /// The first argument that belongs to no option. Before positionals().
  void positional(const char* name, std::string& to, const char* help);

  /// The arguments that belong to no option.
  void positionals(const char* name, std::vector<std::string>& to, const char* help);

  /// `names`: "--root", or "-o,--output". `type`: how help writes the value.
  void value(const std::string& names,
             std::string& to,
             const char* type,
             const char* help,
             bool is_required = false);
  void
  value(const std::string& names, std::optional<unsigned>& to, const char* type, const char* help);

  /// One of a few words.
  void choice(const std::string& names,
              std::string& to,
              const char* type,
              const char* help,
              std::vector<std::string> words);

  /// May be given several times, one value each.
  void
  list(const std::string& names, std::vector<std::string>& to, const char* type, const char* help);

  void flag(const std::string& names, bool& to, const char* help);

private:
  bool mentions(std::string_view names) const;

  CLI::App& app_;
  std::span<char* const> arguments_;
  std::span<char* const> command_;
  bool wants_all_ = false;
};

} // namespace pare
