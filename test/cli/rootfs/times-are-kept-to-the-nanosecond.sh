#!/bin/sh
# Of files, of folders although they were filled later, and of symlinks themselves; also before 1970 and after 2038.
. "$(dirname "$0")/setup"
mkdir -p "$T/root/d/inner"
echo x >"$T/root/d/inner/file"
echo x >"$T/root/d/old"
echo x >"$T/root/d/late"
ln -s inner/file "$T/root/d/link"
touch -d '2001-02-03 04:05:06.123456789 UTC' "$T/root/d/inner/file"
touch -d '1969-12-31 23:59:58 UTC' "$T/root/d/old"
touch -d '2039-01-01 00:00:00.000000001 UTC' "$T/root/d/late"
touch -h -d '2002-02-03 04:05:06.000000100 UTC' "$T/root/d/link"
touch -d '2003-02-03 04:05:06.5 UTC' "$T/root/d/inner"
touch -d '2004-02-03 04:05:06 UTC' "$T/root/d"

list() { (cd "$1" && find . -mindepth 1 -printf '%p %T@\n' | sort); }
list "$T/root" >"$T/expected"
rootfs "$T/out" --include /d
list "$T/out" | diff "$T/expected" - || fail "the folder differs"
rootfs "$T/out.tar" --include /d
unpack "$T/out.tar" "$T/gnu" 2>/dev/null # it remarks on times before 1970 and in the future
list "$T/gnu" | diff "$T/expected" - || fail "the tar differs, says GNU tar"
mkdir "$T/bsd"
bsdtar -xpf "$T/out.tar" -C "$T/bsd"
list "$T/bsd" | diff "$T/expected" - || fail "the tar differs, says bsdtar"
