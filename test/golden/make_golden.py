#!/usr/bin/env python3
"""Makes the golden runs: what Keras 3.15.1 computes, in double precision.

Each folder of `Inputs/`, and for networks on sequences of `Inputs/sequences/`, is
one network under one optimizer and regularizer:

    model.toml             the model
    x.npy, y.npy           samples: two batches and a partial one (8, 8, 5)
    weights.safetensors    the weights that training starts from
    expected.safetensors   `prediction`, of all samples with those weights;
                           three steps: `loss` [3], `accuracy` [3] where there is
                           one, and for every parameter `gradient/PATH`
                           [3, ...] and, after the last, `weights/PATH`

All numbers that go in are exact in f32. Every gradient is 0 or not near it, and
no relu, maximum or clipping stands near its corner, so that rounding cannot
choose another branch; no whole tensor is so near to 0 that cancellation shows.
The same run through `Model.fit` must end with the same weights. Dropout takes
kiln's masks (masks.py).

    python3 -m venv VENV
    VENV/bin/pip install keras==3.15.1 tensorflow-cpu==2.21.0
    VENV/bin/python test/golden/make_golden.py [CASE...]
"""
import functools
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
import masks
from tensors import Tensor, write_npy, write_safetensors

STEPS = 3
SMALLEST_TENSOR = 0.05
SMALLEST_GRADIENTS = 1e-3
# A pre-activation or prediction this near to a corner is drawn again.
CORNER = 1e-4

keras.config.set_floatx("float64")


# The networks: layers as TOML would say them, loss, metric or none.
def dense(units, activation, **options):
    return dict(type="Dense", units=units, activation=activation, **options)


def network(layers, loss, from_logits=False, metric=True, shape=(6,), batch=8,
            padding=None, smallest=1e-4, class_weight=None):
    """`smallest` is what gradients other than 0 exceed under Adam, whose first
    step is the sign of however small a one, and without tokens always.
    `padding`, of token ids, says where zeros stand; None is for inputs that are
    numbers."""
    return dict(layers=layers, loss=loss, from_logits=from_logits,
                metric=metric, shape=list(shape), batch=batch, padding=padding,
                smallest=smallest, class_weight=class_weight)


def samples(net):
    """Two batches and a partial one."""
    return 2 * net["batch"] + max(1, net["batch"] * 5 // 8)


def recurrent(kind, units=4, **options):
    return dict(type=kind, units=units, **options)


LSTM, GRU, RNN = (functools.partial(recurrent, kind)
                  for kind in ("LSTM", "GRU", "SimpleRNN"))


def both_ways(layer, **options):
    return dict(type="Bidirectional", layer=layer, **options)


def tokens(*layers, padding="none", mask=True, words=9, width=3, steps=5,
           batch=4, smallest=1e-6, embedding={}, before=(), last=None):
    """Layers on an embedding, then one sigmoid."""
    first = dict(type="Embedding", input_dim=words, output_dim=width)
    if mask and padding != "none":
        first["mask_zero"] = True
    return network([{**first, **embedding}, *layers,
                    last or dense(1, "sigmoid")], BINARY, shape=(steps,),
                   batch=batch, padding=padding, smallest=smallest)


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
    # Classes that weigh more than others; the one left out weighs 1.
    "weighted-sparse": network([dense(5, "tanh"), dense(3, "softmax")], SPARSE,
                               class_weight={0: 0.5, 2: 2.25}),
    "weighted-binary": network([dense(5, "tanh"), dense(1, "sigmoid")], BINARY,
                               class_weight={0: 0.75, 1: 3.0}),
}

# Exact in f32, as is 1 / (1 - rate) of both rates: constants of a model are f32
# in both of kiln's precisions.
L1, L2 = 2.0**-7, 2.0**-6
DROPS = dict(dropout=0.2, recurrent_dropout=0.5)
ALL = dict(return_sequences=True)
AVERAGE, MAXIMUM = (dict(type=f"Global{kind}Pooling1D")
                    for kind in ("Average", "Max"))
