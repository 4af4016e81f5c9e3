#!/bin/sh
# Values may hold any byte. Folders have attributes too, and so do access lists.
. "$(dirname "$0")/setup"
mkdir "$T/root/d"
echo x >"$T/root/d/file"
setfattr -n user.text -v 'a=b' "$T/root/d/file" 2>/dev/null || skip "no attributes on this file system"
setfattr -n user.bytes -v 0x000a3dff00 "$T/root/d/file"
setfattr -n user.empty "$T/root/d/file"
setfattr -n user.folder -v yes "$T/root/d"
if [ "$(id -u)" = 0 ]; then
  setfattr -n trusted.secret -v hidden "$T/root/d/file"
fi
list() { (cd "$1" && getfattr -R -d -m - -e hex --absolute-names . | sort); }
list "$T/root" >"$T/expected"
grep -q user.bytes "$T/expected"
rootfs "$T/out" --include /d
list "$T/out" | diff "$T/expected" - || fail "the folder differs"
rootfs "$T/out.tar" --include /d
unpack "$T/out.tar" "$T/unpacked"
list "$T/unpacked" | diff "$T/expected" - || fail "the tar differs"
