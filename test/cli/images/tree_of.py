#!/usr/bin/python3
"""A folder as text, a line a path: type, mode, owner, size, digest, link, device, attributes, time.

tree_of.py FOLDER [WITHOUT]...: sorted. WITHOUT: `times`, `owners`. Names of one file are told by the first of them."""

import hashlib
import os
import stat
import sys


def digest(path):
    hash = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            hash.update(block)
    return hash.hexdigest()[:16]


def describe(path, inside, first, without):
    info = os.lstat(path)
    words = [stat.filemode(info.st_mode)]
    if "owners" not in without:
        words.append(f"{info.st_uid}:{info.st_gid}")
    if stat.S_ISREG(info.st_mode):
        words += [str(info.st_size), digest(path)]
    elif stat.S_ISLNK(info.st_mode):
        words.append(f"-> {os.readlink(path)!r}")
    elif stat.S_ISCHR(info.st_mode) or stat.S_ISBLK(info.st_mode):
        words.append(f"{os.major(info.st_rdev)},{os.minor(info.st_rdev)}")
    if not stat.S_ISDIR(info.st_mode) and info.st_nlink > 1:
        words.append(f"={first.setdefault((info.st_dev, info.st_ino), inside)!r}")
    for name in sorted(os.listxattr(path, follow_symlinks=False)):
        words.append(f"{name}={os.getxattr(path, name, follow_symlinks=False)!r}")
    if "times" not in without and not stat.S_ISDIR(info.st_mode):
        words.append(str(info.st_mtime_ns))
    return " ".join(words)


def main():
    top, *without = sys.argv[1:]
    paths = [top]
    for folder, folders, files in os.walk(top):
        paths += [os.path.join(folder, name) for name in folders + files]
    first = {}
    for path in sorted(paths, key=os.fsencode):
        inside = "/" + os.path.relpath(path, top) if path != top else "/"
        print(ascii(inside), describe(path, inside, first, without))


if __name__ == "__main__":
    main()
