#!/bin/sh
. "$(dirname "$0")/setup"
need_root
mkdir "$T/root/d"
mkfifo -m 620 "$T/root/d/fifo"
mknod -m 666 "$T/root/d/null" c 1 3 2>/dev/null || skip "no right to make devices"
mknod -m 640 "$T/root/d/disk" b 8 300
chown 5:6 "$T/root/d/disk"
touch -d @1000000000.5 "$T/root/d/null"
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$T/root/d/socket"
list() { (cd "$1/d" && for f in *; do stat -c '%n %F %a %u:%g %t:%T %.9Y' "$f"; done); }
list "$T/root" | grep -v '^socket' >"$T/expected"
expect_status 0 rootfs "$T/out" --include /d
said_once "/d/socket: is a socket"
list "$T/out" | diff "$T/expected" - || fail "the folder differs"
expect_status 0 rootfs "$T/out.tar" --include /d
said_once "/d/socket: is a socket"
unpack "$T/out.tar" "$T/unpacked"
list "$T/unpacked" | diff "$T/expected" - || fail "the tar differs"
