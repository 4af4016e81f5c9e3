#include "run/drive.hpp"

#include <pare/error.hpp>

#include <doctest/doctest.h>

using namespace pare;

TEST_SUITE_BEGIN("run");

namespace {

/// What is wrong with the options; empty: nothing.
std::string fault(const DriveOptions& options) {
  try {
    check_drive(options);
    return {};
  } catch (const UsageError& error) {
    return error.what();
  }
}

} // namespace

TEST_CASE("what a server is asked is checked before anything is started") {
  CHECK(fault({.ready = "port:80"}).empty());
  CHECK(fault({.ready = "path:/run/x.pid"}).empty());
  CHECK(fault({.ready = "output:^(started|ready)"}).empty());
  CHECK(fault({.probes = {"http://localhost", "http://127.0.0.1:8080/a?b", "tcp://localhost:5432"}})
            .empty());
  CHECK_FALSE(fault({.ready = "port:0"}).empty());
  CHECK_FALSE(fault({.ready = "port:65536"}).empty());
  CHECK_FALSE(fault({.ready = "path:run"}).empty());
  CHECK_FALSE(fault({.ready = "soon"}).empty());
  CHECK_FALSE(fault({.ready = "output:("}).empty());
  CHECK_FALSE(fault({.probes = {"tcp://localhost"}}).empty());
  CHECK_FALSE(fault({.probes = {"http://example.org/"}}).empty());
  CHECK_FALSE(fault({.probes = {"http://localhost/a b"}}).empty());
  CHECK_FALSE(fault({.probes = {"https://localhost/"}}).empty());
  CHECK_FALSE(fault({.commands = {" "}}).empty());
}

TEST_CASE("clients run one after another, then the server is stopped") {
  using enum Drive::Next;
  Drive drive({.ready = "output:^ready", .commands = {"first 'a b'", "second"}});
  CHECK(drive.waits_for_output());
  CHECK(drive.next() == wait);
  CHECK(drive.next() == wait);
  drive.output("starting\nrea");
  CHECK(drive.next() == wait);
  drive.output("dy\n");
  Drive::Next next = drive.next();
  for (int turn = 0; next == wait && turn < 5; ++turn) {
    next = drive.next();
  }
  CHECK(next == start);
  CHECK(drive.words() == std::vector<std::string>{"first", "a b"});
  CHECK(drive.next() == wait);
  drive.ended(0);
  CHECK(drive.next() == start);
  CHECK(drive.words() == std::vector<std::string>{"second"});
  drive.ended(0);
  CHECK(drive.next() == stop);
  CHECK(drive.failure().empty());
}

TEST_CASE("a client that fails ends it") {
  Drive drive({.commands = {"client"}});
  Drive::Next next = drive.next();
  for (int turn = 0; next == Drive::Next::wait && turn < 5; ++turn) {
    next = drive.next();
  }
  CHECK(next == Drive::Next::start);
  drive.ended(3);
  CHECK(drive.next() == Drive::Next::fail);
  CHECK(drive.failure() == "--exec client: ended with exit code 3");
}

TEST_SUITE_END();
