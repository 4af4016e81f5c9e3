"""Runs a case's steps in a root, in namespaces of their own, in which scripts/acceptance, called with --inner, is pid 1."""

import contextlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

from .host import PATH, Problem, must, resolve, sh, tail
from .roots import RUNTIME_FILES, make_dev, user_ids

OPENS = ("open", "openat", "openat2", "creat", "execve", "execveat")
LOOKS = ("stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat")


def run_steps(case, part, lower, root, scratch, tracer=None):
    """Run the smoke or trace steps in fresh namespaces over the lower layers. Returns the result of `inner`."""
    os.makedirs(scratch, exist_ok=True)
    spec = {"lower": lower, "scratch": scratch, "steps": [], "tracer": tracer, "timeout": case.get("timeout", 60),
            "writable": case.get("writable", []), "owner": user_ids(case.get("user"), root)}
    for step in case[part]:
        step = dict(step)
        step["ids"] = user_ids(step.get("user", case.get("user")), root)
        step["env"] = {"PATH": PATH, "HOME": "/root", **case.get("env", {}), **step.get("env", {})}
        step.setdefault("workdir", case.get("workdir", "/"))
        spec["steps"].append(step)
    with open(scratch + "/spec.json", "w") as f:
        json.dump(spec, f)
    limit = spec["timeout"] * (4 if tracer else 1) + 30
    argv = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc", "--net",
            "--ipc", "--uts", sys.executable, os.path.abspath(sys.argv[0]), "--inner", scratch + "/spec.json"]
    try:
        done = sh(argv, timeout=limit)
        with open(scratch + "/result.json") as f:
            return json.load(f)
    except subprocess.TimeoutExpired:
        return {"ok": False, "step": 0, "reason": f"nothing came back in {limit} s", "tail": ""}
    except FileNotFoundError:
        return {"ok": False, "step": 0, "reason": f"the runner failed, exit {done.returncode}", "tail": tail(done.stdout)}


class StepFailed(Exception):
    pass


