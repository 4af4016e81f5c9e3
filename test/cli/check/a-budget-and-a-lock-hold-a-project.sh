#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/../finders/programs"
library libone.so
echo 'int main(void) { return 0; }' >host.c
gcc -o host host.c -Wl,--no-as-needed ./libone.so -Wl,-rpath,'$ORIGIN'
cat >pare.toml <<E2
[[target]]
name = "host"
programs = ["$PWD/host"]
hints = "none"
[target.budget]
bytes = "40 MiB"
growth = "5%"
growth-floor = "1 KiB"
deny = ["libX11.so.*"]
new-libraries = "ask"
E2
check() { # CODE OPTION...
  local wanted=$1 code=0
  shift
  "$PARE" check "$@" >out 2>said || code=$?
  [ "$code" = "$wanted" ] || { cat out said; return 1; }
}
check 1
grep -F 'pare check --update' out
check 0 --update
check 0
check 0 --locked
[ "$(cat out)" = 'host: ok' ]
cp pare.lock first.lock
check 0 --update
cmp pare.lock first.lock
# A new library: who asked for it, and what it weighs.
library libtwo.so
gcc -o host host.c -Wl,--no-as-needed ./libone.so ./libtwo.so -Wl,-rpath,'$ORIGIN'
check 1
grep -F '1 new library since the lock' out
grep -E "\+[0-9.]+ KiB $PWD/libtwo.so \(needed by $PWD/host\)" out
check 1 --format github
grep -F "::error file=pare.toml::host: 1 new library since the lock" out
check 1 --format json
python3 -c 'import json; assert json.load(open("out"))["targets"][0]["ok"] is False'
check 0 --update
# Drift alone is told.
printf x >>host
check 0
grep -F 'note: differs from the lock: 0 came, 0 went, 1 changed' out
check 1 --locked
# Budgets, without a lock too.
sed -i 's/bytes = "40 MiB"/bytes = 1000/; s/libX11.so.\*/libtwo*/' pare.toml
check 1
grep -F 'is more than the budget of 1000 B' out
grep -F "$PWD/libtwo.so is denied" out
