#!/bin/bash
# From the program to the library.
. "$(dirname "$0")/workshop"
dll app/a.dll f -- b.dll:f
dll app/b.dll f
exe app/x.exe a.dll:f
"$PARE" why --help >/dev/null 2>&1 || { echo "pare has no why yet"; exit 77; }
"$PARE" why --root . /app/b.dll ./app/x.exe | grep -q a.dll
