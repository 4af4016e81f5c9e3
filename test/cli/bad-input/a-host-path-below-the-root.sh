#!/bin/bash
# Who names the program by its host path is told the path that was meant.
set -euo pipefail
. "$(dirname "$0")/refused"

mkdir -p root/usr/bin
make_program
cp program root/usr/bin/program
refused 3 "$PWD/root/usr/bin/program" "$PARE" tree --root "$PWD/root" "$PWD/root/usr/bin/program"
grep -qE "(^|[^a-z])/usr/bin/program" err || { echo "the path that was meant is not told:"; cat err; exit 1; }
refused 3 root/usr/bin/program "$PARE" tree --root root root/usr/bin/program
grep -qE "(^|[^a-z])/usr/bin/program" err || { echo "the path that was meant is not told:"; cat err; exit 1; }
