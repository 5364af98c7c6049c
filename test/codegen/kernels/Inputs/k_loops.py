#!/usr/bin/env python3
"""Checks the K loops in assembly (AT&T's syntax) read from standard input:

    k_loops.py WIDTH ROWS...    WIDTH: zmm or ymm

A K loop is an innermost loop with fused multiply-adds. The tiles must be of the
given numbers of rows by two vectors; per k each loads two vectors of B and
broadcasts each row's number of A from memory once, or embeds the broadcast in the
multiply-adds. No vector may travel to or from the stack. Prints what is wrong and
exits 1.
"""
import re
import sys

width, wanted = sys.argv[1], sorted(map(int, sys.argv[2:]))
lines = [line.split("#")[0].strip() for line in sys.stdin]
labels = {line[:-1]: i for i, line in enumerate(lines)
          if re.fullmatch(r"\.LBB\w+:", line)}
jump = re.compile(r"j\w+\s+(\.LBB\w+)")

problems, found = [], []
for end, line in enumerate(lines):
    match = jump.match(line)
    start = labels.get(match.group(1), end) if match else end
    body = lines[start + 1:end]
    # A loop that holds a label holds a loop or a branch: not an innermost one.
    if start >= end or any(line.endswith(":") for line in body):
        continue
    multiplies = [line for line in body if line.startswith("vfmadd")]
    if not multiplies:
        continue
    where = f"{match.group(1)}:"
    for line in body:
        if re.search(r"%[xyz]mm", line) and re.search(r"\(%rsp|\d\(%rbp\)", line):
            problems.append(f"{where} a vector on the stack: {line}")
    if any(f"%{width}" not in line for line in multiplies):
        problems.append(f"{where} expected multiply-adds of {width}")
    if len(multiplies) % 2:
        problems.append(f"{where} expected two vectors a row")
    rows = len(multiplies) // 2
    broadcasts = sum(line.startswith("vbroadcastss") and "(" in line
                     for line in body)
    embedded = sum("{1to" in line for line in multiplies)
    if broadcasts + embedded // 2 != rows:
        problems.append(f"{where} expected {rows} numbers broadcast from memory, "
                        f"got {broadcasts} and {embedded} embedded")
    loads = sum(bool(re.match(r"vmov[au]ps\s+[^%]*\(", line)) for line in body)
    folded = sum("(" in line and "{1to" not in line for line in multiplies)
    if loads + folded != 2:
        problems.append(f"{where} expected 2 loads of B, got {loads + folded}")
    if len(body) > len(multiplies) + rows + 10:
        problems.append(f"{where} {len(body)} instructions for "
                        f"{len(multiplies)} multiply-adds")
    found.append(rows)
if sorted(found) != wanted:
    problems.append(f"expected tiles of {wanted} rows, got {sorted(found)}")
print("\n".join(problems) or "the K loops are good")
sys.exit(bool(problems))
