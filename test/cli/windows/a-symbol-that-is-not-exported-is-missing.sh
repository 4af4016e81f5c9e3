#!/bin/bash
# By name and by number.
. "$(dirname "$0")/workshop"
dll app/a.dll f
exe app/x.exe a.dll:f a.dll:gone a.dll:#77
lacks app/x.exe -- '#77 symbol certain' 'gone symbol certain'
does_not_start app/x.exe
