#include "base/names.hpp"
#include "report/json.hpp"
#include "report/read.hpp"
#include "small_root.hpp"

#include <pare/resolve.hpp>

#include <doctest/doctest.h>

using namespace pare;
using test::add_elf;
using test::add_library;
using test::at;

TEST_SUITE_BEGIN("report");

TEST_CASE("a report that is read says what was written") {
  MemoryRoot root;
  test::add_glibc(root);
  add_elf(root, "/bin/x", test::glibc_program({"liba.so", "gone.so"}));
  add_library(root, "/usr/lib/odd\n\\x41\xff.so");
  root.add_link(at("/lib/liba.so"), "../usr/lib/odd\n\\x41\xff.so");
  const Report report = resolve(root, {.programs = {"/bin/x"}, .hints = {}});
  const std::string json = to_json(report);
  CHECK(to_json(read_report(json)) == json);
}

TEST_CASE("names come back from JSON as they were") {
  for (const std::string name :
       {"a", "\\", "\\x", "\\\\x41", "\xff", "\\\xff", "a\\b\nc", "\\x4"}) {
    std::string inside;
    append_json(inside, name);
    std::string value; // what a parser makes of it
    for (std::size_t i = 0; i < inside.size(); ++i) {
      if (inside[i] != '\\') {
        value += inside[i];
      } else {
        ++i;
        value += inside[i] == 'n' ? '\n' : inside[i];
      }
    }
    CHECK(name_of_json(value) == name);
  }
}

TEST_SUITE_END();
