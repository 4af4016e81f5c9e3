"""What pare's finders add over the loader's own files, and how much of that a run really opens."""

import json
import os

from .tools import pare_report

# Reasons that need no evidence: what a run with `--hints none` has too, and what the user named.
PLAIN = {"program", "interpreter", "needed", "include", "with", "traced"}
LAID_OUT = {"symlink", "parent"}  # for the sake of another file
# The loader opens it where it is; a minimal root has it only if some answer depends on it.
LOADER_CACHE = "/etc/ld.so.cache"


def added_by_finders(info, scratch, opened):
    """{"added": {finder: {files, opened, bytes, opened_bytes}}, "unused": [[size, path, finders]]}, {} without a report.

    Of the regular files that only finders ask for, and the same for "all" of them, each once. A library that such a file
    needs counts for those that asked for the file. `opened`: the real paths that the run opened, with their sizes.
    `unused`: the largest that the run did not open."""
    used = set(opened)
    for name in opened:
        # Python asks for the source, and reads what it compiled of it before (PEP 3147) where there is that.
        folder, cache, module = name.rpartition("/__pycache__/")
        if cache and module.endswith(".pyc"):
            used.add(f"{folder}/{module.split('.')[0]}.py")
    path = os.path.join(scratch, "report.json")
    pare_report(info, path)
    try:
        with open(path, encoding="utf-8") as file:
            report = {f["path"]: f for f in json.load(file)["files"]}
    except (OSError, ValueError, KeyError):
        return {}
    plain = reached(report, lambda reason: reason["kind"] in PLAIN)
    finders = {}  # path -> kinds
    for path, file in report.items():
        if path not in plain:
            finders[path] = {r["kind"] for r in file["reasons"]} - PLAIN - LAID_OUT
    grew = True
    while grew:
        grew = False
        for path, kinds in finders.items():
            for reason in report[path]["reasons"]:
                more = finders.get(reason["by"], set()) if reason["kind"] in PLAIN else set()
                if not more <= kinds:
                    kinds |= more
                    grew = True
    added, unused = {}, []
    for path, kinds in finders.items():
        file = report[path]
        if file["kind"] in ("symlink", "directory"):
            continue
        for kind in {"all", *kinds}:
            row = added.setdefault(kind, {"files": 0, "opened": 0, "bytes": 0, "opened_bytes": 0})
            row["files"] += 1
            row["bytes"] += file["size"]
            if path in used:
                row["opened"] += 1
                row["opened_bytes"] += file["size"]
        if path not in used:
            unused.append([file["size"], path, sorted(kinds)])
    # Recall: of what the run opened beyond the plain files, how much did finders bring?
    wanted = {p: size for p, size in opened.items() if p not in plain and p != LOADER_CACHE}
    added["wanted"] = {"files": len(wanted), "opened": sum(p in report for p in wanted), "bytes": sum(wanted.values()),
                       "opened_bytes": sum(size for p, size in wanted.items() if p in report)}
    return {"added": added, "unused": sorted(unused, reverse=True)[:40]}


def reached(report, counts):
    """The paths that chains of such reasons lead to from the user."""
    found, grew = set(), True
    while grew:
        grew = False
        for path, file in report.items():
            if path not in found and any(counts(r) and (not r["by"] or r["by"] in found) for r in file["reasons"]):
                found.add(path)
                grew = True
    return found
