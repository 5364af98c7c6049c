"""MNIST as arrays: `split(folder, "train" | "t10k")` gives images as rows of f32
from 0 to 1, and labels as i32."""
import gzip

import numpy as np


def idx(path):
    """The array in a gzipped IDX file of bytes."""
    raw = gzip.decompress(path.read_bytes())
    shape = np.frombuffer(raw, ">u4", raw[3], 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def split(folder, name):
    images = idx(folder / f"{name}-images-idx3-ubyte.gz")
    labels = idx(folder / f"{name}-labels-idx1-ubyte.gz")
    return (images.reshape(len(images), -1).astype(np.float32) / 255,
            labels.astype(np.int32))
