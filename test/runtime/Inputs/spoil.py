#!/usr/bin/env python3
"""Replaces the numbers of one sample in an .npy file.

    spoil.py FILE SAMPLE VALUE
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "helpers"))
from tensors import read_npy, write_npy

path, sample, value = sys.argv[1:]
tensor = read_npy(path)
size = len(tensor.values) // tensor.shape[0]
start = int(sample) * size
number = float(value) if tensor.dtype.startswith("F") else int(value)
tensor.values[start:start + size] = [number] * size
write_npy(path, tensor)
