#!/bin/sh
# And a set-user-id program does not become one of another user.
. "$(dirname "$0")/setup"
need_root
share_program
mkdir -p "$T/root/d/locked"
for name in 1 2 3; do echo "$name" >"$T/root/d/$name"; done
chown 1:2 "$T/root/d/1"
chmod 4755 "$T/root/d/2"
chmod 640 "$T/root/d/3"
chown 65534 "$T/root/d/3"
chmod 555 "$T/root/d/locked"
mkdir -m 777 "$T/dest"
expect_status 0 as_nobody "$PARE" rootfs --root "$T/root" -o "$T/dest/out" --include /d /bin/program
said_once "owners are not kept"
cmp "$T/root/d/1" "$T/dest/out/d/1"
[ "$(stat -c '%U %a' "$T/dest/out/d/1")" = "nobody 644" ] || fail "1"
[ "$(stat -c '%U %a' "$T/dest/out/d/2")" = "nobody 755" ] || fail "2: set-user-id for another user"
[ "$(stat -c '%U %a' "$T/dest/out/d/3")" = "nobody 640" ] || fail "3"
[ "$(stat -c %a "$T/dest/out/d/locked")" = 555 ] || fail "locked"
[ "$(stat -c %Y "$T/dest/out/d")" = "$(stat -c %Y "$T/root/d")" ] || fail "the time is lost"
