#!/bin/sh
# As one is that changes while it is copied: a tar with it would be damaged. /proc has files that say they are empty.
. "$(dirname "$0")/setup"
[ -r /proc/version ] || skip "no /proc"
mkdir "$T/dest"
for name in out out.tar; do
  expect_status 3 "$PARE" rootfs --root / -o "$T/dest/$name" --include /proc/version /bin/true
  said_one_line_about "/proc/version: changed while it was copied"
done
nothing_left_in "$T/dest"
