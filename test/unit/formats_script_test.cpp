#include "command.hpp"
#include "formats/script.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace pare;

TEST_SUITE_BEGIN("formats");

namespace {

/// "interpreter|argument", or "none".
std::string line(std::string_view bytes) {
  const std::optional<Script> script = read_script(bytes);
  return script ? script->interpreter + "|" + script->argument : "none";
}

std::string env(const std::vector<std::string>& arguments) {
  const EnvCommand command = read_env_arguments(arguments);
  return fmt::format("{}{} [{}]",
                     command.path ? "PATH=" + *command.path + " " : "",
                     command.program,
                     fmt::join(command.arguments, "|"));
}

} // namespace

TEST_CASE("a line is an interpreter and at most one argument") {
  CHECK(line("#!/bin/sh\n") == "/bin/sh|");
  CHECK(line("#!/bin/sh") == "/bin/sh|");
  CHECK(line("#!/bin/sh -e -u\nexit\n") == "/bin/sh|-e -u");
  CHECK(line("#! \t /bin/sh \t -e \t \n") == "/bin/sh|-e");
  CHECK(line("#!sh\n") == "sh|");
  CHECK(line("#!/bin/sh\r\n") == "/bin/sh\r|");
  CHECK(line(std::string_view("#!/bin/sh\0 -e\n", 15)) == "/bin/sh|");
}

TEST_CASE("what is no script") {
  CHECK(line("") == "none");
  CHECK(line("#") == "none");
  CHECK(line(" #!/bin/sh") == "none");
  CHECK(line("#!") == "none");
  CHECK(line("#! \t\n/bin/sh\n") == "none");
}

TEST_CASE("the kernel looks at 256 bytes, of which the last is its own") {
  const std::string fits = "#!/" + std::string(251, 'a'); // 254 bytes, then the newline
  CHECK(line(fits + "\n") == fits.substr(2) + "|");
  CHECK(line(fits + "b\n") == fits.substr(2) + "b|"); // the newline is the last byte
  CHECK(line(fits + "bc\n") == "none");               // cut off: not run at all
  CHECK(line(fits + "bc") == "none");
  CHECK(line(fits + "b") == fits.substr(2) + "b|"); // a file of 255 bytes
  // An argument may be cut off, an interpreter before it is whole.
  CHECK(line("#!/bin/sh " + std::string(300, 'x')) == "/bin/sh|" + std::string(245, 'x'));
}

TEST_CASE("env runs its first word that is neither an option nor a setting") {
  CHECK(env({"python3"}) == "python3 []");
  CHECK(env({"A=1", "B=2", "python3", "-u", "x=y"}) == "python3 [-u|x=y]");
  CHECK(env({"PATH=/opt", "python3"}) == "PATH=/opt python3 []");
  CHECK(env({"-u", "HOME", "--unset=LANG", "-C", "/tmp", "--chdir", "/", "--", "python3"}) ==
        "python3 []");
  CHECK(env({"-vuHOME", "python3"}) == "python3 []");
  CHECK(env({"--ignore-signal", "--default-signal=PIPE", "-0", "python3", "-i"}) == "python3 [-i]");
  CHECK(env({"python3 -u"}) == "python3 -u []"); // without -S one word is one name
  CHECK(env({}) == " []");
  CHECK(env({"A=1"}) == " []");
  CHECK(env({"-u"}) == " []");
}

TEST_CASE("without PATH in the environment, execvp(3) has folders of its own") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"-i", "python3"},
                                                    {"-", "python3"},
                                                    {"--ignore-environment", "python3"},
                                                    {"-u", "PATH", "python3"},
                                                    {"-uPATH", "python3"},
                                                    {"--unset=PATH", "python3"},
                                                    {"--unset", "PATH", "python3"}}) {
    CHECK(env(arguments) == "PATH=/bin:/usr/bin python3 []");
  }
  CHECK(env({"-i", "PATH=/opt", "python3"}) == "PATH=/opt python3 []");
}

TEST_CASE("env -S makes words of a string, options among them") {
  CHECK(env({"-S python3 -u"}) == "python3 [-u]");
  CHECK(env({"-S", "python3 -u", "more"}) == "python3 [-u|more]");
  CHECK(env({"-iS", "PATH=/opt 'my python' \"-u x\""}) == "PATH=/opt my python [-u x]");
  CHECK(env({"-vSpython3"}) == "python3 []");
  CHECK(env({"--split-string=-i A=1 python3"}) == "PATH=/bin:/usr/bin python3 []");
  CHECK(env({"--split-string", "-S '-S python3 -u'"}) == "python3 [-u]");
  CHECK(env({"-S"}) == " []");
}

TEST_CASE("strings are split as env(1) splits them") {
  const char* texts[] = {
      "a b  c\td", "'a b' c",        "\"a b\" c", "a'b'\"c\"d",   "'' \"\" x",   "a\\_b",
      "\"a\\_b\"", "a\\tb\\nc",      "'a\\tb'",   "\"a\\tb\\r\"", "'it\\'s'",    "\"q\\\"q\"",
      "\\#a b",    "a #b c",         "a#b",       "a\\c b",       "'\\\\'",      "\\$x",
      "\\f\\v",    "\"a'b\" 'c\"d'", "a\\\\b",    "\xff\xc3",     "\"a\\\\_b\"", "x\\_\\_y",
  };
  if (test::run({"/usr/bin/env", "-S/usr/bin/printf %s| x"}).text != "x|") {
    MESSAGE("no env -S, or no printf, to compare with");
    return;
  }
  for (const char* text : texts) {
    CAPTURE(text);
    const std::string all = std::string("-S/usr/bin/printf %s| ") + text;
    const test::Output judged = test::run({"/usr/bin/env", all});
    REQUIRE_MESSAGE(judged.code == 0, judged.text);
    const EnvCommand command = read_env_arguments({all});
    std::string ours;
    for (std::size_t i = 1; i < command.arguments.size(); ++i) {
      ours += command.arguments[i] + "|";
    }
    CHECK(ours == judged.text);
  }
}

TEST_SUITE_END();
