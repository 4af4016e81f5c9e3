#pragma once
// Which system calls name files, and where their arguments stand. Everything else runs at full
// speed: the filter stops a process at these alone.

#include <pare/resolve.hpp>

#include <cstdint>
#include <linux/filter.h>
#include <vector>

namespace pare {

enum class CallKind : std::uint8_t {
  look,     ///< Fails if the name is not there, changes nothing: stat, access, chdir...
  open,     ///< With flags.
  how,      ///< openat2(2): flags and more in a struct.
  exec,     ///< execve(2), execveat(2).
  list,     ///< getdents(2): of a descriptor.
  make,     ///< A name comes into being, or is written to.
  move,     ///< rename(2): one name goes, another comes.
  unlink,   ///< A name goes.
  socket,   ///< connect(2), bind(2): of an AF_UNIX address.
  chroot,   ///< From here on, the process means other files by absolute names.
  ring,     ///< io_uring_setup(2): what is opened through it is not seen.
  affinity, ///< sched_getaffinity(2): the answer is put right (see record.cpp).
  choice,   ///< sched_setaffinity(2): from here on, its processors are its own business.
};

/// A system call. Places are those of its arguments, from 0; -1: it has none.
struct TracedCall {
  CallKind kind = CallKind::look;
  TracedOperation operation = TracedOperation::stat; ///< What its success means.
  int folder = -1;                                   ///< The descriptor that a relative name starts
                                                     ///< from; -1: the working folder.
  int path = 0;
  int flags = -1;             ///< Of open; of look: where AT_SYMLINK_NOFOLLOW may stand.
  bool is_of_link = false;    ///< A symlink at the end of the name is not followed.
  bool flags_say_all = false; ///< The flags are O_CREAT | O_WRONLY | O_TRUNC: creat(2).
};

/// nullptr: a call that is not traced. `architecture` as in seccomp_data (AUDIT_ARCH_...); x32's
/// calls are those of x86-64 with bit 30 set.
const TracedCall* find_call(std::uint32_t architecture, std::uint64_t number);

/// The call whose place in the table SECCOMP_RET_DATA carries, or nullptr.
const TracedCall* call_of_filter(std::uint32_t data);

/// A program for seccomp(2): SECCOMP_RET_TRACE with the call's place for those that are traced,
/// SECCOMP_RET_ALLOW for all others, of this machine's architectures (x86-64 with i386 and x32;
/// aarch64).
std::vector<sock_filter> call_filter();

} // namespace pare
