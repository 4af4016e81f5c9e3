"""Commands, mounts and paths of the host, and what a root holds."""

import contextlib
import os
import re
import shutil
import signal
import stat
import struct
import subprocess
import sys
import threading

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Problem(Exception):
    """An error that is told in one line."""


STOP = threading.Event()  # set: no further command is started


def sh(argv, cleanup=False, **kw):
    if STOP.is_set() and not cleanup:
        raise Problem("interrupted")
    kw.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **kw)


def end_children():
    """Kill all that this process started, deepest last: `unshare --kill-child` takes the namespaces along."""
    above = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/stat") as f:
                above[int(pid)] = int(f.read().rsplit(")", 1)[1].split()[1])
    mine, grew = {os.getpid()}, True
    while grew:
        new = {p for p, up in above.items() if up in mine} - mine
        mine |= new
        grew = bool(new)
    for pid in sorted(mine - {os.getpid()}):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def must(argv, what, **kw):
    done = sh(argv, **kw)
    if done.returncode:
        raise Problem(f"{what}: exit {done.returncode}\n" + tail(done.stdout, 3000))
    return done.stdout


def tail(text, n=2000):
    return text if len(text) <= n else "..." + text[-n:]


def human(n):
    for unit in ("B", "K", "M", "G"):
        if n < 1024 or unit == "G":
            return f"{n:.0f}{unit}" if unit == "B" else f"{n:.1f}{unit}"
        n /= 1024


def log(text):
    print(text, file=sys.stderr, flush=True)


def mounts_under(top):
    found = []
    with open("/proc/self/mountinfo") as f:
        for line in f:
            where = re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), line.split()[4])
            if where == top or where.startswith(top + "/"):
                found.append(where)
    return found


def unmount_under(top):
    for where in sorted(mounts_under(top), key=len, reverse=True):
        if sh(["umount", where], cleanup=True).returncode:
            sh(["umount", "-l", where], cleanup=True)
    return not mounts_under(top)


def clear(top):
    """Remove a folder, never through a mount."""
    if os.path.lexists(top) and unmount_under(top):
        shutil.rmtree(top, ignore_errors=True)


def measure(root):
    """Apparent bytes of regular files (hard links once) and number of files and links."""
    size = count = 0
    seen = set()
    for folder, _, names in os.walk(root):
        for name in names:
            st = os.lstat(os.path.join(folder, name))
            count += 1
            if stat.S_ISREG(st.st_mode) and (st.st_dev, st.st_ino) not in seen:
                seen.add((st.st_dev, st.st_ino))
                size += st.st_size
    return size, count


def resolve(root, path):
    """Resolve a path inside root. Returns (links passed on the way, final path), as paths in the root."""
    links, parts, at, hops = [], [p for p in path.split("/") if p], "", 0
    while parts:
        part = parts.pop(0)
        if part == ".":
            continue
        if part == "..":
            at = os.path.dirname(at) if at else ""
            at = "" if at == "/" else at
            continue
        here = at + "/" + part
        try:
            st = os.lstat(root + here)
        except OSError:
            return links, "/".join([here] + parts)
        if stat.S_ISLNK(st.st_mode):
            hops += 1
            if hops > 40:
                return links, here
            links.append(here)
            target = os.readlink(root + here)
            if target.startswith("/"):
                at = ""
            parts = [p for p in target.split("/") if p] + parts
        else:
            at = here
    return links, at or "/"


def copy_into(root, dest, path):
    """Copy one path with the links on the way to it (a folder: with all below). True if it was there."""
    links, final = resolve(root, path)
    for link in links:
        place_parent(root, dest, link)
        if not os.path.lexists(dest + link):
            os.symlink(os.readlink(root + link), dest + link)
    try:
        st = os.lstat(root + final)
    except OSError:
        return False
    place_parent(root, dest, final)
    if stat.S_ISDIR(st.st_mode):
        os.makedirs(dest + final, exist_ok=True)
        shutil.copystat(root + final, dest + final)
        os.chown(dest + final, st.st_uid, st.st_gid)
        for name in os.listdir(root + final):
            copy_into(root, dest, final.rstrip("/") + "/" + name)
    elif stat.S_ISREG(st.st_mode) and not os.path.lexists(dest + final):
        shutil.copyfile(root + final, dest + final)
        os.chown(dest + final, st.st_uid, st.st_gid)
        shutil.copystat(root + final, dest + final)
    return True


def place_parent(root, dest, path):
    """Make the real folders above a path whose folders are already free of links."""
    at = ""
    for part in path.split("/")[1:-1]:
        at += "/" + part
        if not os.path.isdir(dest + at):
            os.mkdir(dest + at)
            with contextlib.suppress(OSError):
                st = os.lstat(root + at)
                os.chown(dest + at, st.st_uid, st.st_gid)
                os.chmod(dest + at, stat.S_IMODE(st.st_mode))


def loader_of(path):
    """What the kernel itself opens to execute a file: the ELF interpreter or the one of a script. None if nothing."""
    try:
        with open(path, "rb") as f:
            head = f.read(256)
            if head[:2] == b"#!":
                words = head[2:].split(b"\n")[0].split()
                return words[0].decode() if words else None
            if head[:5] not in (b"\x7fELF\x01", b"\x7fELF\x02"):
                return None
            word, at = ("<I", (28, 42, 4, 16)) if head[4] == 1 else ("<Q", (32, 54, 8, 32))
            phoff, = struct.unpack_from(word, head, at[0])
            phentsize, phnum = struct.unpack_from("<HH", head, at[1])
            for i in range(phnum):
                f.seek(phoff + i * phentsize)
                ph = f.read(56)
                if struct.unpack_from("<I", ph)[0] == 3:
                    offset, = struct.unpack_from(word, ph, at[2])
                    size, = struct.unpack_from(word, ph, at[3])
                    f.seek(offset)
                    return f.read(size).rstrip(b"\0").decode()
    except (OSError, struct.error, UnicodeDecodeError):
        pass
    return None
