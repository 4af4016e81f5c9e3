#!/bin/bash
# rootfs lays out what wine then starts.
. "$(dirname "$0")/workshop"
dll app/a.dll f -- B.dll:f
dll app/b.dll f
dll app/unused.dll f
exe app/x.exe a.dll:f
"$PARE" rootfs --root . -o out ./app/x.exe
[ "$(cd out && find . -type f | sort | tr '\n' ' ')" = './app/a.dll ./app/b.dll ./app/x.exe ' ] || { find out; exit 1; }
[ -z "${WINE-}" ] || (cd out/app && WINEDEBUG=-all timeout 60 "$WINE" x.exe)
