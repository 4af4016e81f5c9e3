#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/../finders/programs"
library libold.so
library libnew.so
echo 'int main(void) { return 0; }' >host.c
gcc -o host host.c -Wl,--no-as-needed ./libold.so -Wl,-rpath,'$ORIGIN'
"$PARE" tree --json --hints none ./host >old.json
gcc -o host host.c -Wl,--no-as-needed ./libnew.so -Wl,-rpath,'$ORIGIN'
"$PARE" tree --json --hints none ./host >new.json
"$PARE" diff old.json new.json | sed "s|$PWD/||g" >text
grep -E '^\+ +\+[0-9.]+ KiB  libnew.so  \(needed by host\)$' text
grep -E '^- +-[0-9.]+ KiB  libold.so$' text
"$PARE" diff old.json new.json --format json >json
python3 - <<'P'
import json
diff = json.load(open("json"))
names = lambda key: [entry["path"].split("/")[-1] for entry in diff[key]]
assert names("came") == ["libnew.so"] and names("went") == ["libold.so"], diff
P
"$PARE" diff old.json old.json --exit-code | grep -F 'no difference'
code=0
"$PARE" diff old.json new.json --exit-code >text || code=$?
[ "$code" = 1 ]
