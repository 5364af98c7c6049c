#!/usr/bin/env python3
"""Checks a trace against the program that wrote it.

    check_trace.py TRACE INFO PROGRAM... [--cell ID]

INFO is what `info --verbose 2` printed; every kernel of each PROGRAM (train,
evaluate, predict) must have a span. Within a thread spans follow one another
without overlap, and every thread has kernels. With --cell, a recurrence names
that part of its cell. Prints how many spans there are of each category.
"""
import collections
import json
import re
import sys


def kernels(info, program):
    """The kernels that INFO lists under a program's line."""
    found, inside = [], False
    for line in info.splitlines():
        if re.match(r"\w+: \d+ kernels", line):
            inside = line.startswith(program + ":")
        elif inside and line.startswith("  "):
            found.append(line.split()[0])
    return found


def main():
    words = sys.argv[1:]
    cell = None
    if "--cell" in words:
        at = words.index("--cell")
        cell = words[at + 1]
        del words[at:at + 2]
    path, info, *programs = words
    trace = json.load(open(path))
    spans = [e for e in trace["traceEvents"] if e["ph"] == "X"]
    names = {e["name"] for e in spans}
    for program in programs:
        expected = kernels(open(info).read(), program)
        assert expected, f"no kernels of {program} in {info}"
        missing = set(expected) - names
        assert not missing, f"no span of {sorted(missing)}"
    ends, threads = {}, collections.defaultdict(set)
    for span in spans:
        assert span["dur"] >= 0, span
        # Times are rounded to nanoseconds.
        assert span["ts"] >= ends.get(span["tid"], 0) - 0.002, \
            f"{span} begins before {ends[span['tid']]}"
        ends[span["tid"]] = span["ts"] + span["dur"]
        threads[span["tid"]].add(span["cat"])
    assert all("kernel" in seen for seen in threads.values()), threads
    assert trace["otherData"]["dropped_stamps"] == 0, trace["otherData"]
    if cell:
        parts = set()
        for span in spans:
            parts |= set(span["args"].get("cell", {}))
        assert cell in parts, f"no {cell} among {sorted(parts)}"
    counts = collections.Counter(span["cat"] for span in spans)
    print(f"{len(threads)} threads:",
          " ".join(f"{key}={counts[key]}" for key in sorted(counts)))


if __name__ == "__main__":
    main()
