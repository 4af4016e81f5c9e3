#include "base/interrupt.hpp"

#include <pare/error.hpp>

#include <csignal>

namespace pare {

namespace {
volatile std::sig_atomic_t interrupted = 0;

void note_interrupt(int) {
  interrupted = 1;
}
} // namespace

void catch_interrupts() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction former = {};
    sigaction(number, nullptr, &former);
    if (former.sa_handler == SIG_IGN) {
      continue;
    }
    struct sigaction action = {};
    action.sa_handler =
        note_interrupt; // no SA_RESTART: an open(2) that waits for a FIFO's reader must come back
    sigaction(number, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void check_interrupt() {
  if (interrupted != 0) {
    throw Interrupted();
  }
}

} // namespace pare
