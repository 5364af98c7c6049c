#!/usr/bin/env python3
"""Writes random model files, each valid, each decided by its number alone.

    make_models.py FIRST COUNT DIR      # DIR/model-FIRST.toml and on

All layer types with their options, chains and graphs with branches that lead
nowhere, batches and sequences of awkward sizes, masks, optimizers, losses,
metrics. kiln-test-models takes the files through the whole compiler.
"""
import pathlib
import random
import sys

ACTIVATIONS = ["linear", "relu", "sigmoid", "tanh", "hard_sigmoid"]
# In place of activations without bounds.
BOUNDED = {"linear": "sigmoid", "relu": "hard_sigmoid"}
MATRIX_INITIALIZERS = ["zeros", "ones", "glorot_uniform", "he_normal",
                       "orthogonal", "uniform"]
# Around the sizes of tiles and lanes, and away from them.
UNITS = [1, 2, 3, 5, 7, 8, 15, 16, 17, 24, 31, 32, 33, 40, 48, 64, 65]
BATCHES = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 33]
STEPS = [1, 2, 3, 4, 5, 7, 8, 11, 15, 16, 17, 19, 33]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.layers = []
        self.steps = 0

    def chance(self, share):
        return self.random.random() < share

    def pick(self, values):
        return self.random.choice(values)

    def add(self, kind, **options):
        self.layers.append((kind, options))

    def regularizers(self, *weights):
        options = {}
        for weight in weights:
            if self.chance(0.15):
                options[weight + "_regularizer"] = self.pick(
                    [{"l1": 0.01}, {"l2": 0.02}, {"l1": 0.003, "l2": 0.01},
                     "l2"])
        return options

    def activation(self, default, softmax=False):
        names = ACTIVATIONS + (["softmax"] if softmax else [])
        return {"activation": self.pick(names)} if self.chance(0.6) else {}

    def gate(self):
        """A gate without bounds multiplies a state by a multiple of the state:
        within eight steps that leaves f32, within a dozen even f64."""
        name = self.pick(ACTIVATIONS)
        return BOUNDED.get(name, name) if self.steps > 4 else name

    def dense(self, units, **options):
        if self.chance(0.2):
            options["use_bias"] = False
        if self.chance(0.2):
            options["kernel_initializer"] = self.pick(MATRIX_INITIALIZERS)
        weights = ["kernel"] + (["bias"] if options.get("use_bias", True)
                                else [])
        options.update(self.regularizers(*weights))
        self.add("Dense", units=units, **options)

    def dropout(self):
        rate = self.pick([0.1, 0.25, 0.5, 0.9])
        self.add("Dropout", rate=rate,
                 **({"seed": self.random.randrange(9)}
                    if self.chance(0.3) else {}))

    def recurrent(self, sequences):
        kind = self.pick(["LSTM", "GRU", "SimpleRNN"])
        options = {"units": self.pick(UNITS[:14])}
        if sequences:
            options["return_sequences"] = True
        options.update(self.activation("tanh"))
        if kind != "SimpleRNN" and self.chance(0.3):
            options["recurrent_activation"] = self.gate()
        if self.chance(0.2):
            options["use_bias"] = False
        if kind == "LSTM" and self.chance(0.2):
            options["unit_forget_bias"] = False
        if kind == "GRU" and self.chance(0.4):
            options["reset_after"] = False
        for name in ("dropout", "recurrent_dropout"):
            if self.chance(0.35):
                options[name] = self.pick([0.1, 0.3, 0.5])
        if self.chance(0.2):
            options["go_backwards"] = True
        weights = ["kernel", "recurrent"]
        if options.get("use_bias", True):
            weights.append("bias")
        options.update(self.regularizers(*weights))
        if self.chance(0.3):
            options.pop("go_backwards", None)
            self.add("Bidirectional", layer=dict(type=kind, **options),
                     **({"merge_mode": self.pick(["concat", "sum", "mul",
                                                  "ave"])}
                        if self.chance(0.7) else {}))
        else:
            self.add(kind, **options)

    def between_sequences(self):
        kind = self.random.randrange(5)
        if kind == 0:
            self.add("SpatialDropout1D", rate=self.pick([0.1, 0.5]))
        elif kind == 1:
            self.dropout()
        elif kind == 2:
            self.dense(self.pick(UNITS[:12]), **self.activation("linear"))
        elif kind == 3:
            self.add("Activation", activation=self.pick(ACTIVATIONS))

    def sequence(self):
        """Layers from [steps, features] to [features]."""
        for _ in range(self.pick([0, 0, 1, 1, 2])):
            self.recurrent(sequences=True)
            if self.chance(0.4):
                self.between_sequences()
        end = self.random.randrange(6)
        if end < 3:
            self.recurrent(sequences=False)
        elif end == 3:
            self.add("GlobalAveragePooling1D")
        elif end == 4:
            self.add("GlobalMaxPooling1D")
        else:
            self.add("Flatten")

    def features(self):
        """Layers from [features] to [features]."""
        for _ in range(self.pick([0, 1, 1, 2, 3])):
            self.dense(self.pick(UNITS), **self.activation("linear"))
            if self.chance(0.3):
                self.dropout()
            if self.chance(0.15):
                self.add("Activation",
                         activation=self.pick(ACTIVATIONS + ["softmax"]))

    def model(self, name):
        kind = self.random.randrange(5)
        dtype = "float32"
        if kind <= 1:
            shape = self.pick([[self.pick(UNITS)], [3, 4], [28, 28], [2, 3, 5],
                               [300], [self.pick(UNITS), 7]])
            if len(shape) > 1:
                self.add("Flatten")
        elif kind == 2:
            shape = [self.pick(STEPS), self.pick(UNITS[:12])]
            self.steps = shape[0]
            if self.chance(0.2):
                self.between_sequences()
            self.sequence()
        else:
            shape, dtype = [self.pick(STEPS)], "int32"
            self.steps = shape[0]
            self.add("Embedding", input_dim=self.pick([2, 3, 7, 20, 50]),
                     output_dim=self.pick(UNITS[:12]),
                     **({"mask_zero": True} if self.chance(0.6) else {}),
                     **self.regularizers("embeddings"))
            if self.chance(0.3):
                self.between_sequences()
            self.sequence()
        self.features()
        loss, metrics = self.head()
        return self.show(name, shape, dtype, loss, metrics)

    def head(self):
        """The last layer, for the loss that it returns, with metrics."""
        loss = self.pick(["sparse_categorical_crossentropy",
                          "binary_crossentropy", "mse"])
        metrics = ["accuracy"] if self.chance(0.7) else []
        if loss == "mse":
            self.dense(self.pick([1, 2, 5, 17]), **self.activation("linear"))
            return '"mse"', metrics
        if loss == "binary_crossentropy":
            units = self.pick([1, 1, 3])
            if self.chance(0.25):
                self.dense(units)
                return '{ type = "binary_crossentropy", from_logits = true }', \
                    metrics
            # Straight from the logits, or clipped.
            self.dense(units, activation=self.pick(["sigmoid", "sigmoid",
                                                    "hard_sigmoid"]))
            if units == 1 and self.chance(0.3):
                metrics = metrics + ["precision", "auc"]
            return '"binary_crossentropy"', metrics
        units = self.pick([2, 3, 10, 17, 33])
        if self.chance(0.25):
            self.dense(units)
            return '{ type = "sparse_categorical_crossentropy", ' \
                'from_logits = true }', metrics
        self.dense(units, activation=self.pick(["softmax", "softmax",
                                                "sigmoid"]))
        return '"sparse_categorical_crossentropy"', metrics

    def show(self, name, shape, dtype, loss, metrics):
        lines = ["[model]", f'name = "{name}"']
        named = self.chance(0.3)
        if named:
            lines.append('output = "last"')
        lines += ["", "[input]", f"shape = {shape}", f'dtype = "{dtype}"']
        lines += ['name = "things"'] if named else []
        inputs = "things"
        for i, (kind, options) in enumerate(self.layers):
            lines += ["", "[[layer]]", f'type = "{kind}"']
            if named:
                layer = "last" if i + 1 == len(self.layers) else f"layer{i}"
                lines += [f'name = "{layer}"', f'inputs = ["{inputs}"]']
                inputs = layer
            lines += [f"{key} = {show(value)}"
                      for key, value in options.items()]
        if named and self.chance(0.5):
            # A branch that nothing comes of.
            lines += ["", "[[layer]]", 'type = "Activation"', 'name = "aside"',
                      'inputs = ["last"]', 'activation = "tanh"']
        optimizer = self.pick([
            '"sgd"', '"adam"', '{ type = "sgd", momentum = 0.9 }',
            '{ type = "sgd", momentum = 0.5, nesterov = true }',
            '{ type = "adam", beta_1 = 0.8, beta_2 = 0.99, epsilon = 1e-5 }'])
        lines += ["", "[compile]", f"optimizer = {optimizer}",
                  f"loss = {loss}"]
        lines += [f"metrics = {show(metrics)}"] if metrics else []
        lines += ["", "[fit]", f"batch_size = {self.pick(BATCHES)}",
                  f"seed = {self.random.randrange(1000)}"]
        return "\n".join(lines) + "\n"


def show(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {show(entry)}"
                                for key, entry in value.items()) + " }"
    return str(value)


def main():
    first, count, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        name = f"model-{number}"
        text = Maker(number).model(name)
        (pathlib.Path(folder) / f"{name}.toml").write_text(text)


if __name__ == "__main__":
    main()
