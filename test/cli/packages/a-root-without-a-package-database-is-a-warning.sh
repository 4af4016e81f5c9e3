#!/bin/bash
set -euo pipefail
mkdir -p root/bin
echo 'void _start(void) { for (;;) ; }' | cc -x c -nostdlib -static -o root/bin/program -
"$PARE" tree --root root --packages --json -o report.json /bin/program 2>err
grep -q '"message":"the root has no package database that can be read"' report.json
grep -q 'no package database' err
! grep -q '"package"' report.json
