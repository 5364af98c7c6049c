#!/usr/bin/env python3
"""The network of models/mnist/mlp.toml in Keras, for a comparison of speed.

    mnist_keras.py DATA [EPOCHS]

On TensorFlow, through `fit` with its default compilation. Prints one JSON object:
seconds of each epoch, test accuracy, and when the first step ended.
"""
import json
import os
import pathlib
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras

import mnist_data


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch; the time at the end of the first step."""

    def __init__(self):
        super().__init__()
        self.epochs, self.first_step = [], None

    def on_epoch_begin(self, epoch, logs=None):
        self.begin = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(time.perf_counter() - self.begin)

    def on_train_batch_end(self, batch, logs=None):
        if self.first_step is None:
            self.first_step = time.time()


def main():
    folder = pathlib.Path(sys.argv[1])
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    x, y = mnist_data.split(folder, "train")
    model = keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    clock = Clock()
    model.fit(x, y, batch_size=64, epochs=epochs, verbose=0, callbacks=[clock])
    accuracy = model.evaluate(*mnist_data.split(folder, "t10k"), verbose=0)[1]
    print(json.dumps({"name": f"Keras {keras.__version__}, TensorFlow",
                      "epoch_s": clock.epochs, "accuracy": float(accuracy),
                      "first_step_at": clock.first_step}))


if __name__ == "__main__":
    main()
