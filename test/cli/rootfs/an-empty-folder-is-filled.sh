#!/bin/sh
# Also by way of a symlink, also the working folder, which stays the same folder: a shell is in it.
. "$(dirname "$0")/setup"
mkdir "$T/out" "$T/real" "$T/here"
rootfs "$T/out"
cmp "$T/root/bin/program" "$T/out/bin/program"
ln -s real "$T/link"
rootfs "$T/link/"
cmp "$T/root/bin/program" "$T/real/bin/program"
[ -L "$T/link" ] || fail "the symlink is replaced"
cd "$T/here"
inode=$(stat -c %i .)
rootfs .
cmp "$T/root/bin/program" bin/program
[ "$(stat -c %i "$T/here")" = "$inode" ] || fail "the working folder is replaced"
