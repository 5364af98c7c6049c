#!/usr/bin/env python3
"""Makes KerasFigures.inc: what metrics and callbacks of Keras 3.15.1 say.

Metrics count in f32, as by default; their results are then taken in f64, so
that no rounding of Keras's hides one of kiln's. Callbacks are Keras's own, on
a model that does nothing but hold weights and a learning rate.

    python3 -m venv VENV
    VENV/bin/pip install keras==3.15.1 tensorflow-cpu==2.21.0
    VENV/bin/python test/unit/runtime/make_keras_figures.py
"""
import os
import pathlib
import random

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
draw = random.Random(5)


def number(value):
    return repr(float(value))


def braces(values):
    return "{" + ", ".join(values) + "}"


# Metrics.

def in_double(metric):
    """The result of an f32 metric's counts, computed in f64."""
    keras.config.set_floatx("float64")
    is_f1 = isinstance(metric, keras.metrics.F1Score)
    wide = type(metric)(**({"threshold": 0.5} if is_f1 else {}))
    if is_f1:
        wide._build((None, 1), (None, 1))
    for to, source in zip(wide.variables, metric.variables):
        to.assign(np.asarray(source, "float64"))
    result = float(np.asarray(wide.result()).reshape(-1)[0])
    keras.config.set_floatx("float32")
    return result


def metric_case(predictions, targets):
    x = np.array(predictions, "float32").reshape(-1, 1)
    y = np.array(targets, "float32").reshape(-1, 1)
    made = [keras.metrics.Precision(), keras.metrics.Recall(),
            keras.metrics.AUC(), keras.metrics.F1Score(threshold=0.5)]
    for metric in made:
        metric.update_state(y, x)
    return braces([braces(number(v) for v in x[:, 0]),
                   braces(str(int(t)) for t in targets),
                   *(number(in_double(metric)) for metric in made)])


def metric_cases():
    yield [0.9, 0.2, 0.6, 0.4], [1, 0, 0, 1]
    yield [0.1, 0.2], [1, 1]           # nothing positive is predicted
    yield [0.9, 0.8], [0, 0]           # nothing positive is there
    yield [0.0, 1.0, 0.5, 0.0, 1.0, 0.5], [0, 0, 0, 1, 1, 1]
    edges = [i / 199 for i in range(200)]
    yield edges, [i % 3 == 0 for i in range(200)]
    scores = [draw.random() for _ in range(150)]
    yield scores, [draw.random() < s for s in scores]
    yield scores, [draw.random() < 0.1 for _ in scores]
    skewed = [s ** 8 for s in scores]
    yield skewed, [draw.random() < s for s in scores]


# Callbacks.

class Optimizer:
    """The learning rate is an f32 variable, as Keras's own."""

    def __init__(self, rate):
        object.__setattr__(self, "variable", keras.Variable(rate))

    @property
    def learning_rate(self):
        return self.variable

    @learning_rate.setter
    def learning_rate(self, value):
        self.variable.assign(value)

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


class Model:
    """Its weights are the number of the epoch."""

    def __init__(self, rate=0.001):
        self.optimizer = Optimizer(rate)
        self.stop_training = False
        self.epoch = 0
        accuracy = keras.metrics.BinaryAccuracy(name="accuracy")
        self.metrics = [keras.src.trainers.compile_utils.MetricsList(
            [accuracy])]

    def get_weights(self):
        return self.epoch

    def set_weights(self, weights):
        self.epoch = weights


def walk():
    """A monitored value, epoch by epoch; ties and small steps among them."""
    start = draw.choice([0.25, 0.5, 0.75])
    step = draw.choice([1 / 64, 1 / 16, 1e-4, 3e-8])
    values = []
    for _ in range(12):
        start += step * draw.choice([-2, -1, -1, 0, 0, 1, 1, 2])
        values.append(float(np.float32(start)))
    return values


def common():
    return dict(monitor=draw.choice(["val_loss", "loss", "accuracy",
                                     "val_accuracy"]),
                mode=draw.choice(["auto", "auto", "min", "max"]),
                min_delta=draw.choice([0, 0, 1e-4, -0.02, 1 / 64]),
                patience=draw.choice([0, 1, 1, 2, 3]))


def start_of(options, values):
    mode = {"auto": "automatic"}.get(options["mode"], options["mode"])
    return [f'"{options["monitor"]}"', f"model::MonitorMode_{mode}",
            number(options["min_delta"]), str(options["patience"]),
            braces(map(number, values))]


def stopping_case():
    options, values = common(), walk()
    baseline = draw.choice([None, None, 0.5])
    start = draw.choice([0, 0, 1, 3])
    callback = keras.callbacks.EarlyStopping(
        **options, baseline=baseline, start_from_epoch=start,
        restore_best_weights=True)
    model = Model()
    callback.set_model(model)
    callback.on_train_begin()
    waits = []
    for epoch, value in enumerate(values):
        model.epoch = epoch + 1
        callback.on_epoch_end(epoch, {options["monitor"]: value})
        waits.append(str(callback.wait))
        if model.stop_training:
            break
    ended = model.epoch if model.stop_training else 0
    callback.on_train_end()
    return braces([*start_of(options, values),
                   "true" if baseline is not None else "false",
                   number(baseline or 0), str(start), braces(waits),
                   str(ended), str(model.epoch)])


def plateau_case():
    options, values = common(), walk()
    factor = draw.choice([0.1, 0.5, 0.3])
    cooldown = draw.choice([0, 0, 1, 2])
    least = draw.choice([0.0, 1e-4, 2.5e-4])
    callback = keras.callbacks.ReduceLROnPlateau(
        **options, factor=factor, cooldown=cooldown, min_lr=least)
    model = Model()
    callback.set_model(model)
    callback.on_train_begin()
    rates, waits = [], []
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {options["monitor"]: value})
        rates.append(number(np.asarray(model.optimizer.learning_rate)))
        waits.append(str(callback.wait))
    return braces([*start_of(options, values), number(factor), str(cooldown),
                   number(least), braces(rates), braces(waits)])


def main():
    with open(HERE / "KerasFigures.inc", "w") as file:
        print("// Made by make_keras_figures.py: not to be edited.\n\n"
              "// clang-format off", file=file)
        for name, cases in (
                ("MetricCase metricCases",
                 [metric_case(*case) for case in metric_cases()]),
                ("StoppingCase stoppingCases",
                 [stopping_case() for _ in range(60)]),
                ("PlateauCase plateauCases",
                 [plateau_case() for _ in range(60)])):
            print(f"static const {name}[] = {{", file=file)
            print(",\n".join(cases) + "};", file=file)
        print("// clang-format on", file=file)


if __name__ == "__main__":
    main()
