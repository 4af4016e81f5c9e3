#!/bin/bash
# The program does not start.
. "$(dirname "$0")/workshop"
manifest app/x.exe.manifest x dependency=p
exe app/x.exe KERNEL32.dll:GetLastError
lacks app/x.exe -- 'p needed certain'
