#include "run/drive.hpp"

#include "base/descriptor.hpp"
#include "base/words.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <ctime>
#include <netinet/in.h>
#include <poll.h>
#include <regex.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pare {
namespace {

constexpr std::size_t most_output = 64 * 1024;
constexpr int probe_seconds = 10; ///< For one attempt.

std::int64_t now() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && port != 0
             ? std::optional(port)
             : std::nullopt;
}

/// A POSIX extended regular expression (regex(7)).
class Pattern {
public:
  /// Throws UsageError.
  explicit Pattern(const std::string& text) {
    if (const int code = regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB | REG_NEWLINE);
        code != 0) {
      std::array<char, 200> why = {};
      regerror(code, &compiled_, why.data(), why.size());
      throw UsageError(fmt::format("--ready output:{}: {}", text, why.data()));
    }
  }
  ~Pattern() { regfree(&compiled_); }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  bool matches(const std::string& text) const {
    return regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0;
  }

private:
  regex_t compiled_ = {};
};

struct Probe {
  bool is_http = false;
  std::string host;
  std::uint16_t port = 0;
  std::string path;
};

/// Throws UsageError.
Probe parse_probe(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return UsageError(fmt::format("--probe {}: {}", text, why));
  };
  if (text.starts_with("https:")) {
    throw wrong("TLS is spoken by a client: --exec 'curl …'");
  }
  Probe probe{.is_http = text.starts_with("http://")};
  if (!probe.is_http && !text.starts_with("tcp://")) {
    throw wrong("expected http://HOST[:PORT]/PATH or tcp://HOST:PORT");
  }
  std::string_view rest = text.substr(text.find("//") + 2);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  probe.path = slash == rest.size() ? "/" : std::string(rest.substr(slash));
  rest = rest.substr(0, slash);
  const std::size_t colon = rest.rfind(':');
  probe.host = rest.substr(0, colon);
  const auto port =
      colon == std::string_view::npos ? std::nullopt : parse_port(rest.substr(colon + 1));
  if (!port && (colon != std::string_view::npos || !probe.is_http)) {
    throw wrong("expected a port from 1 to 65535");
  }
  probe.port = port.value_or(80);
  if (probe.host != "localhost" && probe.host != "127.0.0.1") {
    throw wrong("only localhost and 127.0.0.1 are asked");
  }
  if (probe.path.find_first_of(" \r\n") != std::string::npos) {
    throw wrong("a space or a line break in the path");
  }
  return probe;
}

