// The numbers are the kernel's ABI and never change: arch/x86/entry/syscalls/syscall_64.tbl and
// syscall_32.tbl, include/uapi/asm-generic/unistd.h (aarch64). They stand here side by side because
// one tracer sees calls of several of them: a 32-bit program on a 64-bit kernel.

#include "run/traced_calls.hpp"

#include <array>
#include <cstddef>
#include <linux/audit.h>
#include <linux/seccomp.h>

namespace pare {
namespace {

constexpr std::uint32_t x32_bit = 0x40000000;

struct Row {
  int x86_64;
  int i386;
  int aarch64; ///< -1 in any of them: it has no such call.
  TracedCall call;
};

using enum TracedOperation;
using Kind = CallKind;

constexpr TracedCall look(int folder, int path, int flags = -1, bool is_of_link = false) {
  return {Kind::look, stat, folder, path, flags, is_of_link};
}
constexpr TracedCall make(TracedOperation operation, int folder, int path) {
  return {Kind::make, operation, folder, path, -1, true};
}

constexpr std::array rows = {
    Row{257, 295, 56, {Kind::open, open, 0, 1, 2}},             // openat
    Row{262, 300, 79, look(0, 1, 3)},                           // newfstatat, fstatat64
    Row{4, 195, -1, look(-1, 0)},                               // stat, stat64
    Row{6, 196, -1, look(-1, 0, -1, true)},                     // lstat, lstat64
    Row{332, 383, 291, look(0, 1, 2)},                          // statx
    Row{21, 33, -1, look(-1, 0)},                               // access
    Row{2, 5, -1, {Kind::open, open, -1, 0, 1}},                // open
    Row{89, 85, -1, {Kind::look, readlink, -1, 0, -1, true}},   // readlink
    Row{267, 305, 78, {Kind::look, readlink, 0, 1, -1, true}},  // readlinkat
    Row{217, 220, 61, {Kind::list, list, 0, -1}},               // getdents64
    Row{78, 141, -1, {Kind::list, list, 0, -1}},                // getdents
    Row{59, 11, 221, {Kind::exec, exec, -1, 0}},                // execve
    Row{520, -1, -1, {Kind::exec, exec, -1, 0}},                // execve of x32
    Row{322, 358, 281, {Kind::exec, exec, 0, 1}},               // execveat
    Row{545, -1, -1, {Kind::exec, exec, 0, 1}},                 // execveat of x32
    Row{269, 307, 48, look(0, 1)},                              // faccessat
    Row{439, 439, 439, look(0, 1, 3)},                          // faccessat2
    Row{437, 437, 437, {Kind::how, open, 0, 1, 2}},             // openat2
    Row{85, 8, -1, {Kind::open, open, -1, 0, -1, false, true}}, // creat
    Row{-1, 106, -1, look(-1, 0)},                              // stat of old
    Row{-1, 107, -1, look(-1, 0, -1, true)},                    // lstat of old
    Row{-1, 18, -1, look(-1, 0)},                               // oldstat
    Row{-1, 84, -1, look(-1, 0, -1, true)},                     // oldlstat
    Row{137, 99, 43, look(-1, 0)},                              // statfs
    Row{-1, 268, -1, look(-1, 0)},                              // statfs64
    Row{191, 229, 8, look(-1, 0)},                              // getxattr
    Row{192, 230, 9, look(-1, 0, -1, true)},                    // lgetxattr
    Row{80, 12, 49, look(-1, 0)},                               // chdir
    Row{161, 61, 51, {Kind::chroot, stat, -1, 0}},              // chroot
    Row{155, 217, 41, {Kind::chroot, stat, -1, 0}},             // pivot_root
    Row{254, 292, 27, look(-1, 1)},                             // inotify_add_watch
    Row{90, 15, -1, look(-1, 0)},                               // chmod
    Row{268, 306, 53, look(0, 1)},                              // fchmodat
    Row{92, 212, -1, look(-1, 0)},                              // chown, chown32
    Row{94, 198, -1, look(-1, 0, -1, true)},                    // lchown, lchown32
    Row{260, 298, 54, look(0, 1, 4)},                           // fchownat
    Row{280, 320, 88, look(0, 1, 3)},                           // utimensat
    Row{76, 92, 45, make(write, -1, 0)},                        // truncate
    Row{-1, 193, -1, make(write, -1, 0)},                       // truncate64
    Row{83, 39, -1, make(mkdir, -1, 0)},                        // mkdir
    Row{258, 296, 34, make(mkdir, 0, 1)},                       // mkdirat
    Row{133, 14, -1, make(create, -1, 0)},                      // mknod
    Row{259, 297, 33, make(create, 0, 1)},                      // mknodat
    Row{88, 83, -1, make(create, -1, 1)},                       // symlink
    Row{266, 304, 36, make(create, 1, 2)},                      // symlinkat
    Row{86, 9, -1, make(create, -1, 1)},                        // link
    Row{265, 303, 37, make(create, 2, 3)},                      // linkat
    Row{82, 38, -1, {Kind::move, create, -1, 0, -1, true}},     // rename
    Row{264, 302, 38, {Kind::move, create, 0, 1, -1, true}},    // renameat
    Row{316, 353, 276, {Kind::move, create, 0, 1, -1, true}},   // renameat2
    Row{87, 10, -1, {Kind::unlink, remove, -1, 0, -1, true}},   // unlink
    Row{263, 301, 35, {Kind::unlink, remove, 0, 1, -1, true}},  // unlinkat
    Row{84, 40, -1, {Kind::unlink, remove, -1, 0, -1, true}},   // rmdir
    Row{42, 362, 203, {Kind::socket, connect, -1, 1}},          // connect
    Row{49, 361, 200, {Kind::socket, create, -1, 1}},           // bind
    Row{-1, 102, -1, {Kind::socket, stat, -1, 1}},              // socketcall: either of them
    Row{425, 425, 425, {Kind::ring, stat, -1, -1}},             // io_uring_setup
    Row{204, 242, 123, {Kind::affinity, stat, -1, 2}},          // sched_getaffinity
    Row{203, 241, 122, {Kind::choice, stat, -1, -1}},           // sched_setaffinity
};

constexpr std::size_t offset_of_number = 0;       // seccomp_data.nr
constexpr std::size_t offset_of_architecture = 4; // seccomp_data.arch

sock_filter load(std::size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}

/// Calls of one architecture, up to the answer.
std::vector<sock_filter> filter_of(int Row::*number) {
  std::vector<sock_filter> code = {load(offset_of_number)};
  if (number == &Row::x86_64) {
    code.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~x32_bit));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].*number >= 0) {
      code.push_back(
          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(rows[i].*number), 0, 1));
      code.push_back(
          BPF_STMT(BPF_RET | BPF_K, static_cast<std::uint32_t>(SECCOMP_RET_TRACE | (i + 1))));
    }
  }
  code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return code;
}

} // namespace

