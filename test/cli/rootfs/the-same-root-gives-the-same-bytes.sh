#!/bin/sh
# Whatever the time zone, the umask, the locale, the folder and the hour are; also of a copy of the root (other inodes).
. "$(dirname "$0")/setup"
mkdir -p "$T/root/d"
for name in b a c; do echo "$name" >"$T/root/d/$name"; done
ln "$T/root/d/a" "$T/root/d/z"
touch -d '2001-01-01 00:00:00.25 UTC' "$T/root/d/b"
head -c 3000000 /dev/urandom >"$T/root/d/large"
for form in tar tar.gz tar.zst; do
  rootfs "$T/1.$form" --include /d --mkdir /made
  (
    umask 077
    cd /
    TZ=Asia/Tokyo LANG=C LC_ALL=C rootfs "$T/2.$form" --include /d --mkdir /made
  )
  cmp "$T/1.$form" "$T/2.$form" || fail "$form differs"
done
mv "$T/root" "$T/first"
cp -a "$T/first" "$T/root"
rootfs "$T/3.tar" --include /d --mkdir /made
cmp "$T/1.tar" "$T/3.tar" || fail "a copy of the root gives another tar"
