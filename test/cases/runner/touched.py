"""Which files of the root a run opened, by strace: the lower bound of a minimal root."""

import os
import re
import stat

from .host import loader_of, resolve
from .roots import RUNTIME_DIRS, RUNTIME_FILES
from .steps import LOOKS, OPENS

LINE = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+)(?:<(.*)>)?(?:\s.*)?$")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
AT = re.compile(r"^(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>, ")


def unescape(text):
    raw = re.sub(rb"\\([0-7]{1,3}|.)", lambda m: bytes([int(m[1], 8) & 255]) if m[1].isdigit() else
                 {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f"}.get(m[1], m[1]), text.encode())
    return os.fsdecode(raw)


def read_strace(folder, merged, root):
    """Paths in the root that the run opened or executed, and looked at: (set of asked paths, set of asked paths)."""
    opened, looked = set(), set()
    for name in sorted(os.listdir(folder)):
        if not re.match(r"strace\d+\.\d+$", name):
            continue
        with open(os.path.join(folder, name), errors="surrogateescape") as f:
            lines = f.read().splitlines()
        started = [n for n, l in enumerate(lines) if l.startswith(f'chroot("{merged}"')]
        if started:
            execs = [n for n, l in enumerate(lines) if n > started[0] and l.startswith("execve(") and l.endswith("= 0")]
            lines = lines[execs[0]:] if execs else []
        for line in lines:
            m = LINE.match(line)
            if not m or int(m[3]) < 0:
                continue
            call, args, back = m[1], m[2], m[4]
            first, cwd = STRING.search(args), AT.match(args)
            if not first or (call not in OPENS and call not in LOOKS):
                continue
            path = unescape(first[1])
            if not path.startswith("/"):
                if cwd is None and not (call in OPENS and back):
                    continue
                if cwd is not None:
                    above = unescape(cwd[1])
                    above = above[len(merged):] if above.startswith(merged) else above
                    path = (above or "/").rstrip("/") + "/" + path
                else:
                    path = back[len(merged):] if back.startswith(merged) else back
            if not path.rstrip("/"):
                continue
            (opened if call in OPENS else looked).add(path)
            if call in ("execve", "execveat"):
                while (at := loader_of(root + resolve(root, path)[1])) and at not in opened:
                    opened.add(at)
                    path = at
    return opened, looked


def given_by_runtime(path, writable=()):
    return path in RUNTIME_FILES or any(path == d or path.startswith(d + "/") for d in (*RUNTIME_DIRS, *writable))


def touched_files(case, folder, merged, root):
    opened, looked = read_strace(folder, merged, root)
    out = {"opened": sorted(opened), "looked": sorted(looked)}
    for key, paths in (("files", opened), ("looked_files", looked)):
        found = {}
        for path in paths:
            links, final = resolve(root, path)
            if given_by_runtime(final, case.get("writable", [])):
                continue
            try:
                st = os.lstat(root + final)
            except OSError:
                continue
            if stat.S_ISREG(st.st_mode):
                found[final] = st.st_size
        out[key] = found
    out["bytes"] = sum(out["files"].values())
    return out
