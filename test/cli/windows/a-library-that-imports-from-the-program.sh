#!/bin/bash
# A plugin of it.
. "$(dirname "$0")/workshop"
dll app/plugin.dll p -- x.exe:f
exe app/x.exe plugin.dll:p
takes app/x.exe -- app/plugin.dll
lacks app/x.exe -- 'f symbol certain'
takes app/plugin.dll -- app/x.exe
