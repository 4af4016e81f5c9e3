#!/bin/bash
# And its file answers for the name that is imported.
. "$(dirname "$0")/workshop"
dll app/p/member.dll f
manifest app/p/p.manifest p file=member.dll
manifest app/x.exe.manifest x dependency=p
exe app/x.exe member.dll:f
loads app/x.exe -- app/p/member.dll
"$PARE" tree --root . --format paths ./app/x.exe >paths
grep -qx /app/x.exe.manifest paths
grep -qx /app/p/p.manifest paths
