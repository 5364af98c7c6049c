#!/usr/bin/env python3
"""Compares imported layers with Keras's (make_layers.py).

    check_layers.py CASES WORK

Imports each case's model, calls its @forward with the case's weights and inputs
in the interpreter in f64, and compares with what Keras computed, within 1e-12
of the largest number. Prints the worst difference of each case; exits 1 when one
is out of bounds.
"""
import json
import pathlib
import re
import subprocess
import sys

BOUND = 1e-12


def run(*command):
    done = subprocess.run([str(word) for word in command],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    if done.returncode:
        sys.exit(f"exit code {done.returncode}: {' '.join(map(str, command))}\n"
                 f"{done.stdout}{done.stderr}")
    return done.stdout


def literal(values):
    """Nested lists as MLIR writes them; 17 digits name an f64, and so an f32."""
    if isinstance(values, list):
        return "[" + ", ".join(map(literal, values)) + "]"
    return str(values) if isinstance(values, int) else f"{values:.17e}"


def flatten(values):
    if not isinstance(values, list):
        return [values]
    return [number for value in values for number in flatten(value)]


def call_forward(ir, case):
    """The module with a @main that holds the arguments of @forward."""
    head = re.search(r"func\.func @forward\((.*)\) -> \((tensor<[^>]*>).*\{\n",
                     ir)
    weights = dict(case["weights"])
    constants = []
    for name, type, attributes in re.findall(
            r"(%\w+): (tensor<[^>]*>) \{([^}]*)\}", head.group(1)):
        param = re.search(r'kiln\.param = @"([^"]*)"', attributes)
        values = weights.pop(param.group(1)) if param else case["inputs"]
        constants.append(f"    {name} = kiln.constant dense<{literal(values)}> "
                         f": {type}\n")
    assert not weights, f"{case['name']}: no parameters {sorted(weights)}"
    return (ir[:head.start()] + f"func.func @main() -> {head.group(2)} {{\n" +
            "".join(constants) + ir[head.end():])


def main():
    cases, work = map(pathlib.Path, sys.argv[1:])
    work.mkdir(parents=True, exist_ok=True)
    failed = False
    for case in json.loads(cases.read_text()):
        model = work / f"{case['name']}.toml"
        model.write_text(case["model"])
        module = work / f"{case['name']}.mlir"
        module.write_text(call_forward(run("kiln", "dump", "--at=model", model),
                                       case))
        printed = run("kiln", "interpret", module, "--function=main",
                      "--precision=f64")
        got = [float(n) for n in
               re.search(r"> \[(.*)\]", printed).group(1).split(",")]
        expected = flatten(case["outputs"])
        assert len(got) == len(expected), f"{case['name']}: {printed}"
        largest = max(map(abs, expected))
        worst = max(abs(a - b) / largest for a, b in zip(got, expected))
        # Written so that a NaN is out of bounds.
        bad = not worst <= BOUND
        failed |= bad
        print(f"{'FAIL' if bad else 'ok':4} {case['name']}: {worst:.3g}",
              flush=True)
    sys.exit(failed)


main()
