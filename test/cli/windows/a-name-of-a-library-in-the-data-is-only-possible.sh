#!/bin/bash
# Taken with --confidence possible.
. "$(dirname "$0")/workshop"
dll app/narrow.dll f
dll app/Wide-1.dll f
dll app/unused.dll f
mkdir -p .work/data
cat >.work/data/code.s <<'END'
.globl entry
entry: ret
.section .rdata
.ascii "plugins: "
.asciz "narrow.dll"
.ascii "w\0i\0d\0e\0-\0001\0.\0D\0L\0L\0\0\0"
END
x86_64-w64-mingw32-as .work/data/code.s -o .work/data/code.o
x86_64-w64-mingw32-ld --subsystem console -e entry -o app/x.exe .work/data/code.o
"$PARE" tree --root . --format paths ./app/x.exe >paths
! grep dll paths
"$PARE" tree --root . --json --confidence possible ./app/x.exe >report
grep -q '"kind":"dlopen-string","by":"/app/x.exe","detail":"narrow.dll","confidence":"possible"' report
grep -q '"path":"/app/Wide-1.dll"' report
! grep unused report