SEQUENCES = {
    # Every cell, every padding.
    **{f"{name}-{padding}": tokens(layer(), padding=padding, steps=6)
       for name, layer in (("lstm", LSTM), ("gru", GRU), ("rnn", RNN))
       for padding in ("none", "post", "pre", "holes", "rows")},
    # Padding that is fed like words.
    "lstm-unmasked": tokens(LSTM(), padding="post", mask=False, steps=7),
    "gru-before": tokens(GRU(reset_after=False), padding="post"),
    "gru-before-dropout": tokens(GRU(reset_after=False, **DROPS), batch=9,
                                 padding="holes"),
    # Cells with their options.
    "lstm-options": tokens(LSTM(use_bias=False, activation="sigmoid",
                                recurrent_activation="tanh"), padding="pre"),
    "gru-options": tokens(GRU(use_bias=False, activation="sigmoid",
                              recurrent_activation="tanh"), padding="post"),
    "rnn-options": tokens(RNN(use_bias=False, activation="relu")),
    # 1/6 is not exact in f32.
    "lstm-clipped": tokens(LSTM(recurrent_activation="hard_sigmoid")),
    "lstm-penalties": tokens(
        LSTM(kernel_regularizer=dict(l2=L2), bias_regularizer=dict(l2=L2),
             recurrent_regularizer=dict(l1=L1, l2=L2)), padding="post",
        embedding=dict(embeddings_regularizer=dict(l2=L2))),
    # Masks of inputs, of states and of both; tiles of three rows.
    "lstm-dropout": tokens(LSTM(3, **DROPS), padding="post", batch=9),
    "lstm-dropout-seed": tokens(LSTM(3, seed=7, **DROPS), padding="rows"),
    "lstm-dropout-input": tokens(LSTM(3, dropout=0.5), padding="post"),
    "lstm-dropout-state": tokens(LSTM(3, recurrent_dropout=0.2),
                                 padding="none"),
    "gru-dropout": tokens(GRU(3, **DROPS), padding="post", batch=9),
    "gru-dropout-input": tokens(GRU(3, dropout=0.2), padding="pre"),
    "rnn-dropout": tokens(RNN(5, **DROPS), padding="post", batch=9),
    # Layers around a recurrence.
    "spatial": tokens(dict(type="SpatialDropout1D", rate=0.5), LSTM(3),
                      padding="post"),
    "dropout": tokens(dict(type="Dropout", rate=0.2), GRU(3),
                      dict(type="Dropout", rate=0.5), padding="post"),
    "dense": tokens(dense(4, "tanh"), LSTM(3), padding="post"),
    "numbers": network([LSTM(), dense(3, "softmax")], SPARSE, shape=(5, 3),
                       batch=4, smallest=0),
    # Stacks, whose sequences carry the mask on.
    "stack": tokens(LSTM(3, **ALL), LSTM(4), padding="rows"),
    "stack-mixed": tokens(GRU(3, **ALL), RNN(4, **ALL), LSTM(3),
                          padding="holes"),
    "stack-dropout": tokens(LSTM(3, **DROPS, **ALL), GRU(3, **DROPS),
                            padding="post", batch=3),
    # Keras reverses the sequence but not the mask that goes on with it.
    "backwards": tokens(GRU(3, go_backwards=True, **ALL),
                        RNN(4, go_backwards=True), padding="holes"),
    # Both directions.
    **{f"both-{mode}": tokens(both_ways(LSTM(3), merge_mode=mode),
                              padding="post")
       for mode in ("concat", "sum", "mul", "ave")},
    "both-gru": tokens(both_ways(GRU(3)), padding="holes"),
    "both-rnn": tokens(both_ways(RNN(3)), padding="rows"),
    **{f"both-stack-{mode}": tokens(both_ways(LSTM(3, **ALL), merge_mode=mode),
                                    both_ways(GRU(3)), padding="holes")
       for mode in ("concat", "sum", "mul", "ave")},
    "both-dropout": tokens(both_ways(LSTM(3, **DROPS)), padding="post",
                           batch=9),
    # Pooling, masked and not.
    "average": tokens(AVERAGE, padding="post", steps=7),
    "average-unmasked": tokens(AVERAGE, padding="post", mask=False),
    "average-lstm": tokens(LSTM(3, **ALL), AVERAGE, padding="holes"),
    "maximum": tokens(MAXIMUM, padding="post", steps=7),
    "maximum-lstm": tokens(LSTM(3, **ALL), MAXIMUM, padding="rows"),
    "maximum-both": tokens(both_ways(GRU(3, **ALL)), MAXIMUM, padding="post"),
    "flatten": tokens(dict(type="Flatten"), padding="none"),
    # Two tiles of eight rows, whole vectors.
    "wide": tokens(LSTM(16, **DROPS), padding="post", batch=16, width=16,
                   words=20, steps=6, smallest=2e-7),
}
NETWORKS.update(SEQUENCES)
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
    # A small step for small gradients.
    "adam-slow": dict(type="adam", learning_rate=0.001, beta_1=0.90625,
                      beta_2=0.9990234375),
}
WITH_ADAM = ("lstm-rows", "lstm-dropout", "gru-post", "rnn-holes",
             "both-concat", "stack-dropout", "average", "maximum", "spatial")
