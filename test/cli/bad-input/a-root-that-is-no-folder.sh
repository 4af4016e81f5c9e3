#!/bin/bash
# A root that is a file, a pipe, a dangling link or not there is named.
set -euo pipefail
. "$(dirname "$0")/refused"

echo text >file
mkfifo pipe
ln -s nowhere dangling
for root in file pipe dangling nowhere /dev/null; do
  refused 3 "$root" "$PARE" tree --root "$root" /bin/sh
  refused 3 "$root" "$PARE" rootfs --root "$root" -o out-root /bin/sh
  [ ! -e out-root ] || { echo "rootfs left a folder"; exit 1; }
done
