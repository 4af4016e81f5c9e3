// Three ways lead to what a program opens. LD_PRELOAD misses static programs and whatever calls the
// kernel itself; fanotify and audit want root's rights and see no failed look-up; ptrace sees all,
// and was slow as long as every call stopped twice. With a seccomp filter only calls that name a
// file stop (SECCOMP_RET_TRACE), and most of them once: whether a name is there, the tracer finds
// out by itself, and it waits for the call's end only where that tells more, the first time that a
// file is opened. What remains is the cost of waking each other up, which is ten times smaller when
// both sit on one processor; so they do while stops are many. What a program is told of its
// processors (sched_getaffinity(2)) is put right, or it would start one thread where it starts
// eight.
//
// ptrace(2) tells of the stops; "seize" is the way that leaves job control alone.

#include "run/record.hpp"

#include "base/bytes.hpp"
#include "formats/elf.hpp"
#include "formats/script.hpp"
#include "run/traced_calls.hpp"
#include "run/tracee.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <grp.h>
#include <iterator>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <set>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unordered_map>

namespace pare {
namespace {

constexpr int tick_milliseconds = 50;
constexpr unsigned rare_stops = 100;           ///< In a tick: below it, all processors are used.
constexpr unsigned many_stops = 500;           ///< In a tick: above it, one is shared.
constexpr std::int64_t grace = 10'000'000'000; ///< Nanoseconds between SIGTERM and SIGKILL.
constexpr std::size_t most_notes = 20;
constexpr int deepest_interpreter = 5; ///< Linux, fs/exec.c, exec_binprm().

constexpr std::array passed_on = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

volatile std::sig_atomic_t has_ticked = 0;
volatile std::sig_atomic_t arrived[65] = {};

void note_tick(int) {
  has_ticked = 1;
}

/// What the terminal sends (SI_KERNEL), it sends to the command as well.
void note_signal(int number, siginfo_t* info, void*) {
  if (info->si_code != SI_KERNEL) {
    arrived[number] = 1;
  }
}

std::int64_t now() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Handlers and a timer for the time of a recording.
class Attention {
public:
  Attention() {
    struct sigaction action = {};
    action.sa_sigaction = note_signal;
    action.sa_flags = SA_SIGINFO; // no SA_RESTART: waitpid(2) must come back
    for (std::size_t i = 0; i < passed_on.size(); ++i) {
      arrived[passed_on[i]] = 0;
      sigaction(passed_on[i], nullptr, &former_[i]);
      if (former_[i].sa_handler != SIG_IGN) { // nohup
        sigaction(passed_on[i], &action, nullptr);
      }
    }
    struct sigaction tick = {};
    tick.sa_handler = note_tick;
    sigaction(SIGALRM, &tick, &former_alarm_);
    struct sigaction child = {};
    child.sa_handler = SIG_DFL; // ignored, it would take the exit codes away
    sigaction(SIGCHLD, &child, &former_child_);
    const timeval interval{.tv_sec = 0, .tv_usec = tick_milliseconds * 1000};
    const itimerval timer{.it_interval = interval, .it_value = interval};
    setitimer(ITIMER_REAL, &timer, nullptr);
  }
  ~Attention() {
    const itimerval none = {};
    setitimer(ITIMER_REAL, &none, nullptr);
    for (std::size_t i = 0; i < passed_on.size(); ++i) {
      sigaction(passed_on[i], &former_[i], nullptr);
    }
    sigaction(SIGALRM, &former_alarm_, nullptr);
    sigaction(SIGCHLD, &former_child_, nullptr);
  }
  Attention(const Attention&) = delete;
  Attention& operator=(const Attention&) = delete;

  /// In the child, before exec: what pare ignores is the program's again.
  void give_back() const {
    std::signal(SIGPIPE, SIG_DFL);
    std::signal(SIGXFSZ, SIG_DFL);
    sigaction(SIGCHLD, &former_child_, nullptr);
  }

private:
  std::array<struct sigaction, passed_on.size()> former_ = {};
  struct sigaction former_alarm_ = {};
  struct sigaction former_child_ = {};
};

/// One processor for all, or each its own.
class Processors {
public:
  Processors() {
    if (sched_getaffinity(0, sizeof all_, &all_) != 0 || CPU_COUNT(&all_) < 2) {
      return;
    }
    CPU_ZERO(&one_);
    CPU_SET(static_cast<std::size_t>(std::max(sched_getcpu(), 0)), &one_);
    can_share_ = true;
  }
  ~Processors() {
    if (is_shared_) {
      sched_setaffinity(0, sizeof all_, &all_);
    }
  }
  Processors(const Processors&) = delete;
  Processors& operator=(const Processors&) = delete;

