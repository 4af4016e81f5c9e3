// The order of things, and why: the namespaces come with the process (clone(2)), so that nothing
// has to be undone in the caller. The memory that holds the root is a tmpfs that is mounted nowhere
// yet (fsmount(2)): while the root is filled, no folder of the host is covered by it. Then it is
// put over /tmp of the new mount namespace, just to have a place, and becomes `/` (pivot_root(2));
// what is needed of the host (devices, binds) was picked up before, as detached mounts
// (open_tree(2)). /proc is mounted while the host's can still be seen: the kernel shows no more of
// it to a user namespace than that had before (Linux, fs/namespace.c, mount_too_revealing).

#include "run/sandbox.hpp"

#include "base/descriptor.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <net/if.h>
#include <sched.h>
#include <sstream>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace pare {
namespace {

// <linux/mount.h> and <sys/mount.h> cannot be had together in glibc 2.36; these are the kernel's
// ABI (include/uapi/linux/mount.h).
constexpr unsigned clone_tree = 1, clone_on_exec = O_CLOEXEC; // OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC
constexpr unsigned move_from_descriptor = 4;                  // MOVE_MOUNT_F_EMPTY_PATH
constexpr unsigned set_string = 1, create = 6; // FSCONFIG_SET_STRING, FSCONFIG_CMD_CREATE
constexpr std::uint64_t read_only_mount = 1;   // MOUNT_ATTR_RDONLY

struct mount_attributes { // struct mount_attr
  std::uint64_t set;
  std::uint64_t clear;
  std::uint64_t propagation;
  std::uint64_t user_namespace;
};

constexpr std::array devices = {"null", "zero", "full", "random", "urandom", "tty"};

/// What the caller is told at the end: a class of error, or how the run went.
enum class Told : char { end = 'e', input = 'i', output = 'o', usage = 'u', interrupted = 'c' };

[[noreturn]] void fail(std::string_view what) {
  throw InputError(fmt::format("the sandbox: {}: {}", what, std::strerror(errno)));
}

void must(bool done, std::string_view what) {
  if (!done) {
    fail(what);
  }
}

bool write_text(const std::string& path, std::string_view text, int flags = 0) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | flags, 0644));
  return file && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// mkdir -p, in what is `/` by now. Whether it is a folder then.
