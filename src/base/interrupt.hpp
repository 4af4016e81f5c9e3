#pragma once
// Ctrl-C and its kin set a flag; whoever writes asks for it between two pieces, so that what is
// half written is taken away by the destructors that also serve every other failure.

namespace pare {

/// To be called once, by main(): SIGINT, SIGTERM and SIGHUP set the flag (unless the caller had
/// them ignored, as nohup does). SIGPIPE and SIGXFSZ are ignored: write(2) then fails with EPIPE or
/// EFBIG and is cleaned up after like any other failure. A program that is started must get SIGPIPE
/// and SIGXFSZ back at SIG_DFL: exec(2) keeps what is ignored.
void catch_interrupts();

/// Throws Interrupted when one of them came.
void check_interrupt();

} // namespace pare
