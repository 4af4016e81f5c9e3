#!/bin/sh
. "$(dirname "$0")/setup"
mkdir "$T/disk"
mount -t tmpfs -o size=2m none "$T/disk" 2>/dev/null || skip "no right to mount"
trap 'umount "$T/disk"; rm -rf "$T"' EXIT
mkdir "$T/root/d"
for i in 1 2 3 4 5 6 7 8; do head -c 700000 /dev/urandom >"$T/root/d/$i"; done
for name in folder new.tar new.tar.gz new.tar.zst; do
  expect_status 4 rootfs "$T/disk/$name" --include /d
  said_one_line_about "No space left on device"
  nothing_left_in "$T/disk"
done
echo former >"$T/disk/old.tar"
expect_status 4 rootfs "$T/disk/old.tar" --include /d
[ "$(ls -A "$T/disk")" = old.tar ] && [ "$(cat "$T/disk/old.tar")" = former ] || fail "the former file is lost"
