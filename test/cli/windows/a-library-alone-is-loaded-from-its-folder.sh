#!/bin/bash
# As a program beside it would.
. "$(dirname "$0")/workshop"
dll lib/a.dll f -- b.dll:f KERNEL32.dll:GetLastError
dll lib/b.dll f
takes lib/a.dll -- lib/b.dll
