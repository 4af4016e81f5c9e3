#!/bin/bash
# Exit 1, and the rest of the closure is given.
. "$(dirname "$0")/workshop"
dll app/a.dll f
exe app/x.exe a.dll:f none.dll:f
lacks app/x.exe -- 'none.dll needed certain'
does_not_start app/x.exe
! "$PARE" tree --root . ./app/x.exe >tree 2>&1
grep -q 'none.dll not found' tree
