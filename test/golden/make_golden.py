#!/usr/bin/env python3
"""Makes the golden runs: what Keras 3.15.1 computes, in double precision.

Each folder of `Inputs/` is one network under one optimizer and regularizer:

    model.toml             the model
    x.npy, y.npy           21 samples: batches of 8, 8 and 5 rows
    weights.safetensors    the weights that training starts from
    expected.safetensors   three steps: `loss` [3], `accuracy` [3] where there is
                           one, and for every parameter `gradient/PATH` and
                           `weights/PATH`, [3, ...]; weights after each step

All numbers that go in are exact in f32. Every gradient is 0 or at least 1e-4,
and no relu or clipping stands near its corner, so that rounding cannot choose
another branch; no whole tensor is so near to 0 that cancellation shows. The same run through `Model.fit` must end with the same weights.

    python3 -m venv VENV
    VENV/bin/pip install keras==3.15.1 tensorflow-cpu==2.21.0
    VENV/bin/python test/golden/make_golden.py [CASE...]
"""
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "helpers"))
from tensors import Tensor, write_npy, write_safetensors

SAMPLES, BATCH = 21, 8
SMALLEST_GRADIENT = 1e-4
SMALLEST_TENSOR = 0.05
# A pre-activation or prediction this near to a corner is drawn again.
CORNER = 1e-4

keras.config.set_floatx("float64")


# The networks: layers as TOML would say them, loss, metric or none.
def dense(units, activation, **options):
    return dict(type="Dense", units=units, activation=activation, **options)


def network(layers, loss, from_logits=False, metric=True, shape=(6,)):
    return dict(layers=layers, loss=loss, from_logits=from_logits,
                metric=metric, shape=list(shape))


SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"
NETWORKS = {
    "softmax": network([dense(5, "relu"), dense(3, "softmax")], SPARSE),
    "logits": network([dense(5, "tanh"), dense(3, "linear")], SPARSE, True),
    "binary": network([dense(4, "sigmoid", kernel_initializer="he_normal"),
                       dense(1, "sigmoid")], BINARY),
    "binary-logits": network([dense(5, "relu"), dense(2, "linear")], BINARY,
                             True),
    "mse": network([dense(4, "tanh"), dense(2, "linear")], "mse",
                   metric=False),
    "mse-softmax": network([dense(4, "relu"), dense(3, "softmax")], "mse"),
    # Neither softmax nor sigmoid last: Keras clips to [1e-7, 1 - 1e-7].
    "clipped-sparse": network([dense(5, "tanh"), dense(3, "relu")], SPARSE),
    "clipped-binary": network([dense(5, "relu"), dense(2, "linear")], BINARY),
    # Keras takes the logits of either activation, for either loss.
    "sigmoid-sparse": network([dense(5, "tanh"), dense(3, "sigmoid")], SPARSE),
    "softmax-binary": network([dense(5, "tanh"), dense(2, "softmax")], BINARY),
    # Flatten, a layer without bias, an Activation layer.
    "layers": network([dict(type="Flatten"),
                       dense(5, "linear", use_bias=False),
                       dict(type="Activation", activation="tanh"),
                       dense(3, "linear"),
                       dict(type="Activation", activation="softmax")], SPARSE,
                      shape=(2, 3)),
}
# Momentum and betas are exact in f32: Keras rounds them to it even under
# float64. `adam-defaults` shows how far that goes.
OPTIMIZERS = {
    "sgd": dict(type="sgd", learning_rate=0.1),
    "momentum": dict(type="sgd", learning_rate=0.1, momentum=0.90625),
    "nesterov": dict(type="sgd", learning_rate=0.1, momentum=0.90625,
                     nesterov=True),
    "adam": dict(type="adam", learning_rate=0.01, beta_1=0.90625,
                 beta_2=0.9990234375),
    "adam-defaults": dict(type="adam", learning_rate=0.01),
}
# Exact in f32: constants of a model are f32 in both of kiln's precisions.
L1, L2 = 2.0**-7, 2.0**-6
REGULARIZERS = {"": {}, "l1": dict(l1=L1), "l2": dict(l2=L2),
                "l1_l2": dict(l1=L1, l2=L2)}


