#include "built.hpp"
#include "code/functions.hpp"
#include "code/object.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace pare;
using test::Built;
using Lines = std::vector<std::string>;

TEST_SUITE_BEGIN("code");

namespace {

std::unique_ptr<Object> load(const Root& root, const Examined& file) {
  const std::optional<Root::Opened> opened = root.open(file.path);
  auto object = std::make_unique<Object>(*opened->bytes, *file.elf());
  object->load(*opened->bytes);
  return object;
}

/// The lines of a program's output, each split into words.
std::vector<Lines> words_of_lines(const std::string& text) {
  std::vector<Lines> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    out.push_back(test::words(line));
  }
  return out;
}

const std::string source = R"(
  #include <stdio.h>
  const char* names[3] = {"one", "two", "three"};
  int counter = 7;
  extern int unknown_variable;
  extern void unknown_function(void);
  static int hidden(void) { return puts(names[counter]); }
  int (*pointer)(void) = hidden;
  int* far = &unknown_variable;
  int shown(void) { unknown_function(); return pointer() + *far; }
  __attribute__((constructor)) static void start(void) { puts("start"); }
  __attribute__((destructor)) static void end(void) { puts("end"); }
)";

} // namespace

TEST_CASE("symbols, with their versions, are readelf's") {
  Built built;
  built.compile("object.so", "gcc -O2 -shared -fPIC", source);
  const Examined& other = built.file("object.so");
  std::vector<std::pair<const Root*, const Examined*>> cases{{&built.root(), &other}};
  const std::unique_ptr<Root> system = open_directory("/");
  Files files(*system);
  for (const char* path : {"/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
                           "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
                           "/usr/bin/env"}) {
    cases.emplace_back(system.get(), files.open(path).file);
  }
  for (const auto& [root, file] : cases) {
    REQUIRE(file != nullptr);
    const std::string place = file->path.text();
    CAPTURE(place);
    const std::string real =
        (root == system.get() ? std::string() : built.folder().string()) + file->path.text();
    Lines expected, ours;
    for (const Lines& line :
         words_of_lines(test::run({"/usr/bin/readelf", "-W", "--dyn-syms", real}).text)) {
      if (line.size() >= 8 && line[0].back() == ':' && line[0] != "Num:" && line[0] != "0:") {
        std::string name = line[7];
        const bool is_elsewhere = line[6] == "ABS" || line[3] == "TLS";
        if (const std::size_t at = name.find("@@"); at != std::string::npos) {
          name.erase(is_elsewhere ? at : at + 1, is_elsewhere ? std::string::npos : 1);
        }
        expected.push_back(name + (line[6] == "UND"
                                       ? " undefined"
                                       : " " + std::to_string(std::stoull(line[1], nullptr, 16))));
      }
    }
    const std::unique_ptr<Object> object = load(*root, *file);
    for (std::size_t i = 1; i < object->symbols().size(); ++i) {
      const Symbol& symbol = object->symbols()[i];
      std::string name(symbol.name);
      if (!symbol.version.empty() && (symbol.located || !symbol.defined)) {
        name += fmt::format("@{}", symbol.version);
      }
      ours.push_back(name + (symbol.defined ? fmt::format(" {}", symbol.value) : " undefined"));
    }
    // In the file's order; only what differs is shown.
    Lines different;
    for (std::size_t i = 0; i < std::max(ours.size(), expected.size()) && different.size() < 10;
         ++i) {
      if (i >= ours.size() || i >= expected.size() || ours[i] != expected[i]) {
        different.push_back(fmt::format("{}, not {}",
                                        i < ours.size() ? ours[i] : "nothing",
                                        i < expected.size() ? expected[i] : "nothing"));
      }
    }
    CHECK(different == Lines());
  }
}

