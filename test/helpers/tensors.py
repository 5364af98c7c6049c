"""Tensors in files, by the standard library alone: .npy and safetensors.

A tensor is a `Tensor(dtype, shape, values)`; `values` is a flat list in
row-major order.
"""
import ast
import json
import math
import struct
from collections import namedtuple

Tensor = namedtuple("Tensor", "dtype shape values")

_CODES = {"F32": "f", "F64": "d", "I32": "i", "I64": "q", "U8": "B"}
_NPY = {"<f4": "F32", "<f8": "F64", "<i4": "I32", "<i8": "I64", "|u1": "U8"}


def _unpack(dtype, shape, data):
    count = math.prod(shape)
    return Tensor(dtype, list(shape),
                  list(struct.unpack(f"<{count}{_CODES[dtype]}", data)))


def _pack(tensor):
    return struct.pack(f"<{len(tensor.values)}{_CODES[tensor.dtype]}",
                       *tensor.values)


def read_safetensors(path):
    """{name: Tensor} of a safetensors file, in the file's order."""
    with open(path, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = _unpack(entry["dtype"], entry["shape"],
                                data[begin:end])
    return tensors


def write_safetensors(path, tensors):
    """Writes {name: Tensor} as a safetensors file."""
    header, data = {}, b""
    for name, tensor in tensors.items():
        begin = len(data)
        data += _pack(tensor)
        header[name] = {"dtype": tensor.dtype, "shape": list(tensor.shape),
                        "data_offsets": [begin, len(data)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read_npy(path):
    """The Tensor in an .npy file (version 1, row-major)."""
    with open(path, "rb") as file:
        raw = file.read()
    assert raw[:8] == b"\x93NUMPY\x01\x00", f"{path} is no .npy of version 1"
    size, = struct.unpack("<H", raw[8:10])
    header = ast.literal_eval(raw[10:10 + size].decode("latin-1"))
    assert not header["fortran_order"], f"{path} is column-major"
    return _unpack(_NPY[header["descr"]], header["shape"], raw[10 + size:])


def write_npy(path, tensor):
    """Writes one Tensor as an .npy file."""
    descr = {dtype: descr for descr, dtype in _NPY.items()}[tensor.dtype]
    shape = ", ".join(map(str, tensor.shape)) + "," * (len(tensor.shape) == 1)
    text = (f"{{'descr': '{descr}', 'fortran_order': False, "
            f"'shape': ({shape}), }}")
    text += " " * (-(10 + len(text) + 1) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) +
                   text.encode() + _pack(tensor))
