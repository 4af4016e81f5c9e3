#include "run/traced_calls.hpp"

#include <doctest/doctest.h>

#include <array>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <map>
#include <string>
#include <sys/syscall.h>

using namespace pare;

TEST_SUITE_BEGIN("run");

namespace {

/// What the kernel's interpreter of classic BPF would answer, of the few instructions that the
/// filter is made of. 0: the program is broken.
std::uint32_t
answer(const std::vector<sock_filter>& code, std::uint32_t architecture, std::uint32_t number) {
  std::uint32_t value = 0;
  for (std::size_t at = 0; at < code.size(); ++at) {
    const sock_filter& step = code[at];
    switch (step.code) {
    case BPF_LD | BPF_W | BPF_ABS:
      value = step.k == 0 ? number : architecture;
      break;
    case BPF_ALU | BPF_AND | BPF_K:
      value &= step.k;
      break;
    case BPF_JMP | BPF_JEQ | BPF_K:
      at += value == step.k ? step.jt : step.jf;
      break;
    case BPF_JMP | BPF_JA:
      at += step.k;
      break;
    case BPF_RET | BPF_K:
      return step.k;
    default:
      return 0;
    }
  }
  return 0;
}

} // namespace

#if defined(__x86_64__)
TEST_CASE("the numbers are those of the system's headers") {
  const std::map<long, CallKind> kinds = {{SYS_openat, CallKind::open},
                                          {SYS_open, CallKind::open},
                                          {SYS_creat, CallKind::open},
                                          {SYS_openat2, CallKind::how},
                                          {SYS_newfstatat, CallKind::look},
                                          {SYS_stat, CallKind::look},
                                          {SYS_statx, CallKind::look},
                                          {SYS_faccessat2, CallKind::look},
                                          {SYS_readlinkat, CallKind::look},
                                          {SYS_chdir, CallKind::look},
                                          {SYS_execve, CallKind::exec},
                                          {SYS_execveat, CallKind::exec},
                                          {SYS_getdents64, CallKind::list},
                                          {SYS_mkdirat, CallKind::make},
                                          {SYS_symlinkat, CallKind::make},
                                          {SYS_linkat, CallKind::make},
                                          {SYS_renameat2, CallKind::move},
                                          {SYS_unlinkat, CallKind::unlink},
                                          {SYS_connect, CallKind::socket},
                                          {SYS_bind, CallKind::socket},
                                          {SYS_chroot, CallKind::chroot},
                                          {SYS_io_uring_setup, CallKind::ring},
                                          {SYS_sched_getaffinity, CallKind::affinity},
                                          {SYS_sched_setaffinity, CallKind::choice}};
  for (const auto& [number, kind] : kinds) {
    CAPTURE(number);
    const TracedCall* call = find_call(AUDIT_ARCH_X86_64, static_cast<std::uint64_t>(number));
    REQUIRE(call != nullptr);
    CHECK(call->kind == kind);
  }
  CHECK(find_call(AUDIT_ARCH_X86_64, SYS_read) == nullptr);
}

TEST_CASE("the filter stops at the calls of the table, and only at these") {
  const std::vector<sock_filter> code = call_filter();
  REQUIRE(code.size() <= BPF_MAXINSNS);
  for (const std::uint32_t architecture :
       std::array<std::uint32_t, 2>{AUDIT_ARCH_X86_64, AUDIT_ARCH_I386}) {
    for (std::uint32_t number = 0; number < 600; ++number) {
      CAPTURE(number);
      const TracedCall* call = find_call(architecture, number);
      const std::uint32_t said = answer(code, architecture, number);
      if (call == nullptr) {
        CHECK(said == SECCOMP_RET_ALLOW);
      } else {
        CHECK((said & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_TRACE);
        CHECK(call_of_filter(said & SECCOMP_RET_DATA) == call);
      }
    }
  }
  constexpr std::uint32_t x32 = 0x40000000;
  CHECK(answer(code, AUDIT_ARCH_X86_64, x32 | SYS_openat) ==
        answer(code, AUDIT_ARCH_X86_64, SYS_openat));
  CHECK(answer(code, AUDIT_ARCH_AARCH64, 56) == SECCOMP_RET_ALLOW); // not of this machine
}
#endif

TEST_SUITE_END();