class Inner:
    """Pid 1 of the namespaces: mounts the root, runs the steps, writes result.json."""

    def __init__(self, spec):
        self.spec, self.scratch, self.tracer = spec, spec["scratch"], spec["tracer"]
        self.root = self.scratch + "/merged"
        self.background, self.outputs = [], []
        self.deadline = time.monotonic() + spec["timeout"] * (4 if self.tracer else 1)

    def mount(self):
        up = self.scratch + "/up"
        os.makedirs(up, exist_ok=True)
        os.makedirs(self.root, exist_ok=True)
        must(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", up], "mount tmpfs")
        os.mkdir(up + "/upper", 0o755)
        os.mkdir(up + "/work")
        lower = list(self.spec["lower"])
        must(["mount", "-t", "overlay", "overlay", "-o",
              f"lowerdir={':'.join(lower)},upperdir={up}/upper,workdir={up}/work", self.root], "mount overlay")
        os.chmod(self.root, 0o755)
        for d in ("/proc", "/dev", "/tmp", "/run", "/etc"):
            self.folder(d)
        must(["mount", "-t", "proc", "proc", self.root + "/proc"], "mount /proc")
        make_dev(self.root + "/dev")
        must(["mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", self.root + "/tmp"], "mount /tmp")
        must(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", self.root + "/run"], "mount /run")
        for path, text in zip(RUNTIME_FILES, ("127.0.0.1\tlocalhost\n127.0.1.1\tcase\n", "case\n", "")):
            with contextlib.suppress(OSError):
                os.unlink(self.root + path)
            with open(self.root + path, "w") as f:
                f.write(text)
            os.chmod(self.root + path, 0o644)
        uid, gid = self.spec["owner"]
        for d in self.spec["writable"]:
            self.folder(d)
            must(["mount", "-t", "tmpfs", "-o", f"mode=755,uid={uid},gid={gid}", "tmpfs", self.inside(d)], "mount " + d)
        if self.tracer and self.tracer["kind"] == "inside":
            # the tracing program with its own libraries, visible in the root only for the recording
            where = self.root + "/.cases"
            os.mkdir(where)
            must(["mount", "--bind", self.tracer["folder"], where], "mount the tracer")
        socket.sethostname("case")
        must(["ip", "link", "set", "lo", "up"], "loopback")

    def inside(self, path):
        return self.root + resolve(self.root, path)[1]

    def folder(self, path):
        """mkdir -p in the root, as a container runtime does for the places it mounts at."""
        at = self.inside(path)
        if not os.path.isdir(at):
            if os.path.lexists(at):
                raise StepFailed(f"{path} is not a folder in the root")
            os.makedirs(at, 0o755)

    def left(self):
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise StepFailed("time limit")
        return left

    def start(self, i, step):
        argv, root, (uid, gid) = list(step["run"]), self.root, step["ids"]
        out = open(f"{self.scratch}/out{i}", "wb")
        self.outputs.append(out.name)
        stdin = subprocess.DEVNULL
        if "stdin" in step:
            stdin = open(f"{self.scratch}/in{i}", "w+b")
            stdin.write(step["stdin"].encode())
            stdin.seek(0)
        stdout = open(self.inside(step["stdout"]), "wb") if "stdout" in step else out
        kind = self.tracer["kind"] if self.tracer else None
        if kind == "strace":
            # strace stays outside; its log is read from the chroot of the first process on. -D: the step ends with its
            # program, not with the last daemon that the program left behind
            argv = ["strace", "-D", "-ff", "-y", "--seccomp-bpf", "-s", "4096", "-e", "signal=none", "-e",
                    "trace=chroot,?" + ",?".join(OPENS + LOOKS), "-o", f"{self.scratch}/strace{i}", "--",
                    "unshare", f"--root={root}", f"--wd={step['workdir']}", "-G", str(gid), "-S", str(uid), "--"] + argv
        if kind == "inside":
            argv = self.tracer["argv"] + ["trace", "-o", f"/.cases/out/{i}.trace", "--"] + argv

        def child():
            os.setsid()
            if kind == "strace":
                return
            os.chroot(root)
            try:
                os.chdir(step["workdir"])
            except FileNotFoundError:
                os.makedirs(step["workdir"])
                os.chdir(step["workdir"])
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        if kind == "strace" and not os.path.isdir(self.inside(step["workdir"])):
            os.makedirs(self.inside(step["workdir"]))
        env = dict(step["env"])
        if kind == "strace":
            # unshare and strace are found through PATH, then the case's environment holds
            argv = ["/usr/bin/env", "-i"] + [f"{k}={v}" for k, v in env.items()] + argv
            env = {"PATH": PATH}
        try:
            process = subprocess.Popen(argv, stdin=stdin, stdout=stdout, stderr=out, env=env, preexec_fn=child,
                                       close_fds=True)
        except FileNotFoundError:
            raise StepFailed(f"{step['run'][0]}: not found (or its loader is not)")
        except OSError as e:
            raise StepFailed(f"{step['run'][0]}: {e.strerror}")
        except subprocess.SubprocessError as e:
            raise StepFailed(f"{step['run'][0]}: could not be started ({e})")
        return process, out.name

    @staticmethod
    def read(path):
        with open(path, "rb") as f:
            return f.read().decode("utf-8", "replace")

    def check(self, step, text):
        for key, want in (("expect", True), ("reject", False)):
            patterns = step.get(key, [])
            for p in [patterns] if isinstance(patterns, str) else patterns:
                if bool(re.search(p, text, re.M | re.S)) != want:
                    raise StepFailed(f"output {'lacks' if want else 'has'} {p!r}")

    def do(self, i, step):
        if "run" in step:
            process, out = self.start(i, step)
            if step.get("background"):
                self.background.append(process)
                return self.wait_ready(step, process, out)
            try:
                code = process.wait(self.left())
            except subprocess.TimeoutExpired:
                raise StepFailed("time limit")
            if code != step.get("exit", 0):
                raise StepFailed(f"exit {code}, wanted {step.get('exit', 0)}" if code >= 0 else
                                 f"killed by {signal.Signals(-code).name}")
            self.check(step, self.read(out))
        elif "http" in step:
            self.do_http(step)
        elif "tcp" in step:
            self.do_tcp(step)
        else:
            self.do_file(step)

    def wait_ready(self, step, process, out):
        limit = min(self.left(), 30 * (4 if self.tracer else 1))
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if process.poll() is not None:
                raise StepFailed(f"the server ended with exit {process.returncode}")
            if "wait_port" in step:
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", step["wait_port"]), 1).close()
                    return
            elif "wait_path" in step:
                if os.path.lexists(self.inside(step["wait_path"])):
                    return
            elif "wait_output" in step:
                if re.search(step["wait_output"], self.read(out), re.M | re.S):
                    return
            else:
                return
            time.sleep(0.1)
        raise StepFailed(f"the server was not ready in {limit:.0f} s")

    def do_http(self, step):
        context = ssl._create_unverified_context() if step.get("insecure") else None
        handlers = [urllib.request.ProxyHandler({})]
        if context:
            handlers.append(urllib.request.HTTPSHandler(context=context))
        try:
            with urllib.request.build_opener(*handlers).open(step["http"], timeout=min(20, self.left())) as answer:
                code, text = answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as e:
            code, text = e.code, e.read().decode("utf-8", "replace")
        except (OSError, ValueError) as e:
            raise StepFailed(f"{step['http']}: {e}")
        self.note(f"HTTP {code} {text}")
        if code != step.get("status", 200):
            raise StepFailed(f"{step['http']}: status {code}, wanted {step.get('status', 200)}")
        self.check(step, text)

    def do_tcp(self, step):
        got = b""
        try:
            with socket.create_connection(("127.0.0.1", step["tcp"]), min(20, self.left())) as s:
                s.settimeout(5)
                s.sendall(step.get("send", "").encode())
                with contextlib.suppress(socket.timeout):
                    while chunk := s.recv(65536):
                        got += chunk
                        text = got.decode("utf-8", "replace")
                        want = step.get("expect", [])
                        if all(re.search(p, text, re.M | re.S) for p in ([want] if isinstance(want, str) else want)):
                            break
        except OSError as e:
            raise StepFailed(f"port {step['tcp']}: {e}")
        self.note(got.decode("utf-8", "replace"))
        self.check(step, got.decode("utf-8", "replace"))

    def do_file(self, step):
        try:
            with open(self.inside(step["file"]), "rb") as f:
                data = f.read()
        except OSError as e:
            raise StepFailed(f"{step['file']}: {e.strerror}")
        if len(data) < step.get("min_size", 1):
            raise StepFailed(f"{step['file']}: {len(data)} bytes, wanted {step.get('min_size', 1)} at least")
        magic = step.get("magic", "")
        magic = bytes.fromhex(magic[4:]) if magic.startswith("hex:") else magic.encode()
        if not data.startswith(magic):
            raise StepFailed(f"{step['file']}: begins with {data[:16]!r}")
        self.check(step, data.decode("latin-1"))

    def note(self, text):
        name = f"{self.scratch}/note{len(self.outputs)}"
        with open(name, "w") as f:
            f.write(text)
        self.outputs.append(name)

    def tracers(self):
        if not self.tracer:
            return set()
        if self.tracer["kind"] != "strace":
            return {p.pid for p in self.background}
        found = set()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                if self.read(f"/proc/{pid}/comm") == "strace\n":
                    found.add(int(pid))
        return found

    def stop(self):
        """End what still runs: first the programs, then (for a recording) the tracers, which get time to finish."""
        mine = {os.getpid()}
        for signum, tracers_too, wait in ((signal.SIGTERM, False, 5), (0, True, 2), (signal.SIGTERM, True, 5),
                                          (signal.SIGKILL, True, 5)):
            spare = mine if tracers_too else mine | self.tracers()
            end, sent = time.monotonic() + wait, False
            while time.monotonic() < end:
                for p in self.background:
                    p.poll()
                with contextlib.suppress(OSError):
                    while os.waitpid(-1, os.WNOHANG)[0]:
                        pass
                others = [int(d) for d in os.listdir("/proc") if d.isdigit() and int(d) not in spare]
                if not others:
                    break
                if not sent:
                    sent = True
                    for pid in others:
                        with contextlib.suppress(OSError):
                            os.kill(pid, signum)
                time.sleep(0.05)

    def main(self):
        result = {"ok": True, "step": None, "reason": "", "tail": ""}
        i = 0
        began = time.monotonic()
        try:
            self.mount()
            for i, step in enumerate(self.spec["steps"], 1):
                self.do(i, step)
        except (StepFailed, Problem) as e:
            result.update(ok=False, step=i, reason=str(e))
        result["seconds"] = round(time.monotonic() - began, 2)
        self.stop()
        texts = [f"[step {n + 1}] {self.read(p)}" for n, p in enumerate(self.outputs)]
        result["tail"] = tail("\n".join(t for t in texts[-4:]), 3000)
        result["root"] = self.root
        with open(self.scratch + "/result.json.new", "w") as f:
            json.dump(result, f)
        os.rename(self.scratch + "/result.json.new", self.scratch + "/result.json")
