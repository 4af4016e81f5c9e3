"""The judge: what the real loader does with a program in $ROOT, and whether $PARE says the same.

judge.py [OPTION...] PROGRAM

The real loader runs in a chroot of $ROOT, under strace; what counts as loaded is what it maps, by the real path that the
kernel knows for the open file (strace -y), and what it opens as one more hard link to that. glibc is traced
(LD_TRACE_LOADED_OBJECTS: it maps everything and starts nothing); what it prints is compared with what it maps, so that
the judge is itself under a check, and is the source of what is missing. musl knows no tracing by environment: its
programs run.

What the loader reads for itself is judged too: /etc/ld.so.preload where it opens it; /etc/ld.so.cache, and musl's path
file, exactly where it would load other files without them.

  --library-path DIRS, --preload LIB, --env NAME=VALUE    for both sides
  --run        really start the program: for what tracing changes (DT_AUXILIARY) or hides (DT_AUDIT)
  --variants L ask once for each of the glibc-hwcaps levels L (lowest first, commas between them), and without any; pare
               must have exactly the union
  --legacy     pare may have more: what lies in, or is only reached from, folders of the old hwcaps (tls, haswell, ...)
  --damaged F  the real loader ends at F, which it cannot use; pare must name F, take no other file of its name, exit 1
  --hints L    which of pare's finders are on: none, unless said
  --pare-root  another root for pare to look at
  --script     what the kernel, and env, start for a #! line. Where that fails for a file that is not there, a program is
               put where pare says that one is missing, and then it must start
"""

import argparse
import ctypes
import json
import os
import re
import struct
import subprocess
import sys

ROOT = os.environb[b"ROOT"]
WORK = os.environb[b"WORK"]
ENTER = os.environb[b"ENTER"]
LOADER = os.environb.get(b"LOADER", b"")
VIA = os.environb.get(b"VIA", b"")
LEGACY = {b"tls", b"x86_64", b"haswell", b"xeon_phi", b"avx512_1"}
MUSL = b"ld-musl" in LOADER
IN_OPEN, IN_ISDIR = 0x20, 0x40000000
OWN_DATA = {b"/etc/ld.so.cache", b"/etc/ld.so.preload"}  # glibc maps these as well


def fail(*lines):
    print(*lines, sep="\n")
    sys.exit(1)


def show(names):
    return "".join("    " + text(name) + "\n" for name in sorted(names)) or "    (none)\n"


def text(name):
    return name.decode("utf-8", "backslashreplace")


