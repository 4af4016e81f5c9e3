#!/bin/bash
# Only if it is imported.
. "$(dirname "$0")/workshop"
dll app/a.dll f g=b.g h=c.h
dll app/b.dll g
dll app/c.dll h
exe app/x.exe a.dll:f a.dll:g
loads app/x.exe -- app/a.dll app/b.dll
