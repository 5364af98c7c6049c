#!/usr/bin/env python3
"""Compares kiln with the golden runs of Keras (make_golden.py).

    check_golden.py interpreter INPUTS WORK   the interpreter in f64:
                                              predictions, losses and gradients
                                              of three steps, weights after them
                                              within 1e-9 (1e-7 where f32
                                              constants clip)
    check_golden.py compiled INPUTS WORK      the compiled trainer in f32:
                                              predictions, then loss, accuracy
                                              and weights after three steps
                                              within 1e-5 of the tensor's
                                              largest entry
    check_golden.py gradients INPUTS WORK     the compiled trainer's gradients
                                              of the first step, as what sgd at
                                              learning rate 1 subtracts

INPUTS holds one folder a case; WORK is for files that go away. Names of cases
may follow, patterns as in a shell: only those, then. Prints the worst
difference of each case and exits 1 when one is out of bounds.
"""
import fnmatch
import hashlib
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent /
                       "helpers"))
from tensors import (Tensor, read_npy, read_safetensors, write_npy)

STEPS = 3
F64_BOUND = 1e-9
# kiln's clipping constants are f32.
F64_BOUND_CLIPPED = 1e-7
F32_BOUND = 1e-5


class Worst:
    """The largest of the differences seen, each as a share of its bound."""

    def __init__(self):
        self.share, self.what = 0.0, "nothing compared"

    def compare(self, what, got, expected, bound):
        assert len(got) == len(expected), \
            f"{what}: expected {len(expected)} numbers, got {len(got)}"
        for a, b in zip(got, expected):
            # Written so that a NaN is out of bounds.
            share = abs(a - b) / bound
            if not share <= self.share:
                self.share = share
                self.what = f"{what}: {a!r}, Keras {b!r}"


