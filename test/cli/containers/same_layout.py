"""same_layout.py --exact | --over-base | --told=FILE  REPORT SOURCE IMAGE-ROOT: does the image hold the closure?

COPY cannot carry every link: then the name that was asked for becomes the file. So each regular file of the image is looked
up by the same path in the source root, where links may lead elsewhere: there it must be a file of the report, with the same
bytes, mode and owner. Each file of the report must be met like this, none twice unless FILE (what pare said) names it, and
nothing else may be in the image. --over-base: but what a base brought. --exact: path by path, links with the same text,
folders with the same mode and owner."""

import hashlib
import json
import os
import stat
import sys

option, report_path, source, image = sys.argv[1:]
with open(report_path, encoding="utf-8") as file:
    report = json.load(file)
told = ""
if option.startswith("--told="):
    with open(option.removeprefix("--told="), encoding="utf-8") as file:
        told = file.read()
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


def describe(path, follow):
    try:
        status = os.stat(path) if follow else os.lstat(path)
    except OSError as error:
        return {"error": error.strerror}
    seen = {"mode": oct(status.st_mode), "owner": [status.st_uid, status.st_gid]}
    if stat.S_ISLNK(status.st_mode):
        seen["target"] = os.readlink(path)
    if stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            seen["sha256"] = hashlib.sha256(file.read()).hexdigest()
    return seen


def everything():
    """{path: what it is}, but for the mount points that buildah leaves in an image."""
    found = {}
    for folder, folders, files in os.walk("/"):
        for name in folders + files:
            path = os.path.join(folder, name)
            if path not in ("/dev", "/proc", "/sys", "/run") and not path.startswith(("/dev/", "/proc/", "/sys/", "/run/")):
                found[path] = [describe(path, follow=False), os.lstat(path).st_size, os.lstat(path).st_ino]
    return found


there = seen_from(image, everything)
if option == "--exact":
    paths = [entry["path"] for entry in report["files"]]
    wanted = seen_from(source, lambda: {path: describe(path, follow=False) for path in paths})
    for path in paths:
        got = there.get(path, ["nothing"])[0]
        if got != wanted[path]:
            problems.append(f"{path}: {wanted[path]} in the source, {got} in the image")
    problems += [f"{path}: too much" for path in sorted(set(there) - set(paths))]
else:
    wanted = {entry["path"] for entry in report["files"] if entry["kind"] not in ("symlink", "directory")}
    files = [path for path in there if "sha256" in there[path][0]]
    meant = seen_from(source, lambda: {path: [os.path.realpath(path), describe(path, follow=True)] for path in files})
    met = {}
    for path in files:
        place, looks = meant[path]
        if place in wanted:
            met[place] = met.get(place, set()) | {tuple(there[path][1:])}
            if there[path][0] != looks:
                problems.append(f"{path}: {looks} in the source, {there[path][0]} in the image")
        elif option != "--over-base":
            problems.append(f"{path}: too much")
    problems += [f"{path}: is lost" for path in sorted(wanted - set(met))]
    if option != "--over-base":
        problems += [f"{place}: is there twice, and pare says nothing of it" for place, entries in sorted(met.items())
                     if len(entries) > 1 and place not in told]
print("\n".join(problems))
sys.exit(1 if problems else 0)
