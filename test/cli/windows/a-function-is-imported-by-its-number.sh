#!/bin/bash
# There is no name for it anywhere.
. "$(dirname "$0")/workshop"
dll app/a.dll f@9
exe app/x.exe a.dll:#9
loads app/x.exe -- app/a.dll
lacks app/x.exe --
