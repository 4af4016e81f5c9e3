#!/bin/sh
# The recorded facts, by themselves: each base has all that its own files need, by its own loader's folders and links; and
# they tell the classic accident, a cgo program of golang:1.20 (Debian 12) on base-debian11: it needs GLIBC_2.34 of libc.so.6.
set -eu
repository=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Built by a compiler of glibc 2.34 or newer, main() is started by __libc_start_main@GLIBC_2.34.
echo 'int main(void) { return 0; }' >"$work/program.c"
cc -o "$work/program" "$work/program.c"
readelf -VW "$work/program" | sed -n 's/.*Name: \(GLIBC_[0-9.]*\).*/\1/p' >"$work/needs"
cat "$work/needs"

/usr/bin/python3 - "$repository/rules/bases" "$work/needs" <<'PYTHON'
import glob, os, posixpath, sys, tomllib

folder, needs = sys.argv[1], open(sys.argv[2]).read().split()
names = ["static-debian", "base-debian", "cc-debian"]
expected = [name + debian for debian in ("11", "12", "13") for name in names]
found = sorted(os.path.basename(path)[:-5] for path in glob.glob(folder + "/*.toml"))
assert found == sorted(expected), found
files = {name: tomllib.load(open(f"{folder}/{name}.toml", "rb")) for name in found}


def chain(name):
    while name:
        yield files[name]
        name = files[name].get("extends")


def follow(links, files, path, hops=0):
    """Where the path leads; None if nowhere. Parts that are no link are taken as folders."""
    assert hops < 20, path
    done = "/"
    parts = path.strip("/").split("/")
    for i, part in enumerate(parts):
        done = posixpath.normpath(posixpath.join(done, part))
        if done in links:
            onward = posixpath.join(posixpath.dirname(done), links[done], *parts[i + 1:])
            return follow(links, files, posixpath.normpath(onward), hops + 1)
    return files.get(done)


size, libc = {}, {}
for name in expected:
    for machine in ("x86_64", "aarch64"):
        parts = []
        for file in chain(name):
            assert file["source"] and file["suite"] == files[name]["suite"]
            own, = (entry for entry in file["machine"] if entry["name"] == machine)
            parts += [file, own]
        links = {link["path"]: link["target"] for part in parts for link in part.get("links", [])}
        objects = {entry["path"]: entry for part in parts for key in ("libraries", "programs") for entry in part.get(key, [])}
        for part in parts:
            for key in ("libraries", "programs", "links", "data", "folders"):
                paths = [entry["path"] for entry in part.get(key, [])]
                assert paths == sorted(set(paths)), (name, key)
        size[name, machine] = parts[1]["bytes"]
        if name.startswith("static"):
            assert not objects
            continue
        loader, = (part["interpreter"] for part in parts if "interpreter" in part)
        folders, = (part["system_folders"] for part in parts if "system_folders" in part)
        assert follow(links, objects, loader)["soname"] == posixpath.basename(loader), (name, loader)
        for entry in objects.values():
            for soname in entry.get("needed", []):
                hits = [hit for place in folders if (hit := follow(links, objects, f"{place}/{soname}"))]
                assert hits and hits[0]["soname"] == soname, (name, entry["path"], soname)
        libc[name, machine] = follow(links, objects, f"/lib/{machine}-linux-gnu/libc.so.6")["versions"]

for debian, glibc in (("11", "2.31"), ("12", "2.36"), ("13", "2.41")):
    assert files["base-debian" + debian]["glibc"] == glibc
    for machine in ("x86_64", "aarch64"):
        static, base, cc = (size[name + debian, machine] for name in names)
        assert 1_000_000 < static < base < cc < 60_000_000
        defined = libc["base-debian" + debian, machine]
        assert ("GLIBC_2.34" in defined) == (debian != "11")
        lacking = [version for version in needs if version not in defined]
        if machine == os.uname().machine and "GLIBC_2.34" in needs:
            assert (lacking == ["GLIBC_2.34"]) if debian == "11" else (lacking == []), (debian, lacking)
PYTHON
