#!/bin/sh
# A hole at the start, in the middle, at the end, all of the file; sizes that are no multiple of a block.
. "$(dirname "$0")/setup"
mkdir "$T/root/d"
truncate -s 64M "$T/root/d/all"
echo end >"$T/root/d/end"
truncate -s 5000001 "$T/root/d/end"
truncate -s 8M "$T/root/d/start"
echo start >>"$T/root/d/start"
for at in 0 1500 3000 4001; do
  printf 'data at %s' "$at" | dd of="$T/root/d/middle" bs=1024 seek="$at" conv=notrunc status=none
done
[ "$(du -sk "$T/root/d" | cut -f1)" -lt 1000 ] || skip "no holes on this file system"

check() {
  diff -r "$T/root/d" "$1/d" || fail "$1: the bytes differ"
  [ "$(du -sk "$1/d" | cut -f1)" -lt 1000 ] || fail "$1: the holes are filled"
}
rootfs "$T/out" --include /d
check "$T/out"
rootfs "$T/out.tar" --include /d
[ "$(stat -c %s "$T/out.tar")" -lt 1000000 ] || fail "the holes are in the tar"
unpack "$T/out.tar" "$T/gnu"
check "$T/gnu"
mkdir "$T/bsd"
bsdtar -xpf "$T/out.tar" -C "$T/bsd"
check "$T/bsd"
