#!/usr/bin/env python3
"""Stops training runs at seeded steps, resumes them, and demands the result of
a run that was never stopped.

    kill_resume.py TRAINER DATA WORK SIGNAL COUNT [--steps N] [--epochs N]

SIGNAL is KILL or TERM. Each of COUNT runs of two epochs (or --epochs; fewer if
EarlyStopping ends them) gets the signal once its `step` event of a drawn step has been read; the pipe is small, so that the
run cannot be far ahead. It is then resumed, on another number of threads. The
whole history (hashes of the weights among it, times excepted) and the last
checkpoint's tensors must equal those of the uninterrupted run. --steps is the
number of steps among which one is drawn (500): so many fewer than there are as
a run gets ahead of the pipe's reader.
"""
import argparse
import fcntl
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent /
                       "helpers"))
import trainer
from tensors import read_safetensors


def stop_at(arguments, step, number):
    """Runs until `step` steps are done, sends signal `number`, and returns
    (exit code, steps that were reported)."""
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
    seen = 0
    for line in process.stdout:
        # A killed program may leave half a line.
        if line.endswith(b"\n"):
            seen += json.loads(line)["event"] == "step"
        if seen == step:
            process.send_signal(number)
            step = -1
    return process.wait(), seen


def main():
    parser = argparse.ArgumentParser()
    for argument in ("program", "data", "work", "name"):
        parser.add_argument(argument)
    parser.add_argument("count", type=int)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--epochs", type=int, default=2)
    options = parser.parse_args()
    program, data, name, count = (options.program, options.data, options.name,
                                  options.count)
    number = getattr(signal, "SIG" + name)
    work = pathlib.Path(options.work)
    shutil.rmtree(work, ignore_errors=True)
    common = ["--data", data, "--epochs", options.epochs]

    whole = work / "whole"
    whole.mkdir(parents=True)
    expected = trainer.epochs(trainer.run(trainer.command(
        program, *common, "--threads", 2, "--log-dir", whole,
        "--checkpoint", whole / "last")))
    rows = trainer.history(whole)
    tensors = read_safetensors(whole / "last")
    assert 2 <= len(expected) == len(rows[0]) <= options.epochs
    assert "weights_sha256" in rows[0][-1], "no hash in the history"

    draw = random.Random(4)
    stopped = 0
    for index in range(count):
        step = draw.randrange(1, options.steps)
        every = draw.choice([1, 2, 7, 40])
        run = work / str(index)
        run.mkdir()
        arguments = [*common, "--log-dir", run, "--checkpoint", run / "last",
                     "--checkpoint-every", every]
        code, seen = stop_at(trainer.command(
            program, *arguments, "--threads", 2, "--verbose", 2), step, number)
        where = (f"{name} at step {step}, a checkpoint every {every}: "
                 f"exit code {code} after {seen} steps")
        if name == "KILL":
            assert code == -signal.SIGKILL, where
        elif code != 0:
            # Asked to stop in the last step, a run may end as it would have.
            assert code == 128 + number, where
        if code:
            stopped += 1
            resume = trainer.command(program, *arguments, "--threads",
                                     draw.choice([1, 2, 3]))
            # Killed before the first checkpoint was whole, it starts again.
            if (run / "last").exists():
                resume.append("--resume")
            trainer.run(resume)
        for what, got, wanted in (
                ("history", trainer.history(run), rows),
                ("checkpoint", read_safetensors(run / "last"), tensors)):
            if got != wanted:
                sys.exit(f"{where}; {what} once resumed:\n{str(got)[:2000]}\n"
                         f"expected:\n{str(wanted)[:2000]}")
        shutil.rmtree(run)
    assert stopped >= count * 3 // 4, f"only {stopped} runs were stopped"
    print(f"{count} runs stopped by SIG{name} and resumed: "
          f"weights_sha256 {expected[-1]['weights_sha256']}")


if __name__ == "__main__":
    main()
