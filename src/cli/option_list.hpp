#pragma once
// Options of a command. Setting one up costs CLI11 as much time as reading a library, and a run names few of them: those that
// the command line does not mention are set up only when help is asked for.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>

namespace pare {

class OptionList {
public:
  /// `arguments`: those after the command's name.
  OptionList(CLI::App& app, std::span<char* const> arguments);

  CLI::App& app() { return app_; }

  /// `names`: "--root", or "-o,--output". `type`: how help writes the value.
  template <typename Value>
  void value(const std::string& names, Value& to, const char* type, const char* help, bool is_required = false) {
    if (mentions(names) || is_required) {
      finish(app_.add_option(names, to, help), type, is_required);
    }
  }

  /// One of a few words.
  void choice(const std::string& names, std::string& to, const char* type, const char* help, std::vector<std::string> words);

  /// May be given several times, one value each.
  void list(const std::string& names, std::vector<std::string>& to, const char* type, const char* help);

  void flag(const std::string& names, bool& to, const char* help);

private:
  bool mentions(std::string_view names) const;
  static void finish(CLI::Option* option, const char* type, bool is_required);

  CLI::App& app_;
  std::span<char* const> arguments_;
  bool wants_all_ = false;
};

} // namespace pare
