#include "finders/modules/shell.hpp"
#include "requests_text.hpp"

#include <doctest/doctest.h>

namespace pare {
namespace {

using test::at;

std::string commands(std::string_view line) {
  std::string out;
  for (const std::string& name : commands_of(line)) {
    out += (out.empty() ? "" : " ") + name;
  }
  return out;
}

/// What a script /opt/run asks for, by names alone.
std::string asked(const std::string& script) {
  MemoryRoot root;
  root.add_file(at("/opt/run"), script, 0755);
  root.add_file(at("/etc/app.conf"), "NAME=x\n");
  root.add_file(at("/opt/lib.sh"), "helper() { sort; }\nuniq\n");
  test::Finding<ShellModules> finding(root);
  finding.show("/opt/run", FileKind::program);
  return finding.text(false);
}

} // namespace

TEST_SUITE("finders") {

  TEST_CASE("shell: commands are found where they stand") {
    CHECK(commands("sort -u x") == "sort");
    CHECK(commands("a | b && c || d; e & f") == "a b c d e f");
    CHECK(commands("(cd /x && tar cf - .) | gzip > /tmp/y") == "tar gzip");
    CHECK(commands("if grep -q x f; then sed p; elif awk 1; then cut; else tr; fi") ==
          "grep sed awk cut tr");
    CHECK(commands("while read -r line; do basename \"$line\"; done < list") == "basename");
    CHECK(commands("{ date; } 2>&1") == "date");
    CHECK(commands("! cmp a b") == "cmp");
    CHECK(commands("A=1 B=$(hostname) make") == "hostname make");
    CHECK(commands("echo \"$(uname -r) `id -u`\"") == "uname id");
    CHECK(commands("x=$(( $(nproc) + 1 )); ((y = 2)); seq $y") == "nproc seq");
    CHECK(commands("2>/dev/null ls") == "ls");
    CHECK(commands("time -p make all") == "make");
    CHECK(commands("a\\\n  b; 'c' \"d\"; e\"f\"g") == "a c efg");
    CHECK(commands("# sort\nls # tail\necho a#b; head") == "ls head");
    CHECK(commands("diff <(sort a) <(sort b)") == "sort diff");
  }

  TEST_CASE("shell: what looks like a command is none") {
    CHECK(commands("case $x in sort|ls) head ;; (tail) ;; *) cut;; esac; tr") == "head cut tr");
    CHECK(commands("x=$(case $y in a) expr 1;; esac)") == "expr");
    CHECK(commands("for f in sort ls; do wc $f; done") == "wc");
    CHECK(commands("f() { awk 1; }; f; function g { sed p; }; g; alias h='x'; h") == "awk sed");
    CHECK(commands("cat <<END\nsort $(date)\nEND\nhead") == "cat date head");
    CHECK(commands("cat <<'END'\nsort $(date)\nEND\nhead") == "cat head");
    CHECK(commands("cat <<-A <<B\n\tls\n\tA\nB\ntail") == "cat tail");
    CHECK(commands("echo 'sort | ls' \"sort; ls\"") == "");
    CHECK(commands("[[ $a == sort && ( -f ls || $b =~ ^(x|y)$ ) ]] && tail") == "tail");
    CHECK(commands("a=(sort ls); export m=(y); tail") == "tail");
    CHECK(commands("$1; \"$@\"; $(get)") == "get");
    CHECK(commands("echo ${x:-$(nproc)} ${#x} ${x//a/b} \"${x:-it's}\"; tail") == "nproc tail");
  }

  TEST_CASE("shell: wrappers are seen through") {
    CHECK(commands("env -i A=1 nice -n 5 sort") == "env nice sort");
    CHECK(commands("exec gosu app /usr/bin/redis x") == "gosu /usr/bin/redis");
    CHECK(commands("find . -name x -exec sha256sum {} + -print -exec rm {} \\;") ==
          "find sha256sum rm");
    CHECK(commands("ls | xargs -0 -n 1 -P4 gzip -9") == "ls xargs gzip");
    CHECK(commands("timeout -k 5 10 curl x") == "timeout curl");
    CHECK(commands("sh -c 'sort | uniq' arg; bash -euc \"ls\"") == "sh sort uniq bash ls");
    CHECK(commands("trap 'rm -f x' EXIT; eval 'date +%s'") == "rm date");
    CHECK(commands("if command -v jq >/dev/null; then :; fi; type -p git; hash ssh") ==
          "jq git ssh");
    CHECK(commands("nohup setsid flock -n /x -c 'tar c'") == "nohup setsid flock tar");
    CHECK(commands("set -- redis-server \"$@\"; exec \"$@\"; set -- -v x; set -e") ==
          "redis-server");
    CHECK(commands("env echo x; command echo; exec printf y") == "env echo printf");
    CHECK(commands("start-stop-daemon --start --exec /usr/sbin/x -- -f") ==
          "start-stop-daemon /usr/sbin/x");
  }

  TEST_CASE("shell: variables and neighbours") {
    CHECK(asked("#!/bin/sh\nPAGER=less\n\"$PAGER\" x\n${EDITOR:-vi} y\n") ==
          "program less\nprogram vi\n");
    CHECK(asked("#!/bin/sh\nfor t in jq yq; do command -v $t; done\n") ==
          "program jq\nprogram yq\n");
    CHECK(asked("#!/bin/sh\nCMD='tail -f x'\nexec $CMD\n") == "program tail\n");
    CHECK(asked("#!/bin/bash\ndir=\"$(cd \"$(dirname \"$0\")\" && pwd)\"\n. "
                "\"$dir/lib.sh\"\nhelper\n") ==
          "file /opt/lib.sh\nprogram dirname\nfile /opt\nprogram sort\nprogram uniq\n");
    CHECK(asked("#!/bin/bash\nsource \"${BASH_SOURCE[0]%/*}/lib.sh\"\n") ==
          "file /opt/lib.sh\nprogram sort\nprogram uniq\n");
    CHECK(asked("#!/bin/sh\n. ./lib.sh\n") == "file /opt/lib.sh\nprogram sort\nprogram uniq\n");
    CHECK(asked("#!/bin/sh\nPATH=/opt/bin:/opt:$PATH\nrun\nlib.sh x") ==
          "program /opt/run | run\nprogram /opt/lib.sh | lib.sh\n");
    CHECK(asked("#!/bin/sh\njava -cp /etc/app.conf:/opt/lib.sh Main\n") ==
          "program java\nfile /etc/app.conf\nfile /opt/lib.sh\n");
    CHECK(asked("#!/bin/sh\ncat /etc/app.conf /etc/none\nread x < /etc/app.conf\nrm "
                "/etc/app.conf\ncd /etc\n") ==
          "program cat\nprogram rm\nfile /etc/app.conf\nfile /etc\n");
  }

  TEST_CASE("shell: details, and who asks") {
    MemoryRoot root;
    root.add_file(at("/opt/run"), "#!/usr/bin/env bash\n\nsort /etc/x\n", 0755);
    root.add_file(at("/etc/x"), "");
    test::Finding<ShellModules> finding(root);
    finding.show("/opt/run", FileKind::program);
    CHECK(finding.text() ==
          "program sort (line 3: command sort)\nfile /etc/x (line 3: sort /etc/x)\n");
  }

  TEST_CASE("shell: which files are scripts") {
    MemoryRoot root;
    root.add_file(at("/a"), "ls\n", 0755);
    root.add_file(at("/b.sh"), "ls\n");
    root.add_file(at("/c"), "#!/usr/bin/python3\nls\n", 0755);
    root.add_file(at("/d"), std::string("ls\0\n", 4), 0755);
    test::Finding<ShellModules> finding(root);
    finding.show("/b.sh", FileKind::data, false);
    finding.show("/c", FileKind::program);
    finding.show("/d", FileKind::program);
    CHECK(finding.text() == "");
    finding.show("/a", FileKind::program);
    CHECK(finding.text() == "program ls (line 1: command ls)\n");
  }

  TEST_CASE("shell: damage is a warning, and nesting is bounded") {
    CHECK(asked("#!/bin/sh\nsort\necho 'x\n") ==
          "program sort\nwarning /opt/run: is not understood as a whole: line 3: a quote has no "
          "end\n");
    for (const std::string open :
         {"$(", "(", "((", "$((", "${x:-", "\"$(", "a=(", "case x in x) ", "<(", "$(export "}) {
      std::string deep = "#!/bin/sh\n";
      for (int i = 0; i < 20'000; ++i) {
        deep += open;
      }
      CHECK_MESSAGE(asked(deep).find("warning") != std::string::npos, open);
    }
    std::string self = "#!/bin/sh\n";
    for (int i = 0; i < 40; ++i) {
      self += "a=$a$b\nb=$b$a\nb=x\na=y\n";
    }
    CHECK(asked(self + "$a\n").find("warning") == std::string::npos);
  }
}

} // namespace pare
