#!/bin/bash
# As Windows does on a file system that tells cases apart.
. "$(dirname "$0")/workshop"
dll app/LibA.DLL f
exe app/x.exe liba.dll:f
loads app/x.exe -- app/LibA.DLL
