#!/bin/bash
# PE32 has other widths and another magic.
. "$(dirname "$0")/workshop"
machine=i686
dll app/a.dll f g
exe app/x.exe a.dll:f a.dll:g KERNEL32.dll:GetLastError
takes app/x.exe -- app/a.dll
"$PARE" stage --root . ./app/x.exe >stage
grep -qx 'FROM mcr.microsoft.com/windows/servercore:ltsc2022' stage || { cat stage; exit 1; }
