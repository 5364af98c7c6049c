"""kiln's dropout masks, and Keras's layers made to use them.

A mask is a function of its place alone, as `kiln.random_mask` defines it: an
element is kept where its word of Philox4x32-10 is at least rate * 2^32, and the
layer and the role tell one mask from another.
"""
import keras
import numpy as np
from keras.src import backend
from keras.src.layers.rnn.dropout_rnn_cell import DropoutRNNCell

# What the masks depend on besides their place; make_golden.py counts `step`.
seed, epoch, step = 0, 0, 0
# Samples of a mask: those of a partial batch take its first rows.
rows = 0

# Letters of the gates that have masks of their own.
GATES = {keras.layers.LSTM: "ifco", keras.layers.GRU: "zrh",
         keras.layers.SimpleRNN: ""}


def philox(key, counter):
    """Philox4x32-10: four words for each counter, a tuple of four arrays."""
    word = np.uint64(0xFFFFFFFF)
    x = [np.asarray(c, np.uint64) & word for c in counter]
    k0, k1 = (np.uint64(k & 0xFFFFFFFF) for k in key)
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * x[0], np.uint64(0xCD9E8D57) * x[2]
        x = [(p1 >> np.uint64(32)) ^ x[1] ^ k0, p1 & word,
             (p0 >> np.uint64(32)) ^ x[3] ^ k1, p0 & word]
        k0 = (k0 + np.uint64(0x9E3779B9)) & word
        k1 = (k1 + np.uint64(0xBB67AE85)) & word
    return x


def random_mask(shape, rate, stream):
    """The booleans of kiln.random_mask at the present step."""
    element = np.arange(np.prod(shape), dtype=np.uint64)
    quarter = element >> np.uint64(2)
    constant = lambda value: np.full_like(element, value)
    words = philox((seed, stream), (constant(epoch), constant(step), quarter,
                                    quarter >> np.uint64(32)))
    word = np.choose((element & np.uint64(3)).astype(int), words)
    return (word >= round(rate * 2**32)).reshape(shape)


def stream(layer, role, layer_seed):
    """32 bits of FNV-1a over LAYER/ROLE, and /SEED when the layer has one."""
    text = f"{layer}/{role}" + (f"/{layer_seed}" if layer_seed is not None
                                else "")
    hash = 2166136261
    for byte in text.encode():
        hash = (hash ^ byte) * 16777619 & 0xFFFFFFFF
    return hash


def scaled(shape, rate, layer, role, layer_seed):
    """What Keras multiplies by: 0, or 1 / (1 - rate) rounded once to f32."""
    shape = [int(extent) for extent in shape]
    assert shape[0] <= rows, (shape, rows)
    mask = random_mask([rows, *shape[1:]], rate,
                       stream(layer, role, layer_seed))
    return mask[:shape[0]] * float(np.float32(1 / (1 - rate)))


def own_masks(model):
    """Makes every dropout of a model take kiln's masks."""
    owners = {}

    def adopt(layer, name, prefix=""):
        if isinstance(layer, keras.layers.Bidirectional):
            for side in layer.forward_layer, layer.backward_layer:
                adopt(side, name, side.name + "/")
        elif hasattr(layer, "cell"):
            # Under a name that Keras's tracking of attributes leaves alone.
            object.__setattr__(layer.cell, "kiln_masks",
                               (name, prefix, GATES[type(layer)]))
        elif hasattr(layer, "seed_generator"):
            owners[id(layer.seed_generator)] = name, layer.seed

    def cell_masks(cell, value, rate, kind):
        name, prefix, gates = cell.kiln_masks
        if not rate:
            return None
        if not hasattr(cell, "dropout_mask_count") or not gates:
            return scaled(value.shape, rate, name, prefix + kind, cell.seed)
        return [scaled(value.shape, rate, name, f"{prefix}{kind}/{gate}",
                       cell.seed) for gate in gates]

    def dropout(inputs, rate, noise_shape=None, seed=None):
        name, layer_seed = owners[id(seed)]
        return inputs * scaled(noise_shape or inputs.shape, rate, name,
                               "dropout", layer_seed)

    for layer in model.layers:
        adopt(layer, layer.name)
    DropoutRNNCell.get_dropout_mask = lambda cell, value: cell_masks(
        cell, value, cell.dropout, "dropout")
    DropoutRNNCell.get_recurrent_dropout_mask = lambda cell, value: cell_masks(
        cell, value, cell.recurrent_dropout, "recurrent_dropout")
    backend.random.dropout = dropout
