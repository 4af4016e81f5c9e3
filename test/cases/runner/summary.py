"""The tables of all results."""

import statistics

from .host import human


def cell(result):
    if result is None:
        return "-"
    if not result["ok"]:
        if result.get("tool_exit") is None:
            return "FAIL tool"
        return f"FAIL exit {result['tool_exit']}" if result.get("smoke_ok") else f"FAIL step {result['step']}"
    return f"PASS {human(result['bytes'])} x{result.get('ratio', 0):.2f}"


def totals(records, tools):
    """{tool: {passed, of, median_ratio, mean_ratio, worst_ratio, median_seconds}} of the cases whose full root passed."""
    out = {}
    judged = [r for r in records if r.get("full", {}).get("ok") and "error" not in r]
    for tool in tools:
        results = [r["tools"][tool] for r in judged if tool in r["tools"]]
        passed = [x for x in results if x["ok"]]
        ratios = [x["ratio"] for x in passed if "ratio" in x]
        times = [x["tool_seconds"] for x in results]
        out[tool] = {"passed": len(passed), "of": len(judged),
                     "median_ratio": round(statistics.median(ratios), 3) if ratios else None,
                     "mean_ratio": round(statistics.fmean(ratios), 3) if ratios else None,
                     "worst_ratio": max(ratios) if ratios else None,
                     "median_seconds": statistics.median(times) if times else None}
    return out


def finder_totals(records):
    """The sums of all cases' `added` (finders.py): {finder: {files, opened, bytes, opened_bytes}}."""
    sums = {}
    for record in records:
        for kind, row in record["tools"].get("pare", {}).get("added", {}).items():
            total = sums.setdefault(kind, dict.fromkeys(row, 0))
            for key, value in row.items():
                total[key] += value
    return sums


def align(rows):
    """Columns of one width; a row that has fewer cells than the first is left as it is."""
    width = [max(len(r[i]) for r in rows if len(r) == len(rows[0])) for i in range(len(rows[0]))]
    return "\n".join("  ".join(c.ljust(width[i]) if len(r) == len(rows[0]) or i == 0 else c
                               for i, c in enumerate(r)).rstrip() for r in rows)


def case_table(records, tools):
    """A line a case; `*`: it is held out."""
    rows = [["case", "full", "bound", *tools]]
    for r in records:
        name = r["name"] + ("*" if r["held_out"] else "")
        if "skip" in r:
            rows.append([name, "skip: " + r["skip"]])
        elif "error" in r:
            rows.append([name, "ERROR " + r["error"].splitlines()[0][:90]])
        elif not r["full"]["ok"]:
            rows.append([name, f"BROKEN step {r['full']['step']}: {r['full']['reason']}"[:90]])
        else:
            rows.append([name, human(r["full"]["bytes"]), human(r["lower_bound"]["bytes"]),
                         *(cell(r["tools"].get(t)) for t in tools)])
    for what, some in (("all", records), ("not held out", [r for r in records if not r["held_out"]]),
                       ("held out", [r for r in records if r["held_out"]])):
        total = totals(some, tools)
        if tools and (what == "all" or 0 < len(some) < len(records)):
            rows.append(["", "", "", *("" for _ in tools)])
            rows.append([what + ": passed", "", "", *(f"{total[t]['passed']}/{total[t]['of']}" for t in tools)])
            for key in ("median", "mean", "worst"):
                ratios = [total[t][key + "_ratio"] for t in tools]
                rows.append([f"{what}: {key} ratio", "", "", *(f"x{x:.2f}" if x else "-" for x in ratios)])
    return align(rows)


def finder_table(sums):
    """What finders add over the loader's own files, and the share that a run opens; and of what a run opens beyond
    those files, the share that is there."""
    rows = [["added by", "files", "opened", "", "bytes", "opened", ""]]
    order = sorted(set(sums) - {"all", "wanted"}, key=lambda k: -sums[k]["files"])
    for kind in [*order, *(k for k in ("all", "wanted") if k in sums)]:
        s = sums[kind]

        def share(part, whole):
            return f"{100 * s[part] / s[whole]:.0f} %" if s[whole] else "-"
        rows.append([{"all": "all of them", "wanted": "wanted: had"}.get(kind, kind), str(s["files"]), str(s["opened"]),
                     share("opened", "files"), human(s["bytes"]), human(s["opened_bytes"]),
                     share("opened_bytes", "bytes")])
    return align(rows)
