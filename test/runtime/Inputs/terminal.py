#!/usr/bin/env python3
"""Runs a command on a terminal and prints what it wrote, escapes made visible.

    terminal.py COMMAND...
"""
import os
import pty
import sys

os.environ["TERM"] = "xterm"
process, terminal = pty.fork()
if process == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
written = b""
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    written += data
_, status = os.waitpid(process, 0)
text = written.decode().replace("\x1b", "\\x1b").replace("\r\n", "\n")
print(text.replace("\r", "\n"), end="")
sys.exit(os.waitstatus_to_exitcode(status))
