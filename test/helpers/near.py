#!/usr/bin/env python3
"""Compares what `kiln interpret` printed twice.

    near.py FILE FILE TOLERANCE

Every result must have the same name, type and number of elements; elements may
differ by TOLERANCE times the largest of their tensor. Prints the first result
that differs and exits 1.
"""
import sys


def read(path):
    results = []
    for line in open(path):
        head, numbers = line.rstrip("]\n").split(" [")
        results.append((head, [float(n) for n in numbers.split(", ")]))
    return results


def main():
    first, second = read(sys.argv[1]), read(sys.argv[2])
    tolerance = float(sys.argv[3])
    if not first or [h for h, _ in first] != [h for h, _ in second]:
        sys.exit("expected the same results")
    for (head, a), (_, b) in zip(first, second):
        if len(a) != len(b):
            sys.exit(f"{head}: {len(a)} and {len(b)} elements")
        largest = max(abs(x) for x in a)
        worst = max(abs(x - y) for x, y in zip(a, b))
        if not worst <= tolerance * largest:
            sys.exit(f"{head}: differs by {worst}, largest {largest}")


if __name__ == "__main__":
    main()