REGULARIZERS = {"": {}, "l1": dict(l1=L1), "l2": dict(l2=L2),
                "l1_l2": dict(l1=L1, l2=L2)}


def cases():
    """{name: (network, optimizer, regularizer)}"""
    table = {}
    for optimizer in OPTIMIZERS:
        if optimizer == "adam-slow":
            continue
        for regularizer in REGULARIZERS:
            # l1_l2 shows both.
            if regularizer in ("l1", "l2") and optimizer not in ("sgd", "adam"):
                continue
            if regularizer and optimizer == "adam-defaults":
                continue
            name = "-".join(filter(None, ["softmax", optimizer, regularizer]))
            table[name] = ("softmax", optimizer, regularizer)
    for net in list(NETWORKS)[1:]:
        optimizers = ("sgd", "adam")
        if "-sparse" in net or net in SEQUENCES:
            optimizers = "sgd",
        if net == "wide":
            optimizers = "adam-slow",
        elif net in WITH_ADAM:
            optimizers = "sgd", "adam-slow"
        for optimizer in optimizers:
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
    if net["padding"]:
        lines.append('dtype = "int32"')
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
    lines += ["", "[fit]", "epochs = 1", f"batch_size = {net['batch']}",
              "shuffle = false"]
    if net["class_weight"]:
        weights = ", ".join(f'"{label}" = {weight}' for label, weight in
                            net["class_weight"].items())
        lines.append(f"class_weight = {{ {weights} }}")
    lines.append("")
    return "\n".join(lines)


# The same in Keras.
def keras_layer(layer):
    options = {}
    for key, value in layer.items():
        if key.endswith("_regularizer"):
            value = keras.regularizers.L1L2(value.get("l1", 0.0),
                                            value.get("l2", 0.0))
        elif key == "layer":
            value = keras_layer(value)
        if key != "type":
            options[key] = value
    return getattr(keras.layers, layer["type"])(**options)


def keras_optimizer(optimizer):
    options = {k: v for k, v in optimizer.items() if k != "type"}
    return dict(sgd=keras.optimizers.SGD,
                adam=keras.optimizers.Adam)[optimizer["type"]](**options)


def keras_model(net, optimizer, regularizer):
    keras.backend.clear_session()
    layers = [keras.Input(net["shape"],
                          dtype="int32" if net["padding"] else None)]
    for layer in net["layers"]:
        if regularizer and layer["type"] == "Dense":
            layer = dict(layer, kernel_regularizer=regularizer,
                         bias_regularizer=regularizer)
        layers.append(keras_layer(layer))
    model = keras.Sequential(layers)
    masks.own_masks(model)
    optimizer = keras_optimizer(optimizer)
    loss = {SPARSE: keras.losses.SparseCategoricalCrossentropy,
            BINARY: keras.losses.BinaryCrossentropy,
            "mse": keras.losses.MeanSquaredError}[net["loss"]]
    loss = loss(from_logits=True) if net["from_logits"] else loss()
    take_dense(optimizer)
    # A compiled step would keep the masks of the first.
    model.compile(optimizer, loss, run_eagerly=has_dropout(model),
                  metrics=["accuracy"] if net["metric"] else None)
    return model