def run(*command):
    done = subprocess.run([str(word) for word in command],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    if done.returncode:
        raise RuntimeError(f"exit code {done.returncode}: "
                           f"{' '.join(map(str, command))}\n"
                           f"{done.stdout}{done.stderr}")
    return done.stdout


def batch_of(case):
    return int(re.search(r"batch_size = (\d+)",
                         (case / "model.toml").read_text()).group(1))


def at_step(tensor, step):
    """The numbers of one step of a tensor whose first axis is the step."""
    size = len(tensor.values) // tensor.shape[0]
    return tensor.values[step * size:(step + 1) * size]


def parameters(expected):
    return [name[len("weights/"):] for name in expected
            if name.startswith("weights/")]


def interpreter(case, work, worst):
    bound = F64_BOUND_CLIPPED if "clipped" in case.name else F64_BOUND
    expected = read_safetensors(case / "expected.safetensors")
    output = work / "out.safetensors"

    def interpret(function, steps):
        printed = run("kiln", "interpret", case / "model.toml",
                      f"--function={function}", f"--steps={steps}",
                      f"--inputs={case / 'x.npy'}",
                      f"--targets={case / 'y.npy'}",
                      f"--weights={case / 'weights.safetensors'}",
                      f"--output={output}", "--precision=f64")
        return printed, read_safetensors(output)

    _, predicted = interpret("predict", 1)
    worst.compare("prediction", predicted["prediction"].values,
                  expected["prediction"].values, bound)
    printed, weights = interpret("train_step", STEPS)
    losses = [float(n) for n in re.findall(r"loss[:= ]+(\S+)", printed)]
    worst.compare("loss", losses, expected["loss"].values, bound)
    for name in parameters(expected):
        worst.compare(name, weights[name].values,
                      expected["weights/" + name].values, bound)
    for step in range(STEPS):
        _, gradients = interpret("gradients", step + 1)
        for name in parameters(expected):
            worst.compare(f"step {step + 1} gradient of {name}",
                          gradients[name].values,
                          at_step(expected["gradient/" + name], step),
                          bound)


def train(case, model, data, work):
    """One epoch of the compiled trainer: (its epoch event, weights after)."""
    trainer, checkpoint = work / "trainer", work / "out.safetensors"
    # Sorted by length, samples would meet other rows of the dropout masks than
    # those that Keras was given.
    options = (["--disable=arrange-batches"]
               if "dropout" in model.read_text().lower() else [])
    run("kiln", "build", model, "-o", trainer, *options)
    printed = run(trainer, "train", "--no-shuffle", "--epochs", 1, "--threads",
                  2, "--data", data, "--weights", case / "weights.safetensors",
                  "--checkpoint", checkpoint, "--json")
    events = [json.loads(line) for line in printed.splitlines()]
    epoch, = [e for e in events if e["event"] == "epoch"]
    return epoch, read_safetensors(checkpoint)


def largest(values):
    return max(map(abs, values))


def check_hash(got, weights, names):
    """The hash is over name, NUL and little-endian f32 of each parameter."""
    hash = hashlib.sha256()
    for name in names:
        values = weights[name].values
        hash.update(name.encode() + b"\0" +
                    struct.pack(f"<{len(values)}f", *values))
    computed = hash.hexdigest()
    assert got == computed, f"weights_sha256 {got}, computed {computed}"


def compiled(case, work, worst):
    expected = read_safetensors(case / "expected.safetensors")
    epoch, weights = train(case, case / "model.toml", case, work)
    samples = read_npy(case / "x.npy").shape[0]
    batch = batch_of(case)
    rows = [min(batch, samples - batch * step) for step in range(STEPS)]
    for name in ("loss", "accuracy"):
        if name in expected:
            mean = sum(r * v for r, v in zip(rows, expected[name].values))
            mean /= samples
            worst.compare(name, [epoch[name]], [mean],
                          F32_BOUND * abs(mean) or F32_BOUND)
    check_hash(epoch["weights_sha256"], weights, parameters(expected))
    predicted = work / "predicted.npy"
    run(work / "trainer", "predict", "--weights",
        case / "weights.safetensors", "--output", predicted, case / "x.npy")
    prediction = expected["prediction"].values
    worst.compare("prediction", read_npy(predicted).values, prediction,
                  F32_BOUND * largest(prediction))
    for name in parameters(expected):
        last = expected["weights/" + name].values
        worst.compare(name, weights[name].values, last,
                      F32_BOUND * largest(last))


def gradients(case, work, worst):
    expected = read_safetensors(case / "expected.safetensors")
    data, batch = work / "data", batch_of(case)
    data.mkdir(exist_ok=True)
    for name in ("x.npy", "y.npy"):
        tensor = read_npy(case / name)
        size = len(tensor.values) // tensor.shape[0]
        write_npy(data / name, Tensor(tensor.dtype, [batch, *tensor.shape[1:]],
                                      tensor.values[:batch * size]))
    text = (case / "model.toml").read_text()
    text = re.sub(r"optimizer = .*",
                  'optimizer = { type = "sgd", learning_rate = 1.0 }', text)
    model = work / "model.toml"
    model.write_text(text)
    _, after = train(case, model, data, work)
    before = read_safetensors(case / "weights.safetensors")
    for name in parameters(expected):
        gradient = at_step(expected["gradient/" + name], 0)
        got = [a - b for a, b in zip(before[name].values, after[name].values)]
        # The new weight is rounded once: half a unit in its last place.
        rounding = 2.0**-24 * largest(after[name].values)
        worst.compare(f"gradient of {name}", got, gradient,
                      F32_BOUND * largest(gradient) + rounding)


def main():
    checks = {"interpreter": interpreter, "compiled": compiled,
              "gradients": gradients}
    if len(sys.argv) < 4 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    inputs, work = map(pathlib.Path, sys.argv[2:4])
    names = [path.parent.name for path in sorted(inputs.glob("*/model.toml"))]
    names = [name for name in names if
             any(fnmatch.fnmatch(name, p) for p in sys.argv[4:] or "*")]
    assert names, f"no cases in {inputs}"
    failed = False
    for name in names:
        # The gradients of the first step do not depend on the optimizer.
        other = re.sub("-adam.*", "-sgd", name)
        if sys.argv[1] == "gradients" and other != name and other in names:
            continue
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        worst = Worst()
        try:
            checks[sys.argv[1]](inputs / name, work, worst)
        except RuntimeError as error:
            failed = True
            print(f"FAIL {name}: {error}", flush=True)
            continue
        bad = not worst.share <= 1
        failed |= bad
        print(f"{'FAIL' if bad else 'ok':4} {name}: {worst.share:.3g} of "
              f"the bound ({worst.what})", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
