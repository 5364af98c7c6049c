#!/usr/bin/env python3
"""Runs a command, stops it a moment after it wrote something, and prints its
exit code and the last line of its stderr.

    stop.py INT|TERM|PIPE COMMAND...    PIPE: by closing what it writes to
"""
import signal
import subprocess
import sys
import time

name, *command = sys.argv[1:]
process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           text=True)
first = (process.stdout if name == "PIPE" else process.stderr).readline()
if not first:
    sys.exit("it wrote nothing")
time.sleep(0.05)
if name == "PIPE":
    process.stdout.close()
    said = process.stderr.read()
    process.wait()
else:
    process.send_signal(getattr(signal, "SIG" + name))
    _, said = process.communicate()
print("exit code", process.returncode)
print(said.splitlines()[-1] if said else "")
