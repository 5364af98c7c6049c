#!/usr/bin/env python3
"""Makes a folder of IDX files with the first images of MNIST.

    make_mnist.py DATA FOLDER [TRAIN TEST]

TRAIN and TEST are numbers of images (2000 and 500); names are those of MNIST.
"""
import gzip
import pathlib
import struct
import sys


def cut(source, target, count):
    """Copies the first `count` items of one gzipped IDX file."""
    with gzip.open(source) as file:
        magic = file.read(4)
        shape = struct.unpack(f">{magic[3]}I", file.read(4 * magic[3]))
        size = 1
        for extent in shape[1:]:
            size *= extent
        data = file.read(count * size)
    assert len(data) == count * size, f"{source} has fewer than {count} items"
    header = magic + struct.pack(f">{magic[3]}I", count, *shape[1:])
    target.write_bytes(gzip.compress(header + data, 1, mtime=0))


def main():
    data, folder = map(pathlib.Path, sys.argv[1:3])
    train, test = map(int, sys.argv[3:5] or ("2000", "500"))
    folder.mkdir(parents=True, exist_ok=True)
    for split, count in (("train", train), ("t10k", test)):
        for kind in ("images-idx3", "labels-idx1"):
            name = f"{split}-{kind}-ubyte.gz"
            cut(data / name, folder / name, count)


if __name__ == "__main__":
    main()
