#include "built.hpp"
#include "code/reach.hpp"

#include <doctest/doctest.h>

using namespace pare;
using test::Built;
using test::lines;
using test::only;
using test::reached;
using Lines = std::vector<std::string>;

TEST_SUITE_BEGIN("code");

namespace {

const std::string head = R"(
#include <stdio.h>
#include <stdlib.h>
#define apart __attribute__((noinline, noclone))
#define kept __attribute__((used, noinline, noclone))
)";

ReachOptions with_calls(std::map<std::string, unsigned, std::less<>> calls) {
  ReachOptions options = test::test_options();
  options.calls = std::move(calls);
  return options;
}

} // namespace

TEST_CASE("what main calls is reached, and nothing else, however the program is built") {
  Built built;
  const std::string source = head + R"(
    apart static void called(void) { puts("/t/called"); }
    apart static void tail(void) { puts("/t/tail"); }
    kept static void unused(void) { puts("/t/unused"); perror("/t/unused too"); }
    int main(int count, char** words) { called(); puts("/t/main"); if (count > 1) tail(); return 0; }
  )";
  unsigned number = 0;
  for (const std::string how : {"gcc -O2",
                                "gcc -O0",
                                "gcc -Os -fcf-protection=none -Wl,-z,lazy",
                                "gcc -O2 -fno-plt",
                                "gcc -O2 -no-pie -fno-pie",
                                "gcc -O2 -no-pie -fno-pie -mcmodel=large",
                                "gcc -O1 -Wl,-z,noseparate-code",
                                "gcc -O1 -Wl,--no-eh-frame-hdr",
                                "gcc -O1 -no-pie -fno-pie -Wl,--no-eh-frame-hdr",
                                "gcc -O2 -s -Wl,--hash-style=sysv",
                                "gcc -O2 -Wl,-z,pack-relative-relocs",
                                "musl-gcc -O2",
                                "gcc -O2 -static-pie",
                                "gcc -O2 -static"}) {
    CAPTURE(how);
    const std::string name = fmt::format("program{}", number++);
    const Examined& program = built.compile(name, how, source);
    const bool is_static = how.find("-static") != std::string::npos;
    Lines expected = {"constant " + name + " /t/called",
                      "constant " + name + " /t/main",
                      "constant " + name + " /t/tail"};
    if (!is_static) {
      expected.push_back("symbol " + name + " puts");
    }
    CHECK(reached(built, {&program}) == expected);
  }
}

TEST_CASE("a function whose address is taken is reached") {
  Built built;
  const Examined& program = built.compile("program", "gcc -O2", head + R"(
    apart static int compare(const void* a, const void* b) { puts("/t/compare"); return a < b; }
    kept static int other(const void* a, const void* b) { puts("/t/other"); return a < b; }
    int main(int count, char** words) { qsort(words, count, sizeof *words, compare); return 0; }
  )");
  CHECK(reached(built, {&program}) ==
        Lines{"constant program /t/compare", "symbol program puts", "symbol program qsort"});
}

TEST_CASE("a table belongs to the code that takes its address") {
  Built built;
  const std::string source = head + R"(
    struct command { const char* name; int (*run)(void); };
    static int first(void) { return puts("/t/first runs"); }
    static int second(void) { return puts("/t/second runs"); }
    static int third(void) { return puts("/t/third runs"); }
    static struct command used[] = {{"/t/first", first}, {"/t/second", second}};
    static struct command unused[] = {{"/t/third", third}};
    apart static int walk(struct command* at, int count) {
      for (int i = 0; i < count; ++i) if (at[i].name[1] == 't') at[i].run();
      return 0;
    }
    kept static int never(int count) { return walk(unused, count); }
    int main(int count, char** words) { return walk(used, count); }
  )";
  unsigned number = 0;
  for (const std::string how :
       {"gcc -O2", "gcc -O1 -no-pie -fno-pie", "gcc -O2 -Wl,-z,pack-relative-relocs"}) {
    CAPTURE(how);
    const std::string name = fmt::format("program{}", number++);
    const Examined& program = built.compile(name, how, source);
    CHECK(only("constant", reached(built, {&program})) ==
          Lines{"constant " + name + " /t/first",
                "constant " + name + " /t/first runs",
                "constant " + name + " /t/second",
                "constant " + name + " /t/second runs"});
  }
}

