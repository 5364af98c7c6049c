#!/usr/bin/env python3
"""Trains with builds of one model whose sums are cut in other ways, and demands
that the weights agree.

    close_weights.py DATA WORK TRAINER... [-- OPTION...]

Runs one epoch of each TRAINER; the difference of every parameter's weights from
those of the first is at most 1e-5 of their norm. Prints the worst.
"""
import math
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent /
                       "helpers"))
import trainer
from tensors import read_safetensors

BOUND = 1e-5


def norm(values):
    return math.sqrt(sum(v * v for v in values))


def main():
    arguments = sys.argv[1:]
    options = []
    if "--" in arguments:
        split = arguments.index("--")
        arguments, options = arguments[:split], arguments[split + 1:]
    data, work, *programs = arguments
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    runs = []
    for program in programs:
        checkpoint = work / (pathlib.Path(program).name + ".safetensors")
        trainer.run(trainer.command(program, "--data", data, "--epochs", 1,
                                    "--checkpoint", checkpoint, *options))
        runs.append({name: tensor.values for name, tensor in
                     read_safetensors(checkpoint).items()
                     if tensor.dtype == "F32" and
                     not name.startswith("optimizer/")})
    first, failed = runs[0], False
    for program, weights in zip(programs[1:], runs[1:]):
        assert weights.keys() == first.keys()
        share = {name: norm([a - b for a, b in zip(values, first[name])]) /
                 norm(first[name]) for name, values in weights.items()}
        worst = max(share, key=share.get)
        print(f"{program}: {worst}: {share[worst]:.2g} of its norm apart")
        failed |= not share[worst] <= BOUND
    sys.exit(failed)


if __name__ == "__main__":
    main()
