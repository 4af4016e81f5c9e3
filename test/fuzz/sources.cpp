// Any bytes as a source of a program: the first line names the language.

#include "entry.hpp"
#include "finders/modules/java_class.hpp"
#include "finders/modules/javascript.hpp"
#include "finders/modules/php_source.hpp"
#include "finders/modules/ruby_source.hpp"
#include "finders/modules/shell.hpp"
#include "finders/modules/shell_syntax.hpp"

#include <pare/error.hpp>

using namespace pare;
using test::promise;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = test::text_of(data, size);
  const std::string_view language = input.substr(0, input.find('\n'));
  const std::string_view text = input.substr(std::min(input.size(), language.size() + 1));
  if (language == "shell") {
    for (const ShellCommand& command : read_shell(text).commands) {
      promise(!command.words.empty() || !command.inputs.empty(), "a command says something");
      promise(command.line <= size + 1, "a line is one of the text");
    }
    for (const std::string& name : commands_of(text)) {
      promise(!name.empty() && name.find('\0') == std::string::npos, "a command has a name");
    }
  } else if (language == "javascript") {
    const JsNeeds needs =
        read_javascript(text, {.path = "/app/a.js", .working_folder = "/", .arch = "x64"});
    for (const JsText& file : needs.files) {
      promise(file.text.starts_with('/'), "files are absolute");
    }
  } else if (language == "php") {
    std::map<std::string, std::string> constants;
    for (const auto& [key, path] : read_php(text, "/app/a.php", constants).map) {
      promise(path.starts_with('/'), "a map leads to absolute paths");
    }
  } else if (language == "ruby") {
    for (const RubyRequire& require : read_ruby(text, "/app/a.rb").requires_) {
      promise(!require.name.empty(), "a feature has a name");
    }
  } else {
    try {
      for (const std::string_view name : read_class(input).names) {
        promise(name.size() <= size, "a constant is a part of the file");
      }
    } catch (const InputError&) {
    }
  }
  return 0;
}
