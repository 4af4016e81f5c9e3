#!/bin/bash
# No space left for DEST: exit 4, one line, and DEST is as it was before.
set -euo pipefail
. "$(dirname "$0")/refused"

[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || { echo "needs root, to mount a small file system"; exit 77; }
make_program
mkdir small
export here=$PWD
cat >inside <<'EOF'
set -eu
mount -t tmpfs -o size=256k none small
. "$1"
for dest in small/root small/root.tar small/root.tar.gz small/root.tar.zst; do
  refused 4 "$dest" "$PARE" rootfs -o "$dest" ./program
  [ -z "$(ls -A small)" ] || { echo "$dest: left behind:"; find small; exit 1; }
done
mkdir small/empty
chmod 700 small/empty
refused 4 small/empty "$PARE" rootfs -o small/empty ./program
[ "$(find small -printf '%p %m ')" = "small 1777 small/empty 700 " ] || { echo "an empty DEST is changed:"; find small -ls; exit 1; }
EOF
unshare -m bash inside "$(dirname "$0")/refused"