bool make_folders(const std::string& path) {
  for (std::size_t at = 1; at != std::string::npos;) {
    at = path.find('/', at);
    mkdir(path.substr(0, at).c_str(), 0755);
    at = at == std::string::npos ? at : at + 1;
  }
  struct stat found = {};
  return stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

/// What is at a host path, as a mount that is nowhere yet.
Descriptor pick_up(const std::string& path) {
  return Descriptor(static_cast<int>(
      syscall(SYS_open_tree, AT_FDCWD, path.c_str(), clone_tree | clone_on_exec | AT_RECURSIVE)));
}

bool put_down(const Descriptor& mount, const std::string& path) {
  return syscall(SYS_move_mount, mount.get(), "", AT_FDCWD, path.c_str(), move_from_descriptor) ==
         0;
}

class Inside {
public:
  explicit Inside(const SandboxOptions& options) : options_(options) {}

  /// In the new namespaces, as their pid 1.
  void furnish() {
    must(mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "its mounts");
    pick_up_host();
    const Descriptor lower(
        options_.fill ? -1 : open(options_.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!options_.fill && !lower) {
      throw InputError(fmt::format("{}: {}", options_.folder, std::strerror(errno)));
    }
    const Descriptor memory = make_memory();
    must(fchdir(memory.get()) == 0, "its memory");
    if (options_.fill) {
      options_.fill("root");
    } else {
      must(mkdir("root", 0755) == 0, "a folder in memory");
    }
    must(put_down(memory, "/tmp") && chdir("/tmp") == 0, "its memory");
    if (options_.fill) {
      must(mount("root", "root", nullptr, MS_BIND, nullptr) == 0, "its root");
    } else {
      lay_over(lower);
    }
    must(chdir("root") == 0 && syscall(SYS_pivot_root, ".", ".") == 0, "its root");
    const Descriptor host(open(".", O_PATH | O_CLOEXEC)); // the old root lies over the new one
    must(chdir("/") == 0, "its root");
    mount_kernel();
    put_down_host();
    write_names();
    must(fchdir(host.get()) == 0 && umount2(".", MNT_DETACH) == 0 && chdir("/") == 0,
         "letting go of the host");
    raise_loopback();
    umask(022);
  }

private:
  void pick_up_host() {
    for (const char* name : devices) {
      devices_.push_back(pick_up(fmt::format("/dev/{}", name)));
    }
    for (const Bind& bind : options_.binds) {
      Descriptor picked = pick_up(bind.source);
      if (!picked) {
        throw InputError(fmt::format("--bind {}: {}", bind.source, std::strerror(errno)));
      }
      binds_.push_back(std::move(picked));
    }
    if (options_.has_network) {
      resolver_ = read_text("/etc/resolv.conf");
      hosts_ = read_text("/etc/hosts");
    }
  }

  static Descriptor make_memory() {
    const Descriptor system(static_cast<int>(syscall(SYS_fsopen, "tmpfs", 1 /* close on exec */)));
    must(static_cast<bool>(system), "a file system in memory");
    must(syscall(SYS_fsconfig, system.get(), set_string, "mode", "0755", 0) == 0 &&
             syscall(SYS_fsconfig, system.get(), create, nullptr, nullptr, 0) == 0,
         "a file system in memory");
    Descriptor memory(static_cast<int>(syscall(SYS_fsmount, system.get(), 1, 0)));
    must(static_cast<bool>(memory), "a file system in memory");
    return memory;
  }

  /// Shows the folder through an overlay. What is mounted below it does not show; and where such
  /// mounts came with a user namespace, the kernel gives no overlay over them (fs/namespace.c,
  /// clone_private_mount): then it is shown with all its mounts, and cannot be written to.
  static void lay_over(const Descriptor& lower) {
    must(mkdir("upper", 0755) == 0 && mkdir("work", 0755) == 0, "a folder in memory");
    struct stat top = {};
    if (fstat(lower.get(), &top) == 0) {
      chmod("upper", top.st_mode & 07777);
    }
    const std::string place = fmt::format("/proc/self/fd/{}", lower.get());
    const std::string places = fmt::format("lowerdir={},upperdir=upper,workdir=work", place);
    if (mount("overlay", "root", "overlay", 0, (places + ",userxattr").c_str()) == 0 ||
        mount("overlay", "root", "overlay", 0, places.c_str()) == 0) {
      return;
    }
    must(mount(place.c_str(), "root", nullptr, MS_BIND | MS_REC, nullptr) == 0 &&
             set_read_only("root"),
         "its root");
  }

  static bool set_read_only(const std::string& path) {
    const mount_attributes attributes = {.set = read_only_mount};
    return syscall(SYS_mount_setattr,
                   AT_FDCWD,
                   path.c_str(),
                   AT_RECURSIVE,
                   &attributes,
                   sizeof attributes) == 0;
  }

  void mount_kernel() const {
    must(make_folders("/proc") &&
             mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0,
         "/proc");
    if (make_folders("/sys")) { // refused without a network namespace of its own, and no loss then
      mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, nullptr);
    }
    must(make_folders("/dev") &&
             mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=64k") == 0,
         "/dev");
    if (options_.has_own_tmp) {
      must(make_folders("/tmp") &&
               mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") == 0,
           "/tmp");
    }
    if (!options_.has_own_tmp && make_folders("/tmp")) {
      chmod("/tmp", 01777);
    }
    make_folders("/run");
  }

  void put_down_host() const {
    for (std::size_t i = 0; i < devices.size(); ++i) {
      const std::string path = fmt::format("/dev/{}", devices[i]);
      if (devices_[i] && Descriptor(open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666))) {
        put_down(devices_[i], path);
      }
    }
    for (const auto& [name, target] : {std::pair{"/dev/fd", "/proc/self/fd"},
                                       std::pair{"/dev/stdin", "/proc/self/fd/0"},
                                       std::pair{"/dev/stdout", "/proc/self/fd/1"},
                                       std::pair{"/dev/stderr", "/proc/self/fd/2"},
                                       std::pair{"/dev/ptmx", "pts/ptmx"}}) {
      [[maybe_unused]] const int linked = symlink(target, name);
    }
    if (mkdir("/dev/pts", 0755) == 0) {
      mount("devpts",
            "/dev/pts",
            "devpts",
            MS_NOSUID | MS_NOEXEC,
            "newinstance,ptmxmode=0666,mode=0620");
    }
    if (mkdir("/dev/shm", 01777) == 0) {
      mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
    }
    if (!options_.working_folder.empty()) {
      make_folders(options_.working_folder);
    }
    const Identity owner = options_.identity.value_or(Identity());
    for (const std::string& path : options_.writable) {
      must(make_folders(path) &&
               mount("tmpfs",
                     path.c_str(),
                     "tmpfs",
                     MS_NOSUID | MS_NODEV,
                     fmt::format("mode=755,uid={},gid={}", owner.uid, owner.gid).c_str()) == 0,
           path);
    }
    for (std::size_t i = 0; i < binds_.size(); ++i) {
      put_down_bind(binds_[i], options_.binds[i]);
    }
  }

  static void put_down_bind(const Descriptor& mount, const Bind& bind) {
    struct stat source = {};
    must(fstatat(mount.get(), "", &source, AT_EMPTY_PATH) == 0, bind.source);
    const std::string parent = bind.target.substr(0, bind.target.rfind('/'));
    bool has_place = parent.empty() || make_folders(parent);
    if (S_ISDIR(source.st_mode)) {
      has_place = has_place && make_folders(bind.target);
    } else if (has_place) {
      has_place = static_cast<bool>(
          Descriptor(open(bind.target.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644)));
    }
    must(has_place && put_down(mount, bind.target), bind.target);
    must(!bind.read_only || set_read_only(bind.target), bind.target);
  }

  /// What container runtimes write for every container.
  void write_names() const {
    sethostname(host_name.data(), host_name.size());
    if (!make_folders("/etc")) {
      return;
    }
    const std::string hosts =
        hosts_.empty()
            ? fmt::format("127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\t{}\n", host_name)
            : hosts_;
    for (const auto& [path, text] :
         {std::pair<std::string, std::string>("/etc/hosts", hosts),
          std::pair<std::string, std::string>("/etc/hostname", fmt::format("{}\n", host_name)),
          std::pair<std::string, std::string>("/etc/resolv.conf", resolver_)}) {
      const bool is_bound = std::ranges::any_of(
          options_.binds, [&](const Bind& bind) { return bind.target == path; });
      if (!is_bound) {
        unlink(path.c_str());
        write_text(path, text, O_CREAT);
      }
    }
  }

  void raise_loopback() const {
    if (options_.has_network) {
      return;
    }
    const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request = {};
    std::strncpy(request.ifr_name, "lo", sizeof request.ifr_name - 1);
    request.ifr_flags = IFF_UP;
    must(ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0, "its loopback");
  }

  static constexpr std::string_view host_name = "pare";

  const SandboxOptions& options_;
  std::vector<Descriptor> devices_;
  std::vector<Descriptor> binds_;
  std::string resolver_;
  std::string hosts_;
};

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count < 0 && errno != EINTR) {
      return;
    }
    text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }
}

