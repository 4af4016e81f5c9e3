#!/bin/bash
# Version 6 of the common controls: not in nanoserver.
. "$(dirname "$0")/workshop"
manifest app/x.exe.manifest x dependency=Microsoft.Windows.Common-Controls
exe app/x.exe KERNEL32.dll:GetLastError
provided app/x.exe -- 'kernel32.dll nanoserver' 'microsoft.windows.common-controls servercore'
