#!/bin/sh
. "$(dirname "$0")/setup"
mkdir "$T/disk"
mount -t tmpfs -o size=2m,mode=700 none "$T/disk" 2>/dev/null || skip "no right to mount"
trap 'umount "$T/disk"; rm -rf "$T"' EXIT
mkdir -p "$T/root/d/locked"
echo x >"$T/root/d/locked/x"
chmod 500 "$T/root/d/locked"
head -c 5000000 /dev/urandom >"$T/root/large"
expect_status 4 rootfs "$T/disk" --include /d --include /large
said_one_line_about "$T/disk/large: No space left on device"
nothing_left_in "$T/disk"
rootfs "$T/disk" --include /d
cmp "$T/root/bin/program" "$T/disk/bin/program"
[ "$(stat -c %a "$T/disk/d/locked")" = 500 ] || fail "the mode is lost"
[ "$(stat -c %a "$T/disk")" = 700 ] || fail "the mount point's own mode is changed"