def take_dense(optimizer):
    """Makes an optimizer take gradients as tensors. On TensorFlow alone, that of
    an embedding is a list of rows, and where a token stands in it twice, Keras's
    Adam adds up the squares of its rows, not the square of their sum."""
    apply = optimizer.apply
    optimizer.apply = lambda gradients, variables=None: apply(
        [tf.convert_to_tensor(g) for g in gradients], variables)


def has_dropout(model):
    return any(getattr(part, rate, 0) for part in model._flatten_layers()
               for rate in ("rate", "dropout", "recurrent_dropout"))


def path(variable):
    """Keras's path without the model's prefix: dense/kernel."""
    return variable.path.split("/", 1)[1]


def draw_tokens(net, random):
    """Token ids, all but padding from 1."""
    count, (steps,) = samples(net), net["shape"]
    words = net["layers"][0]["input_dim"]
    x = random.integers(1, words, [count, steps]).astype(np.int32)
    lengths = random.integers(1, steps + 1, [count, 1])
    if net["padding"] == "rows":
        lengths[[1, -1]] = 0
    step = np.arange(steps)
    x[{"none": np.zeros_like(x, bool),
       "holes": random.uniform(size=x.shape) < 0.3,
       "pre": step < steps - lengths,
       "post": step >= lengths,
       "rows": step >= lengths}[net["padding"]]] = 0
    return x


def draw(net, model, random):
    """Inputs, targets and initial weights, each exact in f32."""
    exact = lambda array: array.astype(np.float32).astype(np.float64)
    count = samples(net)
    x = draw_tokens(net, random) if net["padding"] else \
        exact(random.uniform(-1, 1, [count, *net["shape"]]))
    units = model.output_shape[-1]
    if net["loss"] == SPARSE:
        y = random.integers(0, units, count).astype(np.int32)
    elif net["loss"] == BINARY:
        y = random.integers(0, 2, [count, units]).astype(np.float64)
    else:
        y = exact(random.uniform(-1, 1, [count, units]))
    weights = [exact(random.uniform(-0.8, 0.8, v.shape))
               for v in model.trainable_variables]
    return x, y, weights


def near_corner(net, model, x):
    """Whether a relu, a maximum or a clipped prediction stands near its
    corner."""
    value = tf.constant(x)
    for layer in model.layers:
        before = value
        value = layer(value, **({"training": True}
                                if layer._call_has_training_arg else {}))
        if isinstance(layer, keras.layers.Dense) and \
                layer.activation is keras.activations.relu:
            before = tf.matmul(before, layer.kernel) + layer.bias
            if np.abs(before).min() < CORNER:
                return True
        if isinstance(layer, keras.layers.GlobalMaxPooling1D):
            # Equal ones are one value, repeated.
            gap = value[:, None] - before
            if np.where(gap == 0, 1, gap).min() < CORNER:
                return True
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


def sample_weights(net, y):
    """What `fit` makes of `class_weight` for labels y, or None."""
    if not net["class_weight"]:
        return None
    return tf.constant([net["class_weight"].get(int(label), 1.0)
                        for label in y.ravel()], dtype="float64")


