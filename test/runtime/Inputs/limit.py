#!/usr/bin/env python3
"""Runs a command that cannot write as much as it wants.

    limit.py BYTES COMMAND...    files grow to BYTES at most
    limit.py full COMMAND...     standard output is a full device
"""
import os
import resource
import sys

limit, *command = sys.argv[1:]
if limit == "full":
    os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
else:
    # The counts of a coverage build are no file of the command's own.
    os.environ["LLVM_PROFILE_FILE"] = "/dev/null"
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
os.execvp(command[0], command)
