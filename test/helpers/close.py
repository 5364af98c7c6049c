#!/usr/bin/env python3
"""Gives the arguments of a function fixed values, so that `kiln interpret` runs it.

    close.py FUNCTION < MODULE.mlir

Reads a module as kiln-opt prints it and writes the function alone, its
arguments turned into constants: numbers between -1 and 1 for f32, one number a
place of the argument and of the element; token ids from 0 on, more of them 0
than not in the last third of a row, for i32 inputs; all of a batch for `rows`.
"""
import random
import re
import sys

IDS = 5


def product(numbers):
    result = 1
    for n in numbers:
        result *= n
    return result


def nest(values, shape):
    if not shape:
        return values[0]
    step = len(values) // shape[0]
    return "[" + ", ".join(nest(values[i * step:(i + 1) * step], shape[1:])
                           for i in range(shape[0])) + "]"


def make(index, kind, shape, attributes, batch):
    draw = random.Random(index)
    if kind == "f32":
        low = 0.1 if "kiln.slot" in attributes else -1.0
        if '"target"' in attributes:
            return [str(float(draw.randrange(2))) for _ in range(product(shape))]
        return [f"{draw.uniform(low, 1.0):.3f}" for _ in range(product(shape))]
    if kind == "i32":
        steps = shape[-1]
        return ["0" if i % steps >= draw.randrange(steps // 3, 2 * steps)
                else str(draw.randrange(1, IDS)) for i in range(product(shape))]
    if kind == "i1":
        return [draw.choice(["true", "false"]) for _ in range(product(shape))]
    return [str(batch - 1 if '"rows"' in attributes else index + 1)]


def main():
    name = sys.argv[1]
    text = sys.stdin.read()
    start = text.index(f"func.func @{name}(")
    end = text.index("\n  }", start) + 4
    function = text[start:end]
    batch = int(re.search(r"kiln.batch = (\d+)", text).group(1))
    head, body = function.split("{\n", 1)
    head = head.split(" attributes {")[0]
    arguments, results = head.split(") -> ", 1)
    constants = []
    pattern = re.compile(r"(%\w+): (tensor<((?:\d+x)*)(\w+)>)( \{[^}]*\})?")
    for index, match in enumerate(pattern.finditer(arguments)):
        value, type_, dims, kind, attributes = match.groups()
        shape = [int(d) for d in dims.split("x") if d]
        values = make(index, kind, shape, attributes or "", batch)
        constants.append(f"    {value} = kiln.constant dense<{nest(values, shape)}>"
                         f" : {type_}")
    results = re.sub(r" \{[^}]*\}", "", results).strip()
    # Aliases of locations, which attributes may name.
    print("\n".join(l for l in text.splitlines() if l.startswith("#")))
    print(f"func.func @{name}() -> {results} {{")
    print("\n".join(constants))
    print(body)


if __name__ == "__main__":
    main()
