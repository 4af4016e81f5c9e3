#!/bin/bash
. "$(dirname "$0")/setup"
echo x >file
cat >small.s <<'E2'
.globl _start
_start:
  mov $5, %eax   # open
  mov $name, %ebx
  xor %ecx, %ecx
  int $0x80
  mov $5, %eax
  mov $other, %ebx
  int $0x80
  mov $1, %eax
  xor %ebx, %ebx
  int $0x80
.data
name: .asciz "file"
other: .asciz "no-file"
E2
as --32 -o small.o small.s && ld -m elf_i386 -o small small.o
./small || { echo "no 32-bit programs here"; exit 77; }
"$PARE" trace -o recording -- ./small
grep -qx "$PWD/file" <<<"$(facts recording open)"
grep -qx "$PWD/no-file" <<<"$(facts recording missing)"
