#!/bin/bash
# One field of a good program says something impossible: exit 3 and one line with its name.
set -euo pipefail
. "$(dirname "$0")/refused"

make_program
"$PARE" tree ./program >/dev/null # as it is, it is a good one

# NAME EXPECTED: each writes ./NAME, the program with one field overwritten. Where the loader or the kernel lives with it,
# so may pare: "any" is 0, 1 or 3, but no signal.
cat >poke.py <<'EOF'
import struct
good = open("program", "rb").read()
phoff, = struct.unpack_from("<Q", good, 32)
phnum, = struct.unpack_from("<H", good, 56)
headers = {}
for index in range(phnum):
    at = phoff + 56 * index
    headers.setdefault(struct.unpack_from("<I", good, at)[0], at)
LOAD, DYNAMIC, INTERP = headers[1], headers[2], headers[3]
dynamic, = struct.unpack_from("<Q", good, DYNAMIC + 8)
tags = {}
while True:
    tag, = struct.unpack_from("<Q", good, dynamic)
    if tag == 0:
        break
    tags.setdefault(tag, dynamic)
    dynamic += 16
NEEDED, STRTAB, RUNPATH, VERNEED, VERNEEDNUM = tags[1], tags[5], tags[29], tags[0x6ffffffe], tags[0x6fffffff]
interp, interp_size = struct.unpack_from("<Q", good, INTERP + 8)[0], struct.unpack_from("<Q", good, INTERP + 32)[0]

def poke(name, expected, at, form, *values):
    data = bytearray(good)
    struct.pack_into(form, data, at, *values)
    with open(name, "wb") as file:
        file.write(data)
    print(name, expected)

FAR, HUGE = 1 << 40, (1 << 64) - 8
poke("class-9", 3, 4, "<B", 9)
poke("byte-order-9", 3, 5, "<B", 9)
poke("relocatable", 3, 16, "<H", 1)
poke("core-file", 3, 16, "<H", 4)
poke("program-headers-far", 3, 32, "<Q", FAR)
poke("program-headers-at-the-end-of-the-world", 3, 32, "<Q", HUGE)
poke("program-headers-of-no-size", 3, 54, "<H", 0)
poke("program-headers-too-many", 3, 56, "<H", 0xfffe)
poke("program-headers-none", "any", 56, "<H", 0)
poke("section-headers-far", "any", 40, "<Q", FAR)
# The loader goes by the address alone, whatever the offset says (glibc 2.36, elf/dl-load.c).
poke("dynamic-offset-far", "any", DYNAMIC + 8, "<Q", FAR)
poke("dynamic-address-far", "any", DYNAMIC + 16, "<Q", FAR)
poke("dynamic-far", 3, DYNAMIC + 8, "<QQ", FAR, FAR)
poke("dynamic-at-the-end-of-the-world", 3, DYNAMIC + 8, "<QQ", HUGE, HUGE)
poke("dynamic-huge", "any", DYNAMIC + 32, "<Q", FAR)
poke("interpreter-far", 3, INTERP + 8, "<Q", FAR)
poke("interpreter-huge", 3, INTERP + 32, "<Q", FAR)
poke("interpreter-of-no-size", 3, INTERP + 32, "<Q", 0)
poke("interpreter-without-end", 3, interp + interp_size - 1, "<B", 0x41)
poke("strings-nowhere", 3, STRTAB + 8, "<Q", FAR)
poke("strings-at-the-end-of-the-world", 3, STRTAB + 8, "<Q", HUGE)
poke("needed-name-far", 3, NEEDED + 8, "<Q", FAR)
poke("runpath-name-far", 3, RUNPATH + 8, "<Q", FAR)
poke("versions-far", "any", VERNEED + 8, "<Q", FAR)
poke("versions-too-many", "any", VERNEEDNUM + 8, "<Q", FAR)
poke("segment-wraps-around", "any", LOAD + 16, "<Q", HUGE)
EOF
/usr/bin/python3 poke.py >variants
while read -r name expected; do
  if [ "$expected" = 3 ]; then
    refused 3 "./$name" "$PARE" tree "./$name"
  else
    code=0
    timeout 20 "$PARE" tree "./$name" >out 2>err || code=$?
    case $code in
    0 | 1) ;;
    3) refused 3 "./$name" "$PARE" tree "./$name" ;;
    *) echo "$name: ended with $code"; cat err; exit 1 ;;
    esac
  fi
done <variants
