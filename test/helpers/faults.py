#!/usr/bin/env python3
"""Demands that whatever happens while a trainer saves, a checkpoint can be
loaded, and that the run, resumed, ends as one that nothing happened to.

    faults.py TRAINER DATA WORK SHIM errors
    faults.py TRAINER DATA WORK SHIM kills [COUNT [COMPARED [SEED]]]

SHIM is faults.c, compiled. Every run goes on from the same checkpoint of one
epoch, and saves every few steps (--every).

errors: each call that saving makes fails once, in every way that it can; the
program then says so in one line with exit code 4, or carries on.
kills: the process is killed at COUNT (500) drawn instants: before, in the
middle of or after one of these calls, or at some moment. COMPARED (50) of them
are resumed to their end; the others are only loaded.
"""
import argparse
import collections
import errno
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import trainer
from tensors import read_safetensors

CALLS = {"o": "open", "w": "write", "f": "fsync", "l": "linkat", "c": "close",
         "r": "rename"}
# How each call can fail, and whether the program can do without it.
ERRORS = {
    "open": [(errno.EIO, 4), (errno.EACCES, 4)],
    "write": [(errno.ENOSPC, 4), (errno.EIO, 4), (errno.EINTR, 0),
              ("short", 0), ("disk", 4)],
    "fsync": [(errno.EIO, 4), (errno.ENOSPC, 4)],
    "linkat": [(errno.ENOSPC, 4), (errno.EIO, 4)],
    "close": [(errno.EIO, 4)],
    "rename": [(errno.EIO, 4), (errno.ENOSPC, 4)],
}


# What is said of a call that fails, where the program ends.
SAID = {"fsync": "syncing failed", "rename": "renaming failed"}