TEST_CASE("tables are followed through pointers, also those of variables") {
  Built built;
  const Examined& program = built.compile("program", "gcc -O2", head + R"(
    struct option { const char* name; const char** values; };
    static const char* colours[] = {"/t/red", "/t/green", 0};
    static const char* sizes[] = {"/t/small", 0};
    static struct option options[] = {{"/t/colour", colours}, {"/t/size", sizes}, {0, 0}};
    struct option* current = options;
    static const char* nobody[] = {"/t/nobody", 0};
    kept const char** never(void) { return nobody; }
    int main(int count, char** words) { return puts(current[count].values[count]); }
  )");
  CHECK(only("constant", reached(built, {&program})) == Lines{"constant program /t/colour",
                                                              "constant program /t/green",
                                                              "constant program /t/red",
                                                              "constant program /t/size",
                                                              "constant program /t/small"});
}

TEST_CASE("what only a failure leads to is possible") {
  Built built;
  const Examined& program = built.compile("program", "gcc -O2", head + R"(
    #include <assert.h>
    #include <syslog.h>
    apart static void report(void) { puts("/t/report"); }
    apart static void give_up(const char* why) { fputs(why, stderr); report(); abort(); }
    int main(int count, char** words) {
      if (count == 3) give_up("/t/give up");
      if (count == 4) syslog(1, "/t/log");
      assert(count != 5 && "/t/assertion");
      return puts("/t/main");
    }
  )");
  CHECK(reached(built, {&program}) == Lines{"constant program /t/give up possible",
                                            "constant program /t/log possible",
                                            "constant program /t/main",
                                            "constant program /t/report possible",
                                            "symbol program abort possible",
                                            "symbol program fputs possible",
                                            "symbol program puts",
                                            "symbol program stderr possible",
                                            "symbol program syslog possible"});
}

TEST_CASE("exit is no failure, and what fails in one place may be used in another") {
  Built built;
  const Examined& program = built.compile("program", "gcc -O2", head + R"(
    apart static void both(void) { puts("/t/both"); }
    apart static void give_up(void) { both(); abort(); }
    int main(int count, char** words) { if (count == 3) give_up(); both(); exit(puts("/t/last")); }
  )");
  CHECK(reached(built, {&program}) == Lines{"constant program /t/both",
                                            "constant program /t/last",
                                            "symbol program abort possible",
                                            "symbol program exit",
                                            "symbol program puts"});
}

TEST_CASE("constructors run; destructors may") {
  Built built;
  const Examined& program = built.compile("program", "gcc -O2", "int main() { return 0; }");
  const Examined& library = built.compile("libx.so", "gcc -O2 -shared -fPIC", head + R"(
    __attribute__((constructor)) static void start(void) { puts("/t/start"); }
    __attribute__((destructor)) static void end(void) { puts("/t/end"); }
    void exported(void) { puts("/t/exported"); }
  )");
  CHECK(reached(built, {&program, &library}) == Lines{"constant libx.so /t/end possible",
                                                      "constant libx.so /t/start",
                                                      "symbol libx.so puts"});
}

TEST_CASE("an import leads to the first object that defines it") {
  Built built;
  const std::string shared = "gcc -O2 -shared -fPIC";
  const Examined& first =
      built.compile("liba.so", shared, head + R"(void both(void) { puts("/t/a both"); })");
  const Examined& second = built.compile("libb.so", shared, head + R"(
    void both(void) { puts("/t/b both"); }
    void alone(void) { puts("/t/b alone"); both(); }
    void unused(void) { puts("/t/b unused"); }
  )");
  const Examined& program = built.compile("program", "gcc -O2", head + R"(
    __attribute__((weak)) void alone(void);
    int main() { alone(); return 0; }
  )");
  CHECK(only("constant", reached(built, {&program, &first, &second})) ==
        Lines{"constant liba.so /t/a both", "constant libb.so /t/b alone"});
  CHECK(only("constant", reached(built, {&program, &second, &first})) ==
        Lines{"constant libb.so /t/b alone", "constant libb.so /t/b both"});
  CHECK(reached(built, {&program}) == Lines{"symbol program alone"});
}

