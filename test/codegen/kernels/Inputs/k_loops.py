#!/usr/bin/env python3
"""Checks the K loops in assembly (AT&T's syntax) read from standard input:

    k_loops.py WIDTH RxVxK...    WIDTH: zmm or ymm

A K loop is an innermost loop with fused multiply-adds. There must be one for each
R x V x K: a tile of R rows by V vectors, K numbers of the sum at a time. Per k each
loads V vectors of B and broadcasts each row's number of A from memory once, or
embeds the broadcast in the multiply-adds, with few instructions beside: those on
integers take the ports of multiply-adds. No vector may travel to or from the
stack. Prints what is wrong and exits 1.
"""
import re
import sys

width = sys.argv[1]
wanted = sorted(tuple(map(int, tile.split("x"))) for tile in sys.argv[2:])
lines = [line.split("#")[0].strip() for line in sys.stdin]
labels = {line[:-1]: i for i, line in enumerate(lines)
          if re.fullmatch(r"\.LBB\w+:", line)}
jump = re.compile(r"j\w+\s+(\.LBB\w+)")

# Without a frame pointer, %rbp is a register as any other.
stack = r"\(%rsp" + (r"|\d\(%rbp\)" if any(
    re.match(r"movq\s+%rsp, %rbp", line) for line in lines) else "")
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
        if re.search(r"%[xyz]mm", line) and re.search(stack, line):
            problems.append(f"{where} a vector on the stack: {line}")
    if any(f"%{width}" not in line for line in multiplies):
        problems.append(f"{where} expected multiply-adds of {width}")
    broadcasts = sum(line.startswith("vbroadcastss") and "(" in line
                     for line in body)
    embedded = sum("{1to" in line for line in multiplies)
    loads = sum(bool(re.match(r"vmov[au]ps\s+[^%]*\(", line)) for line in body)
    loads += sum("(" in line and "{1to" not in line for line in multiplies)
    fitting = [(r, v, k) for r, v, k in wanted
               if len(multiplies) == r * v * k and loads == v * k and
               broadcasts + embedded // v == r * k]
    if not fitting:
        problems.append(f"{where} {len(multiplies)} multiply-adds, {loads} loads "
                        f"of B, {broadcasts} broadcasts and {embedded} embedded "
                        "ones are no tile that is expected")
        continue
    rows, vectors, ks = fitting[0]
    # Beside these a pointer for each operand, the count, and a listed k.
    if len(body) > len(multiplies) + (rows + vectors) * ks + 10:
        problems.append(f"{where} {len(body)} instructions for "
                        f"{len(multiplies)} multiply-adds")
    found.append(fitting[0])
if sorted(found) != wanted:
    problems.append(f"expected tiles of {wanted}, got {sorted(found)}")
print("\n".join(problems) or "the K loops are good")
sys.exit(bool(problems))
