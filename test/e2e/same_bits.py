#!/usr/bin/env python3
"""Trains with several trainers and numbers of threads and demands one result.

    same_bits.py DATA TRAINER... [-- OPTION...]

Each TRAINER is a build of the same model (fused, unfused, another CPU). Runs
two epochs of each on 1, 2 and 3 threads; every epoch's loss, metrics and
`weights_sha256` must be the same everywhere. Prints the hash.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent /
                       "helpers"))
import trainer


def main():
    arguments = sys.argv[1:]
    options = []
    if "--" in arguments:
        split = arguments.index("--")
        arguments, options = arguments[:split], arguments[split + 1:]
    data, *programs = arguments
    first = None
    for program in programs:
        for threads in (1, 2, 3):
            epochs = trainer.epochs(trainer.run(trainer.command(
                program, "--data", data, "--epochs", 2, "--threads", threads,
                *options)))
            assert len(epochs) == 2, f"{program}: {len(epochs)} epochs"
            if first is None:
                first = epochs
            if epochs != first:
                sys.exit(f"{program} on {threads} threads:\n{epochs}\n"
                         f"expected, as {programs[0]} on 1 thread:\n{first}")
    assert first[0]["weights_sha256"] != first[1]["weights_sha256"]
    print("weights_sha256", first[1]["weights_sha256"])


if __name__ == "__main__":
    main()
