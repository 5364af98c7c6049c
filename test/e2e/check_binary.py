#!/usr/bin/env python3
"""Checks a run of Inputs/binary.toml against the definitions of its metrics
and against its own history.

    check_binary.py TRAINER DATA CHECKPOINT EVENTS WORK

CHECKPOINT and EVENTS are what the run, which stopped early, wrote.
"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent /
                       "helpers"))
from tensors import read_npy, read_safetensors
import trainer


def run(*command):
    return subprocess.run([str(word) for word in command], check=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True).stdout


def metrics(predictions, labels):
    """From their definitions; AUC threshold by threshold."""
    def counts(threshold):
        hits = [label for p, label in zip(predictions, labels) if p > threshold]
        return sum(hits), len(hits) - sum(hits)

    true = sum(labels)
    false = len(labels) - true
    tp, fp = counts(0.5)
    precision, recall = tp / (tp + fp), tp / true
    # Keras's thresholds in f32 move no prediction here.
    thresholds = [-1e-7, *(i / 199 for i in range(1, 199)), 1 + 1e-7]
    curve = [counts(t) for t in thresholds]
    auc = sum((f0 - f1) / false * (t0 + t1) / true / 2
              for (t0, f0), (t1, f1) in zip(curve, curve[1:]))
    return dict(precision=precision, recall=recall, auc=auc,
                f1=2 * precision * recall / (precision + recall),
                accuracy=(tp + false - fp) / len(labels)), \
        [[false - fp, fp], [true - tp, tp]]


def check_metrics(program, data, checkpoint, work):
    text = run(program, "evaluate", "--data", data, "--checkpoint", checkpoint,
               "--json")
    event, = trainer.events(text)
    rows = [line.split(",") for line in
            (data / "test.csv").read_text().splitlines()[1:]]
    run(program, "predict", data / "test.csv", "--checkpoint", checkpoint,
        "--output", work / "out.npy")
    predictions = read_npy(work / "out.npy").values
    expected, matrix = metrics(predictions, [int(row[-1]) for row in rows])
    for name, value in expected.items():
        assert abs(event[name] - value) < 1e-6, (name, event[name], value)
    assert event["confusion_matrix"] == matrix, (event, matrix)


def check_callbacks(events, checkpoint):
    epochs = [e for e in events if e["event"] == "epoch"]
    said = [e for e in events if e["event"] == "callback"]
    stop, restore = said[-2:]
    assert [stop["action"], restore["action"]] == ["stop", "restore"], said
    assert stop["epoch"] == len(epochs) < 40, said
    # The best epoch by more than min_delta, and four that were no better.
    best, best_epoch = -1, 0
    for epoch in epochs:
        if epoch["val_auc"] - 0.001 > best:
            best, best_epoch = epoch["val_auc"], epoch["epoch"]
    assert restore["epoch"] == best_epoch == stop["epoch"] - 4, said
    # A reduced rate is that of all later epochs.
    rate = 0.05
    for epoch in epochs:
        assert abs(epoch["learning_rate"] - rate) < 1e-8, epoch
        for e in said:
            if e["action"] == "reduce" and e["epoch"] == epoch["epoch"]:
                assert abs(e["learning_rate"] - rate / 2) < 1e-8, e
                rate /= 2
    assert rate < 0.05, "never reduced"
    # The last state holds the weights of that epoch beside its own.
    last = read_safetensors(checkpoint)
    kept = {name: tensor for name, tensor in last.items()
            if name.startswith("kept/")}
    assert len(kept) == 4, sorted(last)
    for name, tensor in kept.items():
        assert tensor != last[name[len("kept/"):]], name
    return best_epoch


def main():
    program, data, checkpoint, events, work = map(pathlib.Path, sys.argv[1:])
    check_metrics(program, data, checkpoint, work)
    best_epoch = check_callbacks(trainer.events(events.read_text()), checkpoint)
    # As far as that epoch, a run that cannot stop has those weights.
    run(program, "train", "--data", data, "--epochs", best_epoch, "--verbose",
        0, "--checkpoint", work / "short")
    short, last = (read_safetensors(path)
                   for path in (work / "short", checkpoint))
    for name in last:
        if not name.startswith(("kept/", "optimizer/")):
            assert short[name] == last[name], name


if __name__ == "__main__":
    main()
