#!/bin/bash
# As Windows writes it.
. "$(dirname "$0")/workshop"
dll opt/a.dll f
exe app/x.exe a.dll:f
"$PARE" stage --root . --library-path /opt ./app/x.exe | grep -qxF 'ENV PATH="C:\Windows\system32;C:\Windows;C:\opt"'
