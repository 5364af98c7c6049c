#!/usr/bin/env python3
"""Demands that of two runs with one --log-dir the second is refused.

    two_runs.py TRAINER DATA FOLDER
"""
import signal
import subprocess
import sys

program, data, folder = sys.argv[1:]


def start(epochs, *more):
    return subprocess.Popen(
        [program, "train", "--data", data, "--epochs", str(epochs),
         "--checkpoint", "none", "--log-dir", folder, *more],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)


first = start(10 ** 7, "--json")
# The event comes after the folder is held.
assert '"event":"start"' in first.stdout.readline()
second = start(1, "--verbose", "0")
_, said = second.communicate(timeout=60)
expected = (f"error: {folder}: another run writes to this folder: process "
            f"{first.pid}; give each its own --log-dir\n")
assert (second.returncode, said) == (1, expected), (second.returncode, said)
assert first.poll() is None, "the first run has ended"
first.send_signal(signal.SIGKILL)
first.communicate()
# The lock of a run that was killed is gone with it.
third = start(1)
_, said = third.communicate(timeout=60)
assert third.returncode == 0, said
print("the second run was refused, the third was not")
