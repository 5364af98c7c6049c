"""Exits 1 if kiln's functions in a report of tools/bench_math.sh exceed what
codegen/VectorMath.h states, or if some are missing."""
import json
import sys

BOUNDS = {"exp": 1, "log": 1, "tanh": 5.2, "sigmoid": 3}

rows = [row for row in json.load(open(sys.argv[1])) if row["name"] == "kiln"]
for row in rows:
    # An error of null is an infinite one.
    if row["ulp"] is None or not 0 < row["ulp"] <= BOUNDS[row["function"]]:
        sys.exit(f"{row['function']}, {row['bits']} bits: {row['ulp']} ulp")
if {row["function"] for row in rows if row["bits"] == 256} != set(BOUNDS):
    sys.exit(f"expected {list(BOUNDS)}, got {rows}")
