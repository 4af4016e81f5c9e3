#!/bin/bash
# KnownDLLs are the system's own.
. "$(dirname "$0")/workshop"
dll app/advapi32.dll f
exe app/x.exe advapi32.dll:f
takes app/x.exe --
provided app/x.exe -- 'advapi32.dll nanoserver'
