#!/bin/bash
. "$(dirname "$0")/setup"
mark=$PWD/mark$$
compile bomb <<'E2'
#include <fcntl.h>
#include <unistd.h>
int main(int argc, char **argv) {
  for (int i = 0; i < 200; i++)
    if (fork() == 0) { setsid(); open(argv[1], O_RDONLY); for (;;) pause(); }
  open("/all-there", O_RDONLY);
  for (;;) pause();
}
E2
left() { pgrep -f "$mark" | grep -vx $$ | wc -l; }
gone() { for _ in $(seq 100); do [ "$(pgrep -c -f "^./bomb $mark")" = 0 ] && return; sleep 0.1; done; pgrep -a -f "$mark"; return 1; }
start() {
  "$PARE" trace -o recording "$@" -- ./bomb "$mark" 2>said &
  pid=$!
  until grep -qs '"/all-there"' recording; do sleep 0.05; done
}
start
kill -KILL $pid
wait $pid 2>/dev/null || true
gone
grep -qx "$mark" <<<"$(facts recording missing)" # the file can be read
rm recording
code=0
start --timeout 3
wait $pid || code=$?
[ "$code" = 124 ]
gone
rm recording
start
kill -TERM $pid # the command ends; those it left behind are there still
sleep 0.5
kill -TERM $pid
wait $pid || true
gone