TEST_CASE("an import asks for its version") {
  Built built;
  std::ofstream(built.folder() / "map") << "V1 { global: work; }; V2 { global: work; } V1;\n";
  const Examined& library =
      built.compile("libv.so", "gcc -O2 -shared -fPIC -Wl,--version-script=%map", head + R"(
    __attribute__((symver("work@V1"))) int old_work(void) { return puts("/t/old"); }
    __attribute__((symver("work@@V2"))) int new_work(void) { return puts("/t/new"); }
  )");
  const Examined& program =
      built.compile("program", "gcc -O2 %libv.so", "int work(void); int main() { return work(); }");
  const Examined& old = built.compile("old", "gcc -O2 %libv.so", R"(
    int work(void); __asm__(".symver work, work@V1"); int main() { return work(); }
  )");
  CHECK(only("constant", reached(built, {&program, &library})) == Lines{"constant libv.so /t/new"});
  CHECK(only("constant", reached(built, {&old, &library})) == Lines{"constant libv.so /t/old"});
}

TEST_CASE("a variable of a library is used through its copy in the program") {
  Built built;
  const Examined& library = built.compile("libv.so", "gcc -O2 -shared -fPIC", R"(
    const char* names[2] = {"/t/one", "/t/two"};
    const char* others[1] = {"/t/other"};
  )");
  const Examined& program = built.compile("program", "gcc -O2 -no-pie -fno-pie %libv.so", head + R"(
    extern const char* names[2];
    int main(int count, char** words) { return puts(names[count]); }
  )");
  CHECK(reached(built, {&program, &library}) == Lines{"constant libv.so /t/one",
                                                      "constant libv.so /t/two",
                                                      "symbol program names",
                                                      "symbol program puts"});
}

TEST_CASE("a function that is chosen at run time may be any that its resolver names") {
  Built built;
  const Examined& library = built.compile("libi.so", "gcc -O2 -shared -fPIC", head + R"(
    static int fast(void) { return puts("/t/fast"); }
    static int plain(void) { return puts("/t/plain"); }
    extern int level;
    static int (*choose(void))(void) { return level > 1 ? fast : plain; }
    int work(void) __attribute__((ifunc("choose")));
  )");
  const Examined& program = built.compile("program",
                                          "gcc -O2 -Wl,--allow-shlib-undefined %libi.so",
                                          "int work(void); int main() { return work(); }");
  CHECK(only("constant", reached(built, {&program, &library})) ==
        Lines{"constant libi.so /t/fast", "constant libi.so /t/plain"});
}

TEST_CASE("all that an opened object exports is reached, and told once") {
  Built built;
  const Examined& program = built.compile("program", "gcc -O2 -rdynamic", head + R"(
    void callback(void) { puts("/t/callback"); }
    int main() { return puts("/t/main"); }
  )");
  const Examined& plugin = built.compile("plugin.so", "gcc -O2 -shared -fPIC", head + R"(
    void callback(void);
    kept static void hidden(void) { puts("/t/hidden"); }
    void plugin_init(void) { callback(); puts("/t/init"); }
  )");
  Reach reach(built.root(), test::test_options());
  const Reach::Process process = reach.add_process({&program});
  CHECK(lines(reach.run()) == Lines{"constant program /t/main", "symbol program puts"});
  reach.extend(process, {&plugin});
  CHECK(reach.run().empty()); // loaded, and nobody asked for anything of it
  reach.enter_all(plugin);
  CHECK(lines(reach.run()) == Lines{"constant plugin.so /t/init",
                                    "constant program /t/callback",
                                    "symbol plugin.so callback",
                                    "symbol plugin.so puts"});
  CHECK(reach.run().empty());
}

