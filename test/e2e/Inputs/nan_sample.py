"""Copies a .npy file with the first number of one sample replaced by NaN.

    nan_sample.py FROM TO SAMPLE
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] /
                       "helpers"))
from tensors import read_npy, write_npy

source, target, sample = sys.argv[1:]
tensor = read_npy(source)
row = len(tensor.values) // tensor.shape[0]
tensor.values[int(sample) * row] = float("nan")
write_npy(target, tensor)
