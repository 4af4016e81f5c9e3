#include "base/process.hpp"

#include "base/descriptor.hpp"
#include "base/interrupt.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

extern char** environ;

namespace pare {

namespace {

/// SIGPIPE and SIGXFSZ are ignored here, which exec(2) would hand down.
pid_t spawn(const std::vector<std::string>& command, int error_pipe, int& error) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&files, error_pipe, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t as_usual;
  sigemptyset(&as_usual);
  sigaddset(&as_usual, SIGPIPE);
  sigaddset(&as_usual, SIGXFSZ);
  posix_spawnattr_setsigdefault(&attributes, &as_usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  pid_t child = -1;
  error = posix_spawnp(&child, arguments[0], &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error == 0 ? child : -1;
}

/// All that comes until the other side is closed. False: a signal came to pare.
bool read_to_end(int pipe, std::string& said) {
  std::array<char, 4096> buffer;
  while (true) {
    const ssize_t count = read(pipe, buffer.data(), buffer.size());
    if (count > 0) {
      said.append(buffer.data(), static_cast<std::size_t>(count));
      constexpr std::size_t most = 65536;
      said.erase(0, said.size() > most ? said.size() - most : 0);
    } else if (count == 0 || errno != EINTR) {
      return true;
    } else {
      return false;
    }
  }
}

} // namespace

std::optional<Ran> run_program(const std::vector<std::string>& command) {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw InputError(fmt::format("{}: {}", command[0], std::strerror(errno)));
  }
  const Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  int error = 0;
  const pid_t child = spawn(command, to.get(), error);
  to = Descriptor();
  if (error == ENOENT) {
    return std::nullopt;
  }
  if (error != 0) {
    throw InputError(fmt::format("{}: {}", command[0], std::strerror(error)));
  }
  Ran ran;
  bool is_interrupted = false;
  while (!read_to_end(from.get(), ran.said)) {
    try {
      check_interrupt();
    } catch (const Interrupted&) {
      kill(child, SIGTERM); // a Ctrl-C at a terminal it got itself
      is_interrupted = true;
    }
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (is_interrupted) {
    throw Interrupted();
  }
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

} // namespace pare