TEST_CASE("a symbol may be entered by its name") {
  Built built;
  const Examined& program = built.compile("program", "gcc -O2", "int main() { return 0; }");
  const Examined& library = built.compile("libx.so", "gcc -O2 -shared -fPIC", head + R"(
    void one(void) { puts("/t/one"); }
    void two(void) { puts("/t/two"); }
  )");
  Reach reach(built.root(), test::test_options());
  reach.add_process({&program, &library});
  CHECK(reach.run().empty());
  reach.enter(library, "two");
  CHECK(lines(reach.run()) == Lines{"constant libx.so /t/two", "symbol libx.so puts"});
}

TEST_CASE("a library in two processes binds to the names of both") {
  Built built;
  const std::string shared = "gcc -O2 -shared -fPIC";
  const Examined& common =
      built.compile("libc1.so", shared, "void work(void); void shared(void) { work(); }");
  const Examined& one =
      built.compile("one.so", shared, head + R"(void work(void) { puts("/t/one"); })");
  const Examined& two =
      built.compile("two.so", shared, head + R"(void work(void) { puts("/t/two"); })");
  const Examined& program = built.compile("program",
                                          "gcc -O2 -Wl,--allow-shlib-undefined %libc1.so",
                                          "void shared(void); int main() { shared(); return 0; }");
  Reach reach(built.root(), test::test_options());
  reach.add_process({&program, &common, &one});
  CHECK(only("constant", lines(reach.run())) == Lines{"constant one.so /t/one"});
  reach.add_process({&program, &common, &two});
  CHECK(only("constant", lines(reach.run())) == Lines{"constant two.so /t/two"});
}

TEST_CASE("constant arguments of calls, of several ways each") {
  Built built;
  const std::string source = head + R"(
    long random(void);
    const char* setting = "/t/setting";
    int main(int count, char** words) {
      FILE* first = fopen("/t/first", "r");
      const char* name = random() ? "/t/yes" : "/t/no";
      FILE* second = fopen(name, words[1]);
      FILE* third = fopen(words[1] ? words[1] : "/t/default", "w");
      FILE* fourth = fopen(words[2], words[3]);
      FILE* fifth = fopen(setting, "a");
      return first && second && third && fourth && fifth;
    }
  )";
  unsigned number = 0;
  for (const std::string how :
       {"gcc -O2", "gcc -O0", "gcc -O1 -fno-plt", "gcc -O2 -no-pie -fno-pie"}) {
    CAPTURE(how);
    const std::string name = fmt::format("program{}", number++);
    const Examined& program = built.compile(name, how, source);
    CHECK(only("call", reached(built, {&program}, with_calls({{"fopen", 2}}))) ==
          Lines{"call " + name + " fopen /t/default w",
                "call " + name + " fopen /t/first r",
                "call " + name + " fopen /t/no",
                "call " + name + " fopen /t/setting a",
                "call " + name + " fopen /t/yes"});
  }
}

TEST_CASE("a function that hands its argument on is such a call too, across objects") {
  Built built;
  const Examined& library = built.compile("libw.so", "gcc -O2 -shared -fPIC", head + R"(
    FILE* open_setting(int flags, const char* name) { return flags ? fopen(name, "r") : 0; }
    void* same(const char* name) { return fopen(name, "w"); }
  )");
  const std::string source = head + R"(
    FILE* open_setting(int flags, const char* name);
    void* same(const char* name);
    apart static int inner(const char* name) { return open_setting(7, name) != 0; }
    apart static int outer(int a, int b, const char* name) { return inner(name) + a + b; }
    int main(int count, char** words) { return outer(count, 2, "/t/outer") + inner("/t/inner") + (same("/t/same") != 0); }
  )";
  unsigned number = 0;
  for (const std::string how : {"gcc -O2", "gcc -O0"}) {
    CAPTURE(how);
    const std::string name = fmt::format("program{}", number++);
    const Examined& program = built.compile(name, how + " %libw.so", source);
    CHECK(only("call", reached(built, {&program, &library}, with_calls({{"fopen", 2}}))) ==
          Lines{"call libw.so fopen ? r",
                "call libw.so fopen ? w",
                "call " + name + " fopen /t/inner r",
                "call " + name + " fopen /t/outer r",
                "call " + name + " fopen /t/same w"});
  }
}

