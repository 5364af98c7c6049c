#!/usr/bin/env python3
"""The network of models/mnist/mlp.toml in PyTorch, for a comparison of speed.

    mnist_torch.py DATA [EPOCHS]

Eager, the fused Adam, batches by index out of one tensor: without a loader, which
would take most of the time. Prints one JSON object: seconds of each epoch, test
accuracy, and when the first step ended.
"""
import json
import pathlib
import sys
import time

import torch

import mnist_data

BATCH = 64


def main():
    folder = pathlib.Path(sys.argv[1])
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    torch.manual_seed(0)
    x, y = (torch.from_numpy(a) for a in mnist_data.split(folder, "train"))
    x_test, y_test = (torch.from_numpy(a)
                      for a in mnist_data.split(folder, "t10k"))
    y = y.long()
    network = torch.nn.Sequential(
        torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Dropout(0.2),
        torch.nn.Linear(128, 10))
    optimizer = torch.optim.Adam(network.parameters(), eps=1e-7, fused=True)
    loss = torch.nn.CrossEntropyLoss()
    seconds, first_step = [], None
    for _ in range(epochs):
        network.train()
        begin = time.perf_counter()
        for batch in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss(network(x[batch]), y[batch]).backward()
            optimizer.step()
            first_step = first_step or time.time()
        seconds.append(time.perf_counter() - begin)
    network.eval()
    with torch.no_grad():
        right = network(x_test).argmax(1) == y_test
    print(json.dumps({"name": f"PyTorch {torch.__version__}",
                      "epoch_s": seconds,
                      "accuracy": float(right.float().mean()),
                      "first_step_at": first_step}))


if __name__ == "__main__":
    main()
