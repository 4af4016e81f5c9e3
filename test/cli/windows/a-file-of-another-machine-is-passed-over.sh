#!/bin/bash
# The loader goes on to the next folder, and pare says so.
. "$(dirname "$0")/workshop"
machine=i686
dll app/a.dll f
machine=x86_64
dll lib/a.dll f
exe app/x.exe a.dll:f
library_path=/lib
loads app/x.exe -- lib/a.dll
warns '/app/a.dll: is for x86, and /app/x.exe for x64: the loader passes it over'
