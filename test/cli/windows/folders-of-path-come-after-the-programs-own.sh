#!/bin/bash
# In their order.
. "$(dirname "$0")/workshop"
dll app/a.dll f
dll one/a.dll f
dll one/b.dll f
dll two/b.dll f
exe app/x.exe a.dll:f b.dll:f
library_path=/one:/two
loads app/x.exe -- app/a.dll one/b.dll
