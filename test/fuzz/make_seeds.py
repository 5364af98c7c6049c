#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets.

    make_seeds.py CORPUS          those that are kept and are no text: small
                                  valid files, and hostile ones
    make_seeds.py toml|mlir TO    model files, or pieces of IR, of the tree
"""
import gzip
import json
import pathlib
import struct
import sys
import zlib

CORPUS = pathlib.Path(sys.argv[-1])
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# What libFuzzer's -max_len of run.sh takes.
MOST = 4096


def seed(target, name, content):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def pack(content):
    return gzip.compress(content, mtime=0)


def idx(kind, shape, content):
    return struct.pack(">BBBB", 0, 0, kind, len(shape)) + b"".join(
        struct.pack(">I", extent) for extent in shape) + content


def npy(text, content, version=1):
    length = struct.pack("<H" if version == 1 else "<I", len(text) + 1)
    return (b"\x93NUMPY" + bytes([version, 0]) + length + text.encode() +
            b"\n" + content)


def array(shape, kind="<f4", order="False"):
    return ("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" %
            (kind, order, shape))


def png(width, height, colour, row, extra=b""):
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra +
            chunk(b"IDAT", zlib.compress((b"\0" + row) * height, 9)) +
            chunk(b"IEND", b""))


def safetensors(header, content=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + content


def tensor(shape, begin, end, kind="F32"):
    return {"dtype": kind, "shape": shape, "data_offsets": [begin, end]}


def texts(suffix, folders):
    """Numbered copies of what MLIR's tools take as one input."""
    number = 0
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*." + suffix)):
            for piece in path.read_text().split("// -----\n"):
                piece = piece.encode()
                if len(piece) <= MOST:
                    seed(".", f"{number:04}.{suffix}", piece)
                    number += 1


def main():
    if len(sys.argv) == 3:
        return texts(sys.argv[1], {"toml": ["models", "test/frontend"],
                                   "mlir": ["test/ir", "test/passes"]}[
                                       sys.argv[1]])
    images = idx(8, [2, 3, 3], bytes(range(18)))
    seed("idx", "bytes", images)
    seed("idx", "bytes-gzip", pack(images))
    seed("idx", "gzip-cut", pack(images)[:-6])
    seed("idx", "shorts", idx(11, [3], struct.pack(">hhh", 1, -2, 3)))
    seed("idx", "floats", idx(13, [2, 1], struct.pack(">ff", 1, float("nan"))))
    seed("idx", "doubles", idx(14, [1], struct.pack(">d", 0.5)))
    seed("idx", "empty", idx(8, [0, 28, 28], b""))
    seed("idx", "overflow", idx(14, [0xFFFFFFFF] * 3, b"1234"))
    seed("idx", "bomb", pack(idx(8, [1, 1 << 16], b"\0" * (1 << 16))))

    seed("npy", "floats", npy(array("(2, 2)"), struct.pack("<4f", *range(4))))
    seed("npy", "gzip", pack(npy(array("(1,)", "<f8"), bytes(8))))
    seed("npy", "version-2", npy(array("(3,)", "|u1"), b"abc", 2))
    seed("npy", "scalar", npy(array("()", "<i8"), bytes(8)))
    seed("npy", "fortran", npy(array("(2, 2)", order="True"), bytes(16)))
    seed("npy", "empty", npy(array("(0, 4)"), b""))
    seed("npy", "overflow", npy(array("(4294967296, 4294967296)"), b""))
    seed("npy", "long-header", b"\x93NUMPY\x02\0" +
         struct.pack("<I", 1 << 30) + b"{")

    seed("csv", "header", b"\1a,b,label\n1,2.5,0\n-3e4,nan,1\n")
    seed("csv", "plain", b"\0" b"1,2\r\n3,4")
    seed("csv", "texts", b'\1text,label\n"a ""b"", c\nd",1\nplain,0\n')
    seed("csv", "gzip", b"\0" + pack(b"1,2\n3,4\n"))
    seed("csv", "broken", b'\0"1,2\n3')

    seed("png", "grey", png(4, 4, 0, bytes(4)))
    seed("png", "colour", png(28, 28, 2, bytes(84)))
    seed("png", "alpha", png(4, 4, 6, bytes(16)))
    seed("png", "huge", png(0x7FFFFFFF, 0x7FFFFFFF, 0, b"")[:60])
    seed("png", "cut", png(4, 4, 0, bytes(4))[:-20])

    one = {"a": tensor([2], 0, 8)}
    seed("safetensors", "one", safetensors(one, bytes(8)))
    seed("safetensors", "notes", safetensors(
        {"__metadata__": {"kiln.model": "m"}, **one,
         "b/c": tensor([], 8, 9, "U8")}, bytes(9)))
    seed("safetensors", "empty", safetensors({"a": tensor([0, 4], 0, 0)}))
    seed("safetensors", "hash", safetensors(
        {"__metadata__": {"kiln.sha256": "0" * 64}, **one}, bytes(8)))
    seed("safetensors", "overflow", safetensors(
        {"a": tensor([1 << 40, 1 << 40], 0, 8)}, bytes(8)))
    seed("safetensors", "backwards", safetensors(
        {"a": tensor([2], 8, 0)}, bytes(8)))
    seed("safetensors", "long-header", safetensors(b"{}", length=1 << 30))
    seed("safetensors", "longest-header", safetensors(
        b"{}", length=(1 << 64) - 8))
    seed("safetensors", "nested", safetensors(b"[" * 2000))

    words = "The cat, the DOG — und der Bär\n".encode()
    seed("tokenizer", "lower", b"\1\0" + words)
    seed("tokenizer", "few", b"\5\3" + words)
    seed("tokenizer", "characters", b"\3\0" + words)
    seed("tokenizer", "split", b"\x18\0" + words)
    seed("tokenizer", "invalid", b"\1\0ab\xff\xc3")
    seed("tokenizer", "vocabulary", b"\1\0" + json.dumps({
        "num_words": 0, "filters": "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n",
        "split": " ", "oov_token": "", "lower": True, "char_level": False,
        "words": ["a", "b"]}).encode())


main()
