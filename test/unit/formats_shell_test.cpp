#include "formats/shell.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace pare;

namespace {

/// "a b c; d": words with blanks between, `?` for what is not known, `@` for "$@".
std::string commands_of(std::string_view text, std::map<std::string, std::string> variables = {}) {
  std::string all;
  for (const ShellCommand& command : shell_commands(text, std::move(variables))) {
    all += all.empty() ? "" : "; ";
    std::string line;
    for (const ShellWord& word : command) {
      line += line.empty() ? "" : " ";
      line += word.is_arguments ? "@" : word.is_known ? word.text : "?";
    }
    all += line;
  }
  return all;
}

} // namespace

TEST_SUITE("formats") {

  TEST_CASE("shell: simple commands, whatever joins them") {
    CHECK(commands_of("a b && c | d || e & f; g\nh") == "a b; c; d; e; f; g; h");
    CHECK(commands_of("if test -f x; then exec y; else z; fi") == "test -f x; exec y; z");
    CHECK(commands_of("while true; do run one; done") == "true; run one");
    CHECK(commands_of("{ a; }; (b c)") == "a; b c");
    CHECK(commands_of("# nothing\na # rest\n") == "a");
    CHECK(commands_of("a \\\n b") == "a b");
  }

  TEST_CASE("shell: quotes") {
    CHECK(commands_of(R"(a 'b c' "d e" f\ g "h\"i" 'j\k')") == "a b c d e f g h\"i j\\k");
    CHECK(commands_of("a '' \"\"") == "a  ");
  }

  TEST_CASE("shell: redirections and assignments are no words") {
    CHECK(commands_of("A=1 B=2 run >out 2>&1 <in") == "run");
    CHECK(commands_of("cat <<EOF\nrm -rf x\nEOF\nnext") == "cat; next");
    CHECK(commands_of("cat <<-'E F'\n\trm\n\tE F\nnext") == "cat; next");
  }

  TEST_CASE("shell: variables that are known") {
    CHECK(commands_of("$APP \"${APP}\" $no ${APP:-x} ${no:-y} ${no-$z}", {{"APP", "/app"}}) ==
          "/app /app ? /app y ?");
    CHECK(commands_of("P=/usr/bin; exec $P/x") == "exec /usr/bin/x");
    CHECK(commands_of("P=$(which x); exec $P") == "exec ?");
    CHECK(commands_of("a $? $1 $ `b c` $(d (e) \")\") f") == "a ? ? $ ? ? f");
  }

  TEST_CASE("shell: the script's own arguments") {
    CHECK(commands_of("exec \"$@\"") == "exec @");
    CHECK(commands_of("set -- redis-server \"$@\"; exec gosu redis $@") ==
          "set -- redis-server @; exec gosu redis @");
  }

  TEST_CASE("shell: anything ends") {
    for (const char* text :
         {"'", "\"", "`", "$(", "${", "$", "\\", "<<", "a <", "${a", "<<E\n", "\"$"}) {
      CAPTURE(text);
      CHECK(shell_commands(text, {}).size() <= 1);
    }
  }

} // TEST_SUITE
