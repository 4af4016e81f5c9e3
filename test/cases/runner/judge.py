"""One case: its full root is the truth, each tool's root is judged by it."""

import functools
import os
import shlex
import shutil
import subprocess
import time

from .finders import added_by_finders
from .host import Problem, clear, measure, must, resolve, tail
from .roots import case_layers
from .steps import run_steps
from .tools import TOOL_TIMEOUT, Context
from .touched import touched_files


def is_judged(tool):
    """The others are there to compare with: their exit code says nothing."""
    return tool.startswith("pare")


def run_case(case, tools, work, keep):
    """One case with each tool, in its own folder below `work`: its record, as README.md describes it."""
    record = {"name": case["name"], "summary": case["summary"], "held_out": case["held_out"], "tools": {}}
    if case.get("skip"):
        record["skip"] = case["skip"]
        return record
    here = os.path.join(work, case["name"])
    try:
        judge(case, tools, here, keep, record)
    except Problem as e:
        record["error"] = str(e)
    except subprocess.TimeoutExpired as e:
        record["error"] = f"time limit: {shlex.join(map(str, e.cmd))[:200]}"
    finally:
        clear(here)
    return record


def judge(case, tools, here, keep, record):
    layers, root = case_layers(case), here + "/root"
    os.makedirs(root)
    if len(layers) == 1:
        must(["mount", "--bind", "-o", "ro", layers[0], root], "mount the full root")
    else:
        must(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir={':'.join(layers)}", root], "mount the full root")
    for path in case["programs"] + case["includes"]:
        if not os.path.lexists(root + resolve(root, path)[1]):
            raise Problem(f"{path} is not in the full root")
    record["full"] = run_steps(case, "smoke", layers, root, here + "/full")
    record["full"]["bytes"], record["full"]["files"] = measure(root)
    if not record["full"]["ok"]:
        return

    @functools.cache
    def touched(part):
        got = run_steps(case, part, layers, root, f"{here}/strace-{part}", {"kind": "strace"})
        if not got["ok"]:
            raise Problem(f"{case['name']}: under strace: step {got['step']}: {got['reason']}\n{got['tail']}")
        return touched_files(case, f"{here}/strace-{part}", got["root"], root)

    bound = touched("smoke")
    record["lower_bound"] = {"bytes": bound["bytes"], "files": len(bound["files"]), "list": bound["files"]}
    for tool, fill in tools.items():
        scratch = f"{here}/tool-{tool}"
        os.makedirs(scratch + "/dest")
        os.chmod(scratch + "/dest", 0o755)
        context = Context(case, layers, root, scratch + "/dest", scratch,
                          lambda: touched("smoke" if case["trace"] == case["smoke"] else "trace"))
        record["tools"][tool] = judge_tool(tool, fill, context, bound)
        if keep and os.path.isdir(context.dest):
            kept = os.path.join(keep, case["name"], tool)
            clear(kept)
            os.makedirs(os.path.dirname(kept), exist_ok=True)
            shutil.move(context.dest, kept)
        clear(scratch)


def judge_tool(tool, fill, context, bound):
    """What the tool made, how long that took, and whether the smoke test passes in it."""
    result = {"ok": False, "step": None, "reason": "", "tail": "", "tool_exit": None, "tool_tail": ""}
    began = time.monotonic()
    try:
        done = fill(context)
        result.update(tool_exit=done.returncode, tool_tail=tail(done.stdout or "", 3000))
        if not os.path.isdir(context.dest):
            result.update(tool_exit=None, reason=f"the tool wrote nothing, its exit was {done.returncode}")
    except (Problem, OSError) as e:
        result.update(tool_tail=str(e), reason="the tool failed: " + str(e).splitlines()[0])
    except subprocess.TimeoutExpired:
        result["reason"] = f"the tool took more than {TOOL_TIMEOUT} s"
    result["tool_seconds"] = round(time.monotonic() - began, 2)
    result["bytes"], result["files"] = measure(context.dest)
    if bound["bytes"]:
        result["ratio"] = round(result["bytes"] / bound["bytes"], 3)
    if result["tool_exit"] is None:
        return result
    result.update(run_steps(context.case, "smoke", [context.dest], context.root, context.scratch + "/run"))
    result["smoke_ok"] = result["ok"]
    if result["tool_exit"] != 0:
        result["reason"] += f" (the tool's exit was {result['tool_exit']})"
        result["ok"] = result["ok"] and not is_judged(tool)
    result["missing"] = [p for p in sorted(bound["files"]) if not os.path.lexists(context.dest + p)]
    if tool == "pare":
        result.update(added_by_finders(context.info, context.scratch, bound["files"]))
    return result