def run(net, model, x, y, weights):
    """Predictions, then three steps: (losses, accuracies, gradients, weights
    after the last); None when a number stands where rounding could decide."""
    variables = model.trainable_variables
    is_sgd = isinstance(model.optimizer, keras.optimizers.SGD)
    smallest = 0 if is_sgd and net["padding"] else net["smallest"]
    for variable, value in zip(variables, weights):
        variable.assign(value)
    losses, accuracies, gradients = [], [], []
    # Keras draws masks of states even where none are applied.
    masks.rows = len(x)
    prediction = model(tf.constant(x), training=False).numpy()
    masks.rows = net["batch"]
    for masks.step in range(STEPS):
        chosen = slice(masks.step * net["batch"],
                       (masks.step + 1) * net["batch"])
        batch, target = x[chosen], y[chosen]
        if near_corner(net, model, batch):
            return None
        with tf.GradientTape() as tape:
            output = model(tf.constant(batch), training=True)
            loss = model.compute_loss(
                batch, tf.constant(target), output,
                sample_weight=sample_weights(net, target))
        step = [tf.convert_to_tensor(g)
                for g in tape.gradient(loss, variables)]
        sizes = [np.abs(g.numpy()) for g in step]
        small = np.concatenate([size.ravel() for size in sizes])
        if small[small != 0].min() < smallest or \
                min(size.max() for size in sizes) < SMALLEST_GRADIENTS:
            return None
        model.optimizer.apply(step, variables)
        if min(np.abs(v.numpy()).max() for v in variables) < SMALLEST_TENSOR:
            return None
        losses.append(float(loss))
        accuracies.append(correct(net, target, output.numpy()))
        gradients.append([g.numpy() for g in step])
    after = [v.numpy() for v in variables]
    return prediction, losses, accuracies, gradients, after


def check_fit(spec, x, y, weights, result):
    """The same through Model.fit, which compiles the step to a graph."""
    _, losses, accuracies, _, after = result
    net, model = spec[0], keras_model(*spec)
    for variable, value in zip(model.trainable_variables, weights):
        variable.assign(value)
    counter = keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda step, logs: setattr(masks, "step", step))
    history = model.fit(x, y, batch_size=net["batch"], epochs=1, shuffle=False,
                        class_weight=net["class_weight"], verbose=0,
                        callbacks=[counter]).history
    rows = [net["batch"], net["batch"], len(x) - 2 * net["batch"]]
    # Keras keeps running means in f32.
    np.testing.assert_allclose(history["loss"][0],
                               np.average(losses, weights=rows), rtol=1e-6)
    if "accuracy" in history:
        np.testing.assert_allclose(history["accuracy"][0],
                                   np.average(accuracies, weights=rows),
                                   rtol=1e-6)
    for variable, value in zip(model.trainable_variables, after):
        np.testing.assert_allclose(variable.numpy(), value, rtol=0, atol=1e-12)


def tensor(dtype, array):
    return Tensor(dtype, np.shape(array), np.ravel(array).tolist())


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
    prediction, losses, accuracies, gradients, after = result
    check_fit(spec, x, y, weights, result)

    folder = HERE / "Inputs" / ("sequences" if net_name in SEQUENCES else "") \
        / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.toml").write_text(
        model_file(name.replace("-", "_"), *spec))
    for file, array in ("x.npy", x), ("y.npy", y):
        write_npy(folder / file,
                  tensor("I32" if array.dtype == np.int32 else "F32", array))
    paths = [path(v) for v in model.trainable_variables]
    write_safetensors(folder / "weights.safetensors",
                      {p: tensor("F32", w) for p, w in zip(paths, weights)})
    expected = dict(prediction=tensor("F64", prediction),
                    loss=tensor("F64", losses))
    if net["metric"]:
        expected["accuracy"] = tensor("F64", accuracies)
    for index, p in enumerate(paths):
        expected["gradient/" + p] = tensor("F64",
                                           [g[index] for g in gradients])
        expected["weights/" + p] = tensor("F64", after[index])
    write_safetensors(folder / "expected.safetensors", expected)
    print(f"{name}: seed {seed}, losses {losses}", flush=True)


def main():
    assert keras.__version__ == "3.15.1", keras.__version__
    table = cases()
    for name in sys.argv[1:] or table:
        make(name, *table[name])


if __name__ == "__main__":
    main()
