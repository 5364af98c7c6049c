#!/usr/bin/env python3
"""Cuts training data in two: the first samples stay, the others become test
data (which the model made by hand also validates on).

    cut_split.py FROM TO COUNT
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "helpers"))
from tensors import Tensor, read_npy, write_npy


def main():
    source, to = map(pathlib.Path, sys.argv[1:3])
    count = int(sys.argv[3])
    to.mkdir()
    for kind in "xy":
        array = read_npy(source / f"train-{kind}.npy")
        size = len(array.values) // array.shape[0]
        for stem, first, last in (("train", 0, count),
                                  ("test", count, array.shape[0])):
            write_npy(to / f"{stem}-{kind}.npy",
                      Tensor(array.dtype, [last - first, *array.shape[1:]],
                             array.values[first * size:last * size]))


if __name__ == "__main__":
    main()
