#!/bin/sh
# --metadata packages: status.d with the md5sums of what is kept, copyright files, os-release; apk's database.
. "$(dirname "$0")/setup"
mkdir -p "$T/root/var/lib/dpkg/info" "$T/root/usr/share/doc/own" "$T/root/usr/lib" "$T/root/usr/bin"
ln -s usr/lib "$T/root/lib"
echo 'ID=debian' >"$T/root/usr/lib/os-release"
ln -s ../usr/lib/os-release "$T/root/etc/os-release" 2>/dev/null || { mkdir "$T/root/etc"; ln -s ../usr/lib/os-release "$T/root/etc/os-release"; }
mv "$T/root/bin/program" "$T/root/usr/bin/program"
rmdir "$T/root/bin"
ln -s usr/bin "$T/root/bin"
echo data >"$T/root/usr/lib/kept"
echo more >"$T/root/usr/lib/left-out"
cat >"$T/root/var/lib/dpkg/status" <<'EOF'
Package: own
Status: install ok installed
Architecture: amd64
Version: 1.0-1
Description: the program
 and more of it

Package: unused
Status: install ok installed
Architecture: amd64
Version: 2
EOF
printf '/.\n/bin\n/bin/program\n/lib/kept\n/lib/left-out\n' >"$T/root/var/lib/dpkg/info/own.list"
printf '/.\n/etc/unused\n' >"$T/root/var/lib/dpkg/info/unused.list"
for path in bin/program lib/kept lib/left-out; do
  (cd "$T/root" && md5sum "$path")
done >"$T/root/var/lib/dpkg/info/own.md5sums"
echo license >"$T/root/usr/share/doc/own/copyright"

rootfs "$T/out" -q --metadata packages --include /usr/lib/kept
status=$T/out/var/lib/dpkg/status.d
[ "$(ls "$status" | tr '\n' ' ')" = "own own.md5sums " ] || fail "$(ls "$status")"
sed -n '1,/^$/p' "$T/root/var/lib/dpkg/status" | sed '/^$/d' | diff - "$status/own" || fail "the record"
(cd "$T/root" && md5sum --quiet -c "$status/own.md5sums") || fail "the sums"
[ "$(cut -c35- "$status/own.md5sums" | tr '\n' ' ')" = "bin/program lib/kept " ] || fail "$(cat "$status/own.md5sums")"
cmp "$T/root/usr/share/doc/own/copyright" "$T/out/usr/share/doc/own/copyright"
grep -q ID=debian "$T/out/etc/os-release" && grep -q ID=debian "$T/out/usr/lib/os-release" || fail "os-release"
rootfs "$T/none" -q --include /usr/lib/kept
[ ! -e "$T/none/var" ] || fail "unless asked"

rm -r "$T/root/var/lib/dpkg"
mkdir -p "$T/root/lib/apk/db"
printf 'P:own\nV:1.0-r0\nA:x86_64\nF:usr/bin\nR:program\n\nP:unused\nV:2\nA:x86_64\nF:etc\nR:unused\n\n' >"$T/root/lib/apk/db/installed"
rootfs "$T/apk" -q --metadata packages
printf 'P:own\nV:1.0-r0\nA:x86_64\nF:usr/bin\nR:program\n\n' | diff - "$T/apk/lib/apk/db/installed" || fail "apk"
