#include "formats/recording.hpp"
#include "run/facts.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace pare;

TEST_SUITE_BEGIN("run");

namespace {

/// A file in memory, a writer to it, and what it has written.
struct Written {
  Descriptor file{memfd_create("recording", MFD_CLOEXEC)};
  FactWriter facts{Descriptor(fcntl(file.get(), F_DUPFD_CLOEXEC, 3)), "the recording"};

  std::string text() {
    facts.flush();
    std::string out(static_cast<std::size_t>(lseek(file.get(), 0, SEEK_END)), '\0');
    const ssize_t count = pread(file.get(), out.data(), out.size(), 0);
    CHECK(count == static_cast<ssize_t>(out.size()));
    return out;
  }
};

} // namespace

TEST_CASE("a fact is a line of JSON, and is there once") {
  Written written;
  written.facts.add("/etc/hosts", TracedOperation::open, 7);
  written.facts.add("/etc/hosts", TracedOperation::stat, 7);
  written.facts.add("/etc/hosts", TracedOperation::open, 8);
  CHECK(written.facts.is_known("/etc/hosts", TracedOperation::stat));
  CHECK_FALSE(written.facts.is_known("/etc/hosts", TracedOperation::missing));
  CHECK(written.text() == R"({"path":"/etc/hosts","op":"open","pid":7}
{"path":"/etc/hosts","op":"stat","pid":7}
)");
}

TEST_CASE("names of any bytes are read back as they were") {
  Written written;
  std::vector<TracedUse> uses;
  for (const std::string_view path :
       {"/new\nline", "/quote\"\\", "/\xff\xfe", "/\\xff\\xfe", "/ü"}) {
    uses.push_back({std::string(path), TracedOperation::exec});
    written.facts.add(path, TracedOperation::exec, 1);
  }
  const Recording recording = read_recording(written.text(), "/");
  CHECK(recording.faults == std::vector<std::string>());
  CHECK(recording.uses == uses);
}

TEST_CASE("many facts are told apart") {
  Written written;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 20'000; ++i) {
      written.facts.add("/" + std::to_string(i), TracedOperation::open, round);
    }
  }
  CHECK(read_recording(written.text(), "/").uses.size() == 20'000);
}

TEST_CASE("a full disk is told once, and the run goes on") {
  FactWriter facts("/dev/full");
  facts.add("/a", TracedOperation::open, 1);
  facts.flush();
  facts.add("/b", TracedOperation::open, 1);
  facts.flush();
  CHECK(facts.failure() == "/dev/full: No space left on device");
}

TEST_SUITE_END();
