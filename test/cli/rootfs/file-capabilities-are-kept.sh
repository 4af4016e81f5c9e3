#!/bin/sh
. "$(dirname "$0")/setup"
need_root
echo x >"$T/root/bin/ping"
chown 12:34 "$T/root/bin/ping"
chmod 755 "$T/root/bin/ping"
setcap cap_net_raw,cap_net_admin+ep "$T/root/bin/ping" || skip "no capabilities on this file system"
expected=$(cd "$T/root" && getcap bin/ping)
rootfs "$T/out" --include /bin/ping
[ "$(cd "$T/out" && getcap bin/ping)" = "$expected" ] || fail "lost in the folder"
[ "$(stat -c %u:%g "$T/out/bin/ping")" = 12:34 ] || fail "the owner is lost"
rootfs "$T/out.tar" --include /bin/ping
unpack "$T/out.tar" "$T/gnu"
[ "$(cd "$T/gnu" && getcap bin/ping)" = "$expected" ] || fail "lost in the tar, says GNU tar"
mkdir "$T/bsd"
bsdtar -xpf "$T/out.tar" -C "$T/bsd"
[ "$(cd "$T/bsd" && getcap bin/ping)" = "$expected" ] || fail "lost in the tar, says bsdtar"
