#!/bin/bash
# When a library asks for it.
. "$(dirname "$0")/workshop"
dll app/a.dll f -- b.dll:gone
dll app/b.dll f
exe app/x.exe a.dll:f
lacks app/x.exe -- 'gone symbol certain'
