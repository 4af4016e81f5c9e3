#!/bin/bash
# A library that is no part of Windows was installed there.
. "$(dirname "$0")/workshop"
mkdir -p Windows
dll Windows/System32/installed.dll f
dll Windows/System32/kernel32.dll GetLastError
exe Programs/app/x.exe installed.dll:f KERNEL32.dll:GetLastError
takes Programs/app/x.exe -- Windows/System32/installed.dll
provided Programs/app/x.exe -- 'kernel32.dll nanoserver'
