#!/bin/bash
# Each has its own loader.
. "$(dirname "$0")/workshop"
dll app/a.dll f
exe app/x.exe a.dll:f
mkdir -p bin
cp /bin/true bin/true
"$PARE" tree --root . --json ./app/x.exe ./bin/true >report 2>/dev/null || true
grep -q '"/app/a.dll"' report && grep -q '"name":"libc.so.6","by":"/bin/true"' report
