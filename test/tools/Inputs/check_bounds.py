#!/usr/bin/env python3
"""Demands that checked code ends at each wrong index, and at no right one.

    check_bounds.py wrong-index.mlir FOLDER

Compiles each kernel of the file with numbers that are right and wrong, runs it,
and compares the exit code and the message.
"""
import pathlib
import subprocess
import sys

# Kernel, what it is called, line, right numbers, and wrong ones with what the
# message says of them.
CASES = [
    ("load", "dense.forward@a.toml:3", 3, [0, 7],
     {8: "[0, 8), got [8, 9)", -1: "[0, 8), got [-1, 0)"}),
    ("store", "dense.dW@a.toml:4", 4, [0, 7], {8: "[0, 8), got [8, 9)"}),
    ("vector_load", "vector_load", 5, [0, 48],
     {49: "[0, 64), got [49, 65)", -1: "[0, 64), got [-1, 15)"}),
    ("vector_store", "vector_store", 6, [0, 48],
     {49: "[0, 64), got [49, 65)"}),
    ("masked_load", "masked_load", 7, [0, 1, 8],
     {9: "[0, 64), got [56, 65)", 16: "[0, 64), got [56, 72)"}),
    ("masked_store", "masked_store", 8, [0, 1, 8],
     {9: "[0, 64), got [56, 65)"}),
    ("view", "view", 9, [0, 224],
     {225: "[0, 256), got [225, 257)", -1: "[0, 256), got [-1, 31)"}),
    ("cast", "cast", 10, [1, 128], {129: "[0, 256), got [0, 257)"}),
]


def run(source, folder, kernel, number):
    """The exit code and standard error of `kernel`, given `number`."""
    file, program = folder / f"{kernel}.mlir", folder / f"{kernel}{number}"
    file.write_text(source.replace("CASE", kernel)
                    .replace("NUMBER", str(number)))
    subprocess.run(["kiln-test-tiled", file, "-o", program, "--check-bounds"],
                   check=True)
    done = subprocess.run([program], capture_output=True, text=True)
    return done.returncode, done.stderr


def main():
    source = pathlib.Path(sys.argv[1]).read_text()
    folder = pathlib.Path(sys.argv[2])
    for kernel, name, line, right, wrong in CASES:
        wanted = {number: (0, "") for number in right}
        for number, said in wrong.items():
            wanted[number] = (5, f"a.toml:{line}:1: error: kernel '{name}': "
                              f"expected elements of {said}: "
                              "this is a bug in kiln\n")
        for number, expected in wanted.items():
            got = run(source, folder, kernel, number)
            if got != expected:
                sys.exit(f"{kernel} of {number}: got {got}\n"
                         f"expected {expected}")


if __name__ == "__main__":
    main()
