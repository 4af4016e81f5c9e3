#!/bin/bash
# Exit 3, and one line.
. "$(dirname "$0")/workshop"
dll app/a.dll f
exe app/x.exe a.dll:f
head -c 700 app/x.exe >app/cut.exe
code=0
"$PARE" tree --root . ./app/cut.exe >out 2>said || code=$?
[ $code = 3 ] && [ "$(wc -l <said)" = 1 ] && grep -q 'cut.exe: .* lies outside of the file' said || { echo $code; cat said; exit 1; }
