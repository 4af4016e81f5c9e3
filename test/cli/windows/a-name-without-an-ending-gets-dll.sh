#!/bin/bash
# As LoadLibrary appends it.
. "$(dirname "$0")/workshop"
dll app/a.dll f
exe app/x.exe a:f
takes app/x.exe -- app/a.dll
