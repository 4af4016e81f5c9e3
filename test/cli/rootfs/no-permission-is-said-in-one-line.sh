#!/bin/sh
# Where it is to be written: exit 4. What is to be read: exit 3. Either way nothing is left.
. "$(dirname "$0")/setup"
need_root
share_program
mkdir "$T/closed"
for name in out out.tar; do
  expect_status 4 as_nobody "$PARE" rootfs --root "$T/root" -o "$T/closed/$name" /bin/program
  said_one_line_about "$T/closed/$name: Permission denied"
done
nothing_left_in "$T/closed"
echo secret >"$T/root/secret"
chmod 600 "$T/root/secret"
mkdir -m 777 "$T/open"
for name in out out.tar; do
  expect_status 3 as_nobody "$PARE" rootfs --root "$T/root" -o "$T/open/$name" --include /secret /bin/program
  said_one_line_about "/secret: "
done
nothing_left_in "$T/open"
