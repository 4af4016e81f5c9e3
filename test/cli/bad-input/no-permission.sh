#!/bin/bash
# A program and a folder that the user may not read are named; root reads all, so this runs as nobody.
set -euo pipefail
. "$(dirname "$0")/refused"

# Nobody must reach the folder and pare itself.
place=$(mktemp -d /tmp/pare-permission.XXXXXX)
trap 'rm -rf "$place"' EXIT
chmod 755 "$place"
make_program
cp "$PARE" "$place/pare"
cp program libnear.so "$place/"
mkdir -p "$place/closed/bin"
cp program "$place/closed/bin/"
if [ "$(id -u)" = 0 ]; then
  as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  "${as_nobody[@]}" true 2>/dev/null || { echo "setpriv cannot become nobody here"; exit 77; }
  chmod 600 "$place/program"
else
  as_nobody=(env)
  chmod 0 "$place/program"
fi
chmod 0 "$place/closed"

refused 3 "$place/program" "${as_nobody[@]}" "$place/pare" tree "$place/program"
refused 3 "$place/closed/bin/program" "${as_nobody[@]}" "$place/pare" tree "$place/closed/bin/program"
refused 3 "$place/closed" "${as_nobody[@]}" "$place/pare" tree --root "$place/closed" /bin/program

# DEST in a folder that is another's.
refused 4 "$place/root" "${as_nobody[@]}" "$place/pare" rootfs -o "$place/root" /bin/sh
refused 4 "$place/root.tar" "${as_nobody[@]}" "$place/pare" rootfs -o "$place/root.tar" /bin/sh
chmod 755 "$place/closed"
