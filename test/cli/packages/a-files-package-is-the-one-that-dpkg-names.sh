#!/bin/bash
# Each file of a report is asked from dpkg-query, by its real path and by the one that it had before /usr was merged.
set -euo pipefail
command -v dpkg-query >/dev/null || { echo "no dpkg-query to compare with"; exit 77; }
"$PARE" tree --packages --json --hints none -o report.json git gcc python3
/usr/bin/python3 - <<'EOP'
import json, subprocess
files = [f for f in json.load(open("report.json"))["files"] if f["kind"] not in ("directory", "symlink")]
asked = [p for f in files for p in {f["path"], f["path"].removeprefix("/usr")}]
told = subprocess.run(["dpkg-query", "-S", *asked], capture_output=True, text=True).stdout
owners = {}
for line in told.splitlines():
    if not line.startswith("diversion by "):
        packages, path = line.split(": ", 1)
        owners.setdefault(path, set()).update(p.split(":")[0] for p in packages.split(", "))
for f in files:
    ours = f.get("package", "").split(":")[0]
    theirs = owners.get(f["path"], set()) | owners.get(f["path"].removeprefix("/usr"), set())
    assert ours in theirs or not (ours or theirs), (f["path"], ours, theirs)
assert sum("package" in f for f in files) > 5, "hardly a file has a package"
EOP
