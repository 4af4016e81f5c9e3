#!/bin/bash
# A folder of PATH that is a symlink.
. "$(dirname "$0")/workshop"
dll opt/lib-1/a.dll f
ln -s lib-1 opt/lib
exe app/x.exe a.dll:f
library_path=/opt/lib
takes app/x.exe -- opt/lib-1/a.dll
"$PARE" tree --root . --library-path /opt/lib --format paths ./app/x.exe | grep -qx /opt/lib
