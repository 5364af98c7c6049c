#!/usr/bin/env python3
"""Measures kiln and its peers on the same data, in alternation.

    measure.py --kiln KILN --python PYTHON --output FOLDER [--mnist DIR]
               [--imdb DIR] [--rounds N] [--peers jax,keras,torch] [--no-sweeps]

PYTHON is the interpreter that has the peers' packages; a peer whose package it
lacks is left out, and named. In each round every contestant of a task runs once.
A run's time is, for MNIST, the median of its epochs after the first; for reviews,
kiln's mean step of its second epoch, a peer's median step. Writes results.json,
bench.md and SVG plots (report.py says what is in them).
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import report

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EPOCHS = 5
PACKAGES = {"keras": ["keras", "tensorflow"], "jax": ["jax"], "torch": ["torch"]}


def run(*command):
    """What a program prints, its peak of resident memory in MB, when it began."""
    with tempfile.TemporaryFile("w+") as out, \
            tempfile.TemporaryFile("w+") as complaints:
        begin = time.time()
        child = subprocess.Popen([str(word) for word in command],
                                 stdin=subprocess.DEVNULL, stdout=out,
                                 stderr=complaints)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        complaints.seek(0)
        if child.returncode:
            sys.exit(f"measure: error: exit code {child.returncode} of "
                     f"{' '.join(child.args)}\n{out.read()}"
                     f"{complaints.read()}")
        return out.read(), usage.ru_maxrss * 1024 / 1e6, begin


def events(printed, kind):
    """The JSON events of one kind in what a program printed."""
    found = [json.loads(line) for line in printed.splitlines()
             if line.startswith("{")]
    return [e for e in found if e.get("event") == kind]


def first_step(trainer, data):
    """Seconds from a trainer's start to the end of its first step."""
    begin = time.time()
    child = subprocess.Popen(
        [str(trainer), "train", "--data", str(data), "--epochs", "1",
         "--checkpoint", "none", "--json", "--verbose", "2"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True)
    seconds = None
    for line in child.stdout:
        if '"event":"step"' in line:
            seconds = time.time() - begin
            break
    child.terminate()
    child.stdout.close()
    child.wait()
    return seconds


def kiln_mnist(trainer, data):
    with tempfile.TemporaryDirectory() as folder:
        weights = pathlib.Path(folder) / "weights"
        printed, memory, _ = run(trainer, "train", "--data", data, "--epochs",
                                 EPOCHS, "--checkpoint", weights, "--json")
        tested, _, _ = run(trainer, "evaluate", "--data", data, "--weights",
                           weights, "--json")
    epochs = [e["epoch_s"] for e in events(printed, "epoch")]
    return {"name": "kiln", "time": statistics.median(epochs[1:]),
            "epochs": epochs, "memory_mb": memory,
            "first_step_s": first_step(trainer, data),
            "accuracy": events(tested, "evaluate")[-1]["accuracy"]}


def kiln_imdb(trainer, data):
    printed, memory, _ = run(trainer, "train", "--data", data, "--epochs", 2,
                             "--checkpoint", "none", "--json")
    return {"name": "kiln",
            "time": events(printed, "epoch")[-1]["step_us"] / 1000,
            "memory_mb": memory, "first_step_s": first_step(trainer, data)}


def peer(python, script, *arguments):
    printed, memory, begin = run(python, HERE / script, *arguments)
    said = json.loads(printed.splitlines()[-1])
    if "epoch_s" in said:
        took = statistics.median(said["epoch_s"][1:])
    else:
        took = statistics.median(said["step_ms"])
    first = said.get("first_step_at")
    return {"name": said["name"], "time": took, "memory_mb": memory,
            "first_step_s": first - begin if first else None,
            "accuracy": said.get("accuracy"), "said": said}


def available(python, names):
    """The peers among `names` whose packages are there."""
    found = []
    for name in names:
        done = subprocess.run(
            [str(python), "-c", "import importlib.util as u, sys; sys.exit("
             "not all(u.find_spec(n) for n in sys.argv[1:]))",
             *PACKAGES[name]], stdin=subprocess.DEVNULL)
        if done.returncode == 0:
            found.append(name)
        else:
            print(f"measure: {name} is not in {python}: left out", flush=True)
    return found


def build(kiln, model, output, *options):
    run(kiln, "build", model, "-o", output, *options)
    return output


def alternate(task, contestants, rounds):
    for number in range(rounds):
        for contestant in contestants:
            result = contestant()
            task["runs"].setdefault(result["name"], []).append(result)
            print(f"bench: round {number + 1}: {result['name']}: "
                  f"{result['time']:.3f} {task['unit']}, "
                  f"{result['memory_mb']:.0f} MB", flush=True)


def describe_trainer(kiln, model, trainer, data):
    """What is kiln's alone: size, start, share of the peak."""
    starts = []
    for _ in range(9):
        begin = time.perf_counter()
        run(trainer, "info")
        starts.append(1e3 * (time.perf_counter() - begin))
    stripped = build(kiln, model, str(trainer) + "-stripped", "-s")
    size = os.path.getsize(stripped) / 1e6
    printed, _, _ = run(kiln, "bench", model, "--data", data, "--json")
    found = events(printed, "comparison")[-1]
    return {"binary_mb": size, "start_ms": statistics.median(starts),
            "step_us": found["fused_step_us"], "gflops": found["gflops"],
            "peak_gflops": found["peak_gflops"],
            "peak_share": found["peak_share"]}


PERCEPTRON = """version = 1
[model]
name = "sweep"
[input]
shape = [784]
{layers}[[layer]]
type = "Dense"
units = 10
activation = "softmax"
[compile]
optimizer = "adam"
loss = "sparse_categorical_crossentropy"
metrics = ["accuracy"]
[fit]
batch_size = {batch}
"""
DENSE = """[[layer]]
type = "Dense"
units = {width}
activation = "relu"
"""
SEQUENCE = """version = 1
[model]
name = "sweep"
[input]
shape = [{steps}, 64]
[[layer]]
type = "LSTM"
units = {width}
[[layer]]
type = "Dense"
units = 1
activation = "sigmoid"
[compile]
optimizer = "adam"
loss = "binary_crossentropy"
[fit]
batch_size = {batch}
"""


def perceptron(width=128, depth=1, batch=64):
    return PERCEPTRON.format(layers=DENSE.format(width=width) * depth,
                             batch=batch)


def sequence(width=64, steps=100, batch=64):
    return SEQUENCE.format(width=width, steps=steps, batch=batch)


def sweeps(kiln, cores, steps=400):
    """Microseconds of a step on synthetic data against one size at a time."""
    def time_of(text, threads=cores):
        with tempfile.TemporaryDirectory() as folder:
            model = pathlib.Path(folder) / "sweep.toml"
            model.write_text(text)
            trainer = build(kiln, model, model.with_suffix(""))
            printed, _, _ = run(trainer, "bench", "--steps", steps, "--threads",
                                threads, "--json")
        return events(printed, "bench")[-1]["step_us"]

    def along(values, make):
        return [[v, time_of(make(v))] for v in values]

    threads = sorted({1, 2, cores} & set(range(1, cores + 1)))
    return {
        "threads": {"x": "threads", "lines": {
            name: [[t, time_of(text, t)] for t in threads]
            for name, text in (("perceptron", perceptron()),
                               ("LSTM", sequence()))}},
        "batch": {"x": "batch size", "lines": {
            "perceptron": along((16, 32, 64, 128, 256, 512),
                                lambda n: perceptron(batch=n)),
            "LSTM": along((16, 32, 64, 128), lambda n: sequence(batch=n))}},
        "length": {"x": "sequence length", "lines": {
            "LSTM": along((25, 50, 100, 200, 400),
                          lambda n: sequence(steps=n))}},
        "width": {"x": "width", "lines": {
            "perceptron": along((64, 128, 256, 512, 1024),
                                lambda n: perceptron(width=n)),
            "LSTM": along((32, 64, 128, 256), lambda n: sequence(width=n))}},
        "depth": {"x": "hidden layers", "lines": {
            "perceptron": along((1, 2, 4, 8, 16),
                                lambda n: perceptron(depth=n))}},
    }


def cpu():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kiln", required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--mnist")
    parser.add_argument("--imdb")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default="jax,keras,torch")
    parser.add_argument("--no-sweeps", action="store_true")
    options = parser.parse_args()
    folder = pathlib.Path(options.output)
    folder.mkdir(parents=True, exist_ok=True)
    names = [n for n in options.peers.split(",") if n]
    for name in names:
        if name not in PACKAGES:
            parser.error(f"unknown peer '{name}' (jax, keras, torch)")
    peers = available(options.python, names)
    cores = len(os.sched_getaffinity(0))
    results = {"cpu": cpu(), "cores": cores, "rounds": options.rounds,
               "tasks": {}, "kiln": {}, "sweeps": {}}

    def bind(function, *arguments):
        return lambda: function(*arguments)

    if options.mnist:
        model = ROOT / "models/mnist/mlp.toml"
        trainer = build(options.kiln, model, folder / "mlp")
        task = {"unit": "s", "what": "an epoch", "runs": {}}
        results["tasks"]["MNIST"] = task
        alternate(task, [bind(kiln_mnist, trainer, options.mnist)] +
                  [bind(peer, options.python, f"mnist_{name}.py", options.mnist,
                        EPOCHS) for name in peers], options.rounds)
        results["kiln"]["mlp"] = describe_trainer(options.kiln, model, trainer,
                                                  options.mnist)
    if options.imdb:
        # So that no peer's peak is that of reading the texts.
        if peers:
            subprocess.run(
                [options.python, "-c", "import sys, imdb_data; "
                 "imdb_data.batches(*sys.argv[1:], 1)",
                 os.path.abspath(options.imdb), folder.resolve()],
                cwd=HERE, check=True, stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
        for network, stem in (("literal", "lstm"), ("masked", "lstm-masked")):
            model = ROOT / f"models/imdb/{stem}.toml"
            trainer = build(options.kiln, model, folder / stem)
            task = {"unit": "ms", "what": "a step", "runs": {}}
            results["tasks"][f"IMDB {network}"] = task
            alternate(task, [bind(kiln_imdb, trainer, options.imdb)] +
                      [bind(peer, options.python, f"imdb_{name}.py",
                            options.imdb, folder, network) for name in peers],
                      options.rounds)
            results["kiln"][stem] = describe_trainer(options.kiln, model,
                                                     trainer, options.imdb)
    if not options.no_sweeps:
        results["sweeps"] = sweeps(options.kiln, cores)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    report.write(results, folder)
    print("\n" + report.markdown(results), end="")


if __name__ == "__main__":
    main()
