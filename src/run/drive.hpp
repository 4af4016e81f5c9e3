#pragma once
// What is done to a server while it runs: wait until it is ready, ask it something, stop it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pare {

struct DriveOptions {
  std::string ready; ///< port:N, path:P or output:REGEX; empty: nothing is waited for.
  std::vector<std::string> probes;   ///< http://HOST[:PORT]/PATH or tcp://HOST:PORT, in order.
  std::vector<std::string> commands; ///< After the probes, in order; split like a shell line.
  unsigned patience = 60;            ///< Seconds for it to get ready, and for each answer.

  bool is_asked() const { return !ready.empty() || !probes.empty() || !commands.empty(); }
};

/// Throws UsageError for a text that is not of these forms.
void check_drive(const DriveOptions& options);

/// The steps of a drive, one after another. It never waits: whoever watches the processes asks a
/// few times a second what is to be done next.
class Drive {
public:
  explicit Drive(const DriveOptions& options) : options_(options) {}

  enum class Next {
    wait,  ///< Nothing yet.
    start, ///< Start the command of words(), and tell by ended() how it ended.
    stop,  ///< All is done: the server is to be stopped.
    fail,  ///< failure() says why: it is to be stopped as well.
  };
  Next next();

  const std::vector<std::string>& words() const { return words_; }

  /// The command of words() has ended.
  void ended(int code);

  /// A process of the drive itself has ended: whether it was one.
  bool reap(int pid, int status);

  /// The server's output, as it comes: what `ready` may wait for.
  void output(std::string_view text);

  bool waits_for_output() const { return options_.ready.starts_with("output:"); }
  const std::string& failure() const { return failure_; }

private:
  bool is_ready();
  Next give_up(std::string why);

  DriveOptions options_;
  enum class At { begin, ready, probe, command, done } at_ = At::begin;
  std::size_t step_ = 0;
  int probing_ = -1; ///< The process that asks.
  std::optional<int> ended_;
  bool is_running_ = false;
  std::int64_t deadline_ = 0; ///< Nanoseconds of CLOCK_MONOTONIC.
  std::string last_output_;   ///< The end of it, 64 KiB at most.
  std::vector<std::string> words_;
  std::string failure_;
};

} // namespace pare
