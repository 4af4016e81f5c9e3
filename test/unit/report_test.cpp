#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "closure/closure.hpp"
#include "report/freeze.hpp"
#include "report/json.hpp"
#include "report/words.hpp"
#include "report_text.hpp"
#include "small_root.hpp"

#include <pare/resolve.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace pare;
using test::at;

TEST_SUITE_BEGIN("report");

namespace {

/// A closure of files that are named by their letters, "a" being what the user asked for.
class Graph {
public:
  Closure closure{[](const RootPath&) { return false; }};

  FileId file(const std::string& path, std::uint64_t inode = 0, std::uint32_t links = 1) {
    return *closure.add(
        at(path), FileKind::library, {.size = 10, .device = 1, .inode = inode, .links = links});
  }
};

using enum Confidence;

} // namespace

TEST_CASE("a file is as sure as the best of its chains, a chain as its weakest edge") {
  Graph graph;
  const FileId a = graph.file("/a"), b = graph.file("/b"), c = graph.file("/c"),
               d = graph.file("/d");
  graph.closure.add_edge(a, ReasonKind::program, no_file, "a");
  graph.closure.add_edge(b, ReasonKind::dlopen_string, a, "b", possible);
  graph.closure.add_edge(c, ReasonKind::needed, b, "c", certain); // as sure as b
  graph.closure.add_edge(c, ReasonKind::dlopen_call, a, "c", likely);
  graph.closure.add_edge(d, ReasonKind::needed, c, "d", certain);
  graph.closure.add_edge(b, ReasonKind::needed, d, "b", certain); // a circle
  CHECK(test::text_of(freeze(std::move(graph.closure), "/", possible)) ==
        "/a library certain: program (a)\n"
        "/b library likely: needed by /d (b), dlopen-string by /a (b)\n"
        "/c library likely: needed by /b (c), dlopen-call by /a (c)\n"
        "/d library likely: needed by /c (d)\n"
        "4 files, 40 bytes\n");
}

TEST_CASE("what is less sure than asked for is left out, with its edges and what only it misses") {
  Graph graph;
  const FileId a = graph.file("/a"), b = graph.file("/b"), c = graph.file("/c");
  graph.closure.add_edge(a, ReasonKind::program, no_file, "a");
  graph.closure.add_edge(b, ReasonKind::path_string, a, "b", possible);
  graph.closure.add_edge(c, ReasonKind::needed, b, "c", certain);
  graph.closure.add_edge(c, ReasonKind::dlopen_call, a, "c", likely);
  graph.closure.missing.push_back({.name = "x.so", .by = "/b"});
  graph.closure.missing.push_back({.name = "y.so", .by = "/c"});
  const Report report = freeze(std::move(graph.closure), "/", likely);
  CHECK(test::text_of(report) == "/a library certain: program (a)\n"
                                 "/c library likely: dlopen-call by /a (c)\n"
                                 "missing needed y.so by /c\n"
                                 "2 files, 20 bytes\n");
  REQUIRE(report.missing.size() == 1);
  CHECK(report.missing[0].confidence == likely);
  CHECK_FALSE(
      report.lacks_something()); // only what is certain, or included, must not lack anything
}

TEST_CASE("hard links to one file count once in bytes, and an edge is told once") {
  Graph graph;
  const FileId a = graph.file("/a", 7, 2), b = graph.file("/b", 7, 2), c = graph.file("/c", 8);
  for (const FileId file : {c, b, a, a}) {
    graph.closure.add_edge(file, ReasonKind::program, no_file, "x");
  }
  CHECK(test::text_of(freeze(std::move(graph.closure), "/", certain)) ==
        "/a library certain: program (x)\n"
        "/b library certain: program (x)\n"
        "/c library certain: program (x)\n"
        "3 files, 20 bytes\n");
}

TEST_CASE("what was data becomes what a loader says that it is, and stays that") {
  Graph graph;
  graph.closure.add(at("/a"), FileKind::data, {});
  graph.closure.add(at("/a"), FileKind::library, {});
  graph.closure.add(at("/a"), FileKind::data, {});
  CHECK(graph.closure.files.size() == 1);
  CHECK(graph.closure.files[0].kind == FileKind::library);
}

