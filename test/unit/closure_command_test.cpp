#include "closure/command.hpp"
#include "small_root.hpp"

#include <doctest/doctest.h>

using namespace pare;
using test::at;

namespace {

using Words = std::vector<std::string>;

MemoryRoot root_with_programs() {
  MemoryRoot root;
  for (const char* path : {"/bin/sh",
                           "/usr/bin/env",
                           "/usr/bin/tini",
                           "/usr/bin/dumb-init",
                           "/usr/sbin/gosu",
                           "/usr/bin/nice",
                           "/usr/bin/python3",
                           "/usr/bin/java",
                           "/usr/sbin/nginx",
                           "/usr/bin/timeout",
                           "/app/server"}) {
    root.add_file(at(path), "x", 0755);
  }
  root.add_file(at("/app/main.py"), "");
  root.add_file(at("/app/site/wsgi.py"), "");
  root.add_file(at("/app/x.jar"), "");
  root.add_file(at("/app/lib/y.jar"), "");
  root.add_file(at("/etc/app.conf"), "");
  return root;
}

CommandUse use_of(const MemoryRoot& root, const Words& words) {
  Options options;
  options.working_folder = "/app";
  options.environment["PATH"] = "/usr/sbin:/usr/bin:/bin";
  return read_command(root, words, options);
}

Words programs_of(const Words& words) {
  return use_of(root_with_programs(), words).programs;
}

} // namespace

TEST_SUITE("closure") {

  TEST_CASE("command: wrappers are seen through") {
    CHECK(programs_of({"nginx", "-g", "daemon off;"}) == Words{"nginx"});
    CHECK(programs_of({"tini", "-g", "-p", "SIGTERM", "--", "nginx"}) == Words{"tini", "nginx"});
    CHECK(programs_of({"/usr/bin/dumb-init", "--rewrite", "15:3", "nginx"}) ==
          Words{"/usr/bin/dumb-init", "nginx"});
    CHECK(programs_of({"dumb-init", "-r", "15:3", "nice", "-n", "5", "nginx"}) ==
          Words{"dumb-init", "nice", "nginx"});
    CHECK(programs_of({"gosu", "app:app", "timeout", "-k", "5", "10", "./server"}) ==
          Words{"gosu", "timeout", "/app/./server"});
    CHECK(programs_of({"env", "-u", "A", "B=1", "nginx"}) == Words{"env", "nginx"});
    CHECK(programs_of({"sh", "-c", "exec nginx -g x"}) == Words{"sh", "nginx"});
    CHECK(programs_of({"sh", "-ec", "cd /app && A=1 python3 main.py | nice nginx; exit 1"}) ==
          Words{"sh", "python3", "nice", "nginx"});
    CHECK(programs_of({"sh", "-c", "exec \"$@\"", "name", "nginx"}) == Words{"sh", "nginx"});
    CHECK(programs_of({"sh", "-c", "sh -c 'sh -c nginx'"}) == Words{"sh", "nginx"});
  }

  TEST_CASE("command: what is not there") {
    CHECK(programs_of({"not-there", "x"}) == Words{"not-there"});
    CHECK(programs_of({"tini", "not-there"}) == Words{"tini", "not-there"});
    const CommandUse use = use_of(root_with_programs(), {"sh", "-c", "echo x; foo y; nginx"});
    CHECK(use.programs == Words{"sh", "nginx"});
    CHECK(use.missing == Words{"foo"});
  }

  TEST_CASE("command: entry scripts") {
    MemoryRoot root = root_with_programs();
    root.add_file(at("/entry.sh"),
                  "#!/bin/sh\nset -e\nif [ \"$1\" = x ]; then\n  set -- python3 \"$@\"\nfi\nmkdir "
                  "-p x\nexec gosu app \"$@\"\n",
                  0755);
    CHECK(use_of(root, {"/entry.sh", "nginx"}).programs ==
          Words{"/entry.sh", "python3", "gosu", "nginx"});
    // Read by a shell that is named, it is a file of the image's own.
    const CommandUse use = use_of(root, {"sh", "/entry.sh", "nginx"});
    CHECK(use.programs == Words{"sh", "python3", "gosu", "nginx"});
    CHECK(use.files == Words{"/entry.sh"});
  }

  TEST_CASE("command: arguments that are files") {
    const auto files_of = [](const Words& words) {
      return use_of(root_with_programs(), words).files;
    };
    CHECK(files_of({"python3", "main.py", "-v", "nothing"}) == Words{"/app/main.py"});
    CHECK(files_of({"python3", "-u", "/app/main.py"}) == Words{"/app/main.py"});
    CHECK(files_of({"nginx", "--config=/etc/app.conf"}) == Words{"/etc/app.conf"});
    CHECK(files_of({"java", "-jar", "x.jar"}) == Words{"/app/x.jar"});
    CHECK(files_of({"java", "-cp", "x.jar:lib/*", "Main"}) == Words{"/app/x.jar", "/app/lib"});
    CHECK(files_of({"python3", "-m", "site.wsgi"}) == Words{"/app/site/wsgi.py"});
    CHECK(files_of({"nginx", "site.wsgi:application"}) == Words{"/app/site/wsgi.py"});
    CHECK(files_of({"nginx", "/app"}).empty()); // a folder was not asked for
  }

  TEST_CASE("command: anything ends") {
    MemoryRoot root = root_with_programs();
    root.add_file(at("/loop.sh"), "#!/bin/sh\nexec /loop.sh \"$@\"\n", 0755);
    CHECK(use_of(root, {"/loop.sh"}).programs == Words{"/loop.sh"});
    CHECK(programs_of({}).empty());
    CHECK(programs_of({"env"}) == Words{"env"});
    CHECK(programs_of({"gosu"}) == Words{"gosu"});
    CHECK(programs_of({"sh", "-c"}) == Words{"sh"});
  }

} // TEST_SUITE
