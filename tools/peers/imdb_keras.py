#!/usr/bin/env python3
"""The network of models/imdb/lstm.toml in Keras, for a comparison of speed.

    imdb_keras.py DATA CACHE literal|masked [STEPS]

On TensorFlow, through `fit`. `masked` is models/imdb/lstm-masked.toml. Prints one
JSON object with the milliseconds of each step after the first two.
"""
import json
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras

import imdb_data


class Clock(keras.callbacks.Callback):
    """When each step ended."""

    def __init__(self):
        super().__init__()
        self.times = []
        self.first_step = None

    def on_train_batch_end(self, batch, logs=None):
        self.times.append(time.perf_counter())
        self.first_step = self.first_step or time.time()


def main():
    data, cache, network = sys.argv[1:4]
    steps = int(sys.argv[4]) if len(sys.argv) > 4 else 10
    ids, labels = imdb_data.batches(data, cache, steps + 2)
    model = keras.Sequential([
        keras.Input((imdb_data.LENGTH,), dtype="int32"),
        keras.layers.Embedding(imdb_data.WORDS, 128,
                               mask_zero=network == "masked"),
        keras.layers.LSTM(64, dropout=0.2, recurrent_dropout=0.2),
        keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"],
                  jit_compile=False)
    clock = Clock()
    model.fit(ids.reshape(-1, imdb_data.LENGTH), labels.ravel(),
              batch_size=imdb_data.BATCH, shuffle=False, verbose=0,
              callbacks=[clock])
    times = clock.times[1:]
    print(json.dumps({"name": f"Keras {keras.__version__}, TensorFlow",
                      "step_ms": [1e3 * (b - a)
                                  for a, b in zip(times, times[1:])],
                      "first_step_at": clock.first_step}))


if __name__ == "__main__":
    main()
