#!/bin/sh
# As `| head` closes it: nothing is said, and it is no failure.
. "$(dirname "$0")/setup"
head -c 5000000 /dev/urandom >"$T/root/large"
{
  status=0
  rootfs - --include /large 2>"$T/said" || status=$?
  echo "$status" >"$T/status"
} | head -c1 >"$T/head"
[ "$(cat "$T/status")" = 0 ] || fail "exit $(cat "$T/status")"
[ ! -s "$T/said" ] || fail "said: $(cat "$T/said")"
[ "$(wc -c <"$T/head")" = 1 ] || fail "no byte came"
