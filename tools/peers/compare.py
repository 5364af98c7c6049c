#!/usr/bin/env python3
"""Times a trainer and its peers in alternation.

    compare.py TRAINER PYTHON DATA OUTPUT ROUNDS

PYTHON is the interpreter that has the peers' packages. Each round runs the
trainer and every peer once, in that order, five epochs each. A run's figure is
the median of its epochs 2 to 5; a contestant's, the median over the rounds.
Writes OUTPUT.json with every epoch and OUTPUT.md with the table, and prints the
table.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
EPOCHS = 5


def output(*command):
    """What a program prints; its complaints are shown only when it fails."""
    done = subprocess.run([str(word) for word in command],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    if done.returncode:
        sys.exit(f"compare: error: exit code {done.returncode} of "
                 f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def kiln(trainer, data, scratch):
    events = [json.loads(line) for line in output(
        trainer, "train", "--data", data, "--epochs", EPOCHS, "--checkpoint",
        scratch, "--json").splitlines()]
    evaluation = [json.loads(line) for line in output(
        trainer, "evaluate", "--data", data, "--weights", scratch,
        "--json").splitlines()]
    return {"name": "kiln",
            "epoch_s": [e["epoch_s"] for e in events if e["event"] == "epoch"],
            "accuracy": [e["accuracy"] for e in evaluation
                         if e["event"] == "evaluate"][-1]}


def cpu():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def main():
    trainer, python, data, out, rounds = sys.argv[1:]
    out = pathlib.Path(out)
    contestants = [
        lambda: kiln(trainer, data, out.with_suffix(".safetensors")),
        lambda: json.loads(output(python, HERE / "mnist_jax.py", data, EPOCHS)),
    ]
    runs = {}
    for number in range(int(rounds)):
        for contestant in contestants:
            run = contestant()
            runs.setdefault(run["name"], []).append(run)
            print(f"bench: round {number + 1}: {run['name']}: " +
                  " ".join(f"{s:.3f}" for s in run["epoch_s"]) + " s",
                  flush=True)

    medians = {name: statistics.median(statistics.median(run["epoch_s"][1:])
                                       for run in some)
               for name, some in runs.items()}
    lines = ["| MNIST epoch | median (s) | against kiln | test accuracy |",
             "|---|---|---|---|"]
    for name, some in runs.items():
        accuracy = statistics.mean(run["accuracy"] for run in some)
        lines.append(f"| {name} | {medians[name]:.3f} | "
                     f"{medians[name] / medians['kiln']:.2f} | "
                     f"{accuracy:.4f} |")
    cores = len(os.sched_getaffinity(0))
    lines += ["", f"{cpu()}, {cores} cores; {rounds} rounds, median of epochs "
              f"2 to {EPOCHS}."]
    table = "\n".join(lines) + "\n"
    out.with_suffix(".md").write_text(table)
    out.with_suffix(".json").write_text(json.dumps(
        {"cpu": cpu(), "cores": cores, "rounds": int(rounds),
         "median_epoch_s": medians, "runs": runs}, indent=1) + "\n")
    print("\n" + table, end="")


if __name__ == "__main__":
    main()
