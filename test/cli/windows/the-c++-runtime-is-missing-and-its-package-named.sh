#!/bin/bash
# It is in no base image.
. "$(dirname "$0")/workshop"
exe app/x.exe VCRUNTIME140.dll:memcpy KERNEL32.dll:GetLastError
lacks app/x.exe -- 'VCRUNTIME140.dll needed certain'
warns 'VCRUNTIME140.dll comes with the Microsoft Visual C++ 2015-2022 Redistributable'
dll app/vcruntime140.dll memcpy
takes app/x.exe -- app/vcruntime140.dll
