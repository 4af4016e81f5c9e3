#!/bin/bash
. "$(dirname "$0")/setup"
echo x >file
bash -c 'while :; do cat file >/dev/null; sleep 0.1; done' &
pid=$!
trap 'kill $pid' EXIT
code=0
"$PARE" trace -o recording --timeout 2 --pid $pid || code=$?
[ "$code" = 0 ]
grep -qx "$PWD/file" <<<"$(facts recording open)"
grep -q '/cat$' <<<"$(facts recording exec)"
kill -0 $pid
[ "$(sed -n 's/^TracerPid:\t//p' /proc/$pid/status)" = 0 ]
# It ends with the process, too.
bash -c 'sleep 1; cat file >/dev/null' &
"$PARE" trace -o recording --pid $!
grep -qx "$PWD/file" <<<"$(facts recording open)"
code=0
"$PARE" trace -o recording --pid 999999999 2>said || code=$?
[ "$code" = 125 ]