/// One record: its kind, its text, a NUL.
std::string record_of(char kind, std::string_view text) {
  std::string out(1, kind);
  out += text.substr(0, text.find('\0'));
  out += '\0';
  return out;
}

std::string packed(const RecordEnd& end) {
  std::string out = record_of(static_cast<char>(Told::end), std::to_string(end.code));
  if (!end.failure.empty()) {
    out += record_of('f', end.failure);
  }
  for (const std::string& note : end.notes) {
    out += record_of('n', note);
  }
  return out;
}

/// Throws what the sandbox told of, or that it told nothing.
RecordEnd unpacked(std::string_view text) {
  RecordEnd end;
  bool has_end = false;
  while (!text.empty()) {
    const std::string record(text.substr(1, text.find('\0') - 1));
    switch (const char kind = text.front()) {
    case 'f':
      end.failure = record;
      break;
    case 'n':
      end.notes.push_back(record);
      break;
    default:
      switch (static_cast<Told>(kind)) {
      case Told::end:
        std::from_chars(record.data(), record.data() + record.size(), end.code);
        has_end = true;
        break;
      case Told::input:
        throw InputError(record);
      case Told::output:
        throw OutputError(record);
      case Told::usage:
        throw UsageError(record);
      case Told::interrupted:
        throw Interrupted();
      }
    }
    text.remove_prefix(std::min(text.size(), record.size() + 2));
  }
  if (!has_end) {
    throw InputError("the sandbox was killed");
  }
  return end;
}

