#!/bin/bash
# Even where a file of its name lies beside the program.
. "$(dirname "$0")/workshop"
dll app/api-ms-win-crt-runtime-l1-1-0.dll abort
exe app/x.exe api-ms-win-crt-runtime-l1-1-0.dll:abort ext-ms-win-gdi-draw-l1-1-0.dll:f
takes app/x.exe --
provided app/x.exe -- 'api-ms-win-crt-runtime-l1-1-0.dll nanoserver' 'ext-ms-win-gdi-draw-l1-1-0.dll windows?'
