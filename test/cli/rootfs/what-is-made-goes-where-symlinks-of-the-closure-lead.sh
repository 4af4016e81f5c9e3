#!/bin/sh
# --mkdir and --include PATH=DST, as mkdir -p and cp in the minimal root would do it. A folder takes no file's place.
. "$(dirname "$0")/setup"
mkdir -p "$T/root/run" "$T/root/var" "$T/root/usr/lib" "$T/root/d"
ln -s ../run "$T/root/var/run"
ln -s /usr/lib "$T/root/lib"
echo data >"$T/root/d/data"
rootfs "$T/out" --include /var/run --include /lib --mkdir /var/run/app/cache:1777:12:34 --mkdir /var/other --include /d/data=/lib/x/data
[ -L "$T/out/var/run" ] && [ -L "$T/out/lib" ] || fail "a symlink is replaced"
[ -d "$T/out/run/app/cache" ] && [ -d "$T/out/var/other" ] || fail "a folder is not where it belongs"
[ "$(stat -c %a "$T/out/run/app" "$T/out/run/app/cache")" = "$(printf '755\n1777')" ] || fail "the modes"
if [ "$(id -u)" = 0 ]; then
  [ "$(stat -c %u:%g "$T/out/run/app/cache")" = 12:34 ] || fail "the owner"
fi
[ "$(cat "$T/out/usr/lib/x/data")" = data ] || fail "the file is not where it belongs"
expect_status 4 rootfs "$T/bad" --mkdir /bin/program
said_one_line_about "/bin/program: "
expect_status 4 rootfs "$T/bad" --mkdir /bin/program/below
said_one_line_about "/bin/program/below: "
[ ! -e "$T/bad" ] || fail "something is left"
