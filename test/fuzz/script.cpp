// Any bytes as a script: its `#!` line, and what env(1) makes of the argument.

#include "formats/script.hpp"

#include "entry.hpp"

using namespace pare;
using test::promise;

namespace {

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\n\0", 2)) == std::string_view::npos;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = test::text_of(data, size);
  if (const std::optional<Script> script = read_script(text)) {
    promise(!script->interpreter.empty() &&
                script->interpreter.find_first_of(" \t") == std::string::npos,
            "an interpreter is one word");
    promise(is_one_line(script->interpreter) && is_one_line(script->argument),
            "the line ends at its end");
    promise(script->interpreter.size() + script->argument.size() < script_line_limit,
            "no more than the kernel reads");
    read_env_arguments({script->argument});
  }
  const EnvCommand command = read_env_arguments({std::string(text)});
  std::size_t taken = command.program.size();
  for (const std::string& argument : command.arguments) {
    taken += argument.size();
  }
  promise(taken <= size, "splitting makes nothing longer");
  return 0;
}