TEST_CASE("pointers are readelf's relocations, packed ones too") {
  Built built;
  for (const std::string how :
       {"gcc -O2 -shared -fPIC", "gcc -O2 -shared -fPIC -Wl,-z,pack-relative-relocs"}) {
    CAPTURE(how);
    const Examined& file = built.compile("object.so", how, source);
    const std::unique_ptr<Object> object = load(built.root(), file);
    std::map<std::string, unsigned> by_symbol;
    std::set<std::uint64_t> values;
    for (const Slot& slot : object->slots()) {
      if (slot.symbol != no_symbol) {
        ++by_symbol[std::string(object->symbols()[slot.symbol].name)];
      } else {
        values.insert(slot.value);
      }
    }
    CHECK(by_symbol["unknown_variable"] == 1);
    CHECK(by_symbol["unknown_function"] == 1);
    CHECK(by_symbol["puts"] == 1);
    std::set<std::string> texts;
    for (const std::uint64_t value : values) {
      texts.insert(std::string(text_in(object->bytes_at(value))));
    }
    CHECK(texts.contains("one"));
    CHECK(texts.contains("three"));
    CHECK(object->initializers().size() == 3); // _init, frame_dummy, start
    CHECK(object->finalizers().size() == 3);
  }
}

TEST_CASE("functions are where the unwind table says") {
  const std::unique_ptr<Root> root = open_directory("/");
  Files files(*root);
  for (const char* path : {"/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
                           "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
                           "/usr/bin/env"}) {
    CAPTURE(path);
    const Examined* file = files.open(path).file;
    REQUIRE(file != nullptr);
    std::vector<FunctionRange> expected;
    for (const Lines& line : words_of_lines(
             test::run({"/usr/bin/readelf", "-W", "--debug-dump=frames", file->path.text()})
                 .text)) {
      // 00000018 0000000000000014 0000001c FDE cie=00000000 pc=0000000000001040..0000000000001066
      if (line.size() >= 6 && line[3] == "FDE" && line[5].starts_with("pc=")) {
        const std::uint64_t start = std::stoull(line[5].substr(3), nullptr, 16);
        const std::uint64_t end = std::stoull(line[5].substr(line[5].find("..") + 2), nullptr, 16);
        if (end > start) {
          expected.push_back({start, end});
        }
      }
    }
    std::ranges::sort(expected, {}, &FunctionRange::start);
    expected.erase(std::unique(expected.begin(),
                               expected.end(),
                               [](const FunctionRange& one, const FunctionRange& other) {
                                 return one.start == other.start;
                               }),
                   expected.end());
    const std::unique_ptr<Object> object = load(*root, *file);
    CHECK(expected.size() > 50);
    CHECK(read_unwind_ranges(*object) == expected);

    const Functions functions(*object);
    for (std::uint32_t i = 0; i < functions.size(); ++i) {
      CHECK(functions.find(functions[i].start) == i);
      CHECK(functions.find(functions[i].end - 1) == i);
    }
  }
}

TEST_CASE("a function that nothing described is added where a call leads") {
  Built built;
  const Examined& file =
      built.compile("object.so", "gcc -O2 -shared -fPIC -fno-toplevel-reorder", R"(
    int one(void) { return 1; }
    __asm__(".text\n.balign 64\n.skip 32, 0x90\n.Lfirst: ret\n.balign 16\n.Lsecond: ret\n.balign 64");
    int two(void) { return 2; }
  )");
  const std::unique_ptr<Object> object = load(built.root(), file);
  Functions functions(*object);
  const std::uint32_t before = functions.size();
  std::uint64_t two = 0;
  for (const Symbol& symbol : object->symbols()) {
    two = symbol.name == "two" ? symbol.value : two;
  }
  REQUIRE(two != 0);
  const std::uint64_t first = two / 64 * 64 - 32;
  CHECK(functions.find(first) == std::nullopt);
  const std::optional<std::uint32_t> added = functions.find_or_add(*object, first);
  REQUIRE(added);
  CHECK(*added == before);
  CHECK(functions.find(first + 1) == added);
  CHECK(functions.find_or_add(*object, first + 8) == added);
  CHECK(functions[*added].end == two);
  CHECK(functions.find_or_add(*object, 0x7fffffff) == std::nullopt);
}

TEST_CASE("a text is printable and ends with NUL") {
  using namespace std::string_view_literals;
  CHECK(text_in("/etc/x\0more"sv) == "/etc/x");
  CHECK(text_in("gr\xc3\xbc\xc3\x9f\n\0"sv) == "gr\xc3\xbc\xc3\x9f\n");
  CHECK(text_in("ab\0"sv).empty());
  CHECK(text_in("abcd"sv).empty());
  CHECK(text_in("ab\1cd\0"sv).empty());
  CHECK(text_in(std::string(4096, 'a') + '\0').size() == 4096);
  CHECK(text_in(std::string(4097, 'a') + '\0').empty());
}

TEST_SUITE_END();
