#!/bin/sh
# By way of a symlink too, which stays one.
. "$(dirname "$0")/setup"
echo former >"$T/out.tar"
chmod 600 "$T/out.tar"
ln -s out.tar "$T/link.tar"
rootfs "$T/link.tar"
tar -tf "$T/out.tar" | grep -qx bin/program || fail "not replaced"
[ "$(stat -c %a "$T/out.tar")" = 600 ] || fail "others may read it now"
[ -L "$T/link.tar" ] || fail "the symlink is replaced"
[ "$(ls -A "$T" | grep -c '^\.pare')" = 0 ] || fail "left behind: $(ls -A "$T")"
