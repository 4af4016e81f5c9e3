"""The tools under test: each fills a folder from a case's full root."""

import os
import re
import shutil
import subprocess

from .host import Problem, copy_into, loader_of, place_parent, resolve, sh
from .roots import chroot_env
from .steps import run_steps
from .touched import given_by_runtime

TOOL_TIMEOUT = 900


def pare_binary():
    """$PARE, else the build beside the sources, else the one in PATH."""
    built = os.path.join(os.path.dirname(__file__), "../../../build/pare")
    found = os.environ.get("PARE") or (built if os.access(built, os.X_OK) else shutil.which("pare"))
    if not found or not os.access(found, os.X_OK):
        raise Problem("no `pare`: set $PARE, build it in build/, or put it in PATH")
    return os.path.abspath(found)


def pare_arguments(info, traces=()):
    """What a user would give to every command of pare: the case's own settings, not those of single steps."""
    arguments = ["--root", info["root"]]
    for path in info["includes"]:
        arguments += ["--include", path]
    for name, value in info["env"].items():
        arguments += ["--env", f"{name}={value}"]
    for path in traces:
        arguments += ["--trace", path]
    return arguments + info["programs"]


def pare_report(info, file):
    """Writes the report of a case into a file of the host."""
    return sh([pare_binary(), "tree", "--json", "-q", "-o", file] + pare_arguments(info), timeout=TOOL_TIMEOUT)


def tool_pare(ctx):
    os.rmdir(ctx.dest)  # it makes its own
    return sh([pare_binary(), "rootfs", "-o", ctx.dest] + pare_arguments(ctx.info), timeout=TOOL_TIMEOUT)


def tool_pare_trace(ctx):
    """The same with recordings of the trace steps, made inside the full root, as a user would in the container."""
    pare = pare_binary()
    with open(pare, "rb") as f:
        if f.read(4) != b"\x7fELF":
            raise Problem("pare-trace takes the program itself into the root: $PARE must not be a script")
    folder = ctx.scratch + "/tracer"
    os.makedirs(folder + "/lib", exist_ok=True)
    os.makedirs(folder + "/out", exist_ok=True)
    os.chmod(folder + "/out", 0o1777)
    shutil.copy(pare, folder + "/pare")
    argv = ["/.cases/pare"]
    loader = loader_of(pare)
    if loader:  # not static: take its libraries along, away from those of the root
        shutil.copy(loader, folder + "/lib/loader")
        for path in re.findall(r"(/\S+) \(0x", sh(["ldd", pare]).stdout):
            shutil.copy(path, folder + "/lib/" + os.path.basename(path))
        argv = ["/.cases/lib/loader", "--library-path", "/.cases/lib", "/.cases/pare"]
    got = run_steps(ctx.case, "trace", ctx.layers, ctx.root, ctx.scratch + "/record",
                    {"kind": "inside", "folder": folder, "argv": argv})
    if not got["ok"]:
        raise Problem(f"pare trace: step {got['step']}: {got['reason']}\n{got['tail']}")
    os.rmdir(ctx.dest)
    traces = sorted(folder + "/out/" + n for n in os.listdir(folder + "/out"))
    return sh([pare, "rootfs", "-o", ctx.dest] + pare_arguments(ctx.info, traces), timeout=TOOL_TIMEOUT)


def copy_list(ctx, paths, notes=()):
    """The end of every tool that copies files: its list, the programs, the includes."""
    notes = list(notes)
    for path in [*ctx.info["programs"], *ctx.info["includes"], *paths]:
        if not copy_into(ctx.root, ctx.dest, path):
            notes.append(f"not in the root: {path}")
    return subprocess.CompletedProcess([], 0, "\n".join(notes))


def tool_ldd_copy(ctx):
    """ldd of each program, run in the root: what many Dockerfiles do by hand."""
    paths, notes = [], []
    for program in ctx.info["programs"]:
        out = ctx.chroot(["ldd", program])
        notes.append(out.stdout)
        paths += re.findall(r"=> (/\S+) \(", out.stdout) + re.findall(r"^\s*(/\S+) \(", out.stdout, re.M)
    return copy_list(ctx, paths, notes)


def tool_strace_copy(ctx):
    """Every file that the traced run opened or looked at with success, and the links on the way: a dynamic slimmer."""
    got = ctx.touched_by_trace()
    notes = []
    for path in got["opened"] + got["looked"]:
        links, final = resolve(ctx.root, path)
        if given_by_runtime(final, ctx.case.get("writable", [])):
            continue
        if os.path.isdir(ctx.root + final):
            for link in links:
                place_parent(ctx.root, ctx.dest, link)
                if not os.path.lexists(ctx.dest + link):
                    os.symlink(os.readlink(ctx.root + link), ctx.dest + link)
            place_parent(ctx.root, ctx.dest, final.rstrip("/") + "/x")
        else:
            copy_into(ctx.root, ctx.dest, path)
    return copy_list(ctx, [], notes)


class Context:
    """What a tool gets: the case, its full root (mounted read-only), an empty dest."""

    def __init__(self, case, layers, root, dest, scratch, touched_by_trace):
        self.case, self.layers, self.root, self.dest, self.scratch = case, layers, root, dest, scratch
        self.touched_by_trace = touched_by_trace
        self.info = {"name": case["name"], "root": root, "dest": dest, "programs": case["programs"],
                     "includes": case["includes"], "env": case.get("env", {})}

    def chroot(self, argv):
        """Runs a tool inside the full root."""
        return sh(["chroot", self.root] + argv, env=chroot_env(self.info["env"]), timeout=TOOL_TIMEOUT)


TOOLS = {"pare": tool_pare, "pare-trace": tool_pare_trace, "ldd-copy": tool_ldd_copy, "strace-copy": tool_strace_copy}
