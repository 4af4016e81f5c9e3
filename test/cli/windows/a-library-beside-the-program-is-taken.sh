#!/bin/bash
# And what it needs in turn; what nobody asks for is not.
. "$(dirname "$0")/workshop"
dll app/a.dll f -- b.dll:f
dll app/b.dll f
dll app/unused.dll f
exe app/x.exe a.dll:f KERNEL32.dll:GetLastError
loads app/x.exe -- app/a.dll app/b.dll
provided app/x.exe -- 'kernel32.dll nanoserver'
