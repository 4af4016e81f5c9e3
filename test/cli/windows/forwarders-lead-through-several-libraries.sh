#!/bin/bash
# Each is loaded, and what the last one lacks is missing.
. "$(dirname "$0")/workshop"
dll app/a.dll f=b.f
dll app/b.dll f=c.g
dll app/c.dll g
exe app/x.exe a.dll:f
loads app/x.exe -- app/a.dll app/b.dll app/c.dll
dll app/c.dll other
lacks app/x.exe -- 'g symbol certain'
