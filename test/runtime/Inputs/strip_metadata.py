#!/usr/bin/env python3
"""Copies the tensors of a safetensors file without its metadata.

    strip_metadata.py FROM TO
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "helpers"))
from tensors import read_safetensors, write_safetensors

write_safetensors(sys.argv[2], read_safetensors(sys.argv[1]))