  bool is_shared() const { return is_shared_; }

  /// `ids`: those that go along, any range of numbers. Children inherit.
  template <typename Ids> void share(bool shared, const Ids& ids) {
    if (!can_share_ || shared == is_shared_) {
      return;
    }
    is_shared_ = shared;
    const cpu_set_t& set = shared ? one_ : all_;
    sched_setaffinity(0, sizeof set, &set);
    for (const pid_t id : ids) {
      sched_setaffinity(id, sizeof set, &set);
    }
  }

  /// What sched_getaffinity(2) would have said.
  std::string_view all() const { return {reinterpret_cast<const char*>(&all_), sizeof all_}; }

private:
  cpu_set_t all_ = {};
  cpu_set_t one_ = {};
  bool can_share_ = false;
  bool is_shared_ = false;
};

/// A file of which the few pages that a header lies in are read.
class FileBytes final : public ByteSource {
public:
  explicit FileBytes(const Descriptor& file) : file_(file) {
    struct stat found = {};
    size_ = fstat(file.get(), &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
  }
  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override {
    const ssize_t count = pread(file_.get(), to.data(), to.size(), static_cast<off_t>(offset));
    if (count < 0) {
      throw InputError(std::strerror(errno));
    }
    return static_cast<std::size_t>(count);
  }

private:
  const Descriptor& file_;
  std::uint64_t size_ = 0;
};

/// The program as execvp(3) would find it: a path, or a name in PATH. Empty: nowhere.
std::string place_of(const std::string& name, const std::vector<std::string>& environment) {
  if (name.find('/') != std::string::npos) {
    return name;
  }
  std::string_view path = "/bin:/usr/bin"; // confstr(_CS_PATH), as execvp(3) has it without PATH
  for (const std::string_view variable : environment) {
    if (variable.starts_with("PATH=")) {
      path = variable.substr(5);
    }
  }
  std::string refused;
  while (true) {
    const std::string_view folder = path.substr(0, path.find(':'));
    const std::string place = fmt::format("{}/{}", folder.empty() ? "." : folder, name);
    struct stat found = {};
    if (stat(place.c_str(), &found) == 0 && S_ISREG(found.st_mode)) {
      if (access(place.c_str(), X_OK) == 0) {
        return place;
      }
      refused = place;
    }
    if (folder.size() == path.size()) {
      return refused;
    }
    path.remove_prefix(folder.size() + 1);
  }
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) {
    out.push_back(const_cast<char*>(text.c_str()));
  }
  out.push_back(nullptr);
  return out;
}

/// A number in /proc/ID/status, by the name in front of it.
pid_t status_number(pid_t id, std::string_view name) {
  std::ifstream file(fmt::format("/proc/{}/status", id));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':') {
      return static_cast<pid_t>(std::strtol(line.c_str() + name.size() + 1, nullptr, 10));
    }
  }
  return 0;
}

class Recorder {
public:
  Recorder(const RecordOptions& options, FactWriter& facts)
      : options_(options), facts_(facts), drive_(options.drive) {}

  RecordEnd run() {
    if (options_.join) {
      join(*options_.join);
    } else {
      begin();
    }
    if (end_.code == 0) {
      watch();
      finish();
    }
    facts_.flush();
    if (!facts_.failure().empty() && end_.failure.empty()) {
      end_.code = 125;
      end_.failure = facts_.failure();
    }
    return std::move(end_);
  }

private:
  /// What is to be said of a call when it has ended.
  struct Pending {
    const TracedCall* call = nullptr; ///< nullptr: nothing.
    std::string path;
    std::string second; ///< The new name of a rename.
    TracedOperation operation = TracedOperation::open;
    std::uint64_t address = 0; ///< Of an answer that is to be put right.
  };

  struct Thread {
    Pending pending;
    std::string program; ///< What execve(2) was asked to run: it is an exec if that succeeds.
    bool chose_processors = false;
    bool is_in_call = false; ///< Joined: between a call's two stops.
  };

  /// A program that was started, and where its failure to start will be told.
  struct Launched {
    pid_t id = 0;
    Descriptor error;
  };

  // ----------------------------------------------------------------------------------------------
  // starting and joining

  void begin() {
    processors_.share(true, std::array<pid_t, 0>());
    if (drive_.waits_for_output()) {
      std::array<int, 2> ends = {-1, -1};
      if (pipe2(ends.data(), O_CLOEXEC) == 0) {
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        output_ = Descriptor(ends[0]);
        output_in_ = Descriptor(ends[1]);
      }
    }
    if (std::optional<Launched> started = launch(options_.command, output_in_.get())) {
      main_ = std::move(*started);
      is_main_alive_ = true;
    }
    output_in_ = Descriptor();
  }

