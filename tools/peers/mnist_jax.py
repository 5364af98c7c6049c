#!/usr/bin/env python3
"""The network of models/mnist/mlp.toml in JAX, for a comparison of speed.

    mnist_jax.py DATA [EPOCHS]

The fastest form known: an epoch (shuffle, 937 full batches of 64, Adam) is one
compiled `lax.scan`; the data is on the device as f32 beforehand. Compilation is
not part of an epoch's time. Prints one JSON object: seconds of each epoch, test
accuracy, and when the first step ended.
"""
import json
import pathlib
import sys
import time

import jax
import jax.numpy as jnp

import mnist_data

BATCH, RATE = 64, 0.2
LEARNING_RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7


def split(folder, name):
    x, y = mnist_data.split(folder, name)
    return jnp.asarray(x), jnp.asarray(y)


def start(key):
    """Parameters: glorot_uniform kernels, zero biases."""
    def kernel(key, rows, columns):
        limit = (6 / (rows + columns)) ** 0.5
        return jax.random.uniform(key, (rows, columns), minval=-limit,
                                  maxval=limit)
    first, second = jax.random.split(key)
    return [kernel(first, 784, 128), jnp.zeros(128),
            kernel(second, 128, 10), jnp.zeros(10)]


def logits(parameters, x, drop=None):
    w1, b1, w2, b2 = parameters
    hidden = jax.nn.relu(x @ w1 + b1)
    if drop is not None:
        keep = jax.random.bernoulli(drop, 1 - RATE, hidden.shape)
        hidden = jnp.where(keep, hidden / (1 - RATE), 0)
    return hidden @ w2 + b2


def loss(parameters, x, y, drop):
    log_p = jax.nn.log_softmax(logits(parameters, x, drop))
    return -jnp.take_along_axis(log_p, y[:, None], 1).mean()


def main():
    folder = pathlib.Path(sys.argv[1])
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    x, y = split(folder, "train")
    x_test, y_test = split(folder, "t10k")
    steps = len(x) // BATCH

    def step(carry, index):
        parameters, first, second, t, key = carry
        key, drop = jax.random.split(key)
        gradients = jax.grad(loss)(parameters, x[index], y[index], drop)
        t = t + 1
        alpha = (LEARNING_RATE * jnp.sqrt(1 - BETA_2 ** t) / (1 - BETA_1 ** t))
        first = [m + (g - m) * (1 - BETA_1) for m, g in zip(first, gradients)]
        second = [v + (g * g - v) * (1 - BETA_2)
                  for v, g in zip(second, gradients)]
        parameters = [w - alpha * m / (jnp.sqrt(v) + EPSILON)
                      for w, m, v in zip(parameters, first, second)]
        return (parameters, first, second, t, key), None

    @jax.jit
    def epoch(carry):
        *state, key = carry
        key, shuffle = jax.random.split(key)
        order = jax.random.permutation(shuffle, len(x))
        batches = order[:steps * BATCH].reshape(steps, BATCH)
        return jax.lax.scan(step, (*state, key), batches)[0]

    first_key, key = jax.random.split(jax.random.key(0))
    parameters = start(first_key)
    zeros = [jnp.zeros_like(w) for w in parameters]
    carry = (parameters, zeros, zeros, jnp.float32(0), key)
    compiled = epoch.lower(carry).compile()
    seconds = []
    first_step = None
    for _ in range(epochs):
        begin = time.perf_counter()
        carry = jax.block_until_ready(compiled(carry))
        seconds.append(time.perf_counter() - begin)
        # An epoch is one call: the first step is over after its share of it.
        first_step = first_step or time.time() - seconds[0] * (1 - 1 / steps)
    right = logits(carry[0], x_test).argmax(1) == y_test
    print(json.dumps({"name": f"JAX {jax.__version__}, one scan an epoch",
                      "epoch_s": seconds, "accuracy": float(right.mean()),
                      "first_step_at": first_step}))


if __name__ == "__main__":
    main()
