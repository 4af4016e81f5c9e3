// Any bytes as a shell's text.

#include "formats/shell.hpp"

#include "entry.hpp"

using namespace pare;
using test::promise;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = test::text_of(data, size);
  std::size_t words = 0;
  for (const ShellCommand& command : shell_commands(text, {{"A", "a"}, {"PATH", "/bin"}})) {
    promise(!command.empty(), "a command has a word");
    words += command.size();
  }
  promise(words <= size, "splitting makes no words");
  return 0;
}
