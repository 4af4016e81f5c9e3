#!/bin/bash
# Not beside the library that asks.
. "$(dirname "$0")/workshop"
dll plugins/a.dll f -- b.dll:f
dll plugins/b.dll f
dll app/b.dll f
exe app/x.exe a.dll:f
library_path=/plugins
loads app/x.exe -- plugins/a.dll app/b.dll
