#!/usr/bin/env python3
"""The network of models/imdb/lstm.toml in JAX, for a comparison of speed.

    imdb_jax.py DATA CACHE literal|masked [STEPS]

A step (gradients, Adam) is one compiled function; input projections stand before
the scan over time, and dropout is Keras's: four masks of inputs and four of
states, one a gate, drawn once a batch. `masked` is models/imdb/lstm-masked.toml.
Prints one JSON object with the milliseconds of each step after the first two.
"""
import json
import sys
import time

import jax
import jax.numpy as jnp

import imdb_data

WIDTH, UNITS, KEEP = 128, 64, 0.8
LEARNING_RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7


def start(key):
    """Parameters: kernels with a leading axis of gates (i f c o)."""
    def uniform(key, shape, limit):
        return jax.random.uniform(key, shape, minval=-limit, maxval=limit)
    table, inputs, states, head = jax.random.split(key, 4)
    glorot = lambda rows, columns: (6 / (rows + columns)) ** 0.5
    return {
        "table": uniform(table, (imdb_data.WORDS, WIDTH), 0.05),
        "kernel": uniform(inputs, (4, WIDTH, UNITS), glorot(WIDTH, 4 * UNITS)),
        "recurrent": uniform(states, (4, UNITS, UNITS),
                             glorot(UNITS, 4 * UNITS)),
        "bias": jnp.zeros((4, UNITS)).at[1].set(1),
        "head": uniform(head, (UNITS,), glorot(UNITS, 1)),
        "head_bias": jnp.zeros(()),
    }


def loss(p, ids, labels, key, masked):
    batch = len(ids)
    of_inputs, of_states = jax.random.split(key)
    drop = lambda key, width: jax.random.bernoulli(
        key, KEEP, (4, batch, width)) / KEEP
    x = p["table"][ids]
    drop_x, drop_h = drop(of_inputs, WIDTH), drop(of_states, UNITS)
    z = jnp.stack([(x * drop_x[gate][:, None]) @ p["kernel"][gate] +
                   p["bias"][gate] for gate in range(4)])

    def cell(carry, now):
        h, c = carry
        z, valid = now
        i, f, g, o = z + jnp.matmul(h * drop_h, p["recurrent"])
        next_c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        next_h = jax.nn.sigmoid(o) * jnp.tanh(next_c)
        if masked:
            next_h = jnp.where(valid[:, None], next_h, h)
            next_c = jnp.where(valid[:, None], next_c, c)
        return (next_h, next_c), None

    zeros = jnp.zeros((batch, UNITS))
    steps = (jnp.transpose(z, (2, 0, 1, 3)), (ids != 0).T)
    (h, _), _ = jax.lax.scan(cell, (zeros, zeros), steps)
    logits = h @ p["head"] + p["head_bias"]
    return jnp.mean(jnp.logaddexp(0, logits) - labels * logits)


def main():
    data, cache, network = sys.argv[1:4]
    steps = int(sys.argv[4]) if len(sys.argv) > 4 else 10
    ids, labels = imdb_data.batches(data, cache, steps + 2)
    masked = network == "masked"

    @jax.jit
    def step(p, first, second, t, ids, labels, key):
        gradients = jax.grad(loss)(p, ids, labels, key, masked)
        alpha = (LEARNING_RATE * jnp.sqrt(1 - BETA_2 ** t) /
                 (1 - BETA_1 ** t))
        first = jax.tree.map(lambda m, g: m + (g - m) * (1 - BETA_1), first,
                             gradients)
        second = jax.tree.map(lambda v, g: v + (g * g - v) * (1 - BETA_2),
                              second, gradients)
        p = jax.tree.map(
            lambda w, m, v: w - alpha * m / (jnp.sqrt(v) + EPSILON), p, first,
            second)
        return p, first, second

    p = start(jax.random.key(0))
    state = p, jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p)
    milliseconds = []
    first_step = None
    for index in range(steps + 2):
        begin = time.perf_counter()
        state = jax.block_until_ready(step(
            *state, jnp.float32(index + 1), ids[index], labels[index],
            jax.random.key(index)))
        milliseconds.append(1e3 * (time.perf_counter() - begin))
        first_step = first_step or time.time()
    print(json.dumps({"name": f"JAX {jax.__version__}",
                      "step_ms": milliseconds[2:],
                      "first_step_at": first_step}))


if __name__ == "__main__":
    main()
