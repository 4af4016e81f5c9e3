#!/bin/bash
# A folder, an empty file, a text without `#!`, a pipe: one line each, and no waiting.
set -euo pipefail
. "$(dirname "$0")/refused"

mkdir folder
: >empty
echo 'just words' >text
printf '#' >half-a-mark
printf '#!' >mark-alone
printf '#!\n' >mark-without-a-name
printf 'MZ' >not-quite-windows
head -c 4096 /dev/zero >zeros
mkfifo pipe
chmod +x empty text half-a-mark mark-alone mark-without-a-name not-quite-windows zeros
for name in folder empty text half-a-mark mark-alone mark-without-a-name not-quite-windows zeros pipe; do
  refused 3 "./$name" "$PARE" tree "./$name"
  refused 3 "./$name" "$PARE" rootfs -o root "./$name"
  [ ! -e root ] || { echo "rootfs of ./$name left a folder"; exit 1; }
done
refused 3 /dev/null "$PARE" tree /dev/null
