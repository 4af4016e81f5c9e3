#!/bin/bash
# And --allow-missing makes it no fault.
. "$(dirname "$0")/workshop"
dll app/a.dll f -- none.dll:f
exe app/x.exe a.dll:f
lacks app/x.exe -- 'none.dll needed certain'
does_not_start app/x.exe
"$PARE" tree --root . --allow-missing 'none*' ./app/x.exe >/dev/null
