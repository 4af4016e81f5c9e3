// The functions of a program of Go: a small file that is laid out as its linker does
// (test/fuzz/corpus/go), and broken ones.
#include "base/bytes.hpp"
#include "formats/go.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace pare;

TEST_SUITE_BEGIN("formats");

namespace {

std::string read_seed(const std::string& name) {
  std::ifstream file(std::string(PARE_TEST_FOLDER) + "/fuzz/corpus/go/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string functions_of(const std::string& bytes) {
  std::string all;
  for_each_go_function(MemoryBytes(bytes),
                       [&](std::string_view name) { all.append(name).append(" "); });
  return all;
}

} // namespace

TEST_CASE("go: the names of all functions, in the forms of three versions") {
  for (const char* name : {"go-1.16", "go-1.18", "go-1.20"}) {
    CHECK(functions_of(read_seed(name)) == "main.main time.LoadLocation ");
  }
}

TEST_CASE("go: what is no program of Go, or a damaged one, tells nothing") {
  const std::string whole = read_seed("go-1.20");
  CHECK(functions_of("") == "");
  CHECK(functions_of("#!/bin/sh\n") == "");
  std::string unmarked = whole;
  unmarked[unmarked.find("Go")] = 'g';
  CHECK(functions_of(unmarked) == "");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(functions_of(whole.substr(0, size)) == "");
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string poked = whole;
    poked[at] = static_cast<char>(0xff);
    CHECK(functions_of(poked).size() <= whole.size());
  }
}

TEST_SUITE_END();
