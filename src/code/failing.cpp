#include "code/failing.hpp"

#include <algorithm>
#include <array>

namespace pare {

namespace {

struct Named {
  std::string_view name;
  Role role;
};

// Not in here: exit() and _exit(), which end what went well too; throwing and longjmp(), which go
// on elsewhere.
constexpr std::array named = {
    // assertions and abort(3), of glibc, musl and the BSDs
    Named{"__assert", Role::no_return},
    Named{"__assert_fail", Role::no_return},
    Named{"__assert_perror_fail", Role::no_return},
    Named{"abort", Role::no_return},
    // what compilers and fortified headers call when memory is damaged
    Named{"__chk_fail", Role::no_return},
    Named{"__fortify_fail", Role::no_return},
    Named{"__stack_chk_fail", Role::no_return},
    // err(3), warn(3), perror(3), error(3), syslog(3)
    Named{"err", Role::no_return},
    Named{"errx", Role::no_return},
    Named{"verr", Role::no_return},
    Named{"verrx", Role::no_return},
    Named{"warn", Role::logging},
    Named{"warnx", Role::logging},
    Named{"vwarn", Role::logging},
    Named{"vwarnx", Role::logging},
    Named{"perror", Role::logging},
    Named{"error", Role::logging},
    Named{"error_at_line", Role::logging},
    Named{"syslog", Role::logging},
    Named{"vsyslog", Role::logging},
    Named{"__syslog_chk", Role::logging},
    Named{"__vsyslog_chk", Role::logging},
    // C++'s runtime (Itanium C++ ABI); the library's own throwers are below
    Named{"_ZSt9terminatev", Role::no_return},
    Named{"__cxa_pure_virtual", Role::no_return},
    Named{"__cxa_deleted_virtual", Role::no_return},
    // GLib's messages, Python's and OpenSSL's last words, FFmpeg's log
    Named{"g_abort", Role::no_return},
    Named{"g_log", Role::logging},
    Named{"g_logv", Role::logging},
    Named{"g_log_structured", Role::logging},
    Named{"g_log_structured_array", Role::logging},
    Named{"g_log_structured_standard", Role::logging},
    Named{"g_return_if_fail_warning", Role::logging},
    Named{"g_warn_message", Role::logging},
    Named{"OPENSSL_die", Role::no_return},
    Named{"Py_FatalError", Role::no_return},
    Named{"_Py_FatalErrorFunc", Role::no_return},
    Named{"av_log", Role::logging},
};

} // namespace

Role role_of(std::string_view symbol) {
  const auto found = std::ranges::find(named, symbol, &Named::name);
  if (found != named.end()) {
    return found->role;
  }
  const bool fails =
      symbol.starts_with("g_assertion_message") || // and its variants for each type
      (symbol.starts_with("_ZSt") &&
       symbol.find("__throw_") != std::string_view::npos); // std::__throw_out_of_range(...)
  return fails ? Role::no_return : Role::ordinary;
}

} // namespace pare
