"""same_layout.py [--exact] REPORT SOURCE IMAGE-ROOT: is every file of the report in the image, at all its names?

The same means: by each path of the report, looked up inside the image, one gets the same bytes with the same mode and owner
as by that path in the source root. A link of the report may have become something else that leads there (COPY cannot carry
every link), but no file's bytes are in the image twice. --exact: links are links with the same text, folders have the same
mode and owner, and there is nothing more in the image."""

import hashlib
import json
import os
import stat
import sys

*options, report_path, source, image = sys.argv[1:]
exact = options == ["--exact"]
with open(report_path, encoding="utf-8") as file:
    report = json.load(file)
problems = []


def seen_from(root, work):
    """What `work` finds with `root` as "/", so that absolute links stay inside."""
    read, write = os.pipe()
    if os.fork() == 0:
        os.chroot(root)
        os.chdir("/")
        with os.fdopen(write, "w") as out:
            json.dump(work(), out)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as file:
        found = json.load(file)
    os.wait()
    return found


def describe(path):
    """What is there, symlinks followed, and by which real path."""
    try:
        status = os.stat(path)
    except OSError as error:
        return {"error": error.strerror}
    seen = {"mode": oct(status.st_mode), "owner": [status.st_uid, status.st_gid]}
    if stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            seen["sha256"] = hashlib.sha256(file.read()).hexdigest()
    if stat.S_ISDIR(status.st_mode) and not exact:
        seen = {"mode": oct(stat.S_IFMT(status.st_mode))}
    if exact and os.path.islink(path):
        seen["target"] = os.readlink(path)
    return seen


def everything():
    """Apart from the mount points and files that buildah itself leaves in an image."""
    made_by_client = {"/dev", "/proc", "/sys", "/run", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}
    found = {}
    for folder, folders, files in os.walk("/"):
        for name in folders + files:
            path = os.path.join(folder, name)
            if path not in made_by_client and not path.startswith(("/dev/", "/proc/", "/sys/", "/run/")):
                status = os.lstat(path)
                found[path] = [status.st_size, status.st_ino] if stat.S_ISREG(status.st_mode) else None
    return found


paths = [entry["path"] for entry in report["files"]]
wanted = seen_from(source, lambda: {path: describe(path) for path in paths})
got = seen_from(image, lambda: {path: describe(path) for path in paths})
for path in paths:
    if wanted[path] != got[path]:
        problems.append(f"{path}: {wanted[path]} in the source, {got[path]} in the image")

there = seen_from(image, everything)
if exact:
    problems += [f"{path}: too much" for path in sorted(set(there) - set(paths))]
# By size and inode: hard links are one file.
bytes_there = sum(size for size, _ in {tuple(there[path]) for path in paths if there.get(path)})
if bytes_there > report["summary"]["bytes"]:
    problems.append(f"{bytes_there} bytes under the names of the report, which counts {report['summary']['bytes']}")
print("\n".join(problems))
sys.exit(1 if problems else 0)
