"""retag.py FILE OLD[@N] NEW [VALUE]: in the dynamic table of a 64-bit little-endian ELF file, the first (or N-th, from 0)
entry of tag OLD becomes one of tag NEW, with its value kept, or VALUE, or (=TAG) the value of the first entry of TAG.
What stands behind the end of the table can be reached too: there, every entry is a null. Tags by name."""

import struct
import sys

TAGS = {"null": 0, "needed": 1, "soname": 14, "rpath": 15, "debug": 21, "runpath": 29, "auxiliary": 0x7FFFFFFD, "filter": 0x7FFFFFFF}

path, old, new = sys.argv[1:4]
with open(path, "r+b") as file:
    data = file.read()
    table, size, count = struct.unpack_from("<32xQ14xHH", data)
    (dynamic,) = (at for at in range(table, table + size * count, size) if struct.unpack_from("<I", data, at)[0] == 2)
    offset, length = struct.unpack_from("<8xQ16xQ", data, dynamic)
    entries = [(at, *struct.unpack_from("<QQ", data, at)) for at in range(offset, offset + length, 16)]

    def entry(name):
        tag, _, number = name.partition("@")
        return [entry for entry in entries if entry[1] == TAGS[tag]][int(number or 0)]

    at, _, value = entry(old)
    if len(sys.argv) > 4:
        value = entry(sys.argv[4][1:])[2] if sys.argv[4].startswith("=") else int(sys.argv[4], 0)
    file.seek(at)
    file.write(struct.pack("<QQ", TAGS[new], value))
