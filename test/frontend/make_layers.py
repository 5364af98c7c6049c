#!/usr/bin/env python3
"""Writes Inputs/layers.json: what layers of Keras 3.15.1 make of given numbers.

    KERAS_BACKEND=tensorflow python3 make_layers.py

Each case is a small network with one layer or a few after an input of token ids
or of steps; weights, inputs and Keras's results in double precision are kept.
check_layers.py compares the imported IR, run by the interpreter, with them.
"""
import json
import pathlib

import keras
import numpy as np

keras.config.set_floatx("float64")
L = keras.layers
BATCH, STEPS, FEATURES, WORDS = 4, 5, 3, 7

# None, at the end, at the start, in between, all of it.
TOKENS = np.array([[3, 1, 6, 2, 5], [4, 2, 0, 0, 0], [0, 0, 5, 1, 6],
                   [0, 3, 0, 2, 0], [0, 0, 0, 0, 0]])


def toml(layer):
    """A layer of Keras as a model file writes it."""
    config = layer.get_config()
    config.pop("name", None)
    kind = type(layer).__name__
    known = {
        "Embedding": ["input_dim", "output_dim", "mask_zero"],
        "Dense": ["units", "activation"],
        "Activation": ["activation"],
        "Bidirectional": ["merge_mode"],
    }
    cell = ["units", "activation", "use_bias", "return_sequences",
            "go_backwards"]
    known["SimpleRNN"] = cell
    known["LSTM"] = cell + ["recurrent_activation"]
    known["GRU"] = cell + ["recurrent_activation", "reset_after"]
    lines = [f'type = "{kind}"']
    for key in known.get(kind, []):
        lines.append(f"{key} = {json.dumps(config[key])}")
    if kind == "Bidirectional":
        # Keras builds the backward layer from a copy of the forward one.
        inner = ", ".join(toml(layer.forward_layer))
        lines.append(f"layer = {{ {inner} }}")
    return lines


def masked(*layers):
    return [L.Embedding(WORDS, FEATURES, mask_zero=True), *layers]


CASES = {
    "embedding": lambda: [L.Embedding(WORDS, FEATURES), L.Flatten()],
    "lstm": lambda: [L.LSTM(2)],
    "lstm-activations": lambda: [
        L.LSTM(2, activation="relu", recurrent_activation="hard_sigmoid",
               use_bias=False)],
    "lstm-masked": lambda: masked(L.LSTM(2)),
    "lstm-backwards": lambda: [L.LSTM(2, go_backwards=True)],
    "gru": lambda: [L.GRU(2)],
    "gru-reset-before": lambda: [L.GRU(2, reset_after=False)],
    "gru-no-bias": lambda: [L.GRU(2, use_bias=False)],
    "gru-masked": lambda: masked(L.GRU(2, return_sequences=True), L.Flatten()),
    "simple-rnn": lambda: [L.SimpleRNN(2)],
    "simple-rnn-backwards": lambda: masked(
        L.SimpleRNN(2, return_sequences=True, go_backwards=True), L.Flatten()),
    "stack": lambda: masked(L.LSTM(2, return_sequences=True),
                            L.GRU(3, return_sequences=True), L.SimpleRNN(2)),
    "bidirectional-concat": lambda: [L.Bidirectional(L.LSTM(2))],
    "bidirectional-sum": lambda: masked(
        L.Bidirectional(L.GRU(2, return_sequences=True), merge_mode="sum"),
        L.Flatten()),
    "bidirectional-mul": lambda: masked(
        L.Bidirectional(L.LSTM(2), merge_mode="mul")),
    "bidirectional-ave": lambda: [
        L.Bidirectional(L.SimpleRNN(2, return_sequences=True),
                        merge_mode="ave"), L.Flatten()],
    "bidirectional-stack": lambda: masked(
        L.Bidirectional(L.LSTM(2, return_sequences=True)),
        L.Bidirectional(L.LSTM(2))),
    "average": lambda: [L.GlobalAveragePooling1D()],
    "average-masked": lambda: masked(L.Dense(2, activation="tanh"),
                                     L.Activation("sigmoid"),
                                     L.GlobalAveragePooling1D()),
    "max": lambda: [L.GlobalMaxPooling1D()],
    "max-masked": lambda: masked(L.GlobalMaxPooling1D()),
}


def numbers(array):
    return np.asarray(array).ravel().tolist()


def make(name, layers, random):
    has_tokens = isinstance(layers[0], L.Embedding)
    if has_tokens:
        inputs = TOKENS
    else:
        inputs = random.normal(size=(len(TOKENS), STEPS, FEATURES))
        inputs = inputs.astype("float32").astype("float64")
    model = keras.Sequential(
        [L.Input(inputs.shape[1:], dtype="int32" if has_tokens else None),
         *layers])
    # Numbers that f32 holds, so that constants of f32 are the same ones.
    for variable in model.trainable_variables:
        values = random.normal(scale=0.7, size=variable.shape)
        variable.assign(values.astype("float32").astype("float64"))
    text = "[input]\nshape = " + str(list(inputs.shape[1:]))
    text += '\ndtype = "int32"\n' if has_tokens else "\n"
    for layer in layers:
        text += "\n".join(["", "[[layer]]", *toml(layer), ""])
    text += ('\n[compile]\noptimizer = "sgd"\nloss = "mse"\n'
             f"\n[fit]\nbatch_size = {len(inputs)}\n")
    outputs = np.asarray(model(inputs))
    return {
        "name": name,
        "model": text,
        "inputs": inputs.tolist(),
        "weights": {v.path.split("/", 1)[1]: np.asarray(v).tolist()
                    for v in model.trainable_variables},
        # A sample that is masked whole has no average in Keras.
        "outputs": np.where(np.isnan(outputs), 0, outputs).tolist(),
    }


def main():
    random = np.random.default_rng(1)
    cases = []
    for name, layers in CASES.items():
        keras.utils.clear_session()
        cases.append(make(name, layers(), random))
    path = pathlib.Path(__file__).resolve().parent / "Inputs" / "layers.json"
    lines = [json.dumps(case) for case in cases]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")


main()
