#!/bin/bash
# Its manifest has the assembly's name.
. "$(dirname "$0")/workshop"
dll app/member.dll f
manifest app/p.manifest p file=member.dll
manifest app/x.exe.manifest x dependency=p
exe app/x.exe member.dll:f
loads app/x.exe -- app/member.dll