class Bench:
    def __init__(self, options):
        self.options = options
        self.program = options.trainer
        self.work = pathlib.Path(options.work)
        shutil.rmtree(self.work, ignore_errors=True)
        self.run_folder = self.work / "run"
        whole = self.work / "whole"
        whole.mkdir(parents=True)
        trainer.run(self.train(whole, 3))
        self.expected = self.state(whole)
        self.base = self.work / "base"
        self.base.mkdir()
        trainer.run(self.train(self.base, 1))

    def train(self, folder, epochs, resume=False):
        words = trainer.command(
            self.program, "--data", self.options.data, "--epochs", epochs,
            "--threads", 2, "--verbose", 0, "--log-dir", folder / "log",
            "--checkpoint", folder / "last", "--checkpoint-every",
            self.options.every)
        return words + ["--resume"] * resume

    def state(self, folder):
        return (trainer.history(folder / "log"),
                read_safetensors(folder / "last"))

    def reset(self):
        shutil.rmtree(self.run_folder, ignore_errors=True)
        shutil.copytree(self.base, self.run_folder)
        return self.run_folder

    def start(self, fault=None, **more):
        environment = dict(os.environ, LD_PRELOAD=self.options.shim, **more)
        if fault:
            environment["KILN_FAULT"] = fault
        return subprocess.Popen(
            self.train(self.reset(), 3, resume=True), env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)

    def load(self, where):
        """The checkpoint is there and whole, for the program and for us."""
        last = self.run_folder / "last"
        if not last.exists():
            sys.exit(f"{where}: no checkpoint is left")
        read_safetensors(last)
        done = subprocess.run(
            [self.program, "evaluate", "--data", self.options.data,
             "--checkpoint", str(last), "--verbose", "0"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{where}: {done.stderr}")

    def resume(self, where):
        trainer.run(self.train(self.run_folder, 3, resume=True))
        if self.state(self.run_folder) != self.expected:
            sys.exit(f"{where}: the run, resumed, differs from one that "
                     "nothing happened to")

    def calls(self):
        """The calls of a run that nothing happens to, and its seconds."""
        counts = self.work / "calls"
        begin = time.monotonic()
        process = self.start(KILN_FAULT_COUNT=str(counts))
        _, said = process.communicate()
        assert process.returncode == 0, said
        return counts.read_text(), time.monotonic() - begin


def check_errors(bench):
    calls, _ = bench.calls()
    numbers = collections.Counter(CALLS[letter] for letter in calls)
    trials = []
    for call, ways in ERRORS.items():
        # The first calls are the history's, the rest repeat themselves.
        some = range(min(numbers[call], bench.options.some))
        trials += [(call, n, way, code) for n in some for way, code in ways]
    # File systems without nameless files, and without folders that sync.
    trials += [("open", 3, errno.EOPNOTSUPP, None),
               ("fsync", 1, errno.EINVAL, None)]
    failed = 0
    for call, number, way, code in trials:
        where = f"{call} {number}: {errno.errorcode.get(way, way)}"
        process = bench.start(f"{call}:{number}:{way}")
        _, said = process.communicate()
        if process.returncode not in ((0, 4) if code is None else
                                      (0, code) if call in ("open", "close")
                                      else (code,)):
            sys.exit(f"{where}: exit code {process.returncode}: {said}")
        failed += process.returncode != 0
        if len(said.splitlines()) != (process.returncode != 0):
            sys.exit(f"{where}: expected one line: {said}")
        if process.returncode and (not said.startswith("error: ") or
                                   "Success" in said):
            sys.exit(f"{where}: {said}")
        if process.returncode and SAID.get(call, "") not in said:
            sys.exit(f"{where}: expected '{SAID[call]}': {said}")
        left = [p.name for p in bench.run_folder.rglob("*.tmp")]
        if left:
            sys.exit(f"{where}: left behind: {left}")
        bench.load(where)
        bench.resume(where)
    kinds = " ".join(f"{call} {n}" for call, n in sorted(numbers.items()))
    print(f"{len(trials)} faults, {failed} runs ended by them, "
          f"each with a checkpoint and the same end ({kinds} calls a run)")


def check_kills(bench, count, compared, seed):
    calls, seconds = bench.calls()
    draw = random.Random(seed)
    tally = collections.Counter()
    index = 0
    while index < count:
        if draw.random() < 0.25:
            kind = "moment"
            delay = draw.random() * seconds
            where = f"kill {index} after {delay:.4f} s"
            process = bench.start()
            begin = time.monotonic()
            try:
                process.wait(delay)
                # This run ended first: the one that was timed was a slow one.
                seconds = min(seconds, time.monotonic() - begin)
            except subprocess.TimeoutExpired:
                process.kill()
        else:
            number = draw.randrange(len(calls))
            kind = draw.choice(["kill", "half", "after"])
            where = f"kill {index}, {kind} at call {number} ({calls[number]})"
            process = bench.start(f"any:{number}:{kind}")
        _, said = process.communicate()
        if process.returncode not in (-signal.SIGKILL, 0):
            sys.exit(f"{where}: exit code {process.returncode}: {said}")
        if kind != "moment" and not process.returncode:
            sys.exit(f"{where}: the run never came to it")
        bench.load(where)
        # A run that ended before its kill is no kill; another is drawn.
        tally[kind if process.returncode else "too late"] += 1
        if not process.returncode:
            continue
        index += 1
        if (index - 1) * compared // count != index * compared // count:
            bench.resume(where)
            tally["resumed"] += 1
    print(f"{count} kills at {len(calls)} calls and any moment, each with a "
          f"checkpoint that loads; {tally['resumed']} resumed to the same end "
          f"({dict(tally)})")


def main():
    parser = argparse.ArgumentParser()
    for argument in ("trainer", "data", "work", "shim", "what"):
        parser.add_argument(argument)
    parser.add_argument("numbers", type=int, nargs="*")
    parser.add_argument("--every", type=int, default=9)
    parser.add_argument("--some", type=int, default=1000)
    options = parser.parse_args()
    bench = Bench(options)
    if options.what == "errors":
        check_errors(bench)
    else:
        count, compared, seed = (options.numbers + [500, 50, 4][
            len(options.numbers):])
        check_kills(bench, count, compared, seed)


if __name__ == "__main__":
    main()
