#!/bin/bash
# The library is missing, by who forwards.
. "$(dirname "$0")/workshop"
dll app/a.dll f=none.f
exe app/x.exe a.dll:f
lacks app/x.exe -- 'none needed certain'
