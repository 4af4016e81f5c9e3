#!/bin/bash
# Escape character, base, forward slashes, ENTRYPOINT.
. "$(dirname "$0")/workshop"
dll app/a.dll f -- KERNEL32.dll:GetLastError
exe app/x.exe a.dll:f
"$PARE" stage --root . --base auto ./app/x.exe >stage
cat >wanted <<'END'
# escape=`
# nanoserver has all that the programs ask of Windows.
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
COPY --from=build `
    /app/a.dll `
    /app/x.exe `
    /app/
ENTRYPOINT ["C:/app/x.exe"]
END
diff <(grep -v '^# [/1-9]' stage) wanted
exe app/y.exe a.dll:f GDI32.dll:GdiFlush
"$PARE" stage --root . --base auto ./app/y.exe >stage
grep -qx '# servercore is the smallest base: GDI32.dll, which /app/y.exe loads, is in servercore.' stage
! "$PARE" stage --root . --base mcr.microsoft.com/windows/nanoserver:ltsc2022 ./app/y.exe >stage 2>said
grep -q '^# DOES NOT RUN: GDI32.dll' stage
grep -q 'GDI32.dll' said
