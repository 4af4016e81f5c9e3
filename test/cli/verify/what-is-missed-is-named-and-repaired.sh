#!/bin/bash
. "$(dirname "$0")/setup"
make_root
verify() { "$PARE" verify --root root "$@" /usr/bin/reader -- /usr/bin/reader one second; }
ends_with 1 verify --hints none >out 2>said
grep -q '^pare: missed: /opt/data/one (4 B)$' said
grep -q '^pare: used in the full root: /opt/data/more/two (4 B), looked for as /opt/data/second$' said
grep -q '^pare: exit code 9 in the minimal root, 0 in the full one' said
verify --hints none --repair >settings 2>said
grep -q '^one$' said && grep -q '^two$' said
/usr/bin/python3 - <<'E2'
import tomllib
got = tomllib.load(open("settings", "rb"))
assert {"/opt/data/one", "/opt/data/second"} <= set(got["include"]), got
E2
# With what was printed, nothing is missed any more.
includes=()
while read -r path; do includes+=(--include "$path"); done < <(sed -n 's/^  "\(.*\)",$/\1/p' settings)
[ "$(verify --hints none "${includes[@]}" 2>said)" = $'one\ntwo' ]
! grep -q missed: said
# What was excluded by hand is named and brought back.
for path in /opt/data/one /opt/data/second /opt/data/more/two '*/libc.so*' '*ld-linux*'; do
  ends_with 1 verify --include /opt/data --exclude "$path" >/dev/null 2>said
  grep -q -e "${path##*[/*]}" said
  ends_with 0 verify --include /opt/data --exclude "$path" --repair >settings 2>said
done
