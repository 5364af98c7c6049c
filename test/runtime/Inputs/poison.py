#!/usr/bin/env python3
"""Puts a NaN into the first tensor of a safetensors file, whose hash goes.

    poison.py FROM TO
"""
import json
import struct
import sys

content = open(sys.argv[1], "rb").read()
size = struct.unpack("<Q", content[:8])[0]
header = json.loads(content[8:8 + size])
del header["__metadata__"]["kiln.sha256"]
data = bytearray(content[8 + size:])
data[:4] = struct.pack("<f", float("nan"))
text = json.dumps(header).encode()
open(sys.argv[2], "wb").write(struct.pack("<Q", len(text)) + text + data)