  void fail(int code, std::string why) {
    end_.code = code;
    end_.failure = std::move(why);
  }

  /// nullopt: it could not be started, which end_ tells.
  std::optional<Launched> launch(const std::vector<std::string>& words, int output) {
    const std::vector<std::string> environment = environment_of_run();
    const std::string place = place_of(words.front(), environment);
    if (place.empty()) {
      fail(127, fmt::format("{}: not found in PATH", words.front()));
      return std::nullopt;
    }
    std::array<int, 2> go = {-1, -1}, error = {-1, -1};
    if (pipe2(go.data(), O_CLOEXEC) != 0 || pipe2(error.data(), O_CLOEXEC) != 0) {
      fail(125, fmt::format("a pipe: {}", std::strerror(errno)));
      return std::nullopt;
    }
    Descriptor go_out(go[0]), go_in(go[1]), error_out(error[0]), error_in(error[1]);
    const pid_t id = fork();
    if (id < 0) {
      fail(125, fmt::format("a process: {}", std::strerror(errno)));
      return std::nullopt;
    }
    if (id == 0) {
      go_in = Descriptor();
      become(place, words, environment, output, go_out.get(), error_in.get());
    }
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
                         PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACESECCOMP |
                         PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SEIZE, id, 0, options) != 0) {
      const int why = errno;
      kill(id, SIGKILL);
      waitpid(id, nullptr, 0);
      fail(125, fmt::format("ptrace is refused here: {}", std::strerror(why)));
      return std::nullopt;
    }
    threads_[id].program =
        place.starts_with('/') ? place : Tracee(id, true).absolute(AT_FDCWD, place);
    const char byte = 1;
    if (write(go_in.get(), &byte, 1) != 1) {
      fail(125, fmt::format("a pipe: {}", std::strerror(errno)));
    }
    return Launched{.id = id, .error = std::move(error_out)};
  }

  std::vector<std::string> environment_of_run() const {
    if (options_.environment) {
      return *options_.environment;
    }
    std::vector<std::string> out;
    for (char** variable = environ; *variable != nullptr; ++variable) {
      out.emplace_back(*variable);
    }
    return out;
  }

  /// The child's side: becomes the program, or ends with 126 or 127 and tells why.
  [[noreturn]] void become(const std::string& place,
                           const std::vector<std::string>& words,
                           const std::vector<std::string>& environment,
                           int output,
                           int go,
                           int error) const {
    attention_.give_back();
    const auto end = [&] {
      const int why = errno;
      [[maybe_unused]] const ssize_t written = write(error, &why, sizeof why);
      _exit(why == ENOENT ? 127 : 126);
    };
    std::vector<char*> arguments = pointers(words);
    std::vector<char*> variables = pointers(environment);
    std::vector<sock_filter> code = call_filter();
    const sock_fprog filter{.len = static_cast<unsigned short>(code.size()), .filter = code.data()};
    char byte = 0;
    if (read(go, &byte, 1) != 1) {
      _exit(125);
    }
    if (output >= 0 && (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)) {
      end();
    }
    if (!options_.working_folder.empty() && chdir(options_.working_folder.c_str()) != 0) {
      end();
    }
    if (options_.identity) {
      const gid_t group = options_.identity->gid;
      if ((setgroups(0, nullptr) != 0 && errno != EPERM) || setgid(group) != 0 ||
          setuid(options_.identity->uid) != 0) {
        end();
      }
    }
    // Without rights to, a process may filter itself only if it gives up to gain any (seccomp(2)).
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0 &&
        (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
         syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)) {
      end();
    }
    execve(place.c_str(), arguments.data(), variables.data());
    if (errno == ENOEXEC) { // a script without #!: the shell's, as execvp(3) has it
      arguments.insert(arguments.begin(), const_cast<char*>("/bin/sh"));
      arguments[1] = const_cast<char*>(place.c_str());
      execve("/bin/sh", arguments.data(), variables.data());
    }
    end();
    _exit(126); // not reached
  }

  /// All threads of a process and of its descendants.
  void join(pid_t first) {
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
                         PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
    shares_root_ = false;
    std::vector<pid_t> processes = {first};
    bool grew = true;
    while (grew) { // a thread that is started meanwhile is seen the next time
      grew = false;
      for (std::size_t i = 0; i < processes.size(); ++i) {
        for (const pid_t id : numbers_in(fmt::format("/proc/{}/task", processes[i]))) {
          if (threads_.contains(id)) {
            continue;
          }
          if (ptrace(PTRACE_SEIZE, id, 0, options) == 0) {
            ptrace(PTRACE_INTERRUPT, id, 0, 0);
            threads_.try_emplace(id);
            grew = true;
          } else if (id == first) {
            fail(125,
                 errno == ESRCH ? fmt::format("process {}: there is none", first)
                                : fmt::format("process {}: {}", first, std::strerror(errno)));
            return;
          }
          std::ifstream children(fmt::format("/proc/{}/task/{}/children", processes[i], id));
          for (pid_t child = 0; children >> child;) {
            if (std::ranges::find(processes, child) == processes.end()) {
              processes.push_back(child);
              grew = true;
            }
          }
        }
      }
    }
    if (threads_.empty()) {
      fail(125, fmt::format("process {}: there is none", first));
    }
  }

  static std::vector<pid_t> numbers_in(const std::string& folder) {
    std::vector<pid_t> out;
    if (DIR* entries = opendir(folder.c_str())) {
      while (const dirent* entry = readdir(entries)) {
        if (const long number = std::strtol(entry->d_name, nullptr, 10); number > 0) {
          out.push_back(static_cast<pid_t>(number));
        }
      }
      closedir(entries);
    }
    return out;
  }

  // ----------------------------------------------------------------------------------------------
  // the loop

  void watch() {
    if (options_.timeout) {
      deadline_ = now() + std::int64_t{*options_.timeout} * 1'000'000'000;
    }
    while (true) {
      int status = 0;
      const pid_t id = waitpid(-1, &status, __WALL);
      if (id < 0 && errno == ECHILD) {
        return;
      }
      if (id > 0) {
        take(id, status);
      }
      if (has_ticked != 0) {
        has_ticked = 0;
        tick();
        if (is_leaving_ && options_.join) {
          leave();
          return;
        }
      }
    }
  }

  void tick() {
    facts_.flush();
    pass_output_on();
    for (const int number : passed_on) {
      if (arrived[number] != 0) {
        arrived[number] = 0;
        pass_on(number);
      }
    }
    if (deadline_ && now() > *deadline_) {
      deadline_.reset();
      if (options_.join) {
        is_leaving_ = true;
      } else {
        fail(124, fmt::format("ended after {} s", *options_.timeout));
        stop(SIGTERM);
      }
    }
    if (kill_at_ && now() > *kill_at_) {
      is_killing_ = true;
      for (const auto& [id, thread] : threads_) {
        syscall(SYS_tkill, id, SIGKILL);
      }
    }
    if (options_.drive.is_asked() && !is_driven_) {
      drive();
    }
    if (stops_ < rare_stops || stops_ > many_stops) {
      std::vector<pid_t> ids;
      for (const auto& [id, thread] : threads_) {
        if (!thread.chose_processors) {
          ids.push_back(id);
        }
      }
      if (!options_.join) {
        processors_.share(stops_ > many_stops, ids);
      }
    }
    stops_ = 0;
  }

  void pass_on(int number) {
    if (options_.join) {
      is_leaving_ = true; // what was joined goes on without
    } else if (is_main_alive_) {
      kill(main_.id, number);
    } else {
      stop(number); // only what the command left behind is there still
    }
  }

  /// Ends all: by a signal first, by force if that is not heeded.
  void stop(int number) {
    if (is_main_alive_) {
      kill(main_.id, number);
    } else {
      for (const auto& [id, thread] : threads_) {
        if (status_number(id, "Tgid") == id) {
          kill(id, number);
        }
      }
    }
    if (!kill_at_) {
      kill_at_ = now() + grace;
    }
  }

  void drive() {
    if (threads_.empty()) {
      return;
    }
    switch (drive_.next()) {
    case Drive::Next::wait:
      break;
    case Drive::Next::start: {
      const RecordEnd before = end_;
      if (std::optional<Launched> started = launch(drive_.words(), -1)) {
        client_ = std::move(*started);
      } else {
        drive_.ended(std::exchange(end_, before).code);
      }
      break;
    }
    case Drive::Next::fail:
    case Drive::Next::stop:
      is_driven_ = true;
      stop(SIGTERM);
      break;
    }
  }

  void pass_output_on() {
    std::array<char, 65536> some;
    while (output_) {
      const ssize_t count = read(output_.get(), some.data(), some.size());
      if (count <= 0) {
        return;
      }
      const std::string_view text(some.data(), static_cast<std::size_t>(count));
      drive_.output(text);
      [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    }
  }

  /// Lets go of all that was joined: each must stand still for that (ptrace(2)).
  void leave() {
    for (const auto& [id, thread] : threads_) {
      ptrace(PTRACE_INTERRUPT, id, 0, 0);
    }
    while (!threads_.empty()) {
      int status = 0;
      const pid_t id = waitpid(-1, &status, __WALL);
      if (id < 0 && errno == EINTR) {
        continue;
      }
      if (id < 0) {
        return;
      }
      if (WIFSTOPPED(status)) {
        const bool is_signal = status >> 16 == 0 && WSTOPSIG(status) != (SIGTRAP | 0x80);
        ptrace(PTRACE_DETACH, id, 0, is_signal ? WSTOPSIG(status) : 0);
      }
      threads_.erase(id);
    }
  }

  /// What the command's end means.
  void finish() {
    pass_output_on();
    if (options_.drive.is_asked() && end_.failure.empty()) {
      if (!drive_.failure().empty()) {
        fail(125, drive_.failure());
      } else if (!is_driven_) {
        fail(main_code_ == 0 ? 125 : main_code_,
             "the command ended before it was asked everything");
      } else {
        // It was told to stop, and did: by the signal, or as shells and Java tell of one.
        end_.code = main_code_ == 128 + SIGTERM ? 0 : main_code_;
      }
    } else if (end_.failure.empty()) {
      end_.code = main_code_;
      end_.failure = main_failure_;
    }
  }

  static int code_of(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

  void take(pid_t id, int status) {
    if (!WIFSTOPPED(status)) {
      if (drive_.reap(id, status)) {
        return;
      }
      threads_.erase(id);
      if (is_main_alive_ && id == main_.id) {
        is_main_alive_ = false;
        main_code_ = code_of(status);
        if (int why = 0; read(main_.error.get(), &why, sizeof why) == sizeof why) {
          main_failure_ = fmt::format("{}: {}", options_.command.front(), std::strerror(why));
        }
        if (kill_at_) {
          stop(SIGTERM); // what it left behind
        }
      } else if (id == client_.id) {
        client_ = Launched();
        drive_.ended(code_of(status));
      }
      return;
    }
    ++stops_;
    const int event = status >> 16;
    const int number = WSTOPSIG(status);
    const auto [place, is_new] = threads_.try_emplace(id);
    Thread& thread = place->second;
    if (is_killing_) {
      syscall(SYS_tkill, id, SIGKILL);
    }
    bool waits_for_end = options_.join.has_value();
    int signal = 0;
    switch (event) {
    case 0:
      if (number == (SIGTRAP | 0x80)) {
        waits_for_end |= at_call(id, thread);
      } else {
        signal = number;
      }
      break;
    case PTRACE_EVENT_SECCOMP:
      waits_for_end |= at_call(id, thread);
      break;
    case PTRACE_EVENT_EXEC:
      at_exec(id);
      break;
    case PTRACE_EVENT_STOP:
      if (number == SIGSTOP || number == SIGTSTP || number == SIGTTIN || number == SIGTTOU) {
        ptrace(PTRACE_LISTEN, id, 0, 0); // stopped for job control: until SIGCONT
        return;
      }
      break;
    default: // fork, vfork, clone: the child tells of itself
      break;
    }
    ptrace(waits_for_end ? PTRACE_SYSCALL : PTRACE_CONT, id, 0, signal);
  }

  // ----------------------------------------------------------------------------------------------
  // calls

  /// Before a traced call, and after one that was waited for. Whether its end matters.
  bool at_call(pid_t id, Thread& thread) {
    // <sys/ptrace.h> and <linux/ptrace.h> cannot be had together, and glibc's has the structure.
    __ptrace_syscall_info info = {};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, id, sizeof info, &info) <= 0) {
      return false;
    }
    switch (info.op) {
    case PTRACE_SYSCALL_INFO_EXIT:
      ended(id, thread, info.exit.rval);
      return false;
    case PTRACE_SYSCALL_INFO_SECCOMP:
      if (const TracedCall* call = call_of_filter(info.seccomp.ret_data)) {
        return begun(id, thread, *call, info.seccomp.args);
      }
      return false;
    case PTRACE_SYSCALL_INFO_ENTRY:
      if (!options_.join) {
        return true; // a call whose end is waited for, on a kernel that stops before the filter
      }
      if (const TracedCall* call = find_call(info.arch, info.entry.nr)) {
        begun(id, thread, *call, info.entry.args);
      }
      return true;
    default:
      return false;
    }
  }

  void add(const std::string& path, TracedOperation operation, pid_t id) {
    // What other processes are doing is no file of the root, and never ends.
    constexpr std::string_view processes = "/proc/";
    if (path.starts_with(processes) && path.size() > processes.size() &&
        path[processes.size()] >= '0' && path[processes.size()] <= '9') {
      return;
    }
    facts_.add(path, operation, id);
  }

  void note(std::string text) {
    if (end_.notes.size() < most_notes && noted_.insert(text).second) {
      end_.notes.push_back(std::move(text));
    }
  }

  /// The name that an argument points at, absolute. Empty: none that can be said.
  std::string
  name_of(pid_t id, const Tracee& tracee, const TracedCall& call, const std::uint64_t* arguments) {
    const std::optional<std::string> name = tracee.text_at(arguments[call.path]);
    if (!name) {
      if (arguments[call.path] != 0 && errno == EPERM) {
        note("a process changed its user and cannot be watched any more without CAP_SYS_PTRACE: "
             "what it opens is not recorded");
      }
      return {};
    }
    const int folder = call.folder < 0 ? AT_FDCWD : static_cast<int>(arguments[call.folder]);
    if (name->empty()) {
      // AT_EMPTY_PATH: the descriptor itself, which was opened before; but to run it is news.
      return call.kind == CallKind::exec && call.folder >= 0 ? tracee.path_of(folder) : "";
    }
    return absolute(id, tracee, folder, *name);
  }

  std::string absolute(pid_t id, const Tracee& tracee, int folder, std::string_view name) {
    std::string path = tracee.absolute(folder, name);
    return path.find("/../") == std::string::npos && !path.ends_with("/..")
               ? path
               : climbed(id, tracee, path);
  }

  /// A path with `..` parts, without: what is in front of one is looked up, for it may be a
  /// symlink; that it is there is what the call depends on, too.
  std::string climbed(pid_t id, const Tracee& tracee, const std::string& path) {
    std::string out;
    std::string_view rest = path;
    while (!rest.empty()) {
      rest.remove_prefix(1);
      const std::string_view part = rest.substr(0, rest.find('/'));
      rest.remove_prefix(part.size());
      if (part != "..") {
        out += '/';
        out += part;
        continue;
      }
      if (tracee.look(out, false).error == 0) {
        add(out, TracedOperation::stat, id);
        if (const Descriptor folder(::open(out.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
            folder && shares_root_) {
          out = Tracee(getpid(), true).path_of(folder.get());
        }
      }
      out.erase(std::min(out.rfind('/'), out.size()));
    }
    return out.empty() ? "/" : out;
  }

  static std::uint64_t
  flags_of(const Tracee& tracee, const TracedCall& call, const std::uint64_t* arguments) {
    if (call.flags_say_all) {
      return O_CREAT | O_WRONLY | O_TRUNC;
    }
    if (call.kind != CallKind::how) {
      return arguments[call.flags];
    }
    const std::string bytes = tracee.bytes_at(arguments[call.flags], sizeof(std::uint64_t));
    std::uint64_t flags = 0;
    std::memcpy(&flags, bytes.data(), std::min(bytes.size(), sizeof flags));
    return flags; // open_how.flags comes first
  }

  /// Whether the call's end matters.
  bool begun(pid_t id, Thread& thread, const TracedCall& call, const std::uint64_t* arguments) {
    const Tracee tracee(id, shares_root_);
    thread.pending = {};
    thread.program.swap(last_program_);
    thread.program.clear();
    switch (call.kind) {
    case CallKind::look:
      return looked(id, thread, tracee, call, arguments);
    case CallKind::open:
    case CallKind::how:
      return opened(id, thread, tracee, call, arguments);
    case CallKind::exec: {
      std::string path = name_of(id, tracee, call, arguments);
      if (path.empty()) {
        path = last_program_; // the first one, of a process that became another user's just now
      }
      const Tracee::Look there =
          path.empty() ? Tracee::Look{.error = EACCES} : tracee.look(path, false);
      if (there.is_absent()) {
        add(path, TracedOperation::missing, id);
      } else if ((there.mode & S_ISUID) != 0 && geteuid() != 0) {
        note(fmt::format("{} is set-user-ID: a traced one runs without those rights", path));
      }
      thread.program = std::move(path);
      return false;
    }
    case CallKind::list:
      if (const std::string path = tracee.path_of(static_cast<int>(arguments[0])); !path.empty()) {
        add(path, TracedOperation::list, id);
      }
      return false;
    case CallKind::make:
    case CallKind::unlink: {
      std::string path = name_of(id, tracee, call, arguments);
      return wait_for_end(thread, call, std::move(path), call.operation);
    }
    case CallKind::move: {
      std::string path = name_of(id, tracee, call, arguments);
      TracedCall second = call; // its arguments stand behind those of the first
      second.folder = call.folder < 0 ? -1 : 2;
      second.path = call.folder < 0 ? 1 : 3;
      wait_for_end(thread, call, std::move(path), TracedOperation::remove);
      thread.pending.second = name_of(id, tracee, second, arguments);
      return true;
    }
    case CallKind::socket:
      return addressed(id, thread, tracee, call, arguments);
    case CallKind::chroot: {
      std::string path = name_of(id, tracee, call, arguments);
      shares_root_ = false;
      return wait_for_end(thread, call, std::move(path), call.operation);
    }
    case CallKind::ring:
      note(fmt::format("{} uses io_uring: files that it opens through it are not seen",
                       tracee.program()));
      return false;
    case CallKind::affinity:
      if (!processors_.is_shared() || thread.chose_processors ||
          (arguments[0] != 0 && !threads_.contains(static_cast<pid_t>(arguments[0])))) {
        return false;
      }
      thread.pending.call = &call;
      thread.pending.address = arguments[2];
      return true;
    case CallKind::choice: {
      const pid_t target = arguments[0] == 0 ? id : static_cast<pid_t>(arguments[0]);
      if (const auto other = threads_.find(target); other != threads_.end()) {
        other->second.chose_processors = true;
      }
      return false;
    }
    }
    return false;
  }

  static bool wait_for_end(Thread& thread,
                           const TracedCall& call,
                           std::string path,
                           TracedOperation operation) {
    if (path.empty()) {
      return false;
    }
    thread.pending.call = &call;
    thread.pending.path = std::move(path);
    thread.pending.operation = operation;
    return true;
  }

  /// A call that only asks. Whether the name is there, the tracer sees as well as the process does,
  /// unless one of them may not look.
  bool looked(pid_t id,
              Thread& thread,
              const Tracee& tracee,
              const TracedCall& call,
              const std::uint64_t* arguments) {
    std::string path = name_of(id, tracee, call, arguments);
    if (path.empty()) {
      return false;
    }
    const bool is_readlink = call.operation == TracedOperation::readlink;
    if (facts_.is_known(path, call.operation)) {
      return false;
    }
    const bool is_of_link =
        call.is_of_link || (call.flags >= 0 && (arguments[call.flags] & AT_SYMLINK_NOFOLLOW) != 0);
    const Tracee::Look there = tracee.look(path, is_of_link);
    if (there.is_absent()) {
      add(path, TracedOperation::missing, id);
      return false;
    }
    if (there.error == 0) {
      add(path,
          is_readlink && S_ISLNK(there.mode) ? TracedOperation::readlink : TracedOperation::stat,
          id);
      return false;
    }
    return wait_for_end(thread, call, std::move(path), call.operation);
  }

  bool opened(pid_t id,
              Thread& thread,
              const Tracee& tracee,
              const TracedCall& call,
              const std::uint64_t* arguments) {
    std::string path = name_of(id, tracee, call, arguments);
    if (path.empty()) {
      return false;
    }
    const std::uint64_t flags = flags_of(tracee, call, arguments);
    TracedOperation operation = TracedOperation::open;
    if ((flags & O_TMPFILE) == O_TMPFILE) {
      operation = TracedOperation::stat; // a file without a name, in that folder
    } else if ((flags & O_CREAT) != 0 && tracee.look(path, false).is_absent()) {
      operation = TracedOperation::create;
    } else if ((flags & O_ACCMODE) != O_RDONLY) {
      operation = TracedOperation::write;
    }
    return !facts_.is_known(path, operation) &&
           wait_for_end(thread, call, std::move(path), operation);
  }

  bool addressed(pid_t id,
                 Thread& thread,
                 const Tracee& tracee,
                 const TracedCall& call,
                 const std::uint64_t* arguments) {
    std::uint64_t address = arguments[1], length = arguments[2];
    bool is_bind = call.operation == TracedOperation::create;
    if (call.operation == TracedOperation::stat) { // socketcall(2): its arguments lie in memory
      std::array<std::uint32_t, 3> inner = {};
      const std::string bytes = tracee.bytes_at(arguments[1], sizeof inner);
      if (bytes.size() != sizeof inner || (arguments[0] != 2 && arguments[0] != 3)) {
        return false; // SYS_BIND, SYS_CONNECT (linux/net.h)
      }
      std::memcpy(inner.data(), bytes.data(), sizeof inner);
      address = inner[1];
      length = inner[2];
      is_bind = arguments[0] == 2;
    }
    const std::string bytes =
        tracee.bytes_at(address, std::min<std::uint64_t>(length, sizeof(sockaddr_un)));
    sa_family_t family = 0;
    if (bytes.size() <= sizeof family) {
      return false;
    }
    std::memcpy(&family, bytes.data(), sizeof family);
    std::string_view name = std::string_view(bytes).substr(sizeof family);
    name = name.substr(0, name.find('\0'));
    if (family != AF_UNIX || name.empty()) { // abstract: of no file system
      return false;
    }
    std::string path = absolute(id, tracee, AT_FDCWD, name);
    if (is_bind) {
      return wait_for_end(thread, call, std::move(path), TracedOperation::create);
    }
    add(path,
        tracee.look(path, false).is_absent() ? TracedOperation::missing : TracedOperation::connect,
        id);
    return false;
  }

  void ended(pid_t id, Thread& thread, std::int64_t result) {
    const Pending pending = std::exchange(thread.pending, {});
    if (pending.call == nullptr) {
      return;
    }
    if (pending.call->kind == CallKind::affinity) {
      if (result > 0) {
        Tracee(id, shares_root_)
            .write_at(pending.address,
                      processors_.all().substr(
                          0, std::min(static_cast<std::size_t>(result), processors_.all().size())));
      }
      return;
    }
    if (result >= 0 || result == -EINPROGRESS) {
      add(pending.path, pending.operation, id);
      if (!pending.second.empty()) {
        add(pending.second, TracedOperation::create, id);
      }
    } else if (result == -ENOENT || result == -ENOTDIR) {
      add(pending.path, TracedOperation::missing, id);
    }
  }

  /// A program was started: by its name, and by those of its interpreters, which the kernel opens.
  void at_exec(pid_t id) {
    unsigned long former = 0; // another thread than the first may have asked for it
    ptrace(PTRACE_GETEVENTMSG, id, 0, &former);
    const auto asking = threads_.find(static_cast<pid_t>(former));
    std::string path =
        asking == threads_.end() ? std::string() : std::exchange(asking->second.program, {});
    if (former != static_cast<unsigned long>(id)) {
      threads_.erase(static_cast<pid_t>(former));
    }
    threads_[id].pending = {};
    const Tracee tracee(id, shares_root_);
    if (path.empty()) {
      path = tracee.program();
    }
    for (int depth = 0; depth < deepest_interpreter && !path.empty(); ++depth) {
      if (facts_.is_known(path, TracedOperation::exec)) {
        return; // so are those behind it
      }
      add(path, TracedOperation::exec, id);
      path = interpreter_of(tracee, path);
    }
  }

  /// Absolute; empty: it has none.
  static std::string interpreter_of(const Tracee& tracee, const std::string& path) {
    const Descriptor file = tracee.open(path);
    if (!file) {
      return {};
    }
    std::string interpreter;
    try {
      const FileBytes bytes(file);
      std::string head(script_line_limit, '\0');
      head.resize(bytes.read_at(0, std::as_writable_bytes(std::span(head))));
      if (const std::optional<Script> script = read_script(head)) {
        interpreter = script->interpreter;
      } else if (looks_like_elf(head)) {
        PageReader reader(bytes);
        interpreter = read_elf(reader).interpreter.value_or("");
      }
    } catch (const Error&) {
      return {}; // the kernel ran it all the same: it asks less
    }
    return interpreter.empty() ? "" : tracee.absolute(AT_FDCWD, interpreter);
  }

  const RecordOptions& options_;
  FactWriter& facts_;
  Drive drive_;
  Attention attention_;
  Processors processors_;
  RecordEnd end_;
  std::set<std::string> noted_;
  std::unordered_map<pid_t, Thread> threads_;
  Launched main_;
  Launched client_;               ///< Of --exec.
  Descriptor output_, output_in_; ///< Both ends of the pipe that the command writes to.
  std::string last_program_;
  std::string main_failure_;
  int main_code_ = 0;
  bool is_main_alive_ = false;
  bool shares_root_ = true;
  bool is_driven_ = false;  ///< Driving is over, well or not.
  bool is_killing_ = false; ///< Whatever shows up is killed.
  bool is_leaving_ = false; ///< What was joined is to be let go.
  std::optional<std::int64_t> deadline_;
  std::optional<std::int64_t> kill_at_;
  unsigned stops_ = many_stops; ///< Since the last tick.
};

} // namespace

RecordEnd record(const RecordOptions& options, FactWriter& facts) {
  return Recorder(options, facts).run();
}

} // namespace pare
