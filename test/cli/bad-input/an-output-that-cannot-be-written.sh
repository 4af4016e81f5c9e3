#!/bin/bash
# DEST that is taken, out of reach or full: exit 4, one line with its name, and nothing touched.
set -euo pipefail
. "$(dirname "$0")/refused"

make_program
# Everything there is, as text.
picture() { find . -mindepth 1 -path ./out -o -path ./err -o -path ./before -o -path ./after -o -printf '%p %y %s %m %T@\n' | sort; }
mkdir taken
echo precious >taken/file
echo text >file
mkdir locked
picture >before
refused 4 taken "$PARE" rootfs -o taken ./program
refused 4 file "$PARE" rootfs -o file ./program
refused 4 file/below "$PARE" rootfs -o file/below ./program
refused 4 no-such/folder "$PARE" rootfs -o no-such/folder ./program
refused 4 no-such/root.tar "$PARE" rootfs -o no-such/root.tar ./program
refused 4 no-such/stage "$PARE" stage -o no-such/stage ./program
refused 4 taken "$PARE" stage -o taken ./program
picture >after
diff before after || { echo "something was touched"; exit 1; }

# A full disk behind standard output, and behind a folder.
for command in "tree --json" copy stage "rootfs -o -"; do
  code=0
  # shellcheck disable=SC2086 # a command and its options
  "$PARE" $command ./program >/dev/full 2>err || code=$?
  [ "$code" = 4 ] && [ "$(wc -l <err)" = 1 ] || { echo "$command >/dev/full: ended with $code"; cat err; exit 1; }
done
