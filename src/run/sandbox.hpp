#pragma once
// A root as a container runtime would show it to a program, in namespaces of its own, that leaves
// nothing behind however it ends.

#include "run/record.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pare {

/// A file or folder of the host that is shown in the root.
struct Bind {
  std::string source;
  std::string target; ///< Absolute in the root.
  bool read_only = false;
};

struct SandboxOptions {
  /// A folder of the host that is the root. What the run writes goes to memory: the folder stays as
  /// it is; where the system allows no such overlay, it cannot be written to. Empty: the root is
  /// made by `fill`.
  std::string folder;
  /// Makes the root: a folder `destination`, by a path from the working folder, which is in memory
  /// and empty. May throw Error.
  std::function<void(const std::string& destination)> fill;
  std::vector<Bind> binds;
  std::vector<std::string> writable; ///< Empty folders that belong to who runs the command.
  std::string working_folder;        ///< Made if it is not there; empty: /.
  std::optional<Identity> identity;
  bool has_network = false; ///< The host's; else only a loopback of its own.
  bool has_own_tmp = true;  ///< An empty /tmp is put over the root's.
};

/// Calls `inside` in a process of its own: pid 1 of new user, mount, pid, IPC, host name and
/// (unless the host's is asked for) network namespaces, with /proc, a small /dev, /sys where the
/// system allows it, /tmp, /etc/hosts, /etc/hostname and /etc/resolv.conf. Root and the mounts
/// exist in these namespaces alone, in memory: they end with their last process, and all processes
/// end with pid 1, which ends with the caller (PR_SET_PDEATHSIG), also when that is killed. So no
/// folder, no mount and no process can stay behind.
///
/// The user namespace is left out where root shows a folder. Works as root, and as a user where
/// unprivileged user namespaces are on: then the command's user is the caller under another number,
/// and no other user exists. Throws InputError where neither works, with what to switch on;
/// whatever `fill` and `inside` throw arrives here as the same class. To be called by a process
/// with one thread.
RecordEnd run_in_sandbox(const SandboxOptions& options, const std::function<RecordEnd()>& inside);

/// "SRC[:DST[:ro]]". Throws UsageError.
Bind parse_bind(const std::string& text);

} // namespace pare
