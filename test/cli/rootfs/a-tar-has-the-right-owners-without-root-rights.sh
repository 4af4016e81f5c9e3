#!/bin/sh
# Nothing is to be said: nothing is lost.
. "$(dirname "$0")/setup"
need_root
share_program
mkdir "$T/root/d"
echo x >"$T/root/d/file"
chown 12:34 "$T/root/d/file"
chmod 4755 "$T/root/d/file"
mkdir -m 777 "$T/dest"
expect_status 0 as_nobody "$PARE" rootfs --root "$T/root" -o "$T/dest/out.tar" --include /d /bin/program
! grep warning "$T/said" || fail "something is lost"
rootfs "$T/as-root.tar" --include /d
cmp "$T/as-root.tar" "$T/dest/out.tar" || fail "not the tar that root writes"
[ "$(stat -c '%U %a' "$T/dest/out.tar")" = "nobody 644" ] || fail "the tar itself"
