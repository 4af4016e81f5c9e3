#!/bin/bash
# The ring is followed once.
. "$(dirname "$0")/workshop"
dll app/a.dll f -- b.dll:f
dll app/b.dll f -- a.dll:f
exe app/x.exe a.dll:f
loads app/x.exe -- app/a.dll app/b.dll
