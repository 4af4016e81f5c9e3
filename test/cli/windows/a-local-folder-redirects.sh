#!/bin/bash
# PROGRAM.exe.local.
. "$(dirname "$0")/workshop"
dll app/a.dll f
dll app/x.exe.local/a.dll f
exe app/x.exe a.dll:f
takes app/x.exe -- app/x.exe.local/a.dll
manifest app/x.exe.manifest x
takes app/x.exe -- app/a.dll
