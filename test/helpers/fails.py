#!/usr/bin/env python3
"""Demands that a command fails in one clear way.

    fails.py CODE LINE COMMAND...

The command must leave with exit code CODE and say LINE on stderr; a line that
starts with `hint:` may follow, nothing else. LINE is exact, but for `*`, which
stands for any text.
"""
import re
import subprocess
import sys


def main():
    code, line, *command = sys.argv[1:]
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    said = done.stderr.splitlines()
    wanted = ".*".join(map(re.escape, line.split("*")))
    problems = []
    if done.returncode != int(code):
        problems.append(f"exit code {done.returncode}, expected {code}")
    if not said or not re.fullmatch(wanted, said[0]):
        problems.append(f"expected the line: {line}")
    if [rest for rest in said[1:] if not rest.lstrip().startswith("hint:")]:
        problems.append("expected one line")
    if problems:
        sys.exit("\n".join(problems) + f"\nstdout:\n{done.stdout}"
                 f"stderr:\n{done.stderr}")


if __name__ == "__main__":
    main()
