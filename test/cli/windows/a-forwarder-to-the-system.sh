#!/bin/bash
# KERNEL32 needs no file.
. "$(dirname "$0")/workshop"
dll app/a.dll f=KERNEL32.GetLastError
exe app/x.exe a.dll:f
loads app/x.exe -- app/a.dll
provided app/x.exe -- 'kernel32 nanoserver'
