#!/usr/bin/env python3
"""Writes train.csv and test.csv for a binary problem with noise.

    make_binary.py FOLDER [TRAIN TEST]      300 and 120 rows unless told
"""
import pathlib
import random
import sys


def write(path, count, draw):
    with open(path, "w") as file:
        print("a,b,c,d,label", file=file)
        for _ in range(count):
            x = [draw.uniform(-1, 1) for _ in range(4)]
            score = 2 * x[0] - x[1] + x[2] * x[3] + draw.gauss(0, 0.7)
            print(*(f"{v:.4f}" for v in x), int(score > 0.4), sep=",",
                  file=file)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    counts = [int(word) for word in sys.argv[2:4]] or [300, 120]
    draw = random.Random(7)
    write(folder / "train.csv", counts[0], draw)
    write(folder / "test.csv", counts[1], draw)


if __name__ == "__main__":
    main()
