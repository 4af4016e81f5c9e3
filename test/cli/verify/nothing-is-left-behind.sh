#!/bin/bash
. "$(dirname "$0")/setup"
# Where nobody else mounts anything.
[ "${1-}" = apart ] || exec unshare -m --propagation private $([ "$(id -u)" = 0 ] || echo -Ur) bash "$0" apart
make_root
seconds=$((40000 + RANDOM))
gone() { for _ in $(seq 100); do pgrep -f "sleep $seconds" >/dev/null || return 0; sleep 0.05; done; return 1; }
cat /proc/self/mounts | sort >mounts
mkdir temporary
export TMPDIR=$PWD/temporary
start() {
  "$PARE" verify --root root "$@" /bin/sh /bin/sleep -- /bin/sh -c "sleep $seconds & sleep $seconds" 2>said &
  pid=$!
  until [ "$(pgrep -c -f "^sleep $seconds")" = 2 ]; do sleep 0.05; done
}
start
kill -KILL $pid
wait $pid 2>/dev/null || true
gone
start
kill -TERM $pid
sleep 0.3
kill -TERM $pid
got=0
wait $pid || got=$?
[ "$got" = 130 ]
gone
start --timeout 1
got=0
wait $pid || got=$?
[ "$got" = 1 ]
gone
cat /proc/self/mounts | sort | cmp - mounts
[ -z "$(ls temporary)" ]