TEST_CASE("what an opaque object does is not looked at") {
  Built built;
  const Examined& library = built.compile("libo.so.1",
                                          "gcc -O2 -shared -fPIC -Wl,-soname,libo.so.1",
                                          head + R"(void work(void) { puts("/t/work"); })");
  const Examined& program = built.compile(
      "program", "gcc -O2 %libo.so.1", "void work(void); int main() { work(); return 0; }");
  ReachOptions options = test::test_options();
  options.opaque = {"libo.so.1"};
  CHECK(reached(built, {&program, &library}, options) == Lines{"symbol program work"});
}

TEST_CASE("objects that lead to nothing of interest are not decoded") {
  Built built;
  const std::string shared = "gcc -O2 -shared -fPIC";
  const Examined& dull = built.compile("libdull.so", shared, "int twice(int x) { return 2 * x; }");
  const Examined& user =
      built.compile("libuser.so", shared, "int open_it(void); int use(void) { return open_it(); }");
  const Examined& opener = built.compile(
      "libopener.so", shared, head + R"(int open_it(void) { return remove("/t/it"); })");
  const Examined& program =
      built.compile("program",
                    "gcc -O2 -Wl,--allow-shlib-undefined %libdull.so %libuser.so",
                    "int twice(int); int use(void); int main() { return twice(use()); }");
  ReachOptions options = test::test_options();
  options.interesting_symbol = [](std::string_view name) { return name == "dlopen"; };
  Reach reach(built.root(), options);
  reach.add_process({&program, &dull, &user, &opener});
  CHECK(lines(reach.run()) == Lines{"constant libopener.so /t/it"});
  CHECK(reach.numbers().objects == 4);
  CHECK(reach.numbers().decoded == 3);
}

TEST_CASE("a text without an end has its length beside it") {
  Built built;
  const Examined& program = built.compile("program", "gcc -O2", R"(
    #include <unistd.h>
    __asm__(".section .rodata\ntexts: .ascii \"/t/first/t/second/t/third\"\n.data\n.balign 8\ntable: .quad texts + 17, 8\n.text");
    extern const char texts[] __attribute__((visibility("hidden")));
    extern struct { const char* text; long length; } table[] __attribute__((visibility("hidden")));
    int main() { return write(1, texts, 8) + write(1, texts + 8, 9) + write(1, table[0].text, table[0].length); }
  )");
  const Lines constants = only("constant", reached(built, {&program}));
  CHECK(std::ranges::includes(constants,
                              Lines{"constant program /t/first",
                                    "constant program /t/second",
                                    "constant program /t/third"}));
}

TEST_CASE("of code that is not read, all imports are likely, and all texts possible") {
  Built built;
  built.compile("object.o", "as --32", R"(
    .text
    .globl work
    work: call puts@PLT
          ret
    .section .rodata
    .string "/t/text"
  )");
  built.call("ld -m elf_i386 -shared %object.o -o %libx.so");
  const Examined& library = built.file("libx.so");
  CHECK(reached(built, {&library}) ==
        Lines{"constant libx.so /t/text possible", "symbol libx.so puts"});
}

