#!/bin/bash
# As ASCII and UTF-16, by a call through the table and by a stub; a name that nobody calls with is not.
. "$(dirname "$0")/workshop"
dll app/plugin.dll f -- needed.dll:f
dll app/needed.dll f
dll app/wide.dll f
dll app/other.dll f
mkdir -p .work/calls
cat >.work/calls/code.s <<'END'
.globl entry
entry:
  sub $40, %rsp
  lea narrow(%rip), %rcx
  call *__imp_LoadLibraryA(%rip)
  xor %edx, %edx
  mov $0, %r8d
  lea wide(%rip), %rcx
  call LoadLibraryExW
  lea absent(%rip), %rcx
  call LoadLibraryExW
  xor %eax, %eax
  add $40, %rsp
  ret
.section .rdata
narrow: .asciz "plugin.dll"
unused: .asciz "other.dll"
wide: .ascii "w\0i\0d\0e\0\0\0"
absent: .ascii "n\0o\0n\0e\0\0\0"
END
printf 'LIBRARY KERNEL32.dll\nEXPORTS\nLoadLibraryA\nLoadLibraryExW\n' >.work/calls/kernel32.def
x86_64-w64-mingw32-dlltool -d .work/calls/kernel32.def -l .work/calls/kernel32.a
x86_64-w64-mingw32-as .work/calls/code.s -o .work/calls/code.o
x86_64-w64-mingw32-ld --subsystem console -e entry -o app/x.exe .work/calls/code.o .work/calls/kernel32.a
asked=("$PARE" tree --json --root . ./app/x.exe)
"${asked[@]}" >report
for wanted in '"path":"/app/plugin.dll"' '"kind":"dlopen-call","by":"/app/x.exe","detail":"plugin.dll","confidence":"likely"' \
  '"path":"/app/needed.dll"' '"path":"/app/wide.dll"' '"missing":\[\]'; do
  grep -q -- "$wanted" report || { echo "no $wanted"; cat report; exit 1; }
done
! grep -q other.dll report || { cat report; exit 1; }
[ -z "${WINE-}" ] || same "wine loads" "$(sorted app/needed.dll app/plugin.dll app/wide.dll)" "$(ask_wine app/x.exe)"
