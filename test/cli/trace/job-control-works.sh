#!/bin/bash
. "$(dirname "$0")/setup"
"$PARE" trace -o recording -- bash -c 'echo $$ >pid; while :; do sleep 0.05; done' &
pare=$!
until [ -s pid ]; do sleep 0.05; done
pid=$(cat pid)
state() { sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status"; }
wait_for() { for _ in $(seq 100); do [[ $(state "$pid") == [$1] ]] && return; sleep 0.05; done; return 1; }
kill -STOP "$pid"
wait_for tT
sleep 0.2
wait_for tT
kill -CONT "$pid"
wait_for SRD
kill -TERM "$pid"
code=0
wait $pare || code=$?
[ "$code" = 143 ]
