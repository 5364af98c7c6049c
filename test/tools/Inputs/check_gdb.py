#!/usr/bin/env python3
"""Lets gdb stop a program at a line of its model file: check_gdb.py PROGRAM LINE.

PROGRAM stands in the folder of its model file, which has its name. gdb finds code
for the line; where it may trace (some containers forbid it), it also stops there
and shows the line. Prints what it saw.
"""
import pathlib
import subprocess
import sys


def gdb(folder, program, *commands):
    words = ["gdb", "-nx", "-batch", "-ex", "set debuginfod enabled off"]
    for command in commands:
        words += ["-ex", command]
    done = subprocess.run([*words, str(program)], cwd=folder,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    return done.stdout + done.stderr


def main():
    program = pathlib.Path(sys.argv[1])
    line = int(sys.argv[2])
    model = program.with_suffix(".toml")
    folder, place = program.parent, f"{model.name}:{line}"
    found = gdb(folder, program, f"info line {place}")
    assert f'Line {line} of "{model.name}" starts at address' in found, found
    print("found", place)
    if "exited normally" not in gdb(folder, "/bin/true", "run"):
        print("gdb may not trace here")
        return
    said = gdb(folder, program, f"break {place}",
               "run bench --steps 1 --threads 1", f"list {line},{line}")
    assert "Breakpoint 1, kiln_train" in said, said
    assert f"at {place}" in said, said
    assert model.read_text().splitlines()[line - 1] in said, said
    print("stopped at", place)


if __name__ == "__main__":
    main()
