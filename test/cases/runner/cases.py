"""The cases: README.md has their format."""

import os
import tomllib

from .host import Problem

STEP_KEYS = {"run", "exit", "expect", "reject", "stdin", "env", "user", "workdir", "stdout", "background", "wait_port",
             "wait_path", "wait_output", "http", "status", "insecure", "tcp", "send", "file", "min_size", "magic"}
CASE_KEYS = {"summary", "packages", "programs", "includes", "setup", "smoke", "trace", "env", "user", "workdir",
             "timeout", "writable", "skip", "fast"}


def load_case(path):
    name = os.path.basename(path)[:-len(".case")]
    try:
        with open(path, "rb") as f:
            case = tomllib.load(f)
    except tomllib.TOMLDecodeError as e:
        raise Problem(f"{path}: {e}")
    if set(case) - CASE_KEYS:
        raise Problem(f"{path}: unknown keys {sorted(set(case) - CASE_KEYS)}")
    for key in ("programs", "smoke"):
        if not case.get(key):
            raise Problem(f"{path}: `{key}` is missing or empty")
    for part in ("smoke", "trace"):
        for i, step in enumerate(case.get(part, []), 1):
            if set(step) - STEP_KEYS:
                raise Problem(f"{path}: {part} step {i}: unknown keys {sorted(set(step) - STEP_KEYS)}")
            if len({"run", "http", "tcp", "file"} & set(step)) != 1:
                raise Problem(f"{path}: {part} step {i}: needs exactly one of run, http, tcp, file")
            if "run" in step and not step["run"][0].startswith("/"):
                raise Problem(f"{path}: {part} step {i}: argv[0] must be absolute")
    for key in ("programs", "includes", "writable"):
        for p in case.get(key, []):
            if not p.startswith("/"):
                raise Problem(f"{path}: `{key}`: {p} is not absolute")
    case.setdefault("summary", "")
    case.setdefault("packages", [])
    case.setdefault("includes", [])
    case.setdefault("trace", case["smoke"])
    case["name"] = name
    return case


def held_out_names(folder):
    """The cases of a folder that nobody tunes on (README.md), by its file `held-out`."""
    try:
        with open(os.path.join(folder, "held-out"), encoding="utf-8") as file:
            return set(file.read().split())
    except FileNotFoundError:
        return set()


def load_cases(folder, only):
    """Those of a folder, sorted by name, or the named ones in the order that they are named."""
    if not os.path.isdir(folder):
        raise Problem(f"{folder}: no such folder")
    files = sorted(f for f in os.listdir(folder) if f.endswith(".case"))
    if not files:
        raise Problem(f"{folder}: no *.case files")
    if only:
        missing = [n for n in only if n + ".case" not in files]
        if missing:
            raise Problem(f"{folder}: no such case: {', '.join(missing)}")
        files = [n + ".case" for n in only]
    names = held_out_names(folder)
    cases = [load_case(os.path.join(folder, f)) for f in files]
    for case in cases:
        case["held_out"] = case["name"] in names
    return cases
