#!/usr/bin/env python3
"""A network like that of models/imdb/lstm.toml in PyTorch, for a comparison of
speed.

    imdb_torch.py DATA CACHE literal|masked [STEPS]

Its LSTM has no recurrent dropout, and drops inputs by element instead of by
sample: less work than the model file asks for. `masked` packs each sequence to
its own length. Prints one JSON object with the milliseconds of each step after
the first two.
"""
import json
import sys
import time

import torch

import imdb_data


class Network(torch.nn.Module):
    def __init__(self, masked):
        super().__init__()
        self.masked = masked
        self.table = torch.nn.Embedding(imdb_data.WORDS, 128)
        self.drop = torch.nn.Dropout(0.2)
        self.lstm = torch.nn.LSTM(128, 64, batch_first=True)
        self.head = torch.nn.Linear(64, 1)

    def forward(self, ids):
        x = self.drop(self.table(ids))
        if self.masked:
            lengths = (ids != 0).sum(1).clamp(min=1)
            x = torch.nn.utils.rnn.pack_padded_sequence(
                x, lengths, batch_first=True, enforce_sorted=False)
        _, (h, _) = self.lstm(x)
        return self.head(h[-1])[:, 0]


def main():
    data, cache, network = sys.argv[1:4]
    steps = int(sys.argv[4]) if len(sys.argv) > 4 else 10
    ids, labels = imdb_data.batches(data, cache, steps + 2)
    torch.manual_seed(0)
    model = Network(network == "masked")
    optimizer = torch.optim.Adam(model.parameters(), eps=1e-7, fused=True)
    loss = torch.nn.BCEWithLogitsLoss()
    milliseconds, first_step = [], None
    for x, y in zip(torch.from_numpy(ids).long(), torch.from_numpy(labels)):
        begin = time.perf_counter()
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
        milliseconds.append(1e3 * (time.perf_counter() - begin))
        first_step = first_step or time.time()
    print(json.dumps({"name": f"PyTorch {torch.__version__} (less work)",
                      "step_ms": milliseconds[2:],
                      "first_step_at": first_step}))


if __name__ == "__main__":
    main()
