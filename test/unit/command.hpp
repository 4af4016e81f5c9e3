#pragma once
// Programs that judge: env, ldconfig, dot.

#include <optional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace pare::test {

struct Output {
  int code = -1;    ///< 127: it could not be run.
  std::string text; ///< Of both streams.
};

/// Runs a program by its path, with these arguments and nothing else: no shell, no environment, no
/// standard input.
inline Output run(const std::vector<std::string>& words) {
  int ends[2];
  if (pipe(ends) != 0) {
    return {};
  }
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
    std::vector<char*> arguments;
    for (const std::string& word : words) {
      arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    char* environment[] = {nullptr};
    execve(arguments.front(), arguments.data(), environment);
    _exit(127);
  }
  close(ends[1]);
  Output output;
  char buffer[4096];
  for (ssize_t count; (count = read(ends[0], buffer, sizeof buffer)) > 0;) {
    output.text.append(buffer, static_cast<std::size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  output.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

} // namespace pare::test
