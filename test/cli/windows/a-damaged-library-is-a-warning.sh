#!/bin/bash
# The closure goes on.
. "$(dirname "$0")/workshop"
dll app/a.dll f
dll app/b.dll f
exe app/x.exe a.dll:f b.dll:f
head -c 900 app/a.dll >cut
cp cut app/a.dll
takes app/x.exe -- app/a.dll app/b.dll
warns '/app/a.dll: '
warns 'lies outside of the file: /app/x.exe cannot load it'
