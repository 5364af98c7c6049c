#!/usr/bin/env python3
"""How compile time grows with layers.

    compile_times.py [KILN] [--json FILE] [--most N]

Builds perceptrons of 10, 25, 50, 100 and 200 hidden layers (not above N) and
stacks of 1, 2 and 4 LSTMs, and prints the seconds of each phase (`kiln build
--timing`) with what doubling the layers costs: 2 is linear, 4 quadratic. KILN is
build/bin/kiln unless given.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

HEAD = """version = 1
[model]
name = "layers"
[input]
shape = {shape}
"""
TAIL = """[[layer]]
type = "Dense"
units = 1
activation = "sigmoid"
[compile]
optimizer = "adam"
loss = "binary_crossentropy"
metrics = ["accuracy"]
[fit]
batch_size = 32
"""
DENSE = """[[layer]]
type = "Dense"
units = 64
activation = "relu"
"""
LSTM = """[[layer]]
type = "LSTM"
units = 32
return_sequences = {sequences}
"""


def perceptron(layers):
    return HEAD.format(shape="[64]") + DENSE * layers + TAIL


def stack(layers):
    return (HEAD.format(shape="[50, 32]") +
            "".join(LSTM.format(sequences="true" if i + 1 < layers else "false")
                    for i in range(layers)) + TAIL)


def phases(kiln, text):
    """Seconds by phase of one build."""
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "layers.toml"
        model.write_text(text)
        done = subprocess.run(
            [kiln, "build", model, "-o", model.with_suffix(""), "--timing"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"compile_times: error: kiln failed\n{done.stderr}")
    words = [line.split() for line in done.stderr.splitlines()]
    begin = next(i for i, line in enumerate(words) if line[:1] == ["phase"])
    return {line[0]: float(line[1]) for line in words[begin + 1:]}


def table(name, times):
    """Lines of a Markdown table: a row a phase, a column a number of layers."""
    counts = sorted(times)
    rows = [f"| {name} | " + " | ".join(f"{n} layers" for n in counts) +
            " | last doubling |", "|---" * (len(counts) + 2) + "|"]
    for phase in times[counts[0]]:
        seconds = [times[n][phase] for n in counts]
        growth = (f"{seconds[-1] / seconds[-2]:.1f} times"
                  if len(seconds) > 1 and seconds[-2] > 0 else "")
        rows.append(f"| {phase} | " + " | ".join(f"{s:.3f} s" for s in seconds) +
                    f" | {growth} |")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kiln", nargs="?", default=ROOT / "build/bin/kiln")
    parser.add_argument("--json")
    parser.add_argument("--most", type=int, default=200)
    options = parser.parse_args()
    found = {}
    for name, make, counts in (("perceptron", perceptron, (10, 25, 50, 100, 200)),
                               ("LSTM stack", stack, (1, 2, 4))):
        found[name] = {n: phases(options.kiln, make(n)) for n in counts
                       if n <= options.most}
        if found[name]:
            print("\n".join(table(name, found[name])) + "\n", flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