[[noreturn]] void
live(const SandboxOptions& options, const std::function<RecordEnd()>& inside, int go, int told) {
  std::string text;
  try {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char byte = 0;
    if (read(go, &byte, 1) != 1) {
      _exit(1); // the caller is gone, or could not give it its users
    }
    Inside(options).furnish();
    text = packed(inside());
  } catch (const UsageError& error) {
    text = record_of(static_cast<char>(Told::usage), error.what());
  } catch (const OutputError& error) {
    text = record_of(static_cast<char>(Told::output), error.what());
  } catch (const Interrupted& error) {
    text = record_of(static_cast<char>(Told::interrupted), error.what());
  } catch (const std::exception& error) {
    text = record_of(static_cast<char>(Told::input), error.what());
  }
  write_all(told, text);
  _exit(0);
}

/// Root keeps every number that it has; another user has one: that of who runs the command.
bool map_users(pid_t process, const Identity& runs) {
  const std::string folder = fmt::format("/proc/{}", process);
  const uid_t me = geteuid();
  if (me == 0) {
    const auto same = [](const std::string& from) {
      std::istringstream lines(read_text(from));
      std::string out;
      std::uint64_t first = 0, outside = 0, count = 0;
      while (lines >> first >> outside >> count) {
        out += fmt::format("{} {} {}\n", first, first, count);
      }
      return out;
    };
    return write_text(folder + "/uid_map", same("/proc/self/uid_map")) &&
           write_text(folder + "/gid_map", same("/proc/self/gid_map"));
  }
  return write_text(folder + "/setgroups", "deny") &&
         write_text(folder + "/uid_map", fmt::format("{} {} 1\n", runs.uid, me)) &&
         write_text(folder + "/gid_map", fmt::format("{} {} 1\n", runs.gid, getegid()));
}

std::string how_to_switch_on(int error) {
  const auto value = [](const char* path) { return read_text(path).substr(0, 1); };
  std::string_view advice;
  if (value("/proc/sys/kernel/unprivileged_userns_clone") == "0") {
    advice = ": sysctl kernel.unprivileged_userns_clone=1, or run it as root";
  } else if (value("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1") {
    advice = ": sysctl kernel.apparmor_restrict_unprivileged_userns=0, or run it as root";
  } else if (error == ENOSPC || value("/proc/sys/user/max_user_namespaces") == "0") {
    advice = ": sysctl user.max_user_namespaces=10000";
  } else {
    advice = ": in a container, start that with --security-opt seccomp=unconfined --security-opt "
             "apparmor=unconfined --security-opt systempaths=unconfined";
  }
  return fmt::format("namespaces cannot be made here ({}){}", std::strerror(error), advice);
}

volatile pid_t sandbox = 0;
volatile std::sig_atomic_t was_told_to_end = 0;

void pass_on(int number, siginfo_t* info, void*) {
  if (number != SIGUSR1 && number != SIGUSR2) {
    was_told_to_end = 1;
  }
  if (info->si_code != SI_KERNEL && sandbox > 0) { // the terminal tells all of them
    kill(sandbox, number);
  }
}

} // namespace

