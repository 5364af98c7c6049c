#!/usr/bin/env python3
"""Writes data for the model made by hand (test/unit/runtime/FakeModel.cpp).

    make_data.py FOLDER [TRAIN TEST]    203 and 50 samples unless told

Samples are 4x4 numbers with one of three labels that a linear model can learn,
as .npy (numbers), IDX and .csv (bytes), and two pictures, one of another size.
"""
import pathlib
import random
import struct
import sys
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "helpers"))
from tensors import Tensor, write_npy


def png(width, height, pixels):
    """A grey PNG of 8 bits."""
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    rows = b"".join(b"\0" + bytes(pixels[y * width:(y + 1) * width])
                    for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0,
                                       0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write_split(folder, stem, count, draw):
    pixels = [draw.randrange(2) for _ in range(16 * count)]
    labels = []
    for i in range(count):
        row = pixels[16 * i:16 * i + 16]
        scores = [sum(row[0:5]), sum(row[5:10]), sum(row[10:15])]
        labels.append(scores.index(max(scores)))
    write_npy(folder / f"{stem}-x.npy",
              Tensor("F32", [count, 4, 4], [float(p) for p in pixels]))
    write_npy(folder / f"{stem}-y.npy", Tensor("I32", [count], labels))
    (folder / f"{stem}-x.idx").write_bytes(
        struct.pack(">IIII", 0x803, count, 4, 4) + bytes(pixels))
    (folder / f"{stem}-y.idx").write_bytes(
        struct.pack(">II", 0x801, count) + bytes(labels))
    with open(folder / f"{stem}.csv", "w") as file:
        names = [f"p{i}" for i in range(16)]
        print(",".join(names[:3] + ["label"] + names[3:]), file=file)
        for i, label in enumerate(labels):
            row = list(map(str, pixels[16 * i:16 * i + 16]))
            print(",".join(row[:3] + [str(label)] + row[3:]), file=file)
    return pixels


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    counts = [int(word) for word in sys.argv[2:4]] or [203, 50]
    draw = random.Random(1)
    write_split(folder, "train", counts[0], draw)
    pixels = write_split(folder, "test", counts[1], draw)
    (folder / "first.png").write_bytes(png(4, 4, pixels[:16]))
    (folder / "wide.png").write_bytes(png(6, 4, [0] * 24))


if __name__ == "__main__":
    main()
