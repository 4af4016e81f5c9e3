#!/bin/bash
set -euo pipefail
. "$(dirname "$0")/../finders/programs"
library libbase.so
library libone.so ./libbase.so
library libtwo.so ./libbase.so
echo 'int main(void) { return 0; }' >host.c
gcc -o host host.c -Wl,--no-as-needed ./libone.so ./libtwo.so -Wl,-rpath,'$ORIGIN'
"$PARE" why libbase.so ./host | sed "s|$PWD/||g" | is 'libbase.so
├── needed (libbase.so) by libone.so
│   └── needed (libone.so) by host
│       └── program (./host)
└── needed (libbase.so) by libtwo.so
    └── needed (libtwo.so) by host (*)'
"$PARE" why --json "$PWD/libbase.so" ./host >json
python3 - <<'P'
import json
why = json.load(open("json"))
chains = [[step["path"].split("/")[-1] for step in chain] for chain in why["chains"]]
assert chains == [["host", "libone.so", "libbase.so"], ["host", "libtwo.so", "libbase.so"]], chains
assert why["complete"] is True
P
code=0
"$PARE" why libother.so ./host 2>said || code=$?
[ "$code" = 1 ]
grep -Fx 'pare: libother.so: not in the closure of ./host' said