const TracedCall* find_call(std::uint32_t architecture, std::uint64_t number) {
  int Row::*column = nullptr;
  switch (architecture) {
  case AUDIT_ARCH_X86_64:
    column = &Row::x86_64;
    number &= ~std::uint64_t{x32_bit};
    break;
  case AUDIT_ARCH_I386:
    column = &Row::i386;
    break;
  case AUDIT_ARCH_AARCH64:
    column = &Row::aarch64;
    break;
  default:
    return nullptr;
  }
  for (const Row& row : rows) {
    if (row.*column >= 0 && static_cast<std::uint64_t>(row.*column) == number) {
      return &row.call;
    }
  }
  return nullptr;
}

const TracedCall* call_of_filter(std::uint32_t data) {
  return data == 0 || data > rows.size() ? nullptr : &rows[data - 1].call;
}

std::vector<sock_filter> call_filter() {
#if defined(__x86_64__)
  const std::array<std::pair<std::uint32_t, int Row::*>, 2> known = {
      {{AUDIT_ARCH_X86_64, &Row::x86_64}, {AUDIT_ARCH_I386, &Row::i386}}};
#elif defined(__aarch64__)
  const std::array<std::pair<std::uint32_t, int Row::*>, 1> known = {
      {{AUDIT_ARCH_AARCH64, &Row::aarch64}}};
#else
#error "the tracer knows the system calls of x86-64 and aarch64"
#endif
  std::vector<sock_filter> code = {load(offset_of_architecture)};
  for (const auto& [architecture, column] : known) {
    const std::vector<sock_filter> calls = filter_of(column);
    code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0));
    code.push_back(BPF_STMT(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(calls.size())));
    code.insert(code.end(), calls.begin(), calls.end());
  }
  code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return code;
}

} // namespace pare
