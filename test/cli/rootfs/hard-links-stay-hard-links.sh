#!/bin/sh
# Names of one file that are all in the closure; a name that is not in it plays no part.
. "$(dirname "$0")/setup"
mkdir -p "$T/root/a" "$T/root/b/c" "$T/root/elsewhere"
head -c 100000 /dev/urandom >"$T/root/b/c/third"
ln "$T/root/b/c/third" "$T/root/a/first"
ln "$T/root/b/c/third" "$T/root/b/second"
ln "$T/root/b/c/third" "$T/root/elsewhere/unasked"
echo alone >"$T/root/a/alone"
ln "$T/root/a/alone" "$T/root/elsewhere/alone"

check() {
  [ "$(stat -c %h "$1/a/first")" = 3 ] || fail "$1: not three names"
  [ "$1/a/first" -ef "$1/b/second" ] && [ "$1/a/first" -ef "$1/b/c/third" ] || fail "$1: not one file"
  [ "$(stat -c %h "$1/a/alone")" = 1 ] || fail "$1: has a name too many"
  cmp "$T/root/a/first" "$1/b/c/third"
}
rootfs "$T/out" --include /a --include /b
check "$T/out"
rootfs "$T/out.tar" --include /a --include /b
[ "$(stat -c %s "$T/out.tar")" -lt 150000 ] || fail "the bytes are in the tar more than once"
unpack "$T/out.tar" "$T/gnu"
check "$T/gnu"
mkdir "$T/bsd"
bsdtar -xpf "$T/out.tar" -C "$T/bsd"
check "$T/bsd"
