#!/bin/bash
# Windows can hold one of them.
. "$(dirname "$0")/workshop"
dll app/a.dll f
dll app/A.DLL f
exe app/x.exe a.dll:f
takes app/x.exe -- app/a.dll
warns 'A.DLL differs only in case: Windows can hold one of them'
