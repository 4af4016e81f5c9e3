#!/bin/sh
# --with and --user: from the root where it has them, made up where it does not, never in place of what the closure has.
. "$(dirname "$0")/setup"
mkdir -p "$T/root/etc/ssl/certs" "$T/root/usr/share/zoneinfo/Asia" "$T/root/home/app"
printf 'root:x:0:0:root:/root:/bin/bash\nother:x:7:7::/:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\napp:x:1000:1001:App:/home/app:/bin/sh\n' >"$T/root/etc/passwd"
printf 'root:x:0:\nextra:x:5:app,other\nother:x:7:\napp:x:1001:\n' >"$T/root/etc/group"
echo bundle >"$T/root/etc/ssl/certs/ca-certificates.crt"
echo zone >"$T/root/usr/share/zoneinfo/Asia/Tokyo"
ln -s /usr/share/zoneinfo/Asia/Tokyo "$T/root/etc/localtime"
chmod 750 "$T/root/home/app"

rootfs "$T/all" -q --with passwd,tmp,home,certs,tzdata,hosts --user app
[ "$(cat "$T/all/etc/passwd")" = "$(grep -v other "$T/root/etc/passwd")" ] || fail "passwd: $(cat "$T/all/etc/passwd")"
[ "$(cut -d: -f1 "$T/all/etc/group" | tr '\n' ' ')" = "root extra app " ] || fail "group: $(cat "$T/all/etc/group")"
[ "$(stat -c %a "$T/all/tmp")" = 1777 ] && [ "$(stat -c %a "$T/all/home/app")" = 750 ] || fail "modes"
cmp "$T/root/etc/ssl/certs/ca-certificates.crt" "$T/all/etc/ssl/certs/ca-certificates.crt"
[ "$(cat "$T/all/usr/share/zoneinfo/Asia/Tokyo")" = zone ] && [ -L "$T/all/etc/localtime" ] || fail "tzdata"
grep -q localhost "$T/all/etc/hosts" || fail "hosts"

"$PARE" tree --json --root "$T/root" /bin/program >"$T/report" 2>/dev/null
! grep -q zoneinfo "$T/report" || fail "tree has no --with"

rootfs "$T/nonroot" -q --user nonroot
grep -qx 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin' "$T/nonroot/etc/passwd" || fail "nonroot"
grep -qx 'nonroot:x:65532:' "$T/nonroot/etc/group" || fail "nonroot's group"
[ "$(stat -c %a "$T/nonroot/home/nonroot")" = 700 ] || fail "nonroot's home"
rootfs "$T/number" -q --user 1000:5
grep -q '^app:' "$T/number/etc/passwd" || fail "a number that passwd knows"
rootfs "$T/stranger" -q --user 4711
[ ! -e "$T/stranger/etc" ] || fail "a number needs no passwd"

rootfs "$T/whole" -q --include /etc/passwd --user nonroot
[ "$(cat "$T/whole/etc/passwd")" = "$(cat "$T/root/etc/passwd"; echo nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin)" ] ||
  fail "a passwd that is included stays whole: $(cat "$T/whole/etc/passwd")"

expect_status 2 rootfs "$T/none" --user stranger
said_one_line_about "--user stranger"
expect_status 2 rootfs "$T/none" --with tmp,nonsense
said_one_line_about "nonsense is none of"
[ ! -e "$T/none" ] || fail "something was written"
rm -r "$T/root/etc/ssl"
rootfs "$T/lacks" --with certs 2>"$T/said"
said_once "--with certs"