TEST_CASE("AArch64: calls, imports, callbacks, tables, arguments") {
  Built built;
  built.compile("object.o", "aarch64-linux-gnu-as", R"(
    .text
    .globl _start
    .cfi_startproc
    _start:
      stp x29, x30, [sp, -16]!
      bl called
      adrp x0, callback
      add x0, x0, :lo12:callback
      bl atexit
      adrp x1, table
      add x1, x1, :lo12:table
      ldr x2, [x1, 8]
      blr x2
      adrp x0, name
      add x0, x0, :lo12:name
      mov w1, 0
      bl opener
      cbz x0, 1f
      adrp x0, :got:other
      ldr x0, [x0, :got_lo12:other]
      blr x0
    1: ldp x29, x30, [sp], 16
      ret
    .cfi_endproc
    called:
    .cfi_startproc
      adr x0, text
      b puts
    .cfi_endproc
    callback:
    .cfi_startproc
      adrp x0, callback_text
      add x0, x0, :lo12:callback_text
      b puts
    .cfi_endproc
    run:
    .cfi_startproc
      adrp x0, run_text
      add x0, x0, :lo12:run_text
      b puts
    .cfi_endproc
    unused:
    .cfi_startproc
      adrp x0, unused_text
      add x0, x0, :lo12:unused_text
      b puts
    .cfi_endproc
    opener:
    .cfi_startproc
      stp x29, x30, [sp, -32]!
      str x0, [sp, 16]
      bl strlen
      ldr x0, [sp, 16]
      bl open
      ldp x29, x30, [sp], 32
      ret
    .cfi_endproc
    text: .string "/t/text"
    .section .rodata
    callback_text: .string "/t/callback"
    run_text: .string "/t/run"
    unused_text: .string "/t/unused"
    name: .string "/t/name"
    .data
    .balign 8
    table: .quad name, run
  )");
  built.call("aarch64-linux-gnu-ld -shared -e _start "
             "%object.o -o %program");
  const Examined& program = built.file("program");
  CHECK(reached(built, {&program}, with_calls({{"open", 1}})) ==
        Lines{"call program open /t/name",
              "constant program /t/callback",
              "constant program /t/name",
              "constant program /t/run",
              "constant program /t/text",
              "symbol program atexit",
              "symbol program open",
              "symbol program other",
              "symbol program puts",
              "symbol program strlen"});
}

TEST_CASE("the chain goes from the entry to the function") {
  Built built;
  const Examined& library = built.compile("libx.so", "gcc -O2 -shared -fPIC", head + R"(
    apart static int inner(void) { return puts("/t/inner"); }
    int step(void) { return inner() + 1; }
    __attribute__((constructor)) static void start(void) { puts("/t/start"); }
  )");
  const Examined& program = built.compile(
      "program", "gcc -O2 -s %libx.so", "int step(void); int main() { return step() + 1; }");
  Reach reach(built.root(), test::test_options());
  reach.add_process({&program, &library});
  std::map<std::string, std::string> chains;
  for (const Reached& what : reach.run()) {
    if (what.kind == ReachedKind::constant) {
      Lines chain = reach.chain(what.function);
      chain.back() =
          chain.back().substr(chain.back().starts_with("0x") ? chain.back().find(' ') : 0);
      chains[what.text] = fmt::format("{}", fmt::join(chain, " > "));
    }
  }
  CHECK(chains ==
        std::map<std::string, std::string>{{"/t/inner", "main > step in libx.so >  in libx.so"},
                                           {"/t/start", "loading of libx.so >  in libx.so"}});
}

TEST_CASE("the answer does not depend on the number of threads") {
  const std::unique_ptr<Root> root = open_directory("/");
  Files files(*root);
  const Examined* gcc = files.open("/usr/bin/gcc").file;
  const Examined* crypto = files.open("/usr/lib/x86_64-linux-gnu/libcrypto.so.3").file;
  REQUIRE(gcc != nullptr);
  REQUIRE(crypto != nullptr);
  std::vector<Lines> answers;
  for (const unsigned threads : {1u, 4u}) {
    ReachOptions options;
    options.threads = threads;
    options.calls = {{"open", 1}, {"fopen", 2}, {"getenv", 1}};
    Reach reach(*root, options);
    reach.add_process({gcc, crypto});
    answers.push_back(lines(reach.run()));
  }
  CHECK(answers[0] == answers[1]);
  CHECK(std::ranges::count(answers[0],
                           fmt::format("call {} getenv GCC_EXEC_PREFIX", gcc->path.name())) == 1);
}

TEST_SUITE_END();
