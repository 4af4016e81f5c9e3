#!/bin/bash
# x86: the last push before the call.
. "$(dirname "$0")/workshop"
machine=i686
dll app/plugin.dll f
dll app/other.dll f
mkdir -p .work/calls
cat >.work/calls/code.s <<'END'
.globl _entry
_entry:
  push $narrow
  call *__imp__LoadLibraryA@4
  xor %eax, %eax
  ret
.section .rdata
narrow: .asciz "plugin"
unused: .asciz "other.dll"
END
printf 'LIBRARY KERNEL32.dll\nEXPORTS\nLoadLibraryA@4\n' >.work/calls/kernel32.def
i686-w64-mingw32-dlltool -k -m i386 -d .work/calls/kernel32.def -l .work/calls/kernel32.a
i686-w64-mingw32-as .work/calls/code.s -o .work/calls/code.o
i686-w64-mingw32-ld --subsystem console -e _entry -o app/x.exe .work/calls/code.o .work/calls/kernel32.a
"$PARE" tree --format paths --root . ./app/x.exe >paths
grep -qx /app/plugin.dll paths || { cat paths; exit 1; }
! grep -q other paths