TEST_CASE("what is refused has no number, and is asked for once") {
  int asked = 0;
  Closure closure([&](const RootPath& path) {
    ++asked;
    return path.name() == "no";
  });
  CHECK_FALSE(closure.add(at("/no"), FileKind::data, {}));
  CHECK_FALSE(closure.add(at("/no"), FileKind::library, {}));
  CHECK_FALSE(closure.find(at("/no")));
  const std::optional<FileId> yes = closure.add(at("/yes"), FileKind::data, {});
  REQUIRE(yes);
  CHECK(closure.files[*yes].path == at("/yes"));
  CHECK(*closure.find(at("/yes")) == *yes);
  CHECK(asked == 2);
}

TEST_CASE("the JSON has all that the contract names, with odd names in it") {
  MemoryRoot root("odd \"root\"");
  test::add_glibc(root);
  const std::string odd = "/bin/\xff\n\"x\\x";
  test::ElfSpec program = test::glibc_program({"gone.so", "liba.so"});
  program.version_needs = {{"liba.so", "A_2"}};
  test::add_elf(root, odd, program);
  test::add_elf(root, "/usr/lib/liba.so", {.soname = "liba.so", .versions = {"liba.so", "A_1"}});
  root.add_link(at("/lib"), "usr/lib");
  const std::string text =
      to_json(resolve(root, {.programs = {odd}, .allow_missing = {"A_*"}, .digests = true}));
  CHECK(text ==
        to_json(resolve(root, {.programs = {odd}, .allow_missing = {"A_*"}, .digests = true})));
  const nlohmann::json json = nlohmann::json::parse(text);
  const std::string shown = "/bin/\\xff\n\"x\\\\x";
  CHECK(json["schema"] == "pare/1");
  CHECK(json["root"] == "odd \"root\"");
  CHECK(json["programs"] == nlohmann::json::array({shown}));
  REQUIRE(json["files"].size() == 8);
  const nlohmann::json& file = json["files"][1];
  CHECK(file["path"] == shown);
  CHECK(file["kind"] == "program");
  CHECK(file["mode"] == "0755");
  CHECK(file["size"] == test::build_elf(program).size());
  CHECK(file["sha256"] == sha256(*root.open(at(odd))->bytes));
  CHECK(file["confidence"] == "certain");
  CHECK(file["reasons"] ==
        nlohmann::json::parse(R"([{"kind":"program","by":"","confidence":"certain"}])")
            .patch(
                nlohmann::json::array({{{"op", "add"}, {"path", "/0/detail"}, {"value", shown}}})));
  CHECK(json["files"][2]["kind"] == "symlink");
  CHECK(json["files"][2]["target"] == "usr/lib");
  CHECK_FALSE(json["files"][2].contains("sha256"));
  REQUIRE(json["missing"].size() == 2);
  CHECK(json["missing"][0]["name"] == "A_2");
  CHECK(json["missing"][0]["kind"] == "version");
  CHECK(json["missing"][0]["allowed"] == true);
  CHECK(json["missing"][1]["name"] == "gone.so");
  CHECK(json["missing"][1]["by"] == shown);
  CHECK(json["missing"][1]["confidence"] == "certain");
  CHECK_FALSE(json["missing"][1].contains("allowed"));
  CHECK(json["system"].empty());
  CHECK(json["warnings"].empty());
  CHECK(json["summary"]["files"] == 3);
  // A line a file: what diff(1) and git show is a file.
  CHECK(std::ranges::count(text, '\n') == 8 + 2 + 1);
}

TEST_CASE("digests are those of SHA-256") {
  CHECK(sha256(MemoryBytes("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // FIPS 180-4
  CHECK(sha256(MemoryBytes(std::string(1000000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("the words are the contract's") {
  CHECK(word(possible) == "possible");
  CHECK(word(certain) == "certain");
  CHECK(word(FileKind::program) == "program");
  CHECK(word(FileKind::directory) == "directory");
  CHECK(word(ReasonKind::dlopen_note) == "dlopen-note");
  CHECK(word(ReasonKind::path_string) == "path-string");
  CHECK(word(ReasonKind::rule) == "rule");
  CHECK(word(ReasonKind::parent) == "parent");
  CHECK(word(MissingKind::needed) == "needed");
  CHECK(word(MissingKind::dlopen_note) == "dlopen-note");
  CHECK(word(MissingKind::program) == "program");
}

TEST_SUITE_END();