def real_path(path):
    """The real path inside the root; None where there is no such file."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.chroot(ROOT)
        os.chdir("/")
        real = os.path.realpath(path)
        os.write(write_end, real if os.path.exists(real) else b"")
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        real = pipe.read()
    os.waitpid(child, 0)
    return real or None


def interpreter_of(path):
    """PT_INTERP, or None. Reads any class and byte order, needs no section headers."""
    with open(ROOT + path, "rb") as file:
        data = file.read()
    if data[:4] != b"\x7fELF":
        return None
    order = "little" if data[5] == 1 else "big"

    def number(at, size):
        return int.from_bytes(data[at : at + size], order)

    wide = data[4] == 2
    table = number(32, 8) if wide else number(28, 4)
    size, count = (number(54, 2), number(56, 2)) if wide else (number(42, 2), number(44, 2))
    for at in range(table, table + size * count, size):
        if number(at, 4) == 3:
            offset = number(at + 8, 8) if wide else number(at + 4, 4)
            length = number(at + 32, 8) if wide else number(at + 16, 4)
            return data[offset : offset + length].split(b"\0")[0]
    return None


def unescape(quoted):
    plain = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f"}
    return re.sub(
        rb"\\([0-7]{1,3}|.)",
        lambda match: bytes([int(match[1], 8)]) if match[1].isdigit() else plain.get(match[1], match[1]),
        quoted,
    )


def strace(calls, environment, command):
    """Runs COMMAND in the root. Returns its standard output, standard error, and the log of CALLS."""
    log = WORK + b"/strace.log"
    via = [b"--via", VIA] if VIA else []
    process = subprocess.run(
        [b"strace", b"-f", b"-y", b"-s", b"8192", b"-e", b"trace=" + calls, b"-e", b"signal=none", b"-o", log]
        + [ENTER, ROOT] + via + environment + [b"--"] + command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    with open(log, "rb") as file:
        return process, file.read()


def mapped_files(log):
    paths = set()
    for match in re.finditer(rb"mmap2?\([^\n]*, \d+<((?:[^>\\\n]|\\.)*)>, (?:0x)?[0-9a-f]+\) = 0x", log):
        path = unescape(match[1])
        if path.startswith(ROOT + b"/"):
            paths.add(path[len(ROOT) :])
    return paths - OWN_DATA


class Judgement:
    def __init__(self):
        self.loaded = set()  # real paths
        self.missing = set()  # (kind, name)
        self.fatal = None  # what the loader said when it ended for another reason
        self.data = set()  # what the loader read for itself

    def add(self, other):
        self.loaded |= other.loaded
        self.missing |= other.missing
        self.data |= other.data


def ask_loader(program, options, loader_options=()):
    """What the real loader loads for PROGRAM."""
    judgement = Judgement()
    real = real_path(program)
    interpreter = interpreter_of(real)
    environment = list(options.env)
    if options.library_path is not None:
        environment.append(b"LD_LIBRARY_PATH=" + options.library_path)
    if options.preload is not None:
        environment.append(b"LD_PRELOAD=" + options.preload)
    is_library = interpreter is None and b".so" in os.path.basename(program) and real != real_path(LOADER)
    tracing = not options.run and not MUSL
    if is_library or loader_options:
        # glibc's own --list ends at the first library that is missing. Started like this, a program's $ORIGIN is that of the
        # name given, not of /proc/self/exe.
        loader = interpreter or LOADER
        command = [loader, *([b"--list"] if MUSL else []), *loader_options, real if loader_options else program]
    else:
        command = [program]
    if tracing:
        environment.append(b"LD_TRACE_LOADED_OBJECTS=1")
    process, log = strace(b"execve,execveat,mmap,mmap2,open,openat", environment, command)
    errors = process.stderr

    judgement.loaded.add(real)
    if interpreter is not None:
        where = real_path(interpreter)
        if where is None:
            if b"ENOENT" not in log and b"No such file" not in errors and b"Could not open" not in errors:
                fail("the judge contradicts itself: no interpreter, and yet it runs", text(errors))
            judgement.missing.add(("interpreter", interpreter))
            return judgement
        judgement.loaded.add(where)
    mapped = mapped_files(log)
    judgement.loaded |= mapped

    printed = set()
    for line in process.stdout.split(b"\n"):
        match = re.fullmatch(rb"\t(?:(.*) => )?(.*?)(?: \(0x[0-9a-f]+\))?", line)
        if match is None or re.match(rb"\tlinux-(vdso|gate)", line) or line == b"\tstatically linked":
            continue
        if match[2] == b"not found":
            judgement.missing.add(("needed", match[1]))
        else:
            where = real_path(match[2]) or fail("the loader prints a file that is not there: " + text(match[2]))
            printed.add(where)
    opened = set()  # the names of files that were opened, yet not taken
    inodes = {os.stat(ROOT + path).st_ino for path in mapped}
    for match in re.finditer(rb'open(?:at)?\([^\n]*"((?:[^"\\]|\\.)*)", [^\n]* = \d+<((?:[^>\\\n]|\\.)*)>', log):
        path = unescape(match[2])
        if path == ROOT + b"/etc/ld.so.preload":
            judgement.data.add(b"/etc/ld.so.preload")
        elif path.startswith(ROOT + b"/") and os.path.isfile(path) and os.stat(path).st_ino in inodes:
            judgement.loaded.add(path[len(ROOT) :])  # not mapped again, but without this name it would be missing
        else:
            opened.add(os.path.basename(unescape(match[1])))
    for line in errors.split(b"\n"):
        version = re.search(rb": version `(.*)' not found \(required by (.*)\)$", line)
        musl_missing = re.match(rb"Error loading shared library (.*): .* \(needed by ", line)
        ended = re.search(rb"error while loading shared libraries: (.*)$", line)
        absent = ended and re.match(rb"(.*): cannot open shared object file: No such file or directory", ended[1])
        if version:
            judgement.missing.add(("version", version[1] + b" by " + (real_path(version[2]) or version[2])))
        elif musl_missing and musl_missing[1] not in opened:
            # Whatever it says of the reason: errno may be that of the path file.
            judgement.missing.add(("needed", musl_missing[1]))
        elif absent:
            judgement.missing.add(("needed", absent[1]))
        elif ended or re.match(rb"Error (loading|relocating)", line):
            judgement.fatal = (ended[1] if ended else line)
    if process.returncode != 0 and not judgement.missing and judgement.fatal is None and real != real_path(LOADER):
        fail(f"the real loader ends with {process.returncode} and does not say why", text(errors))
    if is_library or loader_options:
        judgement.loaded |= printed  # the loader that was started by hand counts if something needs it
    if tracing and judgement.fatal is None:
        # What is printed and what is mapped are two views of one run.
        if printed - judgement.loaded:
            fail("the judge contradicts itself: printed, not mapped:", show(printed - judgement.loaded))
        if mapped - printed - {real} and interpreter is not None:
            fail("the judge contradicts itself: mapped, not printed:", show(mapped - printed - {real}))
    return judgement


def ask_levels(program, options, loader_options=()):
    """What the real loader loads on this CPU; with --variants, then on CPUs of each level: the built-in levels masked away,
    and the wanted ones put before all others."""
    judgements = [ask_loader(program, options, loader_options)]
    levels = options.variants.split(b",") if options.variants is not None else []
    for count in range(len(levels) + 1 if levels else 0):
        level = [b"--glibc-hwcaps-mask", b"none"]
        if count:
            level += [b"--glibc-hwcaps-prepend", b":".join(reversed(levels[:count]))]
        judgements.append(ask_loader(program, options, [*level, *loader_options]))
    return judgements


def data_that_decides(judgements, program, options):
    """The file without which the loader would not load all that it loads, on some CPU."""
    path_file = os.path.dirname(os.path.dirname(LOADER)).rstrip(b"/") + b"/etc/ld-musl-x86_64.path"
    if not MUSL and os.path.exists(ROOT + b"/etc/ld.so.cache"):
        decides = b"/etc/ld.so.cache"
        without = ask_levels(program, options, [b"--inhibit-cache"])
    elif MUSL and os.path.isfile(ROOT + path_file):
        decides = path_file
        os.rename(ROOT + path_file, ROOT + path_file + b".away")
        without = ask_levels(program, options)
        os.rename(ROOT + path_file + b".away", ROOT + path_file)
    else:
        return set()
    return {decides} if any(one.loaded - other.loaded for one, other in zip(judgements, without)) else set()


def ask_kernel(program, options):
    """What is opened in the root when PROGRAM, a script, is started: the kernel opens each interpreter in the chain, env
    opens nothing but its libraries, and the programs of these tests open nothing. inotify sees it all, by real paths."""
    libc = ctypes.CDLL(None, use_errno=True)
    queue = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    folders = {}
    for folder, _, _ in os.walk(ROOT):
        watch = libc.inotify_add_watch(queue, folder, IN_OPEN)
        if queue < 0 or watch < 0:
            print("skip: no inotify")
            sys.exit(77)
        folders[watch] = folder[len(ROOT) :]
    process = subprocess.run(
        [ENTER, ROOT, *options.env, b"--", program],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20,
    )
    judgement = Judgement()
    try:
        while True:
            events = os.read(queue, 65536)
            at = 0
            while at < len(events):
                watch, mask, _, length = struct.unpack_from("iIII", events, at)
                name = events[at + 16 : at + 16 + length].rstrip(b"\0")
                if not mask & IN_ISDIR:
                    judgement.loaded.add(folders[watch] + b"/" + name)
                at += 16 + length
    except BlockingIOError:
        os.close(queue)
    judgement.loaded -= OWN_DATA
    if process.returncode != 0:
        judgement.fatal = process.stderr.strip()
    return judgement


def pare_name(name):
    """The bytes of a name in the report: an odd number of backslashes before an x begins a byte (src/base/names.hpp)."""

    def plain(match):
        count = len(match[1])
        return b"\\" * (count // 2) + (bytes.fromhex(match[2].decode()) if count % 2 else b"x" + match[2])

    return re.sub(rb"(\\+)x(..)", plain, os.fsencode(name), flags=re.DOTALL)


def ask_pare(program, options, codes=(0, 1)):
    command = [os.environb[b"PARE"], b"tree", b"--json", b"--hints", options.hints, b"--no-cache", b"--root", options.pare_root]
    if options.library_path is not None:
        command += [b"--library-path", options.library_path]
    if options.preload is not None:
        command += [b"--preload", options.preload]
    for pair in options.env:
        command += [b"--env", pair]
    process = subprocess.run(command + [program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    if process.returncode not in codes:
        fail(f"pare ends with {process.returncode}", text(process.stderr))
    return process.returncode, json.loads(process.stdout or "null"), process.stderr


def judge_script_that_fails(judgement, options):
    """Pare must say so. Where a file is missing: the judgement once it is there; else None."""
    said = text(judgement.fatal)
    code, report, _ = ask_pare(options.program, options, codes=(0, 1, 3))
    if code == 0:
        fail("pare finds nothing wrong, yet it does not start: " + said)
    if "No such file or directory" not in said:
        return None
    missing = [entry for entry in (report or {"missing": []})["missing"] if entry["kind"] in ("interpreter", "program")]
    if len(missing) != 1:
        fail("it does not start: " + said, "missing by pare: " + json.dumps(missing))
    name = pare_name(missing[0]["name"])
    target = ROOT + (b"" if name.startswith(b"/") else b"/" if b"/" in name else b"/usr/bin/") + name
    os.makedirs(os.path.dirname(target), exist_ok=True)
    os.symlink(b"/bin/witness", target)
    again = ask_kernel(options.program, options)
    if again.fatal is not None:
        fail(f"pare says that {text(name)} is missing; it is there now, and yet: {text(again.fatal)}")
    return again


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library-path", type=os.fsencode)
    parser.add_argument("--preload", type=os.fsencode)
    parser.add_argument("--env", type=os.fsencode, action="append", default=[])
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--variants", type=os.fsencode)
    parser.add_argument("--legacy", action="store_true")
    parser.add_argument("--damaged", type=os.fsencode)
    parser.add_argument("--pare-root", type=os.fsencode, default=ROOT)
    parser.add_argument("--script", action="store_true")
    parser.add_argument("--hints", type=os.fsencode, default=b"none")
    parser.add_argument("program", type=os.fsencode)
    options = parser.parse_args()

    judgements = [ask_kernel(options.program, options)] if options.script else ask_levels(options.program, options)
    judgement = judgements[0]
    if not options.script and not options.run and judgement.fatal is None:
        judgement.data |= data_that_decides(judgements, options.program, options)
    for other in judgements[1:]:
        judgement.add(other)
    if not options.script and (judgement.fatal is not None) != (options.damaged is not None):
        fail("the real loader ended: " + str(judgement.fatal), show(judgement.loaded))
    if options.damaged is not None and os.path.basename(options.damaged) not in judgement.fatal:
        fail("the real loader ended over another file: " + text(judgement.fatal))

    with open(WORK + b"/judged", "wb") as file:
        file.writelines(path + b"\n" for path in sorted(judgement.loaded))
        file.writelines(kind.encode() + b" " + name + b"\n" for kind, name in sorted(judgement.missing))
    if b"PARE" not in os.environb:
        print("real loader:\n" + show(judgement.loaded), end="")
        for kind, name in sorted(judgement.missing):
            print(f"    missing {kind}: {text(name)}")
        for path in sorted(judgement.data):
            print("    reads " + text(path))
        if judgement.fatal is not None:
            print("    ends: " + text(judgement.fatal))
        return
    if options.script and judgement.fatal is not None:
        judgement = judge_script_that_fails(judgement, options)
        if judgement is None:
            return
    compare(judgement, options)


def compare(judgement, options):
    code, report, said = ask_pare(options.program, options)
    files = {pare_name(file["path"]): file for file in report["files"] if file["kind"] in ("program", "interpreter", "library")}
    told = set(files)
    missing = set()
    for entry in report["missing"]:
        if entry["confidence"] == "certain" and entry["kind"] in ("needed", "version", "interpreter"):
            name = pare_name(entry["name"])
            missing.add((entry["kind"], name + b" by " + pare_name(entry["by"]) if entry["kind"] == "version" else name))

    # The loader says of $ORIGIN/liba.so what it made of it, the report what was asked.
    for kind, name in list(missing):
        if b"$" in name:
            end = re.split(rb"\$\{?[A-Z]+\}?", name)[-1]
            made = [other for other in judgement.missing if other[0] == kind and other[1].endswith(end)]
            missing = missing - {(kind, name)} | set(made[:1])

    if options.damaged is not None:
        others = {path for path in told if os.path.basename(path) == os.path.basename(options.damaged)} - {options.damaged}
        if others:
            fail("the real loader ends at " + text(options.damaged) + ", pare takes another:", show(others))
        named = [entry["path"] for entry in report["warnings"]] + [entry["name"] for entry in report["missing"]]
        if os.fsdecode(options.damaged) not in named and os.path.basename(os.fsdecode(options.damaged)) not in named:
            fail("pare does not name " + text(options.damaged), json.dumps(report["warnings"] + report["missing"]))
        return # a damaged library is a warning: what hangs on it is given all the same, so the code may be 0

    wrong = ""
    if judgement.loaded - told:
        wrong += "the real loader loads, pare does not list:\n" + show(judgement.loaded - told)
    extra = told - judgement.loaded
    if options.legacy:
        extra = {path for path in extra if not LEGACY & set(path.split(b"/")[:-1])}
        extra = {path for path in extra if {pare_name(reason["by"]) for reason in files[path]["reasons"]} & judgement.loaded}
    if any(kind == "interpreter" for kind, _ in judgement.missing):
        # Nobody loads anything then; what pare says all the same is its guess.
        extra = set()
        missing = {(kind, name) for kind, name in missing if kind == "interpreter"}
    if extra:
        wrong += "pare lists, the real loader does not load:\n" + show(extra)
    if missing != judgement.missing:
        wrong += f"missing by the real loader: {sorted(judgement.missing)}\nmissing by pare:            {sorted(missing)}\n"
    data = {pare_name(file["path"]) for file in report["files"] if file["kind"] == "data"}
    if not options.run and not options.script and options.pare_root == ROOT and data != judgement.data:
        wrong += f"the real loader reads for itself: {sorted(judgement.data)}\npare lists as data: {sorted(data)}\n"
    if code != (1 if judgement.missing else 0):
        wrong += f"exit code {code}\n"
    if wrong:
        fail(wrong + text(said))


main()