RecordEnd run_in_sandbox(const SandboxOptions& options, const std::function<RecordEnd()>& inside) {
  std::array<int, 2> go = {-1, -1}, told = {-1, -1};
  must(pipe2(go.data(), O_CLOEXEC) == 0 && pipe2(told.data(), O_CLOEXEC) == 0, "a pipe");
  Descriptor go_out(go[0]), go_in(go[1]), told_out(told[0]), told_in(told[1]);
  const unsigned long spaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | SIGCHLD |
                               (options.has_network ? 0UL : CLONE_NEWNET);
  std::fflush(stdout);
  // Root may lay an overlay over all of a root that has mounts in it, but not from a user
  // namespace.
  bool has_own_users = options.fill || geteuid() != 0;
  const auto begin = [&] {
    return syscall(SYS_clone,
                   spaces | (has_own_users ? CLONE_NEWUSER : 0UL),
                   nullptr,
                   nullptr,
                   nullptr,
                   nullptr);
  };
  long child = begin();
  if (child < 0 && !has_own_users) { // root of a container
    has_own_users = true;
    child = begin();
  }
  if (child < 0) {
    throw InputError(how_to_switch_on(errno));
  }
  if (child == 0) {
    go_in = Descriptor();
    told_out = Descriptor();
    live(options, inside, go_out.get(), told_in.get());
  }
  told_in = Descriptor();
  const auto process = static_cast<pid_t>(child);
  // What comes from elsewhere than the terminal goes on to the sandbox, which goes on to the
  // command.
  constexpr std::array passed_on = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
  std::array<struct sigaction, passed_on.size()> former = {};
  sandbox = process;
  was_told_to_end = 0;
  for (std::size_t i = 0; i < passed_on.size(); ++i) {
    struct sigaction action = {};
    action.sa_sigaction = pass_on;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(passed_on[i], nullptr, &former[i]);
    if (former[i].sa_handler != SIG_IGN) {
      sigaction(passed_on[i], &action, nullptr);
    }
  }
  const bool has_users =
      !has_own_users || map_users(process, options.identity.value_or(Identity()));
  const int why = errno;
  const char byte = 1;
  std::string text;
  if (has_users && write(go_in.get(), &byte, 1) == 1) {
    std::array<char, 4096> some;
    for (ssize_t count = 0; (count = read(told_out.get(), some.data(), some.size())) != 0;) {
      if (count > 0) {
        text.append(some.data(), static_cast<std::size_t>(count));
      } else if (errno != EINTR) {
        break;
      }
    }
  }
  go_in = Descriptor();
  while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
  }
  sandbox = 0;
  for (std::size_t i = 0; i < passed_on.size(); ++i) {
    sigaction(passed_on[i], &former[i], nullptr);
  }
  if (!has_users) {
    throw InputError(how_to_switch_on(why));
  }
  RecordEnd end = unpacked(text);
  end.is_interrupted = was_told_to_end != 0;
  return end;
}

Bind parse_bind(const std::string& text) {
  Bind bind;
  std::string rest = text;
  if (rest.ends_with(":ro") || rest.ends_with(":rw")) {
    bind.read_only = rest.ends_with(":ro");
    rest.resize(rest.size() - 3);
  }
  const std::size_t colon = rest.find(':');
  bind.source = rest.substr(0, colon);
  bind.target = colon == std::string::npos ? bind.source : rest.substr(colon + 1);
  if (bind.source.empty() || !bind.target.starts_with('/') || bind.target.size() == 1) {
    throw UsageError(fmt::format("--bind {}: expected SRC[:DST[:ro]], DST being absolute", text));
  }
  return bind;
}

} // namespace pare
