#!/usr/bin/env python3
"""Runs a program five times and prints the fewest heap allocations it made.

    least_allocations.py COUNT.so PROGRAM [ARGUMENTS]

COUNT.so is count_allocations.c. libomp registers a program in /dev/shm by its
process's number. What a killed one left there under the same number is looked
into, which costs six: hence the fewest.
"""
import os
import re
import subprocess
import sys

counts = []
for _ in range(5):
    run = subprocess.run(sys.argv[2:], check=True, text=True,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                         env={**os.environ, "LD_PRELOAD": sys.argv[1]})
    counts.append(int(re.search(r"allocations: (\d+)", run.stderr)[1]))
print("allocations:", min(counts))
