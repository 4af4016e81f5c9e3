"""Full roots: a Debian base, a layer of packages over it, a layer that the case's setup made. Each is made once."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import stat

from .host import PATH, Problem, clear, log, must, unmount_under

SUITE = "bookworm"
LAYOUT = "2"  # part of every cache key: raise it when the way roots are built changes
CACHE = os.environ.get("PARE_CASES_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "pare-cases")
# Given by the container runtime, so neither part of the lower bound nor expected in a minimal root.
RUNTIME_DIRS = ("/proc", "/dev", "/sys", "/tmp", "/run")
RUNTIME_FILES = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf")


@contextlib.contextmanager
def locked(name):
    os.makedirs(CACHE, exist_ok=True)
    with open(os.path.join(CACHE, name + ".lock"), "w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield


def debian_sources():
    """(uri, suite, components) of the machine's own Debian entries for the suite, or Debian's own."""
    found, texts = [], []
    for folder, _, names in os.walk("/etc/apt"):
        for name in sorted(names):
            if name.endswith((".list", ".sources")):
                with open(os.path.join(folder, name), errors="replace") as f:
                    texts.append((name, f.read()))
    for name, text in texts:
        if name.endswith(".list"):
            for m in re.finditer(r"^deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$", text, re.M):
                found.append((m[1], m[2], m[3].split()))
        else:
            for block in re.split(r"\n\s*\n", text):
                f = {k.lower(): v.split() for k, v in re.findall(r"^([A-Za-z-]+):\s*(.*)$", block, re.M)}
                if "deb" in f.get("types", []):
                    found += [(u, s, f.get("components", [])) for u in f.get("uris", []) for s in f.get("suites", [])]
    found = [e for e in found if (e[1] == SUITE or e[1].startswith(SUITE + "-")) and "main" in e[2]]
    if not any(e[1] == SUITE for e in found):
        return [("http://deb.debian.org/debian", SUITE, ["main"]),
                ("http://deb.debian.org/debian", SUITE + "-updates", ["main"]),
                ("http://deb.debian.org/debian-security", SUITE + "-security", ["main"])]
    return found


def apt_conf():
    keep = re.compile(r"^(Acquire::(https?::|Check-|Retries|ForceIPv).*|Acquire::Languages.*);$")
    lines = [l for l in must(["apt-config", "dump"], "apt-config").splitlines() if keep.match(l)]
    return "\n".join(lines + ['APT::Sandbox::User "root";', 'APT::Keep-Downloaded-Packages "true";',
                              'Acquire::Languages "none";', 'Dpkg::Use-Pty "0";',
                              'Dir::Cache::pkgcache "";', 'Dir::Cache::srcpkgcache "";']) + "\n"  # 70 MB in each layer


def chroot_env(extra=()):
    return {"PATH": PATH, "HOME": "/root", "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive", **dict(extra)}


class Building:
    """A root mounted for writing, with what apt and a setup script need around it."""

    def __init__(self, root):
        self.root = root

    def __enter__(self):
        r = self.root
        os.makedirs(CACHE + "/archives/partial", exist_ok=True)
        must(["mount", "-t", "proc", "proc", r + "/proc"], "mount /proc")
        must(["mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", r + "/tmp"], "mount /tmp")
        make_dev(r + "/dev")
        must(["mount", "--bind", CACHE + "/archives", r + "/var/cache/apt/archives"], "mount the archives")
        for path in RUNTIME_FILES:
            if not os.path.exists(r + path):
                open(r + path, "w").close()
            if os.path.exists(path):
                must(["mount", "--bind", path, r + path], "mount " + path)
        return self

    def __exit__(self, *_):
        for sub in RUNTIME_FILES + ("/var/cache/apt/archives", "/dev", "/tmp", "/proc"):
            unmount_under(self.root + sub)

    def run(self, argv, what, **kw):
        return must(["unshare", "--pid", "--fork", "--kill-child", "--ipc", "chroot", self.root] + argv, what,
                    env=chroot_env(), **kw)

    def install(self, packages, what):
        common = ["-o", "Debug::NoLocking=true", "-o", "Dpkg::Options::=--force-unsafe-io", "-q", "-y",
                  "--no-install-recommends"]
        with locked("archives"):
            self.run(["apt-get", "install", "--download-only"] + common + packages, what + ": download")
        self.run(["apt-get", "install"] + common + packages, what + ": install", timeout=1800)


def make_dev(at):
    must(["mount", "-t", "tmpfs", "-o", "mode=755,size=64k", "tmpfs", at], "mount /dev")
    for name, minor in (("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9)):
        os.mknod(f"{at}/{name}", stat.S_IFCHR | 0o666, os.makedev(1, minor))
        os.chmod(f"{at}/{name}", 0o666)
    os.mkdir(at + "/shm")
    must(["mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", at + "/shm"], "mount /dev/shm")
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(target, f"{at}/{name}")


def base_root():
    """The Debian base, made once."""
    sources = debian_sources()
    key = hashlib.sha256(json.dumps([LAYOUT, sources]).encode()).hexdigest()[:12]
    base, done = f"{CACHE}/base-{key}", f"{CACHE}/base-{key}.done"
    if os.path.exists(done):
        return base, key
    with locked("base"):
        if os.path.exists(done):
            return base, key
        log(f"building the base root in {base}")
        clear(base)
        mirror = next(e[0] for e in sources if e[1] == SUITE)
        must(["debootstrap", "--variant=minbase", SUITE, base, mirror], "debootstrap", env=chroot_env())
        for name in os.listdir(base + "/var/cache/apt/archives"):
            if name.endswith(".deb"):
                os.unlink(f"{base}/var/cache/apt/archives/{name}")
        with open(base + "/etc/apt/sources.list", "w") as f:
            f.write("".join(f"deb {u} {s} main\n" for u, s, _ in sources))
        with open(base + "/etc/apt/apt.conf.d/90cases", "w") as f:
            f.write(apt_conf())
        with open(base + "/usr/sbin/policy-rc.d", "w") as f:
            f.write("#!/bin/sh\nexit 101\n")
        os.chmod(base + "/usr/sbin/policy-rc.d", 0o755)
        with Building(base) as b:
            b.run(["apt-get", "update", "-q"], "apt-get update")
            b.run(["apt-get", "dist-upgrade", "-q", "-y"], "apt-get dist-upgrade")
        for path in RUNTIME_FILES:
            open(base + path, "w").close()
        open(done, "w").close()
    return base, key


def layer(name, key, below, what, fill):
    """An overlay upper made once by fill(Building) over the layers below (uppermost first)."""
    upper, done = f"{CACHE}/layers/{name}-{key}", f"{CACHE}/layers/{name}-{key}.done"
    if os.path.exists(done):
        return upper
    os.makedirs(CACHE + "/layers", exist_ok=True)
    with locked(f"layers/{name}-{key}"):
        if os.path.exists(done):
            return upper
        log(f"building {what}")
        work, merged = upper + ".work", upper + ".mnt"
        for d in (upper, work, merged):
            clear(d)
            os.makedirs(d)
        os.chmod(upper, 0o755)
        try:
            must(["mount", "-t", "overlay", "overlay", "-o",
                  f"lowerdir={':'.join(below)},upperdir={upper},workdir={work}", merged], "mount overlay")
            with Building(merged) as b:
                fill(b)
            if not unmount_under(merged):
                raise Problem(f"{merged} stays mounted")
        finally:
            clear(merged)
            clear(work)
        open(done, "w").close()
    return upper


def case_layers(case):
    """The overlay layers of the case's full root, uppermost first."""
    base, base_key = base_root()
    layers, key = [base], base_key
    if case["packages"]:
        packages = sorted(set(case["packages"]))
        key = hashlib.sha256(json.dumps([key, packages]).encode()).hexdigest()[:12]
        layers.insert(0, layer("packages", key, list(layers), f"{case['name']}: packages {' '.join(packages)}",
                               lambda b: b.install(packages, f"{case['name']}: apt-get")))
    if case.get("setup", "").strip():
        key = hashlib.sha256(json.dumps([key, case["setup"]]).encode()).hexdigest()[:12]

        def fill(b):
            b.run(["/bin/sh", "-euc", case["setup"]], f"{case['name']}: setup", timeout=1800)
        layers.insert(0, layer(case["name"], key, list(layers), f"{case['name']}: setup", fill))
    return layers


def user_ids(case_user, root):
    if case_user is None:
        return [0, 0]
    if isinstance(case_user, int) or str(case_user).isdigit():
        return [int(case_user), int(case_user)]
    with open(root + "/etc/passwd") as f:
        for line in f:
            w = line.split(":")
            if w[0] == case_user:
                return [int(w[2]), int(w[3])]
    raise Problem(f"no user {case_user} in the full root")
