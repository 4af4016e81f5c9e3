#!/bin/bash
. "$(dirname "$0")/setup"
ends_with 7 "$PARE" trace -o r -- sh -c 'exit 7'
ends_with 143 "$PARE" trace -o r -- sh -c 'kill -TERM $$'
ends_with 137 "$PARE" trace -o r -- sh -c 'kill -KILL $$'
ends_with 127 "$PARE" trace -o r -- no-such-program 2>said
grep -q '^pare: no-such-program: ' said
echo text >file
ends_with 126 "$PARE" trace -o r -- ./file 2>said
ends_with 125 "$PARE" trace -o no/such/folder -- true 2>said
[ "$(wc -l <said)" = 1 ]
[ "$(echo in | "$PARE" trace -o r -- sh -c 'cat; echo err >&2' 2>err)" = in ]
[ "$(cat err)" = err ]
# A signal to pare alone goes to the command, which handles it as it likes.
"$PARE" trace -o r -- bash -c 'trap "echo got it; exit 3" TERM; echo $$ >ready; while :; do sleep 0.05; done' >out &
pid=$!
until [ -s ready ]; do sleep 0.05; done
kill -TERM $pid
got=0
wait $pid || got=$?
[ "$got" = 3 ]
[ "$(cat out)" = "got it" ]
# What a shell ignores stays ignored, what pare ignores does not.
[ "$(trap '' HUP; "$PARE" trace -o r -- grep SigIgn /proc/self/status)" = "$(trap '' HUP; grep SigIgn /proc/self/status)" ]
[ "$("$PARE" trace -o r -- nproc)" = "$(nproc)" ]