/// A socket that is connected to the port of this machine, or none.
Descriptor connect_to(std::uint16_t port) {
  Descriptor out(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval limit{.tv_sec = probe_seconds, .tv_usec = 0};
  setsockopt(out.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(out.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (connect(out.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Descriptor();
  }
  return out;
}

/// Asks once, in a process of its own. Its exit code: 0: answered (of HTTP: below 400); 1: not; 2:
/// a status of 400 and more.
[[noreturn]] void ask(const Probe& probe) {
  const Descriptor socket = connect_to(probe.port);
  if (!socket) {
    _exit(1);
  }
  if (!probe.is_http) {
    _exit(0);
  }
  const std::string request =
      fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\nUser-Agent: pare\r\nConnection: close\r\n\r\n",
                  probe.path,
                  probe.host,
                  probe.port);
  if (send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    _exit(1);
  }
  std::string head;
  std::array<char, 4096> some;
  while (true) { // to the end: a server that still writes is not to be stopped
    const ssize_t count = recv(socket.get(), some.data(), some.size(), 0);
    if (count <= 0) {
      break;
    }
    if (head.size() < 16) {
      head.append(some.data(), static_cast<std::size_t>(count));
    }
  }
  const bool is_answer = head.starts_with("HTTP/1.") && head.size() > 12;
  _exit(!is_answer ? 1 : head[9] <= '3' ? 0 : 2);
}

} // namespace

void check_drive(const DriveOptions& options) {
  const std::string_view ready = options.ready;
  const bool is_known = ready.empty() ||
                        (ready.starts_with("port:") && parse_port(ready.substr(5))) ||
                        (ready.starts_with("path:/")) || ready.starts_with("output:");
  if (!is_known) {
    throw UsageError(fmt::format("--ready {}: expected port:N, path:/PATH or output:REGEX", ready));
  }
  if (ready.starts_with("output:")) {
    Pattern(std::string(ready.substr(7)));
  }
  for (const std::string& probe : options.probes) {
    parse_probe(probe);
  }
  for (const std::string& command : options.commands) {
    if (split_words(command).empty()) {
      throw UsageError("--exec: an empty command");
    }
  }
}

Drive::Next Drive::give_up(std::string why) {
  failure_ = std::move(why);
  at_ = At::done;
  return Next::fail;
}

bool Drive::is_ready() {
  const std::string rest = options_.ready.substr(options_.ready.find(':') + 1);
  if (options_.ready.starts_with("port:")) {
    return static_cast<bool>(connect_to(parse_port(rest).value_or(0)));
  }
  if (options_.ready.starts_with("path:")) {
    struct stat found = {};
    return lstat(rest.c_str(), &found) == 0;
  }
  return Pattern(rest).matches(last_output_);
}

void Drive::output(std::string_view text) {
  last_output_ += text;
  if (last_output_.size() > most_output) {
    last_output_.erase(0, last_output_.size() - most_output);
  }
}

void Drive::ended(int code) {
  ended_ = code;
}

bool Drive::reap(int pid, int status) {
  if (pid != probing_) {
    return false;
  }
  probing_ = -1;
  ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  return true;
}

Drive::Next Drive::next() {
  const auto allow = [&] { deadline_ = now() + std::int64_t{options_.patience} * 1'000'000'000; };
  const bool is_late = at_ != At::begin && now() > deadline_;
  switch (at_) {
  case At::begin:
    at_ = options_.ready.empty() ? At::probe : At::ready;
    allow();
    return Next::wait;
  case At::ready:
    if (is_ready()) {
      at_ = At::probe;
      allow();
    } else if (is_late) {
      return give_up(fmt::format("not ready ({}) after {} s", options_.ready, options_.patience));
    }
    return Next::wait;
  case At::probe:
    if (step_ == options_.probes.size()) {
      at_ = At::command;
      step_ = 0;
      allow();
      return next();
    }
    if (probing_ >= 0) {
      return Next::wait;
    }
    if (ended_) {
      const int code = *ended_;
      ended_.reset();
      if (code == 0) {
        ++step_;
        allow();
        return next();
      }
      if (code == 2 || is_late) { // it may still be starting: a refused connection is tried again
        return give_up(fmt::format("--probe {}: {}",
                                   options_.probes[step_],
                                   code == 2 ? "an answer with an error status" : "no answer"));
      }
    }
    if (const pid_t pid = fork(); pid == 0) {
      std::signal(SIGTERM, SIG_DFL);
      std::signal(SIGINT, SIG_DFL);
      ask(parse_probe(options_.probes[step_]));
    } else {
      probing_ = pid;
    }
    return Next::wait;
  case At::command:
    if (is_running_) {
      if (!ended_) {
        return is_late ? give_up(fmt::format("--exec {}: still running after {} s",
                                             options_.commands[step_],
                                             options_.patience))
                       : Next::wait;
      }
      const int code = *ended_;
      ended_.reset();
      is_running_ = false;
      if (code != 0) {
        return give_up(
            fmt::format("--exec {}: ended with exit code {}", options_.commands[step_], code));
      }
      ++step_;
    }
    if (step_ == options_.commands.size()) {
      at_ = At::done;
      return Next::stop;
    }
    words_ = split_words(options_.commands[step_]);
    is_running_ = true;
    allow();
    return Next::start;
  case At::done:
    break;
  }
  return Next::wait;
}

} // namespace pare
