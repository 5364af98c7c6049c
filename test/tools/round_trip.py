#!/usr/bin/env python3
"""Reads back what `kiln dump` prints.

    round_trip.py MODELS...

Each model file is dumped in every phase that is IR, fused and unfused, verified
after each pass, and read and printed again by kiln-opt: the text must not
change, with locations and without.
"""
import itertools
import subprocess
import sys

PHASES = ["model", "train", "fused", "tiled", "llvm"]
FUSIONS = [[], ["--no-fuse"]]
PRINTING = [[], ["--mlir-print-debuginfo"]]


def run(arguments, text=None):
    done = subprocess.run(arguments, input=text, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


def main():
    for model, phase, fusion, printing in itertools.product(
            sys.argv[1:], PHASES, FUSIONS, PRINTING):
        dumped = run(["kiln", "dump", f"--at={phase}", "--verify-each", model]
                     + fusion + printing)
        again = run(["kiln-opt"] + printing, dumped)
        if not dumped.strip():
            sys.exit(f"{model}: nothing at {phase}")
        if dumped.rstrip() != again.rstrip():
            for first, second in zip(dumped.splitlines(), again.splitlines()):
                if first != second:
                    sys.exit(f"{model} at {phase} {fusion}: dumped\n  {first}\n"
                             f"and read back\n  {second}")
            sys.exit(f"{model} at {phase}: one text is longer")


main()
