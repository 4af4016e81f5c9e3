#!/bin/sh
# Set-id bits, sticky folders, owners beyond the seven octal digits of a tar header: in a folder, and in a tar.
. "$(dirname "$0")/setup"
need_root
mkdir -p "$T/root/d/sticky" "$T/root/d/group" "$T/root/d/locked"
for name in plain setuid setgid both none far; do echo "$name" >"$T/root/d/$name"; done
chown 1:2 "$T/root/d/plain" "$T/root/d/setuid" "$T/root/d/both"
chown 3000000:4294967290 "$T/root/d/far"
chmod 640 "$T/root/d/plain"
chmod 4755 "$T/root/d/setuid"
chmod 2755 "$T/root/d/setgid"
chmod 6711 "$T/root/d/both"
chmod 000 "$T/root/d/none"
chown 7:8 "$T/root/d/sticky" "$T/root/d/group"
chmod 1777 "$T/root/d/sticky"
chmod 2770 "$T/root/d/group"
chmod 000 "$T/root/d/locked"
ln -s plain "$T/root/d/link"
chown -h 5:6 "$T/root/d/link"

list() { (cd "$1" && find . -printf '%p %y %#m %U:%G %l\n' | sort); }
list "$T/root" >"$T/expected"
rootfs "$T/out" --include /d
list "$T/out" | diff "$T/expected" - || fail "the folder differs"
rootfs "$T/out.tar" --include /d
unpack "$T/out.tar" "$T/unpacked"
list "$T/unpacked" | diff "$T/expected" - || fail "the tar differs"