def cases():
    """{name: (network, optimizer, regularizer)}"""
    table = {}
    for optimizer in OPTIMIZERS:
        for regularizer in REGULARIZERS:
            # l1_l2 shows both.
            if regularizer in ("l1", "l2") and optimizer not in ("sgd", "adam"):
                continue
            if regularizer and optimizer == "adam-defaults":
                continue
            name = "-".join(filter(None, ["softmax", optimizer, regularizer]))
            table[name] = ("softmax", optimizer, regularizer)
    for net in list(NETWORKS)[1:]:
        for optimizer in ("sgd",) if "-sparse" in net else ("sgd", "adam"):
            table[f"{net}-{optimizer}"] = (net, optimizer, "")
    return table


# The model file.
def toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {toml(v)}"
                                for k, v in value.items()) + " }"
    return repr(value)


def model_file(name, net, optimizer, regularizer):
    lines = ["# Made by make_golden.py.", "[model]", f'name = "{name}"', "",
             "[data]", 'reader = "npy"',
             'train = { inputs = "x.npy", targets = "y.npy" }', "", "[input]",
             f"shape = {net['shape']}"]
    for layer in net["layers"]:
        lines += ["", "[[layer]]"]
        lines += [f"{key} = {toml(value)}" for key, value in layer.items()]
        if regularizer and layer["type"] == "Dense":
            lines.append(f"kernel_regularizer = {toml(regularizer)}")
            lines.append(f"bias_regularizer = {toml(regularizer)}")
    loss = net["loss"]
    if net["from_logits"]:
        loss = dict(type=loss, from_logits=True)
    lines += ["", "[compile]", f"optimizer = {toml(optimizer)}",
              f"loss = {toml(loss)}"]
    if net["metric"]:
        lines.append('metrics = ["accuracy"]')
    lines += ["", "[fit]", "epochs = 1", f"batch_size = {BATCH}",
              "shuffle = false", ""]
    return "\n".join(lines)


# The same in Keras.
def keras_model(net, optimizer, regularizer):
    keras.backend.clear_session()
    layers = [keras.Input(net["shape"])]
    for layer in net["layers"]:
        options = {k: v for k, v in layer.items() if k != "type"}
        if regularizer and layer["type"] == "Dense":
            penalty = lambda: keras.regularizers.L1L2(
                regularizer.get("l1", 0.0), regularizer.get("l2", 0.0))
            options.update(kernel_regularizer=penalty(),
                           bias_regularizer=penalty())
        layers.append(getattr(keras.layers, layer["type"])(**options))
    model = keras.Sequential(layers)
    options = {k: v for k, v in optimizer.items() if k != "type"}
    optimizer = dict(sgd=keras.optimizers.SGD,
                     adam=keras.optimizers.Adam)[optimizer["type"]](**options)
    loss = {SPARSE: keras.losses.SparseCategoricalCrossentropy,
            BINARY: keras.losses.BinaryCrossentropy,
            "mse": keras.losses.MeanSquaredError}[net["loss"]]
    loss = loss(from_logits=True) if net["from_logits"] else loss()
    model.compile(optimizer, loss, metrics=["accuracy"] if net["metric"]
                  else None)
    return model


def path(variable):
    """Keras's path without the model's prefix: dense/kernel."""
    return "/".join(variable.path.split("/")[-2:])


def draw(net, model, random):
    """Inputs, targets and initial weights, each exact in f32."""
    exact = lambda array: array.astype(np.float32).astype(np.float64)
    x = exact(random.uniform(-1, 1, [SAMPLES, *net["shape"]]))
    units = model.output_shape[-1]
    if net["loss"] == SPARSE:
        y = random.integers(0, units, SAMPLES).astype(np.int32)
    elif net["loss"] == BINARY:
        y = random.integers(0, 2, [SAMPLES, units]).astype(np.float64)
    else:
        y = exact(random.uniform(-1, 1, [SAMPLES, units]))
    weights = [exact(random.uniform(-0.8, 0.8, v.shape))
               for v in model.trainable_variables]
    return x, y, weights


def near_corner(net, model, x):
    """Whether a relu or a clipped prediction stands near its corner."""
    value = tf.constant(x)
    for layer in model.layers:
        value = layer(value)
        if getattr(layer, "activation", None) is keras.activations.relu:
            before = tf.reshape(x, [len(x), -1]) if layer is model.layers[0] \
                else previous
            before = tf.matmul(before, layer.kernel) + layer.bias
            if np.abs(before).min() < CORNER:
                return True
        previous = value
    if net["loss"] != "mse" and not net["from_logits"]:
        if hasattr(value, "_keras_logits"):
            return False
        value = value.numpy()
        inside = value[value != 0]
        return np.minimum(np.abs(inside), np.abs(inside - 1)).min() < CORNER
    return False


def correct(net, y, prediction):
    """The share of samples that Keras's `accuracy` counts: it is binary for one
    output, sparse for integer targets, else categorical."""
    if prediction.shape[-1] == 1:
        return np.mean((prediction > 0.5) == y)
    if net["loss"] != SPARSE:
        y = np.argmax(y, -1)
    return np.mean(np.argmax(prediction, -1) == y)


def run(net, model, x, y, weights):
    """Three steps: (losses, accuracies, gradients, weights after), or None when
    a number stands where rounding could decide."""
    variables = model.trainable_variables
    for variable, value in zip(variables, weights):
        variable.assign(value)
    losses, accuracies, gradients, after = [], [], [], []
    for begin in range(0, SAMPLES, BATCH):
        batch, target = x[begin:begin + BATCH], y[begin:begin + BATCH]
        if near_corner(net, model, batch):
            return None
        with tf.GradientTape() as tape:
            prediction = model(tf.constant(batch), training=True)
            loss = model.compute_loss(batch, tf.constant(target), prediction)
        step = tape.gradient(loss, variables)
        small = np.abs(np.concatenate([g.numpy().ravel() for g in step]))
        if small[small != 0].min() < SMALLEST_GRADIENT:
            return None
        model.optimizer.apply(step, variables)
        if min(np.abs(v.numpy()).max() for v in variables) < SMALLEST_TENSOR:
            return None
        losses.append(float(loss))
        accuracies.append(correct(net, target, prediction.numpy()))
        gradients.append([g.numpy() for g in step])
        after.append([v.numpy() for v in variables])
    return losses, accuracies, gradients, after


def check_fit(spec, x, y, weights, result):
    """The same through Model.fit, which compiles the step to a graph."""
    losses, accuracies, _, after = result
    model = keras_model(*spec)
    for variable, value in zip(model.trainable_variables, weights):
        variable.assign(value)
    history = model.fit(x, y, batch_size=BATCH, epochs=1, shuffle=False,
                        verbose=0).history
    rows = [8, 8, 5]
    # Keras keeps running means in f32.
    np.testing.assert_allclose(history["loss"][0],
                               np.average(losses, weights=rows), rtol=1e-6)
    if "accuracy" in history:
        np.testing.assert_allclose(history["accuracy"][0],
                                   np.average(accuracies, weights=rows),
                                   rtol=1e-6)
    for variable, value in zip(model.trainable_variables, after[-1]):
        np.testing.assert_allclose(variable.numpy(), value, rtol=0, atol=1e-12)


def make(name, net_name, optimizer_name, regularizer_name):
    net = NETWORKS[net_name]
    spec = net, OPTIMIZERS[optimizer_name], REGULARIZERS[regularizer_name]
    for seed in range(1000):
        model = keras_model(*spec)
        x, y, weights = draw(net, model, np.random.default_rng(seed))
        result = run(net, model, x, y, weights)
        if result:
            break
    else:
        sys.exit(f"{name}: no seed keeps clear of the corners")
    losses, accuracies, gradients, after = result
    check_fit(spec, x, y, weights, result)

    tensor = lambda dtype, array: Tensor(dtype, np.shape(array),
                                         np.ravel(array).tolist())
    folder = HERE / "Inputs" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.toml").write_text(
        model_file(name.replace("-", "_"), *spec))
    write_npy(folder / "x.npy", tensor("F32", x))
    write_npy(folder / "y.npy",
              tensor("I32" if y.dtype == np.int32 else "F32", y))
    paths = [path(v) for v in model.trainable_variables]
    write_safetensors(folder / "weights.safetensors",
                      {p: tensor("F32", w) for p, w in zip(paths, weights)})
    expected = dict(loss=tensor("F64", losses))
    if net["metric"]:
        expected["accuracy"] = tensor("F64", accuracies)
    for index, p in enumerate(paths):
        expected["gradient/" + p] = tensor("F64",
                                           [g[index] for g in gradients])
        expected["weights/" + p] = tensor("F64", [w[index] for w in after])
    write_safetensors(folder / "expected.safetensors", expected)
    print(f"{name}: seed {seed}, losses {losses}", flush=True)


def main():
    assert keras.__version__ == "3.15.1", keras.__version__
    table = cases()
    for name in sys.argv[1:] or table:
        make(name, *table[name])


if __name__ == "__main__":
    main()
